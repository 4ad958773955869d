"""The house without Discord: a real SQLite file, the real journeys, a fake courier, a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.content.library import Library
from bot.content.nudges import Nudge
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.rules.bearing import Bearing
from bot.rules.consent import ON_AT_FIRST, QUESTIONS, Purpose, Questions
from bot.rules.delivery import Fate
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import LAST_WEEK, Plan, Size, Wishes
from bot.rules.schedule import Window, local_date
from bot.store import Database, Reserve
from bot.store.database import NO_RESERVE
from bot.store.disk import REAL_DISK, Disk
from bot.store.occurrences import Settled
from tests.support.clock import MovableClock
from tests.support.courier import DM_CHANNEL, FakeCourier
from tests.support.keys import MASTER

ROBIN = 100_000_000_000_000_001
ALEX = 100_000_000_000_000_002
SERVER = 200_000_000_000_000_001
EVENING = Wishes("Europe/Berlin", Window(18 * 60, 20 * 60), per_week=3, size=Size.SMALL, discreet=False)
FULL_STEPS = 9
LIMITS = Limits(rate_per_second=1_000, at_once=5, batch=10)


@dataclass
class House:
    database: Database
    clock: MovableClock
    courier: FakeCourier
    journeys: Journeys
    library: Library
    traffic: Traffic
    presses: int = 0

    async def start(
        self,
        member_id: int = ROBIN,
        *,
        also: frozenset[Purpose] = frozenset(),
        purposes: frozenset[Purpose] | None = None,
        wishes: Wishes = EVENING,
        guild_id: int | None = None,
    ) -> None:
        """Say yes, and receive the receipt."""
        self.presses += 1
        agreed = (ON_AT_FIRST if purposes is None else purposes) | also
        started = await self.journeys.opt_in.start(member_id, guild_id, "en", agreed, wishes, self.presses)
        if started.receipt_id is not None:
            await self.journeys.deliver.send_now(started.receipt_id)

    async def plan(self, member_id: int = ROBIN) -> Plan:
        found = await self.database.read(lambda records: records.plans.get(member_id))
        assert found is not None
        return found

    async def set_due(self, member_id: int, due: datetime) -> None:
        plan = await self.plan(member_id)
        await self.database.write(lambda records: records.plans.put(replace(plan, next_due_at=due)))

    def nudge(self, nudge_id: str | None) -> Nudge:
        """That one of the library."""
        return self.library.language("en").nudge_by_id[nudge_id or ""]

    def one(self, **wanted: Any) -> Nudge:
        """The first nudge of the library that is so."""
        nudges = self.library.language("en").nudges
        return next(one for one in nudges if all(getattr(one, name) == value for name, value in wanted.items()))

    async def bearing(self, member_id: int = ROBIN) -> Bearing:
        """How the member's nudges are chosen."""
        return (await self.database.read(lambda records: records.bearings.by_ids([member_id])))[member_id]

    async def bear(self, member_id: int = ROBIN, **changes: Any) -> None:
        """Change something in that."""
        bearing = replace(await self.bearing(member_id), **changes)
        await self.database.write(lambda records: records.bearings.put(member_id, bearing))

    async def set_plan(self, member_id: int = ROBIN, **changes: Any) -> None:
        """Change something in the member's plan."""
        plan = replace(await self.plan(member_id), **changes)
        await self.database.write(lambda records: records.plans.put(plan))

    async def been_here(self, weeks: int, member_id: int = ROBIN, **changes: Any) -> None:
        """As if the last of that many weeks with nudges had begun today, and no review was due."""
        plan = await self.plan(member_id)
        today = local_date(plan.schedule.zone, self.clock.now())
        more = {"weeks": weeks, "week_began": today, "reviewed": LAST_WEEK, **changes}
        await self.set_plan(member_id, **more)
        await self.journeys.adjust.change(member_id, plan.wishes)  # the next one is due as often as they come by now

    async def steps_have_grown(self, member_id: int = ROBIN, level: int = 3) -> None:
        """As after eight weeks with many a "did it": any size of step can come, as often as they chose."""
        await self.been_here(LAST_WEEK, member_id, level=level, keeps_pace=True)
        await self.bear(member_id, full_steps=FULL_STEPS)

    async def sent_earlier(self, nudge_id: str, member_id: int = ROBIN, days: float = 1) -> Occurrence:
        """A nudge that the member had that many days ago."""
        at = self.clock.now() - timedelta(days=days)
        slot = at.date().isoformat()
        sent = nudge_of(member_id, slot, at, state=State.CLAIMED, nudge_id=nudge_id, claim="by then")
        await self.database.write(lambda records: records.occurrences.add([sent]))
        place = (DM_CHANNEL, 1)
        settled = Settled(sent, Fate(State.SENT), place, self.clock.now())
        await self.database.write(lambda records: records.occurrences.settle_all([settled]))
        return await self.occurrence(sent.occurrence_id)

    async def rows(self, member_id: int = ROBIN) -> dict[str, list[dict[str, Any]]]:
        """Everything that is held about the member."""
        return (await self.journeys.review.holding(member_id)).rows

    async def occurrences(self, member_id: int = ROBIN) -> list[Occurrence]:
        held = await self.database.read(lambda records: records.holdings.of(member_id))
        ids = [row["occurrence_id"] for row in held.get("occurrence", [])]
        found = [await self.occurrence(one) for one in ids]
        return sorted(found, key=lambda one: one.due_at)

    async def occurrence(self, occurrence_id: str) -> Occurrence:
        found = await self.database.read(lambda records: records.occurrences.get(occurrence_id))
        assert found is not None
        return found

    async def kept_answer(self, occurrence_id: str, member_id: int = ROBIN) -> object:
        """Which button was pressed, as its member is shown it; None where that is not kept."""
        held = await self.database.read(lambda records: records.holdings.of(member_id))
        return next(row["answer"] for row in held["occurrence"] if row["occurrence_id"] == occurrence_id)

    async def to_next_nudge(self, member_id: int = ROBIN) -> Occurrence:
        """Move to the next due time, deliver, and return what came of it."""
        due = (await self.plan(member_id)).next_due_at
        assert due is not None
        self.clock.move_to(due)
        before = {one.occurrence_id for one in await self.occurrences(member_id)}
        await self.journeys.deliver.run()
        return next(one for one in await self.occurrences(member_id) if one.occurrence_id not in before)


def nudge_of(
    member_id: int, slot: str, due: datetime, *, state: State, nudge_id: str | None = None, **more: Any
) -> Occurrence:
    """A nudge of that date, due then and for an hour."""
    return Occurrence(
        occurrence_id=occurrence_id(member_id, Kind.NUDGE, slot),
        member_id=member_id,
        kind=Kind.NUDGE,
        slot=slot,
        state=state,
        nudge_id=nudge_id,
        due_at=due,
        until_at=due + timedelta(hours=1),
        **more,
    )


@asynccontextmanager
async def open_house(
    folder: Path,
    library: Library,
    limits: Limits = LIMITS,
    reserve: Reserve = NO_RESERVE,
    disk: Disk = REAL_DISK,
    questions: Questions = QUESTIONS,
) -> AsyncIterator[House]:
    clock, courier = MovableClock(), FakeCourier()
    url = f"sqlite:///{folder}/porchlight.db"
    async with Database.open(url, MASTER, reserve=reserve, disk=disk, questions=questions) as database:
        traffic = Traffic(database, clock, limits)
        journeys = Journeys.over(database, clock, library, courier, traffic)
        yield House(database, clock, courier, journeys, library, traffic)
