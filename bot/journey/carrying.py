"""Carrying one letter that is ours, and writing down what became of it.

    carry   consent, pause, window and night are looked at again, and before a further try whether it may still come;
            then one POST, recognisable by its id
    settle  one transaction: the outcome, unless somebody else has the claim by now

`rules.delivery.must_look_first` says whether a message that may have arrived is looked for before it is sent again.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.courier import Courier, Letter
from bot.journey.letters import says_of
from bot.journey.past import past_of
from bot.journey.standing import MemberStanding, standings
from bot.journey.together import Together
from bot.journey.traffic import Hold, Traffic
from bot.rules.delivery import (
    AFTER_QUESTION,
    CALLS_OF_A_LETTER,
    LEASE,
    Absent,
    Fate,
    HeldBack,
    NotNow,
    Obstacle,
    Outcome,
    Sent,
    Unreachable,
    fate_of,
    has_time,
    is_on_its_date,
    must_look_first,
    why_not,
)
from bot.rules.occurrence import SAID_ONCE, UNSEEN, Kind, Occurrence
from bot.rules.plan import PlanState
from bot.store import Database, Records
from bot.store.occurrences import Claimed, Settled

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a letter, to be written down."""

    occurrence: Occurrence
    outcome: Outcome
    fate: Fate
    at: datetime
    known_channel: int | None
    """The member's DM channel as it was known before."""

    @property
    def claimed_at(self) -> datetime:
        """When the letter became ours for this try."""
        return (self.occurrence.wake_at or self.at) - LEASE

    @property
    def settled(self) -> Settled:
        sent = self.outcome if isinstance(self.outcome, Sent) else None
        place = None if sent is None else (sent.channel_id, sent.message_id)
        return Settled(self.occurrence, self.fate, place, self.at)


class Carrier:
    def __init__(self, database: Database, clock: Clock, library: Library, courier: Courier, traffic: Traffic) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._courier = courier
        self._traffic = traffic
        self._standings = Together(self._read_standings)
        self._settlements = Together(self._write_settlements)

    async def carry(self, claimed: Claimed) -> None:
        """Carry that letter and settle it. Whatever goes wrong in here is for the claim to run out on."""
        await self._traffic.turn()
        try:
            await self._carry_and_settle(claimed)
        except Exception:
            # A fault of ours, not an outcome. The claim runs out, and the message is looked for before any retry.
            log.exception("delivery.failed", kind=claimed.occurrence.kind)

    async def _carry_and_settle(self, claimed: Claimed) -> None:
        occurrence = claimed.occurrence
        if not self._has_time(occurrence, CALLS_OF_A_LETTER):
            # Our claim runs out before we could be done; whoever takes it over knows what to do.
            return
        who = await self._standings.ask(occurrence.member_id)
        if who is None:
            return
        outcome, tried_before = await self._try(claimed, who)
        if self._traffic.hold() is Hold.CLOCK and not isinstance(outcome, Sent | Unreachable):
            # By a clock that may be wrong nothing is decided; the claim runs out.
            return
        now = self._clock.now()
        fate = fate_of(occurrence, outcome, now, tried_before=tried_before)
        await self._settlements.ask(Settlement(occurrence, outcome, fate, now, who.member.dm_channel_id))

    async def _try(self, claimed: Claimed, who: MemberStanding) -> tuple[Outcome, bool]:
        """What became of it, and whether an earlier try may still have arrived."""
        occurrence, tried_before = claimed.occurrence, claimed.tried_before
        letter = self._letter(occurrence, who)
        if letter is None:
            return HeldBack(Obstacle.NOTHING_TO_SAY), tried_before
        if self._traffic.hold() is not None:
            return NotNow(), tried_before
        now = self._clock.now()
        if tried_before and must_look_first(occurrence, now):
            found = await self._courier.find(letter, occurrence.first_tried_at or now)
            if not isinstance(found, Absent):
                return found, tried_before
            tried_before = False
            await self._traffic.turn()
            if not self._has_time(occurrence, 1):
                return NotNow(), tried_before
            held_back = await self._look_again(occurrence)
        else:
            held_back = await self._held_back(occurrence, who)
        return held_back or await self._courier.send(letter, partial(self._look_again, occurrence)), tried_before

    async def _look_again(self, occurrence: Occurrence) -> HeldBack | NotNow | None:
        """After something that took a while: the member may have stopped, or left, meanwhile."""
        return await self._held_back(occurrence, await self._standings.ask(occurrence.member_id))

    async def _held_back(self, occurrence: Occurrence, who: MemberStanding | None) -> HeldBack | NotNow | None:
        """The last look, just before the POST: what keeps it back; None when it may go."""
        if who is None:
            return HeldBack(Obstacle.STOPPED)
        if self._traffic.hold() is not None:
            return NotNow()
        now, zone = self._clock.now(), who.standing.plan.schedule.zone
        obstacle = why_not(who.standing, occurrence.kind, occurrence.until_at, now)
        if obstacle is None and not is_on_its_date(occurrence, zone, now):
            obstacle = Obstacle.OTHER_DATE
        if obstacle is None:
            obstacle = await self._overtaken(occurrence, who, now)
        return None if obstacle is None else HeldBack(obstacle)

    def _has_time(self, occurrence: Occurrence, calls: int) -> bool:
        """Whether our claim outlasts that many calls."""
        claimed_until, now = occurrence.wake_at, self._clock.now()
        return claimed_until is not None and has_time(claimed_until, now, self._traffic.limits.call, calls)

    async def _overtaken(self, occurrence: Occurrence, who: MemberStanding, now: datetime) -> Obstacle | None:
        """What was answered, done or set while it waited, and says that it is not to come.

        Of a nudge this is asked once it is tried again, which can be hours later: at its first try it was chosen just
        now.
        """
        is_question, is_nudge = occurrence.kind is Kind.STILL_WANTED, occurrence.kind is Kind.NUDGE
        if not (is_question or (is_nudge and occurrence.attempts > 1)):
            return None
        plan = who.standing.plan
        past = await self._database.read(lambda records: past_of(records, occurrence.member_id, now))
        if is_question:
            return None if past.is_time_to_ask(plan) else Obstacle.ANSWERED
        language = self._library.language(who.member.language)
        may_come = past.may_still_come(plan, language, occurrence.nudge_id or "", now)
        return None if may_come else Obstacle.UNWANTED

    def _letter(self, occurrence: Occurrence, who: MemberStanding) -> Letter | None:
        """None when there is nothing left to say."""
        language = self._library.language(who.member.language)
        says = says_of(occurrence, who.standing, language, self._clock.now())
        if says is None:
            return None
        return Letter(
            member_id=occurrence.member_id,
            channel_id=who.member.dm_channel_id,
            occurrence_id=occurrence.occurrence_id,
            language=who.member.language,
            discreet=who.standing.plan.wishes.discreet,
            says=says,
            until=occurrence.until_at,
        )

    async def _read_standings(self, member_ids: Sequence[int]) -> Sequence[MemberStanding | None]:
        found = await self._database.read(lambda records: standings(records, member_ids))
        return [found.get(one) for one in member_ids]

    async def _write_settlements(self, settlements: Sequence[Settlement]) -> Sequence[bool]:
        async def work(records: Records) -> Sequence[bool]:
            are_ours = await records.occurrences.settle_all([one.settled for one in settlements])
            for one in itertools.compress(settlements, are_ours):
                await _note_consequences(records, one)
            return are_ours

        are_ours = await self._database.write(work)
        _tell(settlements, are_ours)
        return are_ours


