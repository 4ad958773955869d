"""A member leaves: stops the nudges, or takes everything with them. No question, no plea."""

from __future__ import annotations

import structlog

from bot.clock import Clock
from bot.journey.farewell import NO_PRESS, Farewells
from bot.journey.ledger import take_back
from bot.rules.consent import Purpose
from bot.rules.plan import PlanState
from bot.store import Database, Records

log = structlog.stdlib.get_logger(__name__)


class Leave:
    def __init__(self, database: Database, clock: Clock, farewells: Farewells) -> None:
        self._database = database
        self._clock = clock
        self._farewells = farewells

    async def stop(self, member_id: int) -> bool:
        """Send nothing more. What else they agreed to stays as it is, until they say otherwise.

        False for somebody of whom nothing is held.
        """
        now = self._clock.now()

        async def work(records: Records) -> bool:
            await take_back(records, member_id, {Purpose.NUDGES}, now, nudges_end_in=PlanState.STOPPED)
            return await records.members.get(member_id) is not None

        return await self._database.write(work)

    async def delete(self, member_id: int, press_id: int = NO_PRESS) -> int:
        """Delete every row about the member, and overwrite what is left of it; how many rows there were.

        What they pressed before `press_id`, or press meanwhile, begins nothing anew.
        """
        with self._farewells.leaving(member_id, press_id):
            erased = await self._database.write(lambda records: records.holdings.erase(member_id))
            if not await self._database.scrub():
                log.warning("leave.scrub_delayed")
            return erased
