"""A million members, a hundred of them due: one wake-up, the memory it takes, and how soon the process is ready.

As a leg of its own, `python -m tests.bench.bench_wake '{"path": …}'`, it opens that file and wakes up a few times.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from bot.clock import SystemClock, use_pinned_zones
from bot.content.library import load_library
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.store import Database
from tests.bench import population, processes
from tests.bench.measure import HoldingCourier, Lag, TimedDatabase, watching_lag
from tests.bench.row import Row, Say, times

MILLION = 1_000_000
FEW = 1_000
DUE = 100
WAKE_UPS = 7
WARM = 2  # the third and those behind it
READY_RUNS = 5
MEGABYTE = 2**20
WAKE_MS, LAG_MS, MEMORY_MB, READY_S = 25, 5, 40, 3
IDLE_SECONDS = 0.5


async def rows(members: int | None, say: Say) -> list[Row]:
    many = members or MILLION
    say(f"a file with {many:,} members")
    large, small = await population.opted_in(many), await population.opted_in(FEW)
    say(f"waking up with {many:,} members")
    wake = await processes.leg("bench_wake", path=str(large), members=many, due=DUE)
    say(f"waking up with {FEW:,} members")
    beside = await processes.leg("bench_wake", path=str(small), members=FEW, due=DUE)
    return [*_waking(many, wake, beside), *await _process(many, large, small, say)]


def _waking(many: int, wake: dict[str, Any], beside: dict[str, Any]) -> list[Row]:
    first, warm = wake["wakes"][0], wake["wakes"][WARM:]
    in_hand, claimed, whole, lag, lag_whole = (_middle(warm, name) for name in warm[0])
    few = _middle(beside["wakes"][WARM:], "in_hand")
    third = wake["wakes"][WARM]["in_hand"]
    return [
        Row(
            f"wake: {many:,} members, {DUE} due, until all letters are in the courier's hands",
            f"{third:.1f} ms the third time, {in_hand:.1f} ms median of {len(warm)} "
            f"(best {min(one['in_hand'] for one in warm):.1f}), {first['in_hand']:.1f} ms the first; "
            f"claim committed at {claimed:.1f} ms (first {first['claimed']:.1f}); all settled at {whole:.0f} ms",
            f"<= {WAKE_MS} ms, warm",
            f"{times(in_hand, few)} of {FEW:,} members",
            in_hand <= WAKE_MS,
        ),
        Row(
            "wake: lag of the event loop in the meantime, worst of each wake-up",
            f"{lag:.1f} ms median, {max(one['lag'] for one in warm):.1f} ms worst, {first['lag']:.1f} ms the first; "
            f"to the last settling {lag_whole:.1f} ms; an idle loop {wake['idle_lag']:.1f} ms",
            f"<= {LAG_MS} ms",
            times(lag, wake["idle_lag"]) + " of idle",
            lag <= LAG_MS,
        ),
    ]


def _middle(wakes: list[dict[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in wakes)


async def _process(many: int, large: Path, small: Path, say: Say) -> list[Row]:
    """The real process beside the double: its memory after three wake-ups, and when its first nudge is on its way."""
    memory: dict[int, int] = {}
    ready: dict[int, list[float]] = {many: [], FEW: []}
    async with processes.double() as double:
        for run in range(READY_RUNS):
            for count, path in ((many, large), (FEW, small)):
                say(f"starting the process with {count:,} members, {run + 1} of {READY_RUNS}")
                ready[count].append(await _ready(double, path, count))
        for count, path in ((many, large), (FEW, small)):
            say(f"the memory of the process with {count:,} members")
            memory[count] = await _memory(double, path, count)
    seconds, beside = statistics.median(ready[many]), statistics.median(ready[FEW])
    more = (memory[many] - memory[FEW]) / MEGABYTE
    return [
        Row(
            f"memory: the same process with {many:,} members above {FEW:,}, after three wake-ups of {DUE} each",
            f"{more:+.1f} MB ({memory[many] / MEGABYTE:.1f} and {memory[FEW] / MEGABYTE:.1f} MB)",
            f"<= {MEMORY_MB} MB",
            times(memory[many], memory[FEW]),
            more <= MEMORY_MB,
        ),
        Row(
            f"ready: start of the process to connected and the first nudge posted, {many:,} members",
            f"{seconds:.2f} s median of {READY_RUNS} ({min(ready[many]):.2f} to {max(ready[many]):.2f}); "
            f"{beside:.2f} s with {FEW:,}",
            f"<= {READY_S} s",
            times(seconds, beside),
            seconds <= READY_S,
        ),
    ]


async def _ready(double: processes.Double, path: Path, count: int) -> float:
    population.settle_down(path)
    population.make_due(path, _some(count, 0))
    await double.begin()
    async with processes.bot(double, path) as bot:
        seen = await double.until(lambda seen: seen["identified_at"] and seen["sent_at"], every=0.01)
        return max(seen["identified_at"][0], seen["sent_at"][0]) - bot.started_at


async def _memory(double: processes.Double, path: Path, count: int) -> int:
    population.settle_down(path)
    await double.begin()
    async with processes.bot(double, path) as bot:
        for wake in range(3):
            population.make_due(path, _some(count, wake))
            await double.until(lambda seen, wanted=DUE * (wake + 1): len(seen["sent_at"]) >= wanted)
        await asyncio.sleep(1)
        return bot.rss


def _some(count: int, seed: int) -> list[int]:
    """Members whose turn it is; other ones for each seed, so that nobody has two nudges on one date."""
    everybody = list(range(count)) if count <= FEW else random.Random(1).sample(range(count), FEW)  # noqa: S311
    hundreds = [everybody[at : at + DUE] for at in range(0, len(everybody), DUE)]
    return hundreds[seed % len(hundreds)]


async def leg(path: str, members: int, due: int) -> None:
    use_pinned_zones()
    population.settle_down(Path(path))
    library, clock = load_library(), SystemClock()
    async with Database.open(f"sqlite:///{path}") as database, watching_lag() as lag:
        await asyncio.sleep(IDLE_SECONDS)
        idle, wakes = lag.worst, []
        for seed in range(WAKE_UPS):
            await asyncio.to_thread(population.make_due, Path(path), _some(members, seed))
            timed, courier = TimedDatabase(database), HoldingCourier(due)
            limits = Limits(rate_per_second=100_000, at_once=due, batch=2 * due)
            watched = cast("Database", timed)
            traffic = Traffic(watched, clock, limits)
            deliver = Journeys.over(watched, clock, library, courier, traffic).deliver
            wakes.append(await _wake(deliver, timed, courier, lag))
            assert len(courier.at) == due, f"{len(courier.at)} letters instead of {due}"
    processes.found(wakes=wakes, idle_lag=idle)


async def _wake(deliver: Any, timed: TimedDatabase, courier: HoldingCourier, lag: Lag) -> dict[str, float]:
    await asyncio.sleep(0.05)
    lag.begin()
    began = perf_counter()
    running = asyncio.create_task(deliver.run())
    await courier.all_here.wait()
    in_hand = lag.worst
    await running
    ended = perf_counter()
    return {
        "in_hand": (courier.at[-1] - began) * 1_000,
        "claimed": (timed.written_at[0] - began) * 1_000,
        "whole": (ended - began) * 1_000,
        "lag": in_hand,
        "lag_whole": lag.worst,
    }


if __name__ == "__main__":
    with processes.logging_as_shipped():
        asyncio.run(leg(**processes.given()))
