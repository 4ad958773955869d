"""One process, from its start to its death: the real journeys over the real store, on a loop of its own.

Its wake-ups come as the ticker's do: when something is due, and at most thirty seconds after whatever changed that.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bot.content.library import Library
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.keys import MasterKeys
from bot.simulate.courses import CALL_SECONDS
from bot.simulate.disk import Compiled, Disk, Told
from bot.simulate.fuse import Fuse, Point
from bot.simulate.line import Line
from bot.simulate.model import ModelDiscord
from bot.simulate.timeline import Alarm, SkewedClock, Timeline, VirtualLoop

# Few at once, so that some wait in line with a claim that grows old; and so few refusals that the breaker is needed.
LIMITS: Final = Limits(rate_per_second=5, at_once=4, batch=25, call=timedelta(seconds=CALL_SECONDS), refusals=25)

WAKE_AT_LEAST: Final = 0.2
WAKE_AT_MOST: Final = 30.0
DRAIN_SECONDS: Final = 6.0
LOG_IN_EVERY: Final = 5.0
HOUSE_EVERY: Final = 3_600.0
SETTLING_TURNS: Final = 30

Furnish = Callable[..., Journeys]
"""How the journeys are put together; `Journeys.over`, unless a proof takes a guard away."""


class Life:
    """A process that has not ended yet. It runs when it is told to, up to a moment."""

    def __init__(
        self,
        timeline: Timeline,
        clock: SkewedClock,
        path: Path,
        master: MasterKeys,
        library: Library,
        discord: ModelDiscord,
        tell: Callable[[Told], None],
        on_death: Callable[[Point], None],
        on_fault: Callable[[BaseException], None],
        chance: random.Random,
        compiled: Compiled,
        furnish: Furnish = Journeys.over,
        *,
        keeps_house: bool = False,
    ) -> None:
        self._keeps_house = keeps_house
        self._timeline = timeline
        self._clock = clock
        self._path = path
        self._master = master
        self._library = library
        self._discord = discord
        self._tell = tell
        self._on_death = on_death
        self._on_fault = on_fault
        self._loop = VirtualLoop(timeline)
        self._loop.set_exception_handler(lambda _loop, context: on_fault(_exception(context)))
        self._chance = chance
        self._compiled = compiled
        self._furnish = furnish
        self._alarm = Alarm(timeline)
        self._stop = asyncio.Event()
        self._errands: set[asyncio.Task[None]] = set()
        self._main: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.fuse = Fuse(self._die)
        self.journeys: Journeys | None = None
        """None until the process has begun."""

    @property
    def is_over(self) -> bool:
        return self.fuse.is_burnt or (self._main is not None and self._main.done())

    def run_to(self, seconds: float) -> None:
        """Run up to that moment, or to the end of this process."""
        if self._main is None:
            self._main = self._loop.create_task(self._live())
            self._main.add_done_callback(self._end)
        self._timer = self._loop.call_at(seconds, self._loop.stop)
        self._loop.run_forever()
        self._timer.cancel()
        self._timer = None
        if self._main.done() and not self.fuse.is_burnt:
            self._main.result()

    def run_no_further_than(self, seconds: float) -> None:
        """Something will happen then, and it was not known when this run was begun."""
        if self._timer is not None and seconds < self._timer.when():
            self._timer.cancel()
            self._timer = self._loop.call_at(seconds, self._loop.stop)

    def errand(self, work: Coroutine[Any, Any, None], ended: Callable[[bool], None]) -> None:
        """Do something beside everything else, and say in the end whether the process lived to see it done."""
        task = self._loop.create_task(work)
        self._errands.add(task)
        task.add_done_callback(lambda task: self._end_errand(task, ended))

    def wake(self) -> None:
        """Something may be due earlier now. The ticker notices that within its longest sleep."""
        self._alarm.ring()

    def ask_to_stop(self) -> None:
        """As SIGTERM does."""
        self._stop.set()

    def sweep(self) -> None:
        """Remove what is left of a process that is over. Its clock does not count any more."""
        seconds = self._timeline.seconds
        if self._main is not None:
            self._main.remove_done_callback(self._end)
        self._loop.set_exception_handler(lambda _loop, _context: None)
        # Whatever is under way without waiting, such as handing back a connection, comes to its end by itself.
        for _ in range(SETTLING_TURNS):
            self._loop.run_until_complete(asyncio.sleep(0))
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        while left := asyncio.all_tasks(self._loop):
            self._loop.run_until_complete(asyncio.wait(left))
            for task in left:
                if not task.cancelled():
                    task.exception()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        self._timeline.seconds = seconds

    def _end(self, _main: asyncio.Task[None]) -> None:
        self._loop.stop()

    def _die(self, point: Point) -> None:
        if self._loop.is_running():
            self._loop.stop()
        self._on_death(point)

    async def _live(self) -> None:
        async with Disk.watched(
            self._path, self._master, self.fuse, self._tell, self._busy, self._compiled
        ) as database:
            self._clock.start()
            traffic = Traffic(database, self._clock, LIMITS)
            line = Line(self._discord, self.fuse, traffic)
            journeys = self._furnish(database, self._clock, self._library, line, traffic)
            await journeys.deliver.begin()
            await self._log_in(line)
            self.journeys = journeys
            ticker = asyncio.create_task(self._tick(journeys))
            house = asyncio.create_task(self._keep_house(journeys))
            await self._stop.wait()
            house.cancel()
            journeys.deliver.stop()
            self._alarm.ring()
            await asyncio.wait({ticker, *self._errands}, timeout=DRAIN_SECONDS)
            for task in (ticker, *self._errands):
                task.cancel()

    async def _log_in(self, line: Line) -> None:
        """Nothing ticks before Discord has answered; its answer has its time on it."""
        while not await line.log_in():  # noqa: ASYNC110 - that is how one finds out whether Discord is back
            await asyncio.sleep(LOG_IN_EVERY)

    async def _tick(self, journeys: Journeys) -> None:
        while not self._stop.is_set():
            due = await self._wake_up(journeys)
            ahead = WAKE_AT_MOST * 2880 if due is None else (due - self._clock.now()).total_seconds()
            at = self._timeline.seconds + max(WAKE_AT_LEAST, ahead)
            if await self._alarm.until(at) and not self._stop.is_set():
                await asyncio.sleep(min(max(WAKE_AT_LEAST, at - self._timeline.seconds), self._rest_of_a_sleep()))

    async def _keep_house(self, journeys: Journeys) -> None:
        """As the ticker's other job does, where this world has one."""
        while self._keeps_house and not self._stop.is_set():
            await asyncio.sleep(HOUSE_EVERY)
            try:
                await journeys.housekeep.run()
            except Exception as error:  # noqa: BLE001 - whatever it is
                self._on_fault(error)

    async def _wake_up(self, journeys: Journeys) -> datetime | None:
        """As the ticker does: what fails is told, and tried again at the next wake-up."""
        try:
            return await journeys.deliver.run()
        except Exception as error:  # noqa: BLE001 - whatever it is
            self._on_fault(error)
            return self._clock.now() + timedelta(seconds=WAKE_AT_MOST)

    def _rest_of_a_sleep(self) -> float:
        return WAKE_AT_MOST - self._timeline.seconds % WAKE_AT_MOST

    async def _busy(self) -> None:
        """The machine takes a moment before each unit of work, and sometimes a long one."""
        self.fuse.refuse_dead()
        is_long = self._chance.random() < 0.002  # noqa: PLR2004 - seldom
        await asyncio.sleep(self._chance.uniform(1, 8) if is_long else self._chance.uniform(0.001, 0.03))

    def _end_errand(self, task: asyncio.Task[None], ended: Callable[[bool], None]) -> None:
        self._errands.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self.fuse.is_burnt:
            self._on_fault(error)
        ended(not (task.cancelled() or self.fuse.is_burnt))
        self.wake()


def _exception(context: dict[str, Any]) -> BaseException:
    found = context.get("exception")
    return found if isinstance(found, BaseException) else RuntimeError(context.get("message"))
