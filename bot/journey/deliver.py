"""What is due goes out: claim it, carry it, write down what became of it.

Three moments, each of which may be the last one before a crash (docs/delivery.md):

    claim   one transaction: the occurrence exists, is ours, and has a first try
    carry   consent, pause, window and night are looked at again; then one POST, recognisable by its id
    settle  one transaction: the outcome, unless somebody else has the claim by now

A claim whose holder died is taken over when it runs out; `rules.delivery.must_look_first` says whether the message is
looked for before it is sent again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.ahead import Step, look_ahead
from bot.journey.courier import Courier, Letter
from bot.journey.letters import says_of
from bot.journey.past import past_of, pasts
from bot.journey.standing import MemberStanding, standing_of, standings
from bot.rules.delivery import (
    AFTER_QUESTION,
    LEASE,
    LONGEST_CALL,
    Absent,
    HeldBack,
    Obstacle,
    Outcome,
    Sent,
    Unreachable,
    fate_of,
    has_time,
    must_look_first,
    why_not,
)
from bot.rules.occurrence import Kind, Occurrence, State
from bot.rules.pace import Bucket
from bot.rules.plan import Plan, PlanState
from bot.rules.silence import is_time_to_ask
from bot.store import Database, Records
from bot.store.occurrences import Claimed

log = structlog.stdlib.get_logger(__name__)

# How long a plan is put off that cannot be decided about.
PUT_OFF: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast we go (docs/delivery.md). `call` is the longest that one call of the courier takes."""

    rate_per_second: float
    at_once: int
    batch: int
    call: timedelta = LONGEST_CALL


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed in one go. A full one may not have been the last."""

    claimed: Sequence[Claimed]
    is_full: bool


def _silently() -> None:
    """Nobody watches."""


class Deliver:
    def __init__(self, database: Database, clock: Clock, library: Library, courier: Courier, limits: Limits) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._courier = courier
        self._limits = limits
        self._bucket = Bucket.full(limits.rate_per_second, clock.monotonic())
        self._slots = asyncio.Semaphore(limits.at_once)
        self._stopping = False

    async def begin(self) -> None:
        """Once, at start: whatever an earlier process had claimed is free to be taken over."""
        now = self._clock.now()
        await self._database.write(lambda records: records.occurrences.release_claims(now))

    def stop(self) -> None:
        """Claim nothing more. What is being carried is finished."""
        self._stopping = True

    async def run(self, alive: Callable[[], None] = _silently) -> datetime | None:
        """Deliver all that is due now, calling `alive` after each letter. Returns when something is due next, or None.

        It goes on until nothing is due: a wake-up costs more than a batch.
        """
        while not self._stopping:
            batch = await self._claim_batch()
            async with asyncio.TaskGroup() as carriers:
                for claimed in batch.claimed:
                    carriers.create_task(self._carry(claimed)).add_done_callback(lambda _: alive())
            if not batch.is_full:
                break
        return await self.next_due()

    async def next_due(self) -> datetime | None:
        """When something is due next; None when nothing is."""
        return await self._database.read(_first_due)

    async def send_now(self, occurrence_id: str) -> State:
        """Deliver that one, which is waiting, and say what became of it."""
        now = self._clock.now()
        claim = secrets.token_hex(8)
        claimed = await self._database.write(
            lambda records: records.occurrences.take(occurrence_id, now, claim, now + LEASE)
        )
        if claimed is not None:
            await self._carry(claimed)
        after = await self._database.read(lambda records: records.occurrences.get(occurrence_id))
        return State.DISSOLVED if after is None else after.state

    async def _claim_batch(self) -> Batch:
        now = self._clock.now()
        claim = secrets.token_hex(8)

        async def work(records: Records) -> Batch:
            taken_over = await records.occurrences.take_over(now, claim, now + LEASE, self._limits.batch)
            room = self._limits.batch - len(taken_over)
            plans = await records.plans.due(now, room) if room else []
            steps = await self._look_ahead(records, plans, now)
            fresh = [
                replace(step.occurrence, claim=claim, wake_at=now + LEASE, attempts=1, first_tried_at=now)
                for step in steps
                if step.goes_out
            ]
            dissolved = [step.occurrence for step in steps if not step.goes_out]
            added = await records.occurrences.add([*fresh, *dissolved])
            await records.plans.put_all([step.plan for step in steps])
            claimed = [*taken_over, *(Claimed(one) for one in fresh if one.occurrence_id in added)]
            if len(added) < len(fresh) + len(dissolved):
                log.error("delivery.slot_taken", how_many=len(fresh) + len(dissolved) - len(added))
            return Batch(claimed, is_full=len(taken_over) + len(plans) >= self._limits.batch)

        return await self._database.write(work)

    async def _look_ahead(self, records: Records, plans: Sequence[Plan], now: datetime) -> Sequence[Step]:
        """A step for each plan. One that cannot be decided about is put off, so that it keeps nobody else back."""
        ids = [plan.member_id for plan in plans]
        people = await standings(records, ids)
        before = await pasts(records, ids, now)
        steps = []
        for plan in plans:
            try:
                steps.append(look_ahead(people[plan.member_id], before[plan.member_id], self._library, now))
            except Exception:
                log.exception("delivery.undecided")
                await records.plans.put(plan.moved_on(now + PUT_OFF, plan.again_nudge_id))
        return steps

    async def _carry(self, claimed: Claimed) -> None:
        async with self._slots:
            await self._wait_for_turn()
            try:
                await self._carry_and_settle(claimed)
            except Exception:
                # A fault of ours, not an outcome. The claim runs out, and the message is looked for before any retry.
                log.exception("delivery.failed", kind=claimed.occurrence.kind)

    async def _carry_and_settle(self, claimed: Claimed) -> None:
        occurrence = claimed.occurrence
        if occurrence.wake_at is None or not has_time(occurrence.wake_at, self._clock.now(), self._limits.call):
            # Our claim runs out before we could be done; whoever takes it over knows what to do.
            return
        who = await self._standing(occurrence)
        if who is not None:
            await self._settle(claimed, *await self._try(claimed, who))

    async def _try(self, claimed: Claimed, who: MemberStanding) -> tuple[Outcome, bool]:
        """What became of it, and whether an earlier try may still have arrived."""
        occurrence, tried_before = claimed.occurrence, claimed.tried_before
        letter = self._letter(occurrence, who)
        if letter is None:
            return HeldBack(Obstacle.NOTHING_TO_SAY), tried_before
        now = self._clock.now()
        if tried_before and must_look_first(occurrence, now):
            found = await self._courier.find(letter, occurrence.first_tried_at or now)
            if not isinstance(found, Absent):
                return found, tried_before
            tried_before = False
            # Looking took a while; the member may have stopped, or left, meanwhile.
            still_there = await self._standing(occurrence)
            if still_there is None:
                return HeldBack(Obstacle.STOPPED), tried_before
            who = still_there
        obstacle = why_not(who.standing, occurrence.kind, occurrence.until_at, self._clock.now())
        if obstacle is None and await self._is_answered(occurrence, who):
            obstacle = Obstacle.ANSWERED
        if obstacle is not None:
            return HeldBack(obstacle), tried_before
        return await self._courier.send(letter), tried_before

    async def _is_answered(self, occurrence: Occurrence, who: MemberStanding) -> bool:
        """Whether the silence that this question is about has ended while it waited."""
        if occurrence.kind is not Kind.STILL_WANTED:
            return False
        now = self._clock.now()
        past = await self._database.read(lambda records: past_of(records, occurrence.member_id, now))
        return not is_time_to_ask(past.silent_run(who.standing.plan))

    async def _settle(self, claimed: Claimed, outcome: Outcome, tried_before: bool) -> None:
        occurrence, now = claimed.occurrence, self._clock.now()
        fate = fate_of(occurrence, outcome, now, tried_before=tried_before)
        place = (outcome.channel_id, outcome.message_id) if isinstance(outcome, Sent) else None

        async def work(records: Records) -> bool:
            if not await records.occurrences.settle(occurrence, fate, place, now):
                return False
            await _note_consequences(records, occurrence, outcome)
            return True

        ours = await self._database.write(work)
        log.info("delivery.settled", kind=occurrence.kind, state=fate.state, attempt=occurrence.attempts, ours=ours)

    async def _standing(self, occurrence: Occurrence) -> MemberStanding | None:
        return await self._database.read(lambda records: standing_of(records, occurrence.member_id))

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
        )

    async def _wait_for_turn(self) -> None:
        self._bucket, wait = self._bucket.take(self._clock.monotonic())
        if wait:
            await asyncio.sleep(wait)


async def _note_consequences(records: Records, occurrence: Occurrence, outcome: Outcome) -> None:
    """What an outcome says about the member's plan, beyond this one message; unless they said otherwise since."""
    if isinstance(outcome, Sent):
        await records.members.note_dm_channel(occurrence.member_id, outcome.channel_id)
    state = PlanState.UNREACHABLE if isinstance(outcome, Unreachable) else AFTER_QUESTION.get(occurrence.kind)
    plan = await records.plans.get(occurrence.member_id)
    if plan is None or plan.state is not PlanState.ACTIVE or state is None or plan.since_at > occurrence.due_at:
        return
    if isinstance(outcome, Sent | Unreachable):
        await records.plans.put(plan.ended(state))


async def _first_due(records: Records) -> datetime | None:
    times = [await records.plans.first_due_at(), await records.occurrences.first_wake_at()]
    return min((time for time in times if time is not None), default=None)
