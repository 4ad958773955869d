"""When sending stops because Discord refuses too much."""

from __future__ import annotations

from bot.rules.breaker import Refusals


def refused(times: int, since: float = 0.0, every: float = 0.1, most: int = 100) -> Refusals:
    refusals = Refusals(most)
    for place in range(times):
        refusals = refusals.heard(since + place * every)
    return refusals


def test_a_few_refusals_break_nothing() -> None:
    assert not refused(99).broken


def test_the_circuit_breaks_at_the_bound() -> None:
    assert refused(100).broken


def test_refusals_that_are_far_apart_never_add_up() -> None:
    assert not refused(1_000, every=6.1).broken


def test_it_closes_once_half_of_them_are_older_than_ten_minutes_and_not_before() -> None:
    broken = refused(100, every=3.0)

    assert broken.looked(330.0).broken
    assert broken.looked(700.0).broken
    assert not broken.looked(760.0).broken


def test_closed_again_it_breaks_again() -> None:
    closed = refused(100).looked(700.0)
    assert not closed.broken
    for place in range(100):
        closed = closed.heard(701.0 + place * 0.1)

    assert closed.broken


def test_what_is_old_is_not_kept() -> None:
    assert len(refused(5_000, every=10.0, most=10_000).counts) <= 61
