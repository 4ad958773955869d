"""The token bucket."""

from __future__ import annotations

from bot.rules.pace import Bucket


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
