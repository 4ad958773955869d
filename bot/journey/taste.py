"""A nudge here and now: before any yes, storing nothing; after it, the one of today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.content.library import Language, Library
from bot.content.nudges import Nudge
from bot.errors import NothingFits, Unsealable
from bot.journey.doubts import withdrawn
from bot.journey.past import past_of
from bot.journey.standing import MemberStanding, standing_of
from bot.rules.choose import Bounds, Shown, choose
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.pace import bounds_of_a_taste
from bot.rules.plan import PlanState, Size
from bot.rules.schedule import local_date
from bot.store import Database, Records

SAMPLES: Final = 3

# Whoever has no plan has no zone, and nothing that a date could tell of.
ANYWHERE: Final = "UTC"


@dataclass(frozen=True, slots=True)
class Offer:
    """A nudge to show. Without an occurrence nothing is stored, whatever is pressed on it."""

    nudge: Nudge
    occurrence_id: str | None = None
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The nudge of today is not to be shown again: it was set aside, or is out of circulation, or left the library."""

    occurrence_id: str
    is_answered: bool


class Taste:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def one(self, member_id: int, language: str, seed: int) -> Offer:
        """One nudge as a first one could be, and none that this member has refused. Stores nothing."""
        now = self._clock.now()
        bounds = await self._database.read(lambda records: _bounds_of(records, member_id, now))
        return self._one(language, seed, bounds)

    async def samples(self, member_id: int, language: str, size: Size) -> list[Nudge]:
        """Three nudges as they could come to this member, one after the other, each of them done. Stores nothing."""
        now = self._clock.now()
        bounds = await self._database.read(lambda records: _bounds_of(records, member_id, now))
        return self._some(SAMPLES, language, size, member_id, bounds)

    def _one(self, language: str, seed: int, bounds: Bounds) -> Offer:
        return Offer(self._some(1, language, Size.TINY, seed, bounds)[0])

    def _some(self, how_many: int, language: str, size: Size, seed: int, bounds: Bounds) -> list[Nudge]:
        nudges = self._library.language(language).nudges
        now = self._clock.now()
        found: list[Nudge] = []
        while len(found) < how_many:
            level = max((nudge.exposure for nudge in found), default=0)
            reached = replace(bounds, size=min(size, bounds.size), level=level)
            shown = [Shown(nudge.nudge_id, now) for nudge in reversed(found)]
            chosen = choose(nudges, reached, shown, f"{seed}:{len(found)}", now)
            if chosen is None:
                raise NothingFits
            found.append(chosen.nudge)
        return found

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
                return self._one(language, seed, await _bounds_of(records, member_id, now))
            return await _choose_for_today(records, who, spoken, now)

        return await self._database.write(work)


async def _shown_today(records: Records, member_id: int, language: Language, now: datetime) -> Offer | Gone | None:
    """The nudge that came or was shown today, if one was. Raises Unsealable."""
    plan = await records.plans.get(member_id)
    if plan is None or plan.state is PlanState.STOPPED:
        return None
    slot = local_date(plan.schedule.zone, now).isoformat()
    for kind, state in ((Kind.NUDGE, State.SENT), (Kind.ASKED, State.SHOWN)):
        earlier = await records.occurrences.find(member_id, kind, slot)
        if earlier is not None and earlier.state is state:
            return await _as_it_is_now(records, earlier, language)
    return None


async def _as_it_is_now(records: Records, earlier: Occurrence, language: Language) -> Offer | Gone:
    refused, out = await records.refusals.of(earlier.member_id), await withdrawn(records)
    nudge, is_answered = language.nudge_by_id.get(earlier.nudge_id or ""), earlier.answered_at is not None
    if nudge is None or nudge.nudge_id in refused.nudges | out or nudge.theme in refused.themes:
        return Gone(earlier.occurrence_id, is_answered)
    return Offer(nudge, earlier.occurrence_id, is_answered)


async def _bounds_of(records: Records, member_id: int, now: datetime) -> Bounds:
    """What may be shown to this member, or to anybody who is none. Raises Unsealable."""
    refused = await records.refusals.of(member_id)
    bearing = (await records.bearings.by_ids([member_id])).get(member_id)
    if bearing is None:
        raise Unsealable
    plan = await records.plans.get(member_id)
    day = local_date(ANYWHERE if plan is None else plan.schedule.zone, now)
    return bounds_of_a_taste(bearing, refused, day, await withdrawn(records))


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
    await records.bearings.put_all({plan.member_id: replace(past.bearing, draw=chosen.draw)})
    return Offer(chosen.nudge, asked.occurrence_id)
