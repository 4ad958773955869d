"""Whether our clock can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.clocks import ClockSense

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOTHING, HOUR, MINUTE = timedelta(), timedelta(hours=1), timedelta(minutes=1)
STEPS = [HOUR, -HOUR, timedelta(days=365), -timedelta(days=365), 3 * MINUTE, timedelta(hours=8)]


def test_a_clock_that_nobody_sets_is_believed() -> None:
    assert not ClockSense(NOTHING).looked(NOTHING).looked(NOTHING).doubted


def test_a_clock_that_is_being_set_right_in_small_steps_is_believed() -> None:
    sense = ClockSense(NOTHING)
    for minutes in range(1, 60):
        sense = sense.looked(minutes * MINUTE)

    assert not sense.doubted


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_is_doubted_until_discord_agrees(step: timedelta) -> None:
    stepped = ClockSense(NOTHING).looked(step)
    assert stepped.doubted
    assert stepped.looked(step).doubted, "it does not pass by itself"

    wrong = stepped.heard(NOON, NOON + step, step)
    assert wrong.doubted, "Discord says that it was a mistake"

    set_right = wrong.looked(NOTHING)
    assert set_right.doubted
    assert not set_right.heard(NOON, NOON, NOTHING).doubted


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_that_discord_confirms_was_right(step: timedelta) -> None:
    assert not ClockSense(NOTHING).looked(step).heard(NOON, NOON, step).looked(step).doubted


def test_a_difference_to_discord_is_doubted_without_any_step() -> None:
    assert ClockSense(NOTHING).heard(NOON + 10 * MINUTE, NOON, NOTHING).doubted


@given(st.integers(-120, 120))
def test_up_to_two_minutes_are_ordinary(seconds: int) -> None:
    off = timedelta(seconds=seconds)

    assert not ClockSense(NOTHING).heard(NOON + off, NOON, NOTHING).doubted
    assert not ClockSense(NOTHING).looked(off).doubted
