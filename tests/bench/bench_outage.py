"""Discord is out for 24 hours, and ten thousand members become due in that time. What they hear of it afterwards.

The real engine (`Deliver`, its store, its pace as shipped) lives through it over virtual time; nothing waits for the
disk, for no power is cut here. For two hours it tries in vain. Then somebody restarts it, and a process that cannot log
in delivers nothing until Discord is back; from there on it is watched for six hours more.

Discord is a model here: while it is out, four in five calls find nobody to connect to, and one in five is never
answered; nothing of all this was kept. Afterwards a call takes a tenth of a second.

Nothing may go out outside of its member's window, and nothing twice; whoever's window has passed gets nothing for that
date, and is not told. A POST that was never answered is not written down as let go before its DM was looked at, and
not even that can be done while Discord is out: such a nudge ends as "unknown", and is never sent either.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import aiosqlite

from bot.clock import use_pinned_zones
from bot.content.library import load_library
from bot.journey.courier import LastLook, Letter, NudgeNote
from bot.journey.deliver import Deliver
from bot.journey.journeys import Journeys
from bot.journey.traffic import Heard, Limits, Traffic
from bot.rules.delivery import Absent, NotNow, Sent, Unsure
from bot.rules.occurrence import State
from bot.rules.schedule import Schedule, Window, due_on, local_date, local_minute, spread_of
from bot.settings import DeliverySettings
from bot.simulate.timeline import BEGINS, SkewedClock, Timeline, VirtualLoop
from bot.store import Database
from bot.store.inline import at_once, inline
from tests.bench import population, processes
from tests.bench.row import Row, Say
from tests.support.keys import MASTER

MEMBERS = 10_000
HOUR = 3_600.0
OUTAGE = 24 * HOUR
TRYING = 2 * HOUR
AFTERWARDS = 6 * HOUR
WAKE_AT_MOST = 30.0
CALL_SECONDS = 0.1
UNANSWERED_ONE_IN = 5
EVENING = Window(18 * 60, 20 * 60)
OK = 200


async def rows(members: int | None, say: Say) -> list[Row]:
    many = members or MEMBERS
    path = population.copy(await population.opted_in(many), "outage")
    say(f"{OUTAGE / HOUR:.0f} hours without Discord, and {AFTERWARDS / HOUR:.0f} with it, {many:,} members")
    found = await processes.leg("bench_outage", path=str(path), members=many)
    states = Counter(found["states"])
    once = found["members"] == many and found["of_each"] == [1]
    good = once and not (found["outside"] or found["told"] or found["left_over"])
    per_minute = DeliverySettings().rate_per_second * 60
    return [
        Row(
            f"outage: Discord out for 24 hours, {many:,} members due in that time",
            f"{found['tries']:,} calls in vain; {states[State.SENT]:,} sent afterwards, at most {found['peak']} in a "
            f"minute, {found['outside']} outside their window; {states[State.DISSOLVED]:,} dissolved and "
            f"{states[State.UNKNOWN]:,} unknown, {'once' if once else 'not once'} for each member; messages about it "
            f"{found['told']}, still under way {found['left_over']}; took {found['wall']:.0f} s, of the processor "
            f"{found['processor']:.0f} s",
            f"<= {per_minute:.0f} a minute, 0 outside, once each, 0 told",
            f"{found['peak'] / per_minute:.2f} of the pace",
            good and found["peak"] <= per_minute,
        )
    ]


@dataclass
class Discord:
    """Takes letters, but for the time of the outage; keeps each once, by its nonce."""

    timeline: Timeline
    back_at: float
    traffic: Traffic | None = None
    kept: dict[str, tuple[datetime, Letter]] = field(default_factory=dict)
    tries: int = 0

    async def send(self, letter: Letter, _last_look: LastLook) -> Sent | NotNow | Unsure:
        if not await self._answers():
            return Unsure() if letter.member_id % UNANSWERED_ONE_IN == 0 else NotNow(posted=True)
        self.kept.setdefault(letter.occurrence_id, (self.timeline.instant, letter))
        return Sent(letter.channel_id or 1, len(self.kept))

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        if not await self._answers():
            return Unsure()
        kept = self.kept.get(letter.occurrence_id)
        return Absent() if kept is None or kept[0] < since else Sent(letter.channel_id or 1, 1)

    async def ask_time(self) -> None:
        await self._answers()

    async def _answers(self) -> bool:
        await asyncio.sleep(CALL_SECONDS)
        if self.timeline.seconds < self.back_at:
            self.tries += 1
            return False
        if self.traffic is not None:
            self.traffic.heard(Heard(OK, self.timeline.instant))
        return True


async def leg(path: str, members: int) -> None:
    """Runs in a thread of its own: a virtual loop cannot run inside of another one."""
    processes.found(**await asyncio.to_thread(live, Path(path), members))


def live(path: Path, members: int) -> dict[str, Any]:
    use_pinned_zones()
    population.due_at(path, BEGINS, _dues(members))
    timeline = Timeline()
    loop = VirtualLoop(timeline)
    discord = Discord(timeline, back_at=OUTAGE)
    began, used = perf_counter(), process_time()
    try:
        loop.run_until_complete(_engine(path, timeline, discord, until=TRYING))
        timeline.seconds = OUTAGE
        loop.run_until_complete(_engine(path, timeline, discord, until=OUTAGE + AFTERWARDS))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
    spent = {"wall": perf_counter() - began, "processor": process_time() - used}
    return {**_judged(path, discord), **spent}


def _dues(members: int) -> Iterator[tuple[int, str, Window, datetime]]:
    """Member, zone, window and due time: evenings all around the earth, each within the outage."""
    for place, member_id in enumerate(population.ids(range(members))):
        zone = f"Etc/GMT{place % 24 - 12:+d}"
        schedule = Schedule(zone, EVENING, 3, spread_of(member_id))
        today = local_date(zone, BEGINS)
        dues = (due_on(schedule, today + timedelta(days=ahead)) for ahead in range(3))
        yield member_id, zone, EVENING, next(due for due in dues if due is not None and due >= BEGINS)


async def _engine(path: Path, timeline: Timeline, discord: Discord, until: float) -> None:
    clock = SkewedClock(timeline)
    shipped = DeliverySettings()
    limits = Limits(shipped.rate_per_second, shipped.at_once, shipped.batch)
    opened: list[aiosqlite.Connection] = []

    def connect(path: Path) -> aiosqlite.Connection:
        opened.append(inline(path))
        return opened[-1]

    async with Database.open(f"sqlite:///{path}", MASTER, connect=connect, aside=at_once) as database:
        for connection in opened:
            await connection.execute("PRAGMA synchronous = OFF")
        discord.traffic = Traffic(database, clock, limits)
        deliver = Journeys.over(database, clock, load_library(), discord, discord.traffic).deliver
        await deliver.begin()
        while timeline.seconds < until:
            await _wake(deliver, clock)


async def _wake(deliver: Deliver, clock: SkewedClock) -> None:
    """As the ticker does."""
    due = await deliver.run()
    ahead = WAKE_AT_MOST if due is None else (due - clock.now()).total_seconds()
    await asyncio.sleep(min(max(ahead, 0.2), WAKE_AT_MOST))


def _judged(path: Path, discord: Discord) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as connection:
        begins = population.milliseconds(BEGINS)
        ends = connection.execute(
            "SELECT member_id, state, wake_at FROM occurrence WHERE due_at >= ? AND due_at < ?",
            (begins, begins + OUTAGE * 1_000),
        ).fetchall()
        zones = dict(connection.execute("SELECT member_id, zone FROM plan"))
    of_each = Counter(member_id for member_id, *_ in ends)
    minutes = Counter(int((at - BEGINS).total_seconds() // 60) for at, _ in discord.kept.values())
    return {
        "states": Counter(state for _, state, _ in ends),
        "left_over": sum(wake_at is not None for *_, wake_at in ends),
        "of_each": sorted(set(of_each.values())),
        "members": len(of_each),
        "outside": sum(
            not EVENING.holds(local_minute(zones[letter.member_id], at)) for at, letter in discord.kept.values()
        ),
        "told": sum(not isinstance(letter.says, NudgeNote) for _, letter in discord.kept.values()),
        "peak": max(minutes.values(), default=0),
        "tries": discord.tries,
    }


if __name__ == "__main__":
    with processes.logging_as_shipped():
        asyncio.run(leg(**processes.given()))
