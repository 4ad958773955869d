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
from bot.rules.plan import PlanState, Size
from bot.rules.schedule import local_date
from bot.store import Database, Records

SAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A nudge to show. Without an occurrence nothing is stored, whatever is pressed on it."""

    nudge: Nudge
    occurrence_id: str | None = None
    is_answered: bool = False


class Taste:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def one(self, member_id: int, language: str, seed: int) -> Offer:
        """One nudge as a first one could be, and none that this member has refused. Stores nothing."""
        return self._one(language, seed, await self._database.read(lambda records: _bounds_of(records, member_id)))

    async def samples(self, member_id: int, language: str, size: Size) -> list[Nudge]:
        """Three nudges as they could come to this member, one after the other, each of them done. Stores nothing."""
        bounds = await self._database.read(lambda records: _bounds_of(records, member_id))
        return self._three(language, size, member_id, bounds)

    def _one(self, language: str, seed: int, bounds: Bounds) -> Offer:
        return Offer(self._three(language, Size.TINY, seed, bounds)[0])

    def _three(self, language: str, size: Size, seed: int, bounds: Bounds) -> list[Nudge]:
        nudges = self._library.language(language).nudges
        now = self._clock.now()
        found: list[Nudge] = []
        while len(found) < SAMPLES:
            level = max((nudge.exposure for nudge in found), default=0)
            reached = replace(bounds, size=size, level=level)
            shown = [Shown(nudge.nudge_id, now) for nudge in reversed(found)]
            chosen = choose(nudges, reached, shown, f"{seed}:{len(found)}", now)
            if chosen is None:
                raise NothingFits
            found.append(chosen.nudge)
        return found

    async def of_today(self, member_id: int, language: str, seed: int) -> Offer:
        """What /nudge now shows. Raises NothingFits when the member's choices leave nothing."""
        now = self._clock.now()
        spoken = self._library.language(language)
        earlier = await self._database.read(lambda records: self._shown_today(records, member_id, spoken, now))
        if earlier is not None:
            return earlier

        async def work(records: Records) -> Offer:
            who = await standing_of(records, member_id)
            if who is None or who.standing.plan.state is PlanState.STOPPED:
                return self._one(language, seed, await _bounds_of(records, member_id))
            return await _choose_for_today(records, who, spoken, now)

        return await self._database.write(work)

    async def _shown_today(self, records: Records, member_id: int, language: Language, now: datetime) -> Offer | None:
        """The nudge that came or was shown today, if one was."""
        plan = await records.plans.get(member_id)
        if plan is None or plan.state is PlanState.STOPPED:
            return None
        slot = local_date(plan.schedule.zone, now).isoformat()
        for kind, state in ((Kind.NUDGE, State.SENT), (Kind.ASKED, State.SHOWN)):
            earlier = await records.occurrences.find(member_id, kind, slot)
            nudge = language.nudge_by_id.get(earlier.nudge_id or "") if earlier else None
            if earlier and nudge and earlier.state is state:
                return Offer(nudge, earlier.occurrence_id, is_answered=earlier.answered_at is not None)
        return None


async def _bounds_of(records: Records, member_id: int) -> Bounds:
    """What may come to this member, or to anybody who is none. Raises Unsealable."""
    refused = await records.refusals.of(member_id)
    bearing = (await records.bearings.by_ids([member_id])).get(member_id)
    if bearing is None:
        raise Unsealable
    return Bounds(
        Size.TINY,
        0,
        refused,
        audiences=bearing.audiences,
        sets=bearing.sets,
        skips=bearing.skips,
        withdrawn=await withdrawn(records),
    )


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
