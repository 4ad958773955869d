"""Claiming: what is due becomes ours for a while, in one transaction, or is let go there and then.

A claim is a lease with a fencing token: whoever settles has to hold the token still. A claim whose holder died is taken
over when it runs out.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.ahead import Step, look_ahead
from bot.journey.past import pasts
from bot.journey.standing import standings_of
from bot.rules.delivery import LEASE, PUT_OFF
from bot.rules.plan import Plan
from bot.store import Database, Records
from bot.store.occurrences import Claimed
from bot.store.plans import Found

log = structlog.stdlib.get_logger(__name__)

# One transaction claims no more than this, so that commands never wait long for theirs.
AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed in one go. After a full one there may be more."""

    claimed: Sequence[Claimed]
    is_full: bool


class Claims:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def release(self) -> None:
        """Once, at start: whatever an earlier process had claimed is free to be taken over."""
        now = self._clock.now()
        await self._database.write(lambda records: records.occurrences.release_claims(now))

    async def take_one(self, occurrence_id: str) -> Claimed | None:
        """That one, if it is waiting."""
        now, claim = self._clock.now(), secrets.token_hex(8)
        return await self._database.write(
            lambda records: records.occurrences.take(occurrence_id, now, claim, now + LEASE)
        )

    async def take_due(self, room: int, room_for_more_tries: int) -> Batch:
        """What is due now, `room` at the most, whoever waits longest first.

        Before them comes what was begun before, `room_for_more_tries` of that at the most.
        """
        now, claim = self._clock.now(), secrets.token_hex(8)
        most = min(room, AT_ONCE)
        most_before = min(room_for_more_tries, most)

        async def work(records: Records) -> Batch:
            taken_over = await records.occurrences.take_over(now, claim, now + LEASE, most_before)
            room_left = most - len(taken_over)
            due = await records.plans.due(now, room_left) if room_left else Found()
            fresh = await self._begin(records, due.plans, claim, now) if due.plans else []
            await _put_off(records, due.unreadable, now)
            may_be_more = 0 < most_before <= len(taken_over) or 0 < room_left <= len(due)
            return Batch([*taken_over, *fresh], is_full=may_be_more)

        return await self._database.write(work)

    async def _begin(self, records: Records, plans: Sequence[Plan], claim: str, now: datetime) -> Sequence[Claimed]:
        """Write down what becomes of each due plan; those that go out are ours."""
        steps = await self._look_ahead(records, plans, now)
        fresh = [
            replace(step.occurrence, claim=claim, wake_at=now + LEASE, attempts=1, first_tried_at=now)
            for step in steps
            if step.goes_out
        ]
        new = [*fresh, *(step.occurrence for step in steps if not step.goes_out)]
        added = await records.occurrences.add(new)
        await records.plans.put_all([step.plan for step in steps])
        await records.bearings.put_all({s.plan.member_id: s.bearing for s in steps if s.bearing is not None})
        if len(added) < len(new):
            log.error("delivery.slot_taken", how_many=len(new) - len(added))
        return [Claimed(one) for one in fresh if one.occurrence_id in added]

    async def _look_ahead(self, records: Records, plans: Sequence[Plan], now: datetime) -> Sequence[Step]:
        """A step for each plan. One that cannot be decided about is put off, so that it keeps nobody else back."""
        by_member = {plan.member_id: plan for plan in plans}
        people = await standings_of(records, by_member)
        before = await pasts(records, by_member, now)
        steps = []
        for plan in plans:
            # Deciding takes a while for many; whoever pressed a button meanwhile gets their turn in between.
            await asyncio.sleep(0)
            try:
                steps.append(look_ahead(people[plan.member_id], before[plan.member_id], self._library, now))
            except Exception:
                log.exception("delivery.undecided")
                await records.plans.put(plan.moved_on(now + PUT_OFF, plan.again_nudge_id))
        return steps


async def _put_off(records: Records, unreadable: Sequence[int], now: datetime) -> None:
    """Those whose plan cannot even be read keep nobody else back either."""
    if unreadable:
        log.error("delivery.unreadable", how_many=len(unreadable))
        await records.plans.put_off(unreadable, now + PUT_OFF)
