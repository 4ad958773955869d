"""The token bucket, and how it gives way when Discord objects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.throttle import DISCORD_PER_SECOND, Bucket, Throttle


def at_once(throttle: Throttle, now: float, count: int) -> tuple[Throttle, list[float]]:
    """Take that many at the same moment; the moments they may go out at."""
    moments = []
    for _ in range(count):
        throttle, wait = throttle.take(now)
        moments.append(now + wait)
    return throttle, moments


def test_a_bucket_lets_a_little_pass_at_once_and_then_keeps_its_rate() -> None:
    bucket = Bucket.full(rate=40, at=0.0)
    waits = []
    for _ in range(8):
        bucket, wait = bucket.take(0.0)
        waits.append(round(wait, 3))

    assert waits == [0, 0, 0, 0, 0.025, 0.05, 0.075, 0.1]


def test_a_bucket_fills_up_again_but_never_over() -> None:
    bucket, _ = Bucket.full(rate=40, at=0.0).take(0.0)

    assert bucket.take(1_000.0)[0].tokens == 3


def test_a_bucket_does_not_mind_a_clock_that_jumps_back() -> None:
    bucket, _ = Bucket.full(rate=40, at=1_000_000.0).take(0.0)

    assert bucket.take(1.0)[1] == 0


@given(st.floats(0.5, 45), st.lists(st.floats(0, 0.5), min_size=60, max_size=200))
def test_no_second_holds_more_than_the_rate_and_a_tenth(rate: float, gaps: list[float]) -> None:
    throttle, now, moments = Throttle.at_ease(rate, 0.0), 0.0, []
    for gap in gaps:
        now += gap
        throttle, wait = throttle.take(now)
        moments.append(now + wait)

    for begin in moments:
        within = [moment for moment in moments if begin <= moment < begin + 1 - 1e-6]
        assert len(within) <= rate + max(1.0, rate / 10) + 1e-6
    assert DISCORD_PER_SECOND >= 45 * 1.1, "the highest rate that can be set stays below what Discord allows"


def test_an_objection_halves_the_rate_and_is_waited_out() -> None:
    throttle = Throttle.at_ease(40, 0.0).slowed(10.0, wait=5.0)
    _, moments = at_once(throttle, 11.0, 12)

    assert throttle.rate == 20
    assert min(moments) == 15.0
    assert moments[-1] - moments[2] == pytest.approx(9 / 20), "and then they do not come all at once"


def test_what_was_under_way_when_discord_objected_counts_once() -> None:
    throttle = Throttle.at_ease(40, 0.0)
    for moment in (10.0, 10.1, 10.4):
        throttle = throttle.slowed(moment, wait=1.0)

    assert throttle.rate == 20
    assert throttle.quiet_until == 11.4


def test_a_second_objection_after_the_wait_halves_it_again_down_to_one_a_second() -> None:
    throttle, now = Throttle.at_ease(40, 0.0), 0.0
    for _ in range(20):
        now += 2.0
        throttle = throttle.slowed(now, wait=1.0)

    assert 1.0 <= throttle.rate < 2.0


def test_the_rate_comes_back_by_and_by_and_no_further() -> None:
    slow = Throttle.at_ease(40, 0.0).slowed(0.0, wait=0.0)

    assert slow.take(25.0)[0].rate == pytest.approx(30)
    assert slow.take(60.0)[0].rate == 40
    assert slow.take(6_000.0)[0].rate == 40


def test_a_rate_slower_than_one_a_second_stays_as_slow() -> None:
    assert Throttle.at_ease(0.5, 0.0).slowed(1.0, wait=0.0).rate == 0.5
