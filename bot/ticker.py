"""What wakes us: APScheduler, in memory and in UTC, with one job that calls us when something is due.

It holds no truth. Each wake-up asks the database, and says itself when the next one is wanted, at most `at_most`
seconds ahead: a timer sleeps on the monotonic clock, and a wall clock that was set in the meantime is noticed only at
the next wake-up. Besides, a watch sleeps on the monotonic clock alone: it ends a wake-up that hangs, and starts one
that did not come, for APScheduler waits as long as a wall clock was set back.

A second job asks every now and then whether house is to be kept (bot/journey/housekeep.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.clock import Clock

log = structlog.stdlib.get_logger(__name__)

# However much is overdue, the process gets to breathe; and APScheduler drops a run that overlaps the one before.
AT_LEAST_SECONDS: Final = 0.2
WATCH_EVERY_SECONDS: Final = 30
STUCK_AFTER_SECONDS: Final = 90
JOB: Final = "wake"

# House is kept once a night; whether a night has come is for the journey to know. It is asked soon after a start, for
# the nights that were missed, and then again and again, because there may be a reason against it for a while.
HOUSE: Final = "house"
HOUSE_AFTER_SECONDS: Final = 60
HOUSE_EVERY_SECONDS: Final = 600

Alive = Callable[[], None]
WakeUp = Callable[[Alive], Coroutine[Any, Any, datetime | None]]
"""What to do at a wake-up: it calls what it is given whenever it got on, and returns when it wants to be woken next."""
KeepHouse = Callable[[], Coroutine[Any, Any, None]]


async def _no_house() -> None:
    """There is none to keep."""


class _In(BaseTrigger):  # type: ignore[misc]  # apscheduler ships no types
    """Fires once that many seconds from now, by the scheduler's own now, and then at the longest interval."""

    def __init__(self, seconds: float, at_most: float) -> None:
        self._next = timedelta(seconds=seconds)
        self._at_most = timedelta(seconds=at_most)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        wait, self._next = self._next, self._at_most
        return now + wait


class Ticker:
    """Calls `wake_up` at once, then whenever it asked for, and never two at a time; and `keep_house` beside it."""

    def __init__(
        self,
        clock: Clock,
        wake_up: WakeUp,
        at_most: float,
        watch_every: float = WATCH_EVERY_SECONDS,
        keep_house: KeepHouse = _no_house,
        house_after: float = HOUSE_AFTER_SECONDS,
    ) -> None:
        self._clock = clock
        self._watch_every = watch_every
        self._wake_up = wake_up
        self._keep_house = keep_house
        self._house_after = house_after
        self._housework: asyncio.Task[None] | None = None
        self._house_asked_at = clock.monotonic()
        self._at_most = at_most
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._alive_at = clock.monotonic()
        self._busy = asyncio.Lock()
        self._under_way: asyncio.Task[datetime | None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        # What a caller's context holds (a log's bound values, say) must not leak into the wake-ups.
        self._context = contextvars.copy_context()

    def start(self) -> None:
        self._scheduler.add_job(self._tick, _In(0, self._at_most), id=JOB)
        self._scheduler.add_job(self._house, _In(self._house_after, HOUSE_EVERY_SECONDS), id=HOUSE)
        self._scheduler.start()
        self._watcher = asyncio.create_task(self._watch())

    async def stop(self, within: float) -> None:
        """Wake up no more. The wake-up that is under way gets `within` seconds to end; then it is cancelled.

        Keeping house is cut short at once: what it has begun is undone or done, and the next start goes on with it.
        """
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._housework is not None:
            self._housework.cancel()
            await asyncio.wait({self._housework}, timeout=within)
        try:
            async with asyncio.timeout(within), self._busy:
                pass
        except TimeoutError:
            log.warning("ticker.cut_short")
        self._scheduler.shutdown(wait=False)

    async def wake(self) -> None:
        """Wake up now, and return when that is done."""
        async with self._busy:
            self._note_alive()
            due = await self._wake_safely()
        self._schedule(due)

    async def _tick(self) -> None:
        """The job. Cut short at the end it ends quietly; APScheduler would log that as a job that failed."""
        with contextlib.suppress(asyncio.CancelledError):
            await self.wake()

    async def _house(self) -> None:
        """The other job, quiet about being cut short like the first."""
        self._house_asked_at = self._clock.monotonic()
        self._housework = asyncio.ensure_future(self._keep_house())
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await self._housework
        except Exception:
            log.exception("ticker.housekeeping_failed")
        finally:
            self._housework = None

    async def look(self) -> None:
        """Look whether wake-ups still come and still get on; if not, end what hangs, and wake up anew."""
        self._look_at_the_house()
        if self._clock.monotonic() - self._alive_at <= STUCK_AFTER_SECONDS:
            return
        log.error("ticker.stuck", under_way=self._under_way is not None)
        if self._under_way is None:
            self._note_alive()
            self._reschedule(AT_LEAST_SECONDS)
        else:
            self._under_way.cancel()

    def _look_at_the_house(self) -> None:
        """Where the wall clock was set back, the scheduler waits that much longer for this as well."""
        overdue = self._clock.monotonic() - self._house_asked_at > 2 * HOUSE_EVERY_SECONDS
        if overdue and self._housework is None:
            self._house_asked_at = self._clock.monotonic()
            self._reschedule(AT_LEAST_SECONDS, HOUSE, HOUSE_EVERY_SECONDS)

    @property
    def next_wake_at(self) -> datetime:
        """When the scheduler wakes us next, by its own clock, which is the machine's."""
        at: datetime = self._scheduler.get_job(JOB).next_run_time
        return at

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._watch_every)
            await self.look()

    async def _wake_safely(self) -> datetime | None:
        self._under_way = asyncio.ensure_future(self._wake_up(self._note_alive))
        try:
            return await self._under_way
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            log.warning("ticker.ended_what_hung")
        except Exception:
            log.exception("ticker.wake_up_failed")
        finally:
            self._under_way = None
        return None

    def _note_alive(self) -> None:
        self._alive_at = self._clock.monotonic()

    def _schedule(self, due: datetime | None) -> None:
        ahead = self._at_most if due is None else (due - self._clock.now()).total_seconds()
        self._reschedule(min(max(ahead, AT_LEAST_SECONDS), self._at_most))

    def _reschedule(self, seconds: float, job: str = JOB, at_most: float | None = None) -> None:
        if self._scheduler.running:
            trigger = _In(seconds, at_most or self._at_most)
            self._context.copy().run(self._scheduler.reschedule_job, job, trigger=trigger)
