"""Time that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from bot.simulate.faults import DAY
from bot.simulate.timeline import Alarm, SkewedClock, Stalled, Timeline, VirtualLoop

T = TypeVar("T")


def lived(timeline: Timeline, life: Coroutine[Any, Any, T]) -> T:
    loop = VirtualLoop(timeline)
    try:
        return loop.run_until_complete(life)
    finally:
        loop.close()


def test_years_of_short_sleeps_end_when_they_should() -> None:
    """After 194 days a float has no nanoseconds left, and a loop that counts in them never wakes anybody."""
    timeline = Timeline()
    timeline.seconds = 2_000 * DAY

    async def life() -> None:
        for seconds in (1e-9, 0.001, 0.3, 30.0, 3_600.0, 40 * DAY):
            before = timeline.seconds
            await asyncio.sleep(seconds)
            assert timeline.seconds - before == pytest.approx(seconds, abs=2e-6)

    lived(timeline, life())


def test_what_is_due_first_comes_first_and_nobody_waits() -> None:
    timeline, seen = Timeline(), []

    async def note(seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append(timeline.seconds)

    async def life() -> None:
        await asyncio.gather(*(note(seconds) for seconds in (50.0, 3 * DAY, 0.5)))

    lived(timeline, life())

    assert seen == [0.5, 50.0, 3 * DAY]


def test_waiting_for_what_never_comes_is_noticed() -> None:
    async def life() -> None:
        await asyncio.Event().wait()

    loop = VirtualLoop(Timeline())
    task = loop.create_task(life())
    with pytest.raises(Stalled):
        loop.run_until_complete(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


@pytest.mark.parametrize("early", [False, True])
def test_an_alarm_rings_at_its_time_or_when_it_is_rung(early: bool) -> None:
    timeline = Timeline()
    alarm = Alarm(timeline)

    async def life() -> bool:
        if early:
            asyncio.get_running_loop().call_later(5, alarm.ring)
        return await alarm.until(60.0)

    assert lived(timeline, life()) is early
    assert timeline.seconds == (5.0 if early else 60.0)


def test_a_ring_before_anybody_waits_is_not_lost() -> None:
    timeline = Timeline()
    alarm = Alarm(timeline)
    alarm.ring()

    assert lived(timeline, alarm.until(60.0))
    assert timeline.seconds == 0


def test_a_step_of_the_wall_clock_is_seen_by_the_process_that_lived_through_it() -> None:
    timeline = Timeline()
    clock = SkewedClock(timeline)
    steady, true = clock.monotonic(), clock.now()

    clock.skew = timedelta(hours=-1)
    assert clock.now() == true - timedelta(hours=1)
    assert clock.monotonic() == steady
    assert clock.set_by() == timedelta(hours=-1)

    clock.start()
    assert clock.set_by() == timedelta()
