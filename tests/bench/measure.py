"""What is measured with: the loop's lag, what is done off the loop, and couriers that only take note."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

import aiosqlite

from bot.journey.courier import LastLook, Letter
from bot.rules.delivery import Absent, Sent
from bot.store.engines import in_a_thread

NAP = 0.001
ANSWERED_AT_ONCE = 20


@dataclass
class Lag:
    """How much later than asked a task wakes up that sleeps for a millisecond; milliseconds.

    `processor` is the most that the loop's thread computed between two of its wake-ups: what is left of the lag on a
    machine where nobody else takes the processor away.
    """

    worst: float = 0.0
    processor: float = 0.0

    def begin(self) -> None:
        self.worst = self.processor = 0.0


@asynccontextmanager
async def watching_lag() -> AsyncIterator[Lag]:
    lag = Lag()

    async def watch() -> None:
        while True:
            began, used = perf_counter(), thread_time()
            await asyncio.sleep(NAP)
            lag.worst = max(lag.worst, (perf_counter() - began - NAP) * 1_000)
            lag.processor = max(lag.processor, (thread_time() - used) * 1_000)

    watcher = asyncio.create_task(watch())
    try:
        yield lag
    finally:
        watcher.cancel()


@dataclass
class Aside:
    """What the driver's threads did, off the event loop: milliseconds by the wall, and of the processor."""

    wall: float = 0.0
    processor: float = 0.0
    calls: int = 0
    running: int = 0

    async def rests(self) -> None:
        """Wait until nothing is under way: a large file is looked through beside the first work of a process."""
        while self.running:  # noqa: ASYNC110 - threads cannot set an event of this loop
            await asyncio.sleep(0.05)

    def begin(self) -> None:
        self.wall = self.processor = 0.0
        self.calls = 0

    def connect(self, path: Path) -> aiosqlite.Connection:
        """As the bot opens its file, and each call is timed. For `Database.open(url, connect=…)`."""
        plain = in_a_thread(path)
        timed = _TimedConnection(plain._connector, plain._iter_chunk_size)
        timed._thread.daemon = True
        timed.aside = self
        return timed

    def run(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        began, used = perf_counter(), thread_time()
        self.running += 1
        try:
            return call(*arguments, **named)
        finally:
            self.running -= 1
            self.wall += (perf_counter() - began) * 1_000
            self.processor += (thread_time() - used) * 1_000
            self.calls += 1


class _TimedConnection(aiosqlite.Connection):
    aside: Aside

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await super()._execute(self.aside.run, fn, *args, **kwargs)


class HoldingCourier:
    """Takes letters and answers none of them until `wanted` are in its hands."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self.begin()

    def begin(self) -> None:
        """Forget what came, and hold what comes from now on."""
        self.all_here = asyncio.Event()
        self.at: list[float] = []

    async def send(self, letter: Letter, _last_look: LastLook) -> Sent:
        self.at.append(perf_counter())
        if len(self.at) >= self._wanted:
            self.all_here.set()
        place = len(self.at)
        await self.all_here.wait()
        # As many in one turn of the loop as are on their way at once by default: more cannot be answered together.
        for _ in range(place // ANSWERED_AT_ONCE):
            await asyncio.sleep(0)
        return Sent(letter.channel_id or 1, 1)

    async def ask_time(self) -> None:
        raise AssertionError("no clock is doubted here")

    async def find(self, letter: Letter, since: datetime) -> Absent:
        raise AssertionError(f"nothing is unknown here, and {letter.occurrence_id} was looked for since {since}")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
