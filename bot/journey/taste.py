"""A nudge here and now: before any yes, storing nothing; after it, the one of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.content.library import Language, Library
from bot.content.nudges import Nudge
from bot.errors import NothingFits
from bot.journey.standing import Known, known
from bot.rules.choose import REST, Shown, Tastes, choose, shown_before
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import PlanState, Size
from bot.rules.schedule import local_date
from bot.store import Database, Records

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A nudge to show. Without an occurrence nothing is stored, whatever is pressed on it."""

    nudge: Nudge
    occurrence_id: str | None = None
    answered: bool = False


class Taste:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    def one(self, language: str, seed: int) -> Offer:
        """One nudge as anybody's first could be. Reads and stores nothing."""
        return Offer(self.samples(language, Size.TINY, seed)[0])

    def samples(self, language: str, size: Size, seed: int) -> list[Nudge]:
        """Three nudges as they could come, one after the other."""
        nudges = self._library.language(language).nudges
        now = self._clock.now()
        found: list[Nudge] = []
        while len(found) < SAMPLES:
            shown = [Shown(nudge.nudge_id, now, answered=True) for nudge in reversed(found)]
            nudge = choose(nudges, size, shown, Tastes(), f"{seed}:{len(found)}", now)
            if nudge is None:
                raise NothingFits
            found.append(nudge)
        return found

    async def today(self, member_id: int, language: str, seed: int) -> Offer:
        """What /nudge now shows. Raises NothingFits when the member's choices leave nothing."""
        now = self._clock.now()

        async def work(records: Records) -> Offer:
            who = await known(records, member_id)
            if who is None or who.standing.plan.state is PlanState.STOPPED:
                return self.one(language, seed)
            return await self._of_today(records, who, self._library.language(language), now)

        return await self._database.write(work)

    async def _of_today(self, records: Records, who: Known, language: Language, now: datetime) -> Offer:
        plan = who.standing.plan
        slot = local_date(plan.schedule.zone, now).isoformat()
        for kind in (Kind.NUDGE, Kind.ASKED):
            earlier = await records.occurrences.find(plan.member_id, kind, slot)
            nudge = language.nudge_by_id.get(earlier.nudge_id or "") if earlier else None
            if earlier and nudge and earlier.state is State.SENT:
                return Offer(nudge, earlier.occurrence_id, answered=earlier.answered_at is not None)
        history = await records.occurrences.recent([plan.member_id], now - REST)
        shown = shown_before(history.get(plan.member_id, []))
        tastes = await records.refusals.of(plan.member_id)
        chosen = choose(language.nudges, plan.size, shown, tastes, f"{plan.member_id}:{slot}", now)
        if chosen is None:
            raise NothingFits
        asked = Occurrence(
            occurrence_id=occurrence_id(plan.member_id, Kind.ASKED, slot),
            member_id=plan.member_id,
            kind=Kind.ASKED,
            slot=slot,
            state=State.SENT,
            nudge_id=chosen.nudge_id,
            due_at=now,
            until_at=now,
            settled_at=now,
        )
        await records.occurrences.add([asked])
        return Offer(chosen, asked.occurrence_id)
