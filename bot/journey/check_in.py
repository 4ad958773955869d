"""A short look at how things are. Picks only; gone when the answer is read, unless the member wants it kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.journey.farewell import Farewells
from bot.journey.ledger import give
from bot.journey.standing import purposes_of
from bot.rules.consent import Purpose
from bot.rules.schedule import local_date
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Prefill:
    """Whether check-ins may be kept, and whether there is a pace to ask about."""

    keeps: bool
    has_plan: bool


class CheckIn:
    def __init__(self, database: Database, clock: Clock, farewells: Farewells) -> None:
        self._database = database
        self._clock = clock
        self._farewells = farewells

    async def prefill(self, member_id: int) -> Prefill:
        """What is known about this member before they look how things are."""

        async def work(records: Records) -> Prefill:
            plan = await records.plans.get(member_id)
            return Prefill(Purpose.CHECK_INS in await purposes_of(records, member_id), has_plan=plan is not None)

        return await self._database.read(work)

    async def keep(self, member_id: int, press_id: int, picks: Mapping[str, str], language: str) -> None:
        """Keep these picks. Asking for that is the yes to it, and goes into the ledger as one.

        Raises JustLeft for a press that a deletion has overtaken.
        """
        now = self._clock.now()

        async def work(records: Records) -> None:
            self._farewells.refuse_older(member_id, press_id)
            if await records.members.get(member_id) is None:
                await records.members.put(member_id, None, language, now)
            if Purpose.CHECK_INS not in await purposes_of(records, member_id):
                await give(records, member_id, {Purpose.CHECK_INS}, now)
            plan = await records.plans.get(member_id)
            day = now.date() if plan is None else local_date(plan.schedule.zone, now)
            await records.check_ins.add(press_id, member_id, day, picks)

        await self._database.write(work)
