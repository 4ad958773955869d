"""Rhythm, silence, counts, pace, and what a plan says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.counts import safe_count
from bot.rules.pace import Bucket
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.rhythm import MILESTONES, milestone, week_of
from bot.rules.schedule import Window, spread_of
from bot.rules.silence import is_time_to_ask, silent_run, skips

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_week_is_named_by_its_monday() -> None:
    assert week_of(date(2026, 11, 22)) == date(2026, 11, 16)
    assert week_of(date(2026, 11, 23)) == date(2026, 11, 23)


@given(st.dates(date(2024, 1, 1), date(2032, 1, 1)))
def test_seven_days_running_touch_at_most_two_weeks(day: date) -> None:
    weeks = {week_of(day + timedelta(days=ahead)) for ahead in range(7)}

    assert len(weeks) <= 2
    assert all(week.weekday() == 0 for week in weeks)


def test_a_milestone_is_said_once_when_it_is_reached() -> None:
    assert milestone(3, 4) == 4
    assert milestone(4, 4) is None
    assert milestone(4, 5) is None
    assert {1, 4, 8, 12} == MILESTONES


@pytest.mark.parametrize(("people", "shown"), [(0, None), (9, None), (10, 10), (14, 10), (15, 15), (103, 100)])
def test_moderators_see_no_number_below_ten_and_rounded_ones_above(people: int, shown: int | None) -> None:
    assert safe_count(people) == shown


@given(st.integers(0, 10_000))
def test_one_person_more_or_less_is_seldom_visible(people: int) -> None:
    count = safe_count(people)

    assert count is None or (count % 5 == 0 and 0 <= people - count < 5)


def test_silence_is_counted_from_the_newest_nudge_back() -> None:
    assert silent_run([]) == 0
    assert silent_run([True, False, False]) == 0
    assert silent_run([False, False, True, False]) == 2
    assert silent_run([False, False]) == 2


def test_silence_halves_the_pace_then_asks_once() -> None:
    assert [skips(run) for run in (0, 2, 3, 5)] == [0, 0, 1, 1]
    assert not is_time_to_ask(5)
    assert is_time_to_ask(6)


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


def test_a_plan_knows_its_wishes_and_its_pause() -> None:
    wishes = Wishes("Europe/Berlin", Window(1080, 1200), 3, Size.SMALL, discreet=True)
    plan = Plan(
        member_id=7,
        schedule=wishes.schedule(7),
        size=wishes.size,
        discreet=wishes.discreet,
        state=PlanState.ACTIVE,
        since_at=NOW,
        paused_until=None,
        next_due_at=None,
    )

    assert plan.wishes == wishes
    assert plan.schedule.spread == spread_of(7)
    assert not plan.is_paused(NOW)
    assert replace(plan, paused_until=NOW + timedelta(days=1)).is_paused(NOW)
    assert not replace(plan, paused_until=NOW).is_paused(NOW)
