"""A nudge here and now: before any yes, storing nothing; after it, the one of today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Final

from bot.clock import Clock
from bot.content.library import Language, Library
from bot.content.nudges import Nudge
from bot.errors import NothingFits, Unsealable
from bot.journey.doubts import withdrawn
from bot.journey.past import past_of
from bot.journey.standing import MemberStanding, standing_of
from bot.rules.bearing import Bearing
from bot.rules.choose import Bounds, Refused, Shown, choose
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.pace import bounds_to_try, ceiling_of, is_left_out
from bot.rules.plan import PlanState, Size
from bot.rules.schedule import local_date
from bot.store import Database, Records

SAMPLES: Final = 3

# The zone of somebody who has picked none: no date of theirs matters yet.
SOMEWHERE: Final = "UTC"


@dataclass(frozen=True, slots=True)
class Offer:
    """A nudge to show. Without an occurrence nothing is stored, whatever is pressed on it."""

    nudge: Nudge
    occurrence_id: str | None = None
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The nudge of today is not shown once more: it was set aside or left out since, or has left the library."""

    occurrence_id: str
    is_answered: bool


class Taste:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def one(self, member_id: int, language: str, seed: int) -> Offer:
        """One nudge as a first one could be, and none that this member has refused. Stores nothing."""
        bounds = await self._database.read(lambda records: self._bounds(records, member_id, Size.TINY))
        return self._one(language, seed, bounds)

    async def samples(self, member_id: int, language: str, size: Size) -> list[Nudge]:
        """Three nudges as they could come to this member, one after the other, each of them done. Stores nothing.

        Fewer where fewer are left: what is left out keeps nobody from a Start.
        """
        bounds = await self._database.read(lambda records: self._bounds(records, member_id, size))
        return list(islice(self._one_after_the_other(language, member_id, bounds), SAMPLES))

    def _one(self, language: str, seed: int, bounds: Bounds) -> Offer:
        """Of the kinds that come first, where one of those is left: they need nothing that came before."""
        first = ceiling_of(1).themes
        at_first = replace(bounds, themes=first if bounds.themes is None else bounds.themes & first)
        for within in (at_first, bounds):
            if nudge := next(self._one_after_the_other(language, seed, within), None):
                return Offer(nudge)
        raise NothingFits

    def _one_after_the_other(self, language: str, seed: int, bounds: Bounds) -> Iterator[Nudge]:
        nudges, now, level = self._library.language(language).nudges, self._clock.now(), bounds.level
        shown: list[Shown] = []
        while (chosen := choose(nudges, replace(bounds, level=level), shown, f"{seed}:{len(shown)}", now)) is not None:
            yield chosen.nudge
            level = max(level, chosen.nudge.exposure)
            shown.insert(0, Shown(chosen.nudge.nudge_id, now))

    async def of_today(self, member_id: int, language: str, seed: int) -> Offer | Gone:
        """What /nudge now shows. Raises NothingFits when the member's choices leave nothing."""
        now = self._clock.now()
        spoken = self._library.language(language)
        earlier = await self._database.read(lambda records: _shown_today(records, member_id, spoken, now))
        if earlier is not None:
            return earlier

        async def work(records: Records) -> Offer | Gone:
            # Asked twice at once, the second one is shown what the first one was.
            if meanwhile := await _shown_today(records, member_id, spoken, now):
                return meanwhile
            who = await standing_of(records, member_id)
            if who is None or who.standing.plan.state is PlanState.STOPPED:
                return self._one(language, seed, await self._bounds(records, member_id, Size.TINY))
            return await _choose_for_today(records, who, spoken, now)

        return await self._database.write(work)

    async def _bounds(self, records: Records, member_id: int, size: Size) -> Bounds:
        """What may be shown to this member, or to anybody who is none. Raises Unsealable."""
        plan, (bearing, refused) = await records.plans.get(member_id), await _choices(records, member_id)
        day = local_date(SOMEWHERE if plan is None else plan.schedule.zone, self._clock.now())
        return bounds_to_try(bearing, refused, size, day, await withdrawn(records))


async def _shown_today(records: Records, member_id: int, language: Language, now: datetime) -> Offer | Gone | None:
    """The nudge that came or was shown today, if one was. Raises Unsealable."""
    plan = await records.plans.get(member_id)
    if plan is None or plan.state is PlanState.STOPPED:
        return None
    day = local_date(plan.schedule.zone, now)
    for kind, state in ((Kind.NUDGE, State.SENT), (Kind.ASKED, State.SHOWN)):
        earlier = await records.occurrences.find(member_id, kind, day.isoformat())
        if earlier is not None and earlier.state is state:
            return await _as_it_is_now(records, earlier, language, day)
    return None


async def _as_it_is_now(records: Records, earlier: Occurrence, language: Language, day: date) -> Offer | Gone:
    """That others objected is not to be seen in what came already: only what this member said is looked at."""
    nudge, is_answered = language.nudge_by_id.get(earlier.nudge_id or ""), earlier.answered_at is not None
    bearing, refused = await _choices(records, earlier.member_id)
    if nudge is None or is_left_out(nudge, bearing, refused, day):
        return Gone(earlier.occurrence_id, is_answered)
    return Offer(nudge, earlier.occurrence_id, is_answered)


async def _choices(records: Records, member_id: int) -> tuple[Bearing, Refused]:
    """What this member set and set aside. Raises Unsealable."""
    refused = await records.refusals.of(member_id)
    bearing = (await records.bearings.by_ids([member_id])).get(member_id)
    if bearing is None:
        raise Unsealable
    return bearing, refused


async def _choose_for_today(records: Records, who: MemberStanding, language: Language, now: datetime) -> Offer:
    plan = who.standing.plan
    day = local_date(plan.schedule.zone, now)
    past = await past_of(records, plan.member_id, now)
    chosen = past.choose(plan, language, day.isoformat(), now)
    if chosen is None:
        raise NothingFits
    asked = Occurrence(
        occurrence_id=occurrence_id(plan.member_id, Kind.ASKED, day.isoformat()),
        member_id=plan.member_id,
        kind=Kind.ASKED,
        slot=day.isoformat(),
        state=State.SHOWN,
        nudge_id=chosen.nudge.nudge_id,
        due_at=now,
        until_at=now,
        settled_at=now,
    )
    await records.occurrences.add([asked])
    await records.plans.put(plan.counted(day))
    assert past.bearing is not None, "nothing is chosen without it"
    await records.bearings.put_all({plan.member_id: replace(past.bearing.pruned(day), draw=chosen.draw)})
    return Offer(chosen.nudge, asked.occurrence_id)
