"""Weeks that were shown up in."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.streak import MILESTONES, milestone, week_of


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
