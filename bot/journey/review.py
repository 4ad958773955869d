"""A member looks at all that is held about them, takes it along, and changes what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.errors import NotStarted
from bot.journey.ledger import give, take_back
from bot.journey.standing import purposes_of
from bot.rules.consent import Purpose
from bot.rules.plan import PlanState
from bot.rules.schedule import next_due
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Held:
    """Every row about a member, by table, and when it was read."""

    rows: dict[str, list[dict[str, Any]]]
    at: datetime


class Review:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def held(self, member_id: int) -> Held:
        rows = await self._database.read(lambda records: records.holdings.of(member_id))
        return Held(rows, self._clock.now())

    async def purposes(self, member_id: int) -> frozenset[Purpose]:
        return await self._database.read(lambda records: purposes_of(records, member_id))

    async def choose(self, member_id: int, purpose: Purpose, agreed: bool) -> frozenset[Purpose]:
        """Say yes to one purpose, or take it back with all that it allowed. Raises NotStarted before any start."""
        now = self._clock.now()

        async def work(records: Records) -> frozenset[Purpose]:
            if await records.members.get(member_id) is None:
                raise NotStarted
            if agreed == (purpose in await purposes_of(records, member_id)):
                return await purposes_of(records, member_id)
            if not agreed:
                await take_back(records, member_id, {purpose}, now)
            elif purpose is Purpose.NUDGES:
                await _let_nudges_come(records, member_id, now)
            else:
                await give(records, member_id, {purpose}, now)
            return await purposes_of(records, member_id)

        return await self._database.write(work)


async def _let_nudges_come(records: Records, member_id: int, now: datetime) -> None:
    plan = await records.plans.get(member_id)
    if plan is None:
        raise NotStarted
    await give(records, member_id, {Purpose.NUDGES}, now)
    await records.plans.put(
        replace(plan, state=PlanState.ACTIVE, since_at=now, next_due_at=next_due(plan.schedule, now))
    )
