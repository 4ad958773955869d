"""What is measured with: the loop's lag, the database's units of work, and couriers that only take note."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

from bot.journey.courier import Letter
from bot.rules.delivery import Absent, Sent
from bot.store import Database
from bot.store.database import Work

NAP = 0.001


@dataclass
class Lag:
    """How much later than asked a task wakes up that sleeps for a millisecond; milliseconds."""

    worst: float = 0.0

    def begin(self) -> None:
        self.worst = 0.0


@asynccontextmanager
async def watching_lag() -> AsyncIterator[Lag]:
    lag = Lag()

    async def watch() -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(NAP)
            lag.worst = max(lag.worst, (perf_counter() - began - NAP) * 1_000)

    watcher = asyncio.create_task(watch())
    try:
        yield lag
    finally:
        watcher.cancel()


@dataclass
class TimedDatabase:
    """The database, noting when each unit of work that writes had ended."""

    database: Database
    written_at: list[float] = field(default_factory=list)
    reads: int = 0

    async def read(self, work: Work[Any]) -> Any:
        self.reads += 1
        return await self.database.read(work)

    async def write(self, work: Work[Any]) -> Any:
        try:
            return await self.database.write(work)
        finally:
            self.written_at.append(perf_counter())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)


class HoldingCourier:
    """Takes letters and answers none of them until `wanted` are in its hands."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self.all_here = asyncio.Event()
        self.at: list[float] = []

    async def send(self, letter: Letter) -> Sent:
        self.at.append(perf_counter())
        if len(self.at) >= self._wanted:
            self.all_here.set()
        await self.all_here.wait()
        return Sent(letter.channel_id or 1, 1)

    async def find(self, letter: Letter, since: datetime) -> Absent:
        raise AssertionError(f"nothing is unknown here, and {letter.occurrence_id} was looked for since {since}")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
