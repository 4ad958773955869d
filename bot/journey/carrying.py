"""Carrying one letter that is ours, and writing down what became of it.

    carry   consent, pause, window and night are looked at again, and after a wait what was left out;
            then one POST, recognisable by its id
    settle  one transaction: the outcome, unless somebody else has the claim by now

`rules.delivery.must_look_first` says whether a message that may have arrived is looked for before it is sent again.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.courier import Courier, Letter
from bot.journey.letters import says_of
from bot.journey.past import past_of
from bot.journey.standing import MemberStanding, standings
from bot.journey.together import Together
from bot.journey.traffic import Hold, Traffic
from bot.rules.bearing import Bearing
from bot.rules.choose import Refused
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
from bot.rules.occurrence import Kind, Occurrence
from bot.rules.pace import is_left_out
from bot.rules.plan import PlanState
from bot.rules.schedule import local_date
from bot.store import Database, Records
from bot.store.occurrences import Claimed, Settled

# What was chosen this long ago is looked at again: its member may have changed what may come since.
WAITED: Final = timedelta(minutes=1)

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
        if obstacle is None and await self._is_answered(occurrence, who):
            obstacle = Obstacle.ANSWERED
        if obstacle is None and await self._is_left_out(occurrence, who):
            obstacle = Obstacle.LEFT_OUT
        return None if obstacle is None else HeldBack(obstacle)

    def _has_time(self, occurrence: Occurrence, calls: int) -> bool:
        """Whether our claim outlasts that many calls."""
        claimed_until, now = occurrence.wake_at, self._clock.now()
        return claimed_until is not None and has_time(claimed_until, now, self._traffic.limits.call, calls)

    async def _is_answered(self, occurrence: Occurrence, who: MemberStanding) -> bool:
        """Whether something was answered, or done, while this question waited."""
        if occurrence.kind is not Kind.STILL_WANTED:
            return False
        now = self._clock.now()
        past = await self._database.read(lambda records: past_of(records, occurrence.member_id, now))
        return not past.is_time_to_ask(who.standing.plan)

    async def _is_left_out(self, occurrence: Occurrence, who: MemberStanding) -> bool:
        """Whether they set it aside, or what it is about, while it waited. Without their key nobody could tell."""
        now, member_id = self._clock.now(), occurrence.member_id
        nudge = self._library.language(who.member.language).nudge_by_id.get(occurrence.nudge_id or "")
        if nudge is None or now - occurrence.due_at < WAITED:
            return False

        async def work(records: Records) -> tuple[Bearing | None, Refused | None]:
            refused = (await records.refusals.by_ids([member_id])).get(member_id)
            return (await records.bearings.by_ids([member_id])).get(member_id), refused

        bearing, refused = await self._database.read(work)
        if bearing is None or refused is None:
            return False
        return is_left_out(nudge, bearing, refused, local_date(who.standing.plan.schedule.zone, now))

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
