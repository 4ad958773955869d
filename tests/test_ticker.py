"""What wakes us. The real APScheduler runs here; what it waits for is always due already, so nothing sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.clock import Clock, SystemClock
from bot.ticker import HOUSE_AFTER_SECONDS, HOUSE_EVERY_SECONDS, STUCK_AFTER_SECONDS, Alive, Ticker, WakeUp
from tests.support.clock import MovableClock

SOON = 5


@asynccontextmanager
async def ticking(wake_up: WakeUp, at_most: float = 0.001) -> AsyncIterator[Ticker]:
    ticker = Ticker(SystemClock(), wake_up, at_most)
    ticker.start()
    try:
        yield ticker
    finally:
        await ticker.stop(within=SOON)


class Woken:
    """Counts wake-ups, and lets a test wait for one."""

    def __init__(self, answer: Callable[[int], datetime | None] = lambda _: None) -> None:
        self.times = 0
        self._answer = answer
        self._changed = asyncio.Condition()

    async def __call__(self, _alive: Alive) -> datetime | None:
        async with self._changed:
            self.times += 1
            self._changed.notify_all()
        return self._answer(self.times)

    async def at_least(self, times: int) -> None:
        async with asyncio.timeout(SOON), self._changed:
            await self._changed.wait_for(lambda: self.times >= times)


async def test_it_wakes_at_once_and_again_when_nothing_was_said() -> None:
    woken = Woken()

    async with ticking(woken):
        await woken.at_least(3)


async def test_it_wakes_when_something_is_due() -> None:
    woken = Woken(lambda _: SystemClock().now())

    async with ticking(woken, at_most=60):
        await woken.at_least(3)


async def test_a_wake_up_that_fails_is_followed_by_another_one() -> None:
    def fail(times: int) -> datetime | None:
        if times == 1:
            raise RuntimeError
        return None

    woken = Woken(fail)

    async with ticking(woken):
        await woken.at_least(2)


async def test_two_wake_ups_never_overlap() -> None:
    running, most = 0, 0
    seen = Woken()

    async def slow(_alive: Alive) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(20):
            await asyncio.sleep(0)
        running -= 1
        await seen(_alive)

    async with ticking(slow) as ticker:
        await asyncio.gather(*(ticker.wake() for _ in range(5)))
        await seen.at_least(7)

    assert most == 1


async def test_stopping_waits_for_the_wake_up_that_is_under_way() -> None:
    started, go_on, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_alive: Alive) -> None:
        started.set()
        await go_on.wait()
        finished.set()

    ticker = Ticker(SystemClock(), slow, at_most=60)
    ticker.start()
    await started.wait()
    stopping = asyncio.create_task(ticker.stop(within=SOON))
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping

    assert finished.is_set()


async def test_a_wake_up_that_does_not_end_is_cut_short(caplog: pytest.LogCaptureFixture) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def endless(_alive: Alive) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    ticker = Ticker(SystemClock(), endless, at_most=60)
    ticker.start()
    await started.wait()

    await ticker.stop(within=0)

    async with asyncio.timeout(SOON):
        await cancelled.wait()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)
    assert [one for one in caplog.records if one.name.startswith("apscheduler") and one.exc_info] == []


async def test_stopping_what_never_started_is_no_trouble() -> None:
    await Ticker(SystemClock(), Woken(), at_most=60).stop(within=SOON)


async def test_wake_ups_that_do_not_come_any_more_are_started_anew() -> None:
    clock, woken = MovableClock(), Woken()
    ticker = Ticker(clock, woken, at_most=3_600)
    ticker.start()
    await woken.at_least(1)
    await ticker.wake()

    await ticker.look()
    assert next_wake_in(ticker) > 3_000
    clock.move(seconds=STUCK_AFTER_SECONDS + 1)
    await ticker.look()

    await woken.at_least(3)
    await ticker.stop(within=SOON)


async def test_a_wake_up_that_hangs_is_ended_and_followed_by_another_one() -> None:
    clock, seen = MovableClock(), Woken()
    hangs = asyncio.Event()

    async def wake_up(alive: Alive) -> datetime | None:
        if not hangs.is_set():
            hangs.set()
            await asyncio.Event().wait()
        return await seen(alive)

    ticker = Ticker(clock, wake_up, at_most=0.001)
    ticker.start()
    await hangs.wait()
    clock.move(seconds=STUCK_AFTER_SECONDS + 1)
    await ticker.look()

    await seen.at_least(1)
    await ticker.stop(within=SOON)


async def test_a_wake_up_that_is_long_but_gets_on_is_let_be() -> None:
    clock, go_on, done = MovableClock(), asyncio.Event(), asyncio.Event()
    letters = 0

    async def wake_up(alive: Alive) -> None:
        nonlocal letters
        for _ in range(3):
            clock.move(seconds=STUCK_AFTER_SECONDS - 1)
            alive()
            await ticker.look()
            letters += 1
        go_on.set()
        await done.wait()

    ticker = Ticker(clock, wake_up, at_most=60)
    ticker.start()
    async with asyncio.timeout(SOON):
        await go_on.wait()
    done.set()
    await ticker.stop(within=SOON)

    assert letters == 3


def next_wake_in(ticker: Ticker) -> float:
    return (ticker.next_wake_at - SystemClock().now()).total_seconds()


@pytest.mark.parametrize(
    ("due_in", "at_most", "expected"),
    [(10, 30, 10), (100, 30, 30), (-5, 30, 0.2), (None, 30, 30)],
)
async def test_the_next_wake_up_is_at_the_due_instant_and_never_too_far(
    due_in: float | None, at_most: float, expected: float
) -> None:
    clock = MovableClock()
    woken = Woken(lambda _: None if due_in is None else clock.now() + timedelta(seconds=due_in))
    ticker = Ticker(clock, woken, at_most)
    ticker.start()

    await ticker.wake()

    assert next_wake_in(ticker) == pytest.approx(expected, abs=0.15)
    await ticker.stop(within=SOON)


async def test_the_watch_looks_by_itself_whatever_the_scheduler_waits_for() -> None:
    """As when the wall clock was set back: the scheduler waits, the watch does not."""
    clock, woken = MovableClock(), Woken()
    ticker = Ticker(clock, woken, at_most=3_600, watch_every=0.001)
    ticker.start()
    await woken.at_least(1)
    await ticker.wake()
    clock.move(seconds=STUCK_AFTER_SECONDS + 1)

    await woken.at_least(3)
    await ticker.stop(within=SOON)


# ------------------------------------------------------------------ keeping house


class Kept(Woken):
    """The same of keeping house."""

    async def __call__(self) -> None:  # type: ignore[override]
        await super().__call__(lambda: None)


def keeping(kept: Callable[[], Coroutine[Any, Any, None]], clock: Clock | None = None, after: float = 0.0) -> Ticker:
    return Ticker(clock or SystemClock(), Woken(), 60, keep_house=kept, house_after=after)


async def test_house_is_asked_for_soon_after_a_start_and_never_before_one() -> None:
    kept = Kept()
    ticker = keeping(kept)
    assert kept.times == 0

    ticker.start()
    await kept.at_least(1)
    await ticker.stop(within=SOON)

    assert kept.times == 1
    assert 0 < HOUSE_AFTER_SECONDS < HOUSE_EVERY_SECONDS < 3_600


async def test_a_house_that_fails_stops_no_wake_up_and_is_asked_for_again(caplog: pytest.LogCaptureFixture) -> None:
    clock, seen = MovableClock(), Kept()

    async def fails() -> None:
        await seen()
        raise RuntimeError

    ticker = keeping(fails, clock)
    ticker.start()
    await seen.at_least(1)
    await ticker.wake()
    clock.move(seconds=2 * HOUSE_EVERY_SECONDS + 1)
    await ticker.look()

    await seen.at_least(2)
    await ticker.stop(within=SOON)
    assert [one for one in caplog.records if one.name.startswith("apscheduler") and one.exc_info] == []


async def test_house_that_is_not_asked_for_any_more_is_asked_for_anew() -> None:
    """As when the wall clock was set back: the scheduler waits that much longer, the watch does not."""
    clock, kept = MovableClock(), Kept()
    ticker = keeping(kept, clock, after=3_600 * 24 * 365)
    ticker.start()
    await ticker.look()
    assert kept.times == 0

    clock.move(seconds=2 * HOUSE_EVERY_SECONDS + 1)
    await ticker.look()

    await kept.at_least(1)
    await ticker.stop(within=SOON)


async def test_stopping_cuts_the_house_short_at_once_and_quietly(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    ticker = keeping(endless)
    ticker.start()
    async with asyncio.timeout(SOON):
        await begun.wait()
        await ticker.stop(within=60)

    assert ended.is_set()
    assert [one for one in caplog.records if one.exc_info] == []


async def test_house_that_is_still_being_kept_is_not_begun_a_second_time() -> None:
    clock, seen, go_on = MovableClock(), Kept(), asyncio.Event()

    async def slow() -> None:
        await seen()
        await go_on.wait()

    ticker = keeping(slow, clock)
    ticker.start()
    await seen.at_least(1)
    clock.move(seconds=5 * HOUSE_EVERY_SECONDS)
    await ticker.look()
    await ticker.wake()

    assert seen.times == 1
    go_on.set()
    await ticker.stop(within=SOON)
