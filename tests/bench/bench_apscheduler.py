"""Beside the usual way: one APScheduler job for each member. Start, memory, and waking up with a thousand due.

The two do not do the same work, on purpose. A job is only called here, and knows nobody; our wake-up decides from eight
weeks of past, checks consent and window, and has committed its claims before a letter is in anybody's hands.

    ours        the due table: open the file, begin, wake up
    cron, date  MemoryJobStore: every job is added anew at every start
    stored      SQLAlchemyJobStore over SQLite with cron jobs, fewer of them: adding 100,000 takes minutes
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from bot.clock import SystemClock, use_pinned_zones
from bot.content.library import load_library
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.store import Database
from tests.bench import population, processes
from tests.bench.measure import HoldingCourier, watching_lag
from tests.bench.row import Row, Say, times
from tests.support.keys import MASTER

MEMBERS = 100_000
STORED = 10_000
DUE = 1_000
MEGABYTE = 2**20
AHEAD = timedelta(seconds=5)
WAYS = ("cron", "date")

called_at: list[float] = []


async def nudge(_member: int) -> None:
    """What a job calls. A job store writes its name down, so it stands here."""
    called_at.append(perf_counter())


async def rows(members: int | None, say: Say) -> list[Row]:
    many = members or MEMBERS
    few = min(STORED, many)
    say(f"ours, {many:,} members")
    ours = {many: await _ours(many)}
    ours[few] = await _ours(few) if few != many else ours[many]
    found = []
    for way, count in (*((way, many) for way in WAYS), ("stored", few)):
        say(f"{way}, {count:,} jobs")
        theirs = await processes.leg("bench_apscheduler", way=way, members=count, due=min(DUE, count // 2))
        found.append(_row(way, count, ours[count], theirs))
    return found


async def _ours(count: int) -> dict[str, Any]:
    path, due = await population.opted_in(count), min(DUE, count // 2)
    population.make_due(path, population.with_a_past(count)[:due])
    return await processes.leg("bench_apscheduler", way="ours", members=count, due=due, path=str(path))


def _row(way: str, count: int, ours: dict[str, Any], theirs: dict[str, Any]) -> Row:
    def one(found: dict[str, Any]) -> str:
        return (
            f"start {found['start']:.2f} s, memory {found['memory'] / MEGABYTE:.1f} MB, "
            f"{DUE:,} due in hand after {found['wake']:.0f} ms, the loop held up {found['lag']:.0f} ms"
        )

    added = f" (adding them once: {theirs['added']:.0f} s)" if way == "stored" else ""
    return Row(
        f"apscheduler: {count:,} members, ours beside one job per member ({way})",
        f"ours: {one(ours)}\n{way}: {one(theirs)}{added}",
        ratio=f"{way} to ours: start {times(theirs['start'], ours['start'])}, "
        f"memory {times(theirs['memory'], ours['memory'])}, wake-up {times(theirs['wake'], ours['wake'])}, "
        f"held up {times(theirs['lag'], ours['lag'])}",
    )


async def leg(way: str, members: int, due: int, path: str = "") -> None:
    use_pinned_zones()
    measured = await (_due_table(path, due) if way == "ours" else _jobs(way, members, due))
    processes.found(**measured)


async def _due_table(path: str, due: int) -> dict[str, float]:
    before, began = processes.rss(os.getpid()), perf_counter()
    library, courier = load_library(), HoldingCourier(due)
    async with Database.open(f"sqlite:///{path}", MASTER) as database, watching_lag() as lag:
        limits = Limits(rate_per_second=1_000_000, at_once=due, batch=2 * due)
        clock = SystemClock()
        deliver = Journeys.over(database, clock, library, courier, Traffic(database, clock, limits)).deliver
        await deliver.begin()
        start = perf_counter() - began
        lag.begin()
        began = perf_counter()
        running = asyncio.create_task(deliver.run())
        await courier.all_here.wait()
        worst, wake = lag.worst, courier.at[-1] - began
        memory = processes.rss(os.getpid()) - before
        await running
    return {"start": start, "memory": memory, "wake": wake * 1_000, "lag": worst}


async def _jobs(way: str, members: int, due: int) -> dict[str, float]:
    before, began = processes.rss(os.getpid()), perf_counter()
    file = processes.CACHE / "jobs.db"
    file.unlink(missing_ok=True)
    scheduler = _scheduler(way, file)
    for member in range(members - due):
        scheduler.add_job(nudge, _trigger(way, member), args=[member], id=str(member))
    scheduler.start()
    added = start = perf_counter() - began
    if way == "stored":
        scheduler.shutdown()
        began = perf_counter()
        scheduler = _scheduler(way, file)
        scheduler.start()
        start = perf_counter() - began
    scheduler.pause()
    # A cron job that is added after its time fires a week later.
    at = datetime.now(UTC) + AHEAD + 3 * due * timedelta(seconds=added / (members - due))
    for member in range(members - due, members):
        scheduler.add_job(nudge, _trigger(way, member, at), args=[member], id=str(member))
    first = (datetime.now(UTC), perf_counter())
    async with watching_lag() as lag:
        scheduler.resume()
        fires_at = at if way == "date" else at.replace(microsecond=0)
        # Whatever the adding took longer than that is not counted.
        since = max(first[1] + (fires_at - first[0]).total_seconds(), first[1])
        await asyncio.sleep(max(0.0, since - perf_counter() - 0.2))
        lag.begin()
        async with asyncio.timeout(processes.STUCK):
            while len(called_at) < due:  # noqa: ASYNC110 - jobs call a plain function, which sets no event
                await asyncio.sleep(0.005)
        worst = lag.worst
    memory = processes.rss(os.getpid()) - before
    scheduler.shutdown(wait=False)
    wake = (max(called_at) - since) * 1_000
    return {"start": start, "added": added, "memory": memory, "wake": wake, "lag": worst}


def _scheduler(way: str, file: Path) -> AsyncIOScheduler:
    stores = {"default": SQLAlchemyJobStore(url=f"sqlite:///{file}")} if way == "stored" else {}
    patient = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    return AsyncIOScheduler(timezone="UTC", jobstores=stores, job_defaults=patient)


def _trigger(way: str, member: int, at: datetime | None = None) -> CronTrigger | DateTrigger:
    """That instant; without one, some time of a day that is not today."""
    if at is None:
        at = datetime.now(UTC) + timedelta(days=2, seconds=member % 86_400)
    if way == "date":
        return DateTrigger(at)
    return CronTrigger(day_of_week=at.weekday(), hour=at.hour, minute=at.minute, second=at.second, timezone="UTC")


if __name__ == "__main__":
    with processes.logging_as_shipped():
        asyncio.run(leg(**processes.given()))
