"""A member looks at all that is held about them, takes it along, and changes what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.errors import NotStarted
from bot.journey.ledger import give, take_back
from bot.journey.letters import ask_for_receipt
from bot.journey.past import past_of
from bot.journey.standing import purposes_of
from bot.rules.consent import Purpose
from bot.rules.retention import Retention
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Holding:
    """Every row about a member, by table, when it was read, and for how long such rows stay."""

    rows: dict[str, list[dict[str, Any]]]
    at: datetime
    retention: Retention


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a member agrees to now, and the receipt to send when nudges are newly among it."""

    purposes: frozenset[Purpose]
    receipt_id: str | None = None


class Review:
    def __init__(self, database: Database, clock: Clock, retention: Retention) -> None:
        self._database = database
        self._clock = clock
        self._retention = retention

    async def holding(self, member_id: int) -> Holding:
        rows = await self._database.read(lambda records: records.holdings.of(member_id))
        return Holding(rows, self._clock.now(), self._retention)

    async def purposes(self, member_id: int) -> frozenset[Purpose]:
        return await self._database.read(lambda records: purposes_of(records, member_id))

    async def agree(self, member_id: int, purpose: Purpose, press_id: int) -> Agreed:
        """Say yes to one purpose. A yes to nudges is answered with a receipt.

        Raises NotStarted before any start; somebody who only keeps check-ins can agree to nothing but that.
        """
        now = self._clock.now()

        async def work(records: Records) -> Agreed:
            await _refuse_too_early(records, member_id, purpose)
            before = await purposes_of(records, member_id)
            if purpose in before:
                return Agreed(before)
            await give(records, member_id, {purpose}, now)
            if purpose is not Purpose.NUDGES:
                return Agreed(before | {purpose})
            await _let_nudges_come(records, member_id, now)
            return Agreed(before | {purpose}, await ask_for_receipt(records, member_id, press_id, now))

        return await self._database.write(work)

    async def withdraw(self, member_id: int, purpose: Purpose) -> Agreed:
        """Take one yes back, in whatever wording it was given, with all that it allowed."""
        now = self._clock.now()

        async def work(records: Records) -> Agreed:
            await take_back(records, member_id, {purpose}, now)
            return Agreed(await purposes_of(records, member_id))

        return await self._database.write(work)


async def _refuse_too_early(records: Records, member_id: int, purpose: Purpose) -> None:
    if await records.members.get(member_id) is None:
        raise NotStarted
    if purpose is not Purpose.CHECK_INS and await records.plans.get(member_id) is None:
        raise NotStarted


async def _let_nudges_come(records: Records, member_id: int, now: datetime) -> None:
    plan = await records.plans.get(member_id)
    assert plan is not None, "nobody agrees to nudges without having started"
    await records.plans.put(plan.going_on(now, (await past_of(records, member_id, now)).lately))
