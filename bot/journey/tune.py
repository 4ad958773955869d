"""A member looks at what may come, and changes it: about what, for whom, how often each kind; and begins a season.

Without their key none of it can be read, so each of these raises Unsealable then, and changes nothing; and NotStarted
before a Start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.clock import Clock
from bot.content.library import Library
from bot.errors import Outdated, Unsealable
from bot.journey.erasing import overwrite
from bot.journey.past import past_of
from bot.journey.standing import MemberStanding, known
from bot.rules.bearing import Bearing
from bot.rules.choose import Audience, Refused
from bot.rules.due import Lately
from bot.rules.plan import Plan
from bot.rules.schedule import local_date, noon_of
from bot.rules.seasons import SEASONS, Season
from bot.rules.tickets import Tickets
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a member set about what may come. Of kinds, those that are for whom they want nudges for."""

    bearing: Bearing
    on: Mapping[str, float]
    """The kinds that may come, with their tickets today."""
    off: tuple[str, ...]
    """The kinds that are left out."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A season that has begun."""

    plan: Plan
    season: Season
    ends_at: datetime
    instead_of: Season | None = None
    """The one that it ended, where there was another."""


Change = Callable[[Bearing, date], Bearing]
"""From a bearing to the new one, on a date of the member's own."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a member stands, all of it readable."""

    who: MemberStanding
    bearing: Bearing
    refused: Refused
    lately: Lately
    day: date
    """Today, on their own calendar."""

    @property
    def zone(self) -> str:
        return self.who.standing.plan.schedule.zone


class Tune:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def look(self, member_id: int) -> Tuning:
        """What may come to them now."""

        async def work(records: Records) -> Tuning:
            return self._tuning(await self._read(records, member_id))

        return await self._database.read(work)

    async def skip(self, member_id: int, skips: AbstractSet[str]) -> Tuning:
        """No nudge may be about any of these, and about nothing else is one kept away."""
        return await self._change(member_id, lambda bearing, _: replace(bearing, skips=frozenset(skips)))

    async def for_whom(self, member_id: int, audiences: AbstractSet[Audience]) -> Tuning:
        """Nudges for these, of which there is at least one."""
        assert audiences, "nothing could come for nobody"
        return await self._change(member_id, lambda bearing, _: replace(bearing, audiences=frozenset(audiences)))

    async def switch_set(self, member_id: int, name: str, *, on: bool) -> Tuning:
        """That set of nudges can come, or not any more."""

        def changed(bearing: Bearing, _day: date) -> Bearing:
            return replace(bearing, sets=bearing.sets | {name} if on else bearing.sets - {name})

        return await self._change(member_id, changed)

    async def set_tickets(self, member_id: int, theme: str, count: float) -> Tuning:
        """That kind has so many from today on, as far as a kind can. Raises Outdated where there is no such kind."""

        def changed(bearing: Bearing, day: date) -> Bearing:
            return replace(bearing, tickets=bearing.tickets.with_count(theme, count, day))

        return await self._change(member_id, changed, of_kind=theme)

    async def reset_tickets(self, member_id: int) -> Tuning:
        """Every kind has as many as at first."""
        return await self._change(member_id, lambda bearing, _: replace(bearing, tickets=Tickets()))

    async def leave_out(self, member_id: int, theme: str) -> Tuning:
        """That kind does not come any more. Raises Outdated where there is no such kind."""

        async def work(records: Records) -> Tuning:
            self._refuse_unknown(await self._read(records, member_id), theme)
            await records.refusals.refuse_theme(member_id, theme, self._clock.now())
            return self._tuning(await self._read(records, member_id))

        return await self._database.write(work)

    async def switch_kind_on(self, member_id: int, theme: str) -> Tuning:
        """That kind can come again, and that it could not is overwritten. What of it was set aside alone stays so."""

        async def work(records: Records) -> Tuning:
            await self._read(records, member_id)
            await records.refusals.allow_theme(member_id, theme)
            return self._tuning(await self._read(records, member_id))

        tuning = await self._database.write(work)
        await overwrite(self._database)
        return tuning

    async def begin_season(self, member_id: int, season: Season) -> Quiet:
        """Nothing for the pause of that season, and then what it lets through, until it ends by itself.

        It takes the place of an earlier one, and shortens no pause.
        """
        now = self._clock.now()

        async def work(records: Records) -> Quiet:
            found = await self._read(records, member_id)
            plan = found.who.standing.plan.resting(SEASONS[season].pause, now, found.lately)
            first_on = None if plan.next_due_at is None else local_date(found.zone, plan.next_due_at)
            bearing = found.bearing.begin_season(season, found.day, first_on)
            await records.plans.put(plan)
            await records.bearings.put(member_id, bearing)
            assert bearing.season_until is not None, "it has just begun"
            before = found.bearing.season if found.bearing.season_on(found.day) else None
            instead_of = None if before is season else before
            return Quiet(plan, season, noon_of(found.zone, bearing.season_until), instead_of)

        return await self._database.write(work)

    async def _change(self, member_id: int, change: Change, *, of_kind: str | None = None) -> Tuning:
        async def work(records: Records) -> Tuning:
            found = await self._read(records, member_id)
            if of_kind is not None:
                self._refuse_unknown(found, of_kind)
            changed = replace(found, bearing=change(found.bearing, found.day))
            await records.bearings.put(member_id, changed.bearing)
            return self._tuning(changed)

        return await self._database.write(work)

    async def _read(self, records: Records, member_id: int) -> _Found:
        """Raises NotStarted, Unsealable."""
        now = self._clock.now()
        who, past = await known(records, member_id), await past_of(records, member_id, now)
        if past.refused is None or past.bearing is None:
            raise Unsealable
        day = local_date(who.standing.plan.schedule.zone, now)
        return _Found(who, past.bearing, past.refused, past.lately, day)

    def _tuning(self, found: _Found) -> Tuning:
        kinds = self._kinds(found)
        off = frozenset(found.refused.themes)
        on = found.bearing.tickets.of([one for one in kinds if one not in off], found.day)
        return Tuning(found.bearing, on, tuple(one for one in kinds if one in off))

    def _kinds(self, found: _Found) -> list[str]:
        """Those that there are for whom they want nudges for."""
        nudges = self._library.language(found.who.member.language).nudges
        return sorted({one.theme for one in nudges if one.audience in found.bearing.audiences and not one.retired})

    def _refuse_unknown(self, found: _Found, theme: str) -> None:
        if theme not in self._kinds(found):
            raise Outdated
