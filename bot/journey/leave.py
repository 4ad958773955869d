"""A member leaves: stops the nudges, or takes everything with them. No question, no plea."""

from __future__ import annotations

from bot.clock import Clock
from bot.journey.erasing import erase, overwrite
from bot.journey.farewell import NO_PRESS, Farewells
from bot.journey.ledger import take_back
from bot.rules.consent import Purpose
from bot.rules.plan import PlanState
from bot.store import Database, Records


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
        """Delete the member's key and every row about them, and overwrite what is left; how many rows there were.

        What they pressed before `press_id`, or press meanwhile, begins nothing anew.
        """
        now = self._clock.now()
        with self._farewells.leaving(member_id, press_id):
            erased = await self._database.write(lambda records: erase(records, member_id, now))
            await overwrite(self._database)
            return erased