def _tell(settlements: Sequence[Settlement], are_ours: Sequence[bool]) -> None:
    """One line for all that ended alike. `ours=False` says that the claim was somebody else's by then."""
    alike = Counter(
        (one.occurrence.kind, one.fate.state, one.occurrence.attempts, ours)
        for one, ours in zip(settlements, are_ours, strict=True)
    )
    for (kind, state, attempt, ours), how_many in alike.items():
        log.info("delivery.settled", kind=kind, state=state, attempt=attempt, ours=ours, how_many=how_many)


async def _note_consequences(records: Records, settlement: Settlement) -> None:
    """What an outcome says about the member's plan, beyond this one message; unless they said otherwise meanwhile."""
    occurrence, outcome = settlement.occurrence, settlement.outcome
    if isinstance(outcome, Sent) and outcome.channel_id != settlement.known_channel:
        await records.members.note_dm_channel(occurrence.member_id, outcome.channel_id)
    if settlement.fate.state in UNSEEN and occurrence.kind in SAID_ONCE:
        await _note_unsaid(records, occurrence)
    if not isinstance(outcome, Sent | Unreachable):
        return
    state = PlanState.UNREACHABLE if isinstance(outcome, Unreachable) else AFTER_QUESTION.get(occurrence.kind)
    if state is None:
        return
    # Closed DMs are closed now; a question that was found can be older than the yes it was answered with.
    as_of = settlement.claimed_at if isinstance(outcome, Unreachable) else occurrence.due_at
    plan = await records.plans.get(occurrence.member_id)
    if plan is not None and plan.state is PlanState.ACTIVE and plan.since_at <= as_of:
        await records.plans.put(plan.ended(state))


async def _note_unsaid(records: Records, occurrence: Occurrence) -> None:
    plans = await records.plans.by_ids([occurrence.member_id])
    await records.plans.put_all([plan.not_said(occurrence.kind) for plan in plans.values()])
