"""Time that jumps: an event loop that never waits, and the clock of the simulated machine.

The loop asks when its next timer is due and is there at once. Seconds are counted from the beginning of the world and
outlive every process in it. A year in, a float can no longer tell apart two instants a nanosecond from one another;
so the loop's own resolution is a microsecond, or a timer would never be due.
"""

from __future__ import annotations

import asyncio
from asyncio import BaseEventLoop
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, Final

BEGINS: Final = datetime(2026, 1, 5, tzinfo=UTC)
RESOLUTION: Final = 1e-6


class Stalled(RuntimeError):
    """Nothing in the simulated process will ever happen again."""


class Timeline:
    """The true time, in seconds since the world began. It moves when somebody moves it, and never back."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @property
    def instant(self) -> datetime:
        """The true instant, in UTC."""
        return self.at(self.seconds)

    def at(self, seconds: float) -> datetime:
        return BEGINS + timedelta(seconds=seconds)

    def since_begin(self, instant: datetime) -> float:
        """The seconds between the beginning of the world and that instant."""
        return (instant - BEGINS).total_seconds()


class SkewedClock:
    """The clock of the machine: its wall clock may be wrong by `skew`, its monotonic one never is."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._skew_at_start = timedelta()
        self.skew = timedelta()

    def start(self) -> None:
        """A process starts: from here on it can notice that the clock is set."""
        self._skew_at_start = self.skew

    def set_by(self) -> timedelta:
        return self.skew - self._skew_at_start

    def now(self) -> datetime:
        return self._timeline.instant + self.skew

    def monotonic(self) -> float:
        return self._timeline.seconds


class _Jump:
    """Stands where a loop has its selector: instead of waiting for the world, it moves time.

    To the very instant of the next timer: adding up waits would come out otherwise for every way to cut them.
    """

    def __init__(self, timeline: Timeline, next_at: Callable[[], float]) -> None:
        self._timeline = timeline
        self._next_at = next_at

    def select(self, timeout: float | None) -> tuple[()]:
        if timeout is None:
            raise Stalled
        if timeout > 0:
            self._timeline.seconds = max(self._timeline.seconds, self._next_at())
        return ()


class VirtualLoop(BaseEventLoop):
    """An event loop over a timeline. It has no sockets and no threads."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self._timeline = timeline
        self._selector = _Jump(timeline, self._next_at)
        self._clock_resolution = RESOLUTION

    def time(self) -> float:
        return self._timeline.seconds

    # Narrower than what asyncio declares: it is asked for nothing but a plain call.
    def run_in_executor(  # type: ignore[override]
        self, _executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """What would go to a thread is done here and now."""
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the future
            done.set_exception(error)
        return done

    def _next_at(self) -> float:
        first: float = self._scheduled[0].when()  # type: ignore[attr-defined]  # where BaseEventLoop keeps its timers
        return first

    def _process_events(self, _events: tuple[()]) -> None:
        """There are none: nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nobody else is there to be woken."""


class Alarm:
    """Waits for a moment of the timeline, or for a ring, whichever comes first."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._waiting: asyncio.Future[bool] | None = None
        self._rung = False

    async def until(self, seconds: float) -> bool:
        """Whether it was rung, before or while it waited."""
        if self._rung:
            self._rung = False
            return True
        loop = asyncio.get_running_loop()
        self._waiting = waiting = loop.create_future()
        timer = loop.call_at(max(seconds, self._timeline.seconds), self._end, waiting, False)  # noqa: FBT003
        try:
            return bool(await waiting)
        finally:
            timer.cancel()
            self._waiting = None

    def ring(self) -> None:
        if self._waiting is None:
            self._rung = True
        else:
            self._end(self._waiting, True)  # noqa: FBT003

    @staticmethod
    def _end(waiting: asyncio.Future[bool], rung: bool) -> None:
        if not waiting.done():
            waiting.set_result(rung)
