"""A member changes something: what they chose, a pause, going on after silence or without the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.erasing import overwrite
from bot.journey.ledger import take_back
from bot.journey.past import past_of, season_of
from bot.journey.standing import MemberStanding, known, own_message, schedule_of, willing
from bot.rules.bearing import Bearing
from bot.rules.consent import Purpose
from bot.rules.due import Lately
from bot.rules.plan import Plan, PlanState, Wishes
from bot.rules.seasons import Season
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Outlook:
    """A member's plan, and what stands in its way."""

    plan: Plan
    guild_on: bool
    """Whether the server they came from still has Porchlight on; True for who came from none."""
    something_fits: bool = True
    """Whether any nudge is left that fits their choices."""
    has_set_aside: bool = False
    """Whether they have set anything aside, so that it could be brought back."""
    season: Season | None = None
    """The quieter time they are in."""
    season_ends_at: datetime | None = None
    is_readable: bool = True
    """Whether it can be read what they set aside; where it cannot, nothing comes that could be among it."""


Change = Callable[[MemberStanding, Lately], Plan]
"""From where a member stands, and what they were sent lately, to their new plan."""

ChangeBearing = Callable[[Bearing], Bearing]
"""From how their nudges are chosen to how they are from now on."""

Reader = Callable[[Records, int], Awaitable[MemberStanding]]
"""Reads where a member stands, and raises for one who may not ask."""


class Adjust:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def outlook(self, member_id: int) -> Outlook:
        """How things stand. Raises NotStarted."""
        now = self._clock.now()

        async def work(records: Records) -> Outlook:
            who = await known(records, member_id)
            plan, past = who.standing.plan, await past_of(records, member_id, now)
            language = self._library.language(who.member.language)
            season, ends_at = season_of(past.bearing, plan.schedule.zone, now)
            return Outlook(
                plan,
                who.standing.guild_on,
                something_fits=past.is_readable and past.choose(plan, language, "", now) is not None,
                season=season,
                season_ends_at=ends_at,
                has_set_aside=past.refused is None or bool(past.refused.nudges or past.refused.themes),
                is_readable=past.is_readable,
            )

        return await self._database.read(work)

    async def is_waiting(self, member_id: int) -> bool:
        """Whether a nudge is on its way to this member."""
        plan = await self._database.read(lambda records: records.plans.get(member_id))
        return plan is not None and plan.state is PlanState.ACTIVE

    async def change(self, member_id: int, wishes: Wishes) -> Outlook:
        """Take new wishes from now on. Raises NotStarted, UnknownZone."""
        schedule_of(member_id, wishes)
        now = self._clock.now()
        return await self._change(member_id, lambda who, lately: who.standing.plan.changed(wishes, now, lately))

    async def pause(self, member_id: int, days: int) -> Outlook:
        """Send nothing for that many days. Raises NotStarted."""
        until = self._clock.now() + timedelta(days=days)
        return await self._change(member_id, lambda who, lately: who.standing.plan.paused(until, lately))

    async def resume(self, member_id: int) -> Outlook:
        """Let nudges come again, after a pause, a season, a stop, a silence or closed DMs. Silence is counted anew.

        Where their server is off, nothing comes until they choose to go on without it. Raises NotStarted; and NudgesOff
        for a member who has not agreed to nudges: only a new yes can change that.
        """
        return await self._resume(member_id, lambda bearing: bearing.wanted().end_season())

    async def go_on(self, member_id: int) -> Outlook:
        """The same, where it was asked whether nudges are still wanted: a season stays as it was picked."""
        return await self._resume(member_id, Bearing.wanted)

    async def _resume(self, member_id: int, bearing: ChangeBearing) -> Outlook:
        now = self._clock.now()

        def resumed(who: MemberStanding, lately: Lately) -> Plan:
            if not who.standing.guild_on:
                return who.standing.plan.ended(PlanState.GUILD_OFF)
            return who.standing.plan.resumed(now, lately)

        return await self._change(member_id, resumed, asked_by=willing, bearing=bearing)

    async def go_on_without_guild(self, member_id: int) -> Outlook:
        """Keep the nudges of a server that was switched off, from now on as nobody's but the member's own.

        Being counted for that server ends. Raises NotStarted, NudgesOff.
        """
        now = self._clock.now()

        return await self._change(
            member_id,
            lambda who, lately: who.standing.plan.resumed(now, lately),
            asked_by=willing,
            bearing=Bearing.wanted,
            leaving_guild=True,
        )

    async def keep_pace(self, member_id: int, review_id: str) -> Outlook:
        """At that review: go on as often as before. Raises NoLongerHeld."""
        now = self._clock.now()
        return await self._change(
            member_id, lambda who, lately: who.standing.plan.keeping_pace(now, lately), answering=review_id
        )

    async def slow_down(self, member_id: int, review_id: str, per_week: int) -> Outlook:
        """At that review: so many a week from now on, and never more than there were. Raises NoLongerHeld."""
        now = self._clock.now()
        return await self._change(
            member_id, lambda who, lately: who.standing.plan.slowed(per_week, now, lately), answering=review_id
        )

    async def is_to_be_told(self, member_id: int) -> bool:
        """Whether this member's DMs are closed, and they were not told so yet."""
        plan = await self._database.read(lambda records: records.plans.get(member_id))
        return plan is not None and plan.state is PlanState.UNREACHABLE

    async def note_told(self, member_id: int) -> None:
        """They were told now that their DMs are closed."""

        async def work(records: Records) -> None:
            plan = await records.plans.get(member_id)
            if plan is not None and plan.state is PlanState.UNREACHABLE:
                await records.plans.put(plan.ended(PlanState.UNREACHABLE_TOLD))

        await self._database.write(work)

    async def show_all_again(self, member_id: int) -> None:
        """Undo every "not for me" and "this wasn't OK", and overwrite what stood there."""
        await self._database.write(lambda records: records.refusals.forget(member_id))
        await overwrite(self._database)

    async def _change(
        self,
        member_id: int,
        change: Change,
        *,
        asked_by: Reader = known,
        leaving_guild: bool = False,
        bearing: ChangeBearing | None = None,
        answering: str | None = None,
    ) -> Outlook:
        now = self._clock.now()

        async def work(records: Records) -> Outlook:
            if answering is not None:
                await own_message(records, member_id, answering)
                await records.occurrences.answer(member_id, answering, None, now)
            who = await asked_by(records, member_id)
            past = await past_of(records, member_id, now)
            changed = change(who, past.lately)
            await records.plans.put(changed)
            if past.bearing is not None:
                # Written whether it differs or not: that it was is not to tell of a season.
                after = past.bearing if bearing is None else bearing(past.bearing)
                await records.bearings.put_all({member_id: after.waiting_for(changed, now)})
            if leaving_guild:
                await records.members.leave_guild(member_id)
                await take_back(records, member_id, {Purpose.COUNTS}, now)
            return Outlook(changed, guild_on=leaving_guild or who.standing.guild_on)

        return await self._database.write(work)
