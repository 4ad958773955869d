"""The private count of weeks: asked for, never falling, hidden or forgotten with one command."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import NotCounted
from bot.journey.erasing import overwrite
from bot.journey.ledger import give, take_back
from bot.journey.standing import known, standing_of
from bot.rules.consent import Purpose
from bot.rules.schedule import local_date
from bot.rules.streak import week_of
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Count:
    """The weeks of one member, and whether they are counted, are mentioned, and could be counted."""

    is_on: bool
    is_hidden: bool
    weeks: int
    has_plan: bool = True


class Streak:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def show(self, member_id: int) -> Count:
        return await self._database.read(lambda records: _count(records, member_id))

    async def on(self, member_id: int) -> Count:
        """Begin to count, or show the count again. Raises NotStarted without a plan, whose zone tells the weeks."""
        now = self._clock.now()

        async def work(records: Records) -> Count:
            who = await known(records, member_id)
            if Purpose.STREAK not in who.standing.purposes:
                await give(records, member_id, {Purpose.STREAK}, now)
            await records.members.hide_streak(member_id, hidden=False)
            return await _count(records, member_id)

        return await self._database.write(work)

    async def rest(self, member_id: int) -> Count:
        """Choosing rest is showing up: this week counts. Raises NotCounted where nothing is counted."""
        now = self._clock.now()

        async def work(records: Records) -> Count:
            who = await known(records, member_id)
            if Purpose.STREAK not in who.standing.purposes:
                raise NotCounted
            await records.weeks.add(member_id, week_of(local_date(who.standing.plan.schedule.zone, now)))
            return await _count(records, member_id)

        return await self._database.write(work)

    async def hide(self, member_id: int) -> Count:
        """Go on counting, and say nothing about it."""

        async def work(records: Records) -> Count:
            await records.members.hide_streak(member_id, hidden=True)
            return await _count(records, member_id)

        return await self._database.write(work)

    async def forget(self, member_id: int) -> None:
        """Stop counting, forget every week, and overwrite them."""
        now = self._clock.now()
        await self._database.write(lambda records: take_back(records, member_id, {Purpose.STREAK}, now))
        await overwrite(self._database)


async def _count(records: Records, member_id: int) -> Count:
    who = await standing_of(records, member_id)
    if who is None:
        return Count(is_on=False, is_hidden=False, weeks=0, has_plan=False)
    return Count(
        is_on=Purpose.STREAK in who.standing.purposes,
        is_hidden=who.member.streak_hidden,
        weeks=await records.weeks.count(member_id),
    )
