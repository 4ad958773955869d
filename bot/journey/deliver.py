"""What is due goes out: claim it, carry it, write down what became of it.

Three moments, each of which may be the last one before a crash (reliability.md, section 0):

    claim   one transaction: the occurrence exists, is ours, and has a first try
    carry   consent, pause, window and night are looked at again; then one POST, recognisable by its id
    settle  one transaction: the outcome, unless somebody else holds the claim by now

A claim whose holder died is taken over when it runs out, and `rules.delivery.care_for` says how.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.ahead import Step, look_ahead
from bot.journey.courier import Courier, Letter
from bot.journey.standing import Known, known, known_among
from bot.rules.choose import REST
from bot.rules.delivery import (
    LEASE,
    Absent,
    Care,
    Outcome,
    Refused,
    Sent,
    Unreachable,
    care_for,
    fate_of,
    why_not,
)
from bot.rules.occurrence import Kind, State
from bot.rules.pace import Bucket
from bot.rules.plan import PlanState
from bot.rules.schedule import next_days
from bot.store import Database, Records
from bot.store.occurrences import Held

log = structlog.stdlib.get_logger(__name__)

TIMES_ON_RECEIPT = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast we go. Source of the numbers: platform.md 5 (Discord allows 50 requests a second to the whole bot)."""

    rate_per_second: float
    at_once: int
    batch: int


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
        """Once, at start: whatever an earlier process held is free to be taken over."""
        now = self._clock.now()
        await self._database.write(lambda records: records.occurrences.orphan_claims(now))

    def stop(self) -> None:
        """Claim nothing more. What is being carried is finished."""
        self._stopping = True

    async def run(self) -> datetime | None:
        """Deliver all that is due now. Returns when something will be due next, or None."""
        while not self._stopping:
            batch = await self._claim_batch()
            async with asyncio.TaskGroup() as carriers:
                for held in batch:
                    carriers.create_task(self._carry(held))
            if len(batch) < self._limits.batch:
                break
        return await self.next_due()

    async def next_due(self) -> datetime | None:
        """When something is due next; None when nothing is."""
        return await self._database.read(_first_due)

    async def send_now(self, occurrence_id: str) -> State:
        """Deliver that one, which is waiting, and say what became of it."""
        now = self._clock.now()
        claim = secrets.token_hex(8)
        held = await self._database.write(
            lambda records: records.occurrences.take(occurrence_id, now, claim, now + LEASE)
        )
        if held is not None:
            await self._carry(held)
        after = await self._database.read(lambda records: records.occurrences.get(occurrence_id))
        return State.DISSOLVED if after is None else after.state

    async def _claim_batch(self) -> list[Held]:
        now = self._clock.now()
        claim = secrets.token_hex(8)

        async def work(records: Records) -> list[Held]:
            held = await records.occurrences.take_over(now, claim, now + LEASE, self._limits.batch)
            room = self._limits.batch - len(held)
            steps = await self._look_ahead(records, room, now) if room else []
            fresh = [
                replace(step.occurrence, claim=claim, wake_at=now + LEASE, attempts=1, first_tried_at=now)
                for step in steps
                if step.occurrence.state is State.CLAIMED
            ]
            spent = [step.occurrence for step in steps if step.occurrence.state is State.DISSOLVED]
            added = await records.occurrences.add([*fresh, *spent])
            await records.plans.move_on(step.next_up for step in steps)
            return held + [Held(one) for one in fresh if one.occurrence_id in added]

        return await self._database.write(work)

    async def _look_ahead(self, records: Records, room: int, now: datetime) -> Sequence[Step]:
        plans = await records.plans.due(now, room)
        ids = [plan.member_id for plan in plans]
        people = await known_among(records, ids)
        history = await records.occurrences.recent(ids, now - REST)
        tastes = await records.refusals.among(ids)
        return [look_ahead(people[one], history.get(one, []), tastes.get(one), self._library, now) for one in ids]

    async def _carry(self, held: Held) -> None:
        async with self._slots:
            await self._wait_for_turn()
            try:
                await self._carry_and_settle(held)
            except Exception:
                # A fault of ours, not an outcome. The claim runs out, and the message is looked for before any retry.
                log.exception("nudge.carry_failed", kind=held.occurrence.kind)

    async def _carry_and_settle(self, held: Held) -> None:
        occurrence = held.occurrence
        if occurrence.wake_at is None or self._clock.now() >= occurrence.wake_at:
            # Our claim ran out while we waited for our turn; whoever takes it over knows what to do.
            return
        who = await self._database.read(lambda records: known(records, occurrence.member_id))
        if who is not None:
            await self._settle(held, *await self._try(held, who))

    async def _try(self, held: Held, who: Known) -> tuple[Outcome, bool]:
        """What became of it, and whether an earlier try may still have arrived."""
        occurrence, now = held.occurrence, self._clock.now()
        letter = self._letter(held, who)
        tried_before = held.tried_before
        if tried_before and care_for(occurrence, now) is Care.LOOK:
            found = await self._courier.find(letter, occurrence.first_tried_at or now)
            if not isinstance(found, Absent):
                return found, tried_before
            tried_before = False
        hold = why_not(who.standing, occurrence.kind, occurrence.until_at, now)
        if hold is not None:
            return Refused(hold), tried_before
        return await self._courier.send(letter), tried_before

    async def _settle(self, held: Held, outcome: Outcome, tried_before: bool) -> None:
        occurrence, now = held.occurrence, self._clock.now()
        fate = fate_of(occurrence, outcome, now, tried_before=tried_before)
        place = (outcome.channel_id, outcome.message_id) if isinstance(outcome, Sent) else None

        async def work(records: Records) -> bool:
            if not await records.occurrences.settle(occurrence, fate, place, now):
                return False
            await _note_consequences(records, occurrence.member_id, occurrence.kind, outcome)
            return True

        ours = await self._database.write(work)
        log.info("nudge.settled", kind=occurrence.kind, state=fate.state, attempt=occurrence.attempts, ours=ours)

    def _letter(self, held: Held, who: Known) -> Letter:
        occurrence, plan = held.occurrence, who.standing.plan
        nudges = self._library.language(who.member.language).nudge_by_id
        return Letter(
            kind=occurrence.kind,
            member_id=occurrence.member_id,
            channel_id=who.member.dm_channel_id,
            occurrence_id=occurrence.occurrence_id,
            language=who.member.language,
            discreet=plan.discreet,
            nudge=nudges.get(occurrence.nudge_id or ""),
            purposes=frozenset(who.standing.purposes),
            next_times=tuple(next_days(plan.schedule, self._clock.now(), TIMES_ON_RECEIPT)),
        )

    async def _wait_for_turn(self) -> None:
        self._bucket, wait = self._bucket.take(self._clock.monotonic())
        if wait:
            await asyncio.sleep(wait)


async def _note_consequences(records: Records, member_id: int, kind: Kind, outcome: Outcome) -> None:
    """What an outcome says about the member's plan, beyond this one message."""
    if isinstance(outcome, Sent):
        await records.members.note_dm_channel(member_id, outcome.channel_id)
    ends_in = {Kind.STILL_WANTED: PlanState.RESTING, Kind.SERVER_OFF: PlanState.HELD}.get(kind)
    state = PlanState.UNREACHABLE if isinstance(outcome, Unreachable) else ends_in
    plan = await records.plans.get(member_id)
    if plan is not None and state is not None and isinstance(outcome, Sent | Unreachable):
        await records.plans.put(replace(plan, state=state, next_due_at=None))


async def _first_due(records: Records) -> datetime | None:
    times = [await records.plans.first_due_at(), await records.occurrences.first_wake_at()]
    return min((time for time in times if time is not None), default=None)
