"""A million members, a hundred of them due: one wake-up, the memory it takes, and how soon the process is ready.

As a leg of its own, `python -m tests.bench.bench_wake '{"path": …}'`, it opens that file and wakes up a few times.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bot.app import spare_the_collector
from bot.clock import SystemClock, use_pinned_zones
from bot.content.library import load_library
from bot.journey.deliver import Deliver
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.store import Database
from tests.bench import population, processes
from tests.bench.measure import Aside, HoldingCourier, Lag, watching_lag
from tests.bench.row import Row, Say, times
from tests.support.keys import MASTER

MILLION = 1_000_000
FEW = 1_000
DUE = 100
WAKE_UPS = 7
WARM = 2  # the third and those behind it
READY_RUNS = 3
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
    first, warm, few = wake["wakes"][0], wake["wakes"][WARM:], beside["wakes"][WARM:]
    aside, lag, idle = _middle(warm, "aside"), _middle(warm, "lag_processor"), wake["idle_lag"]
    return [
        Row(
            f"wake: {many:,} members, {DUE} due: what the database does for it off the event loop, from claim to "
            "settled, by the processor",
            f"{aside:.1f} ms median of {len(warm)}, {first['aside']:.1f} the first, in {warm[-1]['calls']:.0f} calls; "
            f"by the wall {_middle(warm, 'aside_wall'):.1f} ms",
            f"<= {WAKE_MS} ms, warm",
            f"{times(aside, _middle(few, 'aside'))} of {FEW:,} members",
            aside <= WAKE_MS,
        ),
        Row(
            "wake: the longest that it holds up the event loop, by the processor",
            f"{lag:.1f} ms median, {first['lag_processor']:.1f} the first; by the wall {_middle(warm, 'lag'):.1f} ms "
            f"median, {max(one['lag'] for one in warm):.1f} worst, where an idle loop has {idle:.1f}",
            f"<= {LAG_MS} ms",
            f"{times(_middle(warm, 'lag'), idle)} of idle by the wall",
            lag <= LAG_MS,
        ),
        Row(
            "wake: until all letters are in the courier's hands",
            f"{_middle(warm, 'in_hand'):.0f} ms median by the wall, {_middle(warm, 'processor'):.0f} ms of the "
            f"processor; all settled at {_middle(warm, 'whole'):.0f} ms",
            ratio=f"{times(_middle(warm, 'processor'), _middle(few, 'processor'))} of {FEW:,} members",
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
    everybody = random.Random(1).sample(population.with_a_past(count), FEW)  # noqa: S311
    hundreds = [everybody[at : at + DUE] for at in range(0, len(everybody), DUE)]
    return hundreds[seed % len(hundreds)]


async def leg(path: str, members: int, due: int) -> None:
    use_pinned_zones()
    population.settle_down(Path(path))
    library, clock, aside = load_library(), SystemClock(), Aside()
    async with Database.open(f"sqlite:///{path}", MASTER, connect=aside.connect) as database, watching_lag() as lag:
        await asyncio.sleep(IDLE_SECONDS)
        await aside.rests()
        lag.begin()
        await asyncio.sleep(IDLE_SECONDS)
        idle, wakes = lag.worst, []
        courier = HoldingCourier(due)
        traffic = Traffic(database, clock, Limits(rate_per_second=100_000, at_once=due, batch=2 * due))
        deliver = Journeys.over(database, clock, library, courier, traffic).deliver
        spare_the_collector()
        for seed in range(WAKE_UPS):
            await asyncio.to_thread(population.make_due, Path(path), _some(members, seed))
            wakes.append(await _wake(deliver, aside, courier, lag))
            assert len(courier.at) == due, f"{len(courier.at)} letters instead of {due}"
    processes.found(wakes=wakes, idle_lag=idle)


async def _wake(deliver: Deliver, aside: Aside, courier: HoldingCourier, lag: Lag) -> dict[str, float]:
    await asyncio.sleep(0.05)
    for one in (lag, aside, courier):
        one.begin()
    began, used = perf_counter(), process_time()
    running = asyncio.create_task(deliver.run())
    await courier.all_here.wait()
    in_hand = process_time() - used
    await running
    return {
        "in_hand": (courier.at[-1] - began) * 1_000,
        "processor": in_hand * 1_000,
        "whole": (perf_counter() - began) * 1_000,
        "aside": aside.processor,
        "aside_wall": aside.wall,
        "calls": aside.calls,
        "lag": lag.worst,
        "lag_processor": lag.processor,
    }


if __name__ == "__main__":
    with processes.logging_as_shipped():
        asyncio.run(leg(**processes.given()))
