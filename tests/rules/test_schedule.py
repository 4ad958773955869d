"""When a nudge is due."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.schedule import (
    AWAKE,
    DAYS_APART,
    Schedule,
    Window,
    due_on,
    is_inside,
    is_night,
    is_zone,
    next_due,
    next_dues,
    spread_of,
    weekdays,
    window_end_on,
)

FIRST_DAY = date(2026, 1, 1)
TWO_YEARS = 731
EVENING = Window(18 * 60, 20 * 60)


def zones_by_their_clocks() -> list[str]:
    """Every zone of tzdata, but one name only for those whose clocks never differ in these two years."""
    files = resources.files("tzdata").joinpath("zoneinfo")
    names = {files.joinpath(*name.split("/")).read_bytes(): name for name in sorted(zoneinfo.available_timezones())}
    seen: dict[tuple[object, ...], str] = {}
    for name in names.values():
        hours = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, TWO_YEARS * 24, 3))
        zone = ZoneInfo(name)
        seen.setdefault(tuple(at.astimezone(zone).utcoffset() for at in hours), name)
    return list(seen.values())


@pytest.fixture(scope="module")
def zones() -> list[str]:
    names = zones_by_their_clocks()
    assert len(names) > 60, "tzdata has more kinds of clocks than this"
    return names


def days() -> Iterator[date]:
    return (FIRST_DAY + timedelta(days=ahead) for ahead in range(TWO_YEARS))


@pytest.mark.parametrize("start_hour", range(0, 24, 2))
def test_every_zone_has_one_due_instant_per_local_date_inside_the_window(zones: list[str], start_hour: int) -> None:
    window = Window(start_hour * 60, start_hour * 60 + 120)
    for index, zone in enumerate(zones):
        schedule = Schedule(zone, window, per_week=1, spread=spread_of(index))
        earlier = None
        for day in days():
            due = due_on(schedule, day)
            if due is None:
                assert not exists(schedule, day), f"{zone} has {window} on {day}, and no nudge in it"
                continue
            assert is_inside(schedule, due, day), f"{zone} {day}: {due} is outside {window}"
            assert due < window_end_on(schedule, day), f"{zone} {day}: due after its end"
            assert earlier is None or due > earlier
            earlier = due


def exists(schedule: Schedule, day: date) -> bool:
    """Whether clocks there ever show that date and window, asked minute by minute."""
    around = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    return any(is_inside(schedule, around + timedelta(minutes=minute), day) for minute in range(54 * 60))


def test_a_window_that_the_clocks_jump_over_has_no_nudge_that_day() -> None:
    """Troll, in Antarctica, goes from 01:00 to 03:00."""
    schedule = Schedule("Antarctica/Troll", Window(60, 180), per_week=1, spread=1)

    assert due_on(schedule, date(2026, 3, 29)) is None
    assert due_on(schedule, date(2026, 3, 30)) is not None


def test_a_gap_that_reaches_midnight_leaves_the_last_minute_before_it() -> None:
    """In Nuuk, 28 March 2026 ends at 23:00."""
    schedule = Schedule("America/Nuuk", Window(22 * 60, 24 * 60), per_week=1, spread=7 * 80)

    due = due_on(schedule, date(2026, 3, 28))

    assert due is not None
    assert f"{due.astimezone(ZoneInfo('America/Nuuk')):%d %H:%M}" == "28 22:59"


def test_a_time_that_happens_twice_means_the_first_of_the_two() -> None:
    schedule = Schedule("America/New_York", Window(60, 180), per_week=1, spread=0)

    assert due_on(schedule, date(2026, 11, 1)) == datetime(2026, 11, 1, 5, tzinfo=UTC)


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]
    ),
    start=st.integers(0, 22),
    per_week=st.sampled_from(sorted(DAYS_APART)),
    member=st.integers(0, 2**63),
    hours=st.integers(0, 24 * 365),
)
def test_the_next_due_is_later_on_a_wanted_day_and_in_the_window(
    zone: str, start: int, per_week: int, member: int, hours: int
) -> None:
    schedule = Schedule(zone, Window(start * 60, start * 60 + 120), per_week, spread_of(member))
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)

    due = next_due(schedule, after)

    day = due.astimezone(ZoneInfo(zone)).date()
    assert due > after
    assert due - after <= timedelta(days=8, hours=2)
    assert is_inside(schedule, due, day)
    assert day.weekday() in weekdays(schedule)


@given(member=st.integers(0, 2**63), per_week=st.sampled_from(sorted(DAYS_APART)))
def test_a_week_holds_as_many_nudges_as_were_chosen(member: int, per_week: int) -> None:
    schedule = Schedule("Europe/Berlin", EVENING, per_week, spread_of(member))
    start = datetime(2026, 6, 1, tzinfo=UTC)

    dues = next_dues(schedule, start, per_week * 4)

    assert len(weekdays(schedule)) == per_week
    assert dues == sorted(set(dues))
    assert len({due.astimezone(ZoneInfo("Europe/Berlin")).date() for due in dues}) == per_week * 4
    assert dues[-1] - start <= timedelta(days=28)


def test_members_are_spread_over_the_window_but_for_its_last_half_hour() -> None:
    day = date(2026, 6, 1)
    minutes = set()
    for member in range(2_000):
        due = due_on(Schedule("UTC", EVENING, 1, spread_of(member)), day)
        assert due is not None
        minutes.add(due.hour * 60 + due.minute)

    assert minutes == set(range(18 * 60, 19 * 60 + 30))


def test_a_window_shorter_than_the_half_hour_still_has_its_first_minute() -> None:
    due = due_on(Schedule("UTC", Window(600, 610), 1, spread_of(5)), date(2026, 6, 1))

    assert due == datetime(2026, 6, 1, 10, tzinfo=UTC)


def test_nights_are_told_by_the_members_own_clock() -> None:
    at = datetime(2026, 6, 1, 21, tzinfo=UTC)

    assert not is_night("UTC", at)
    assert is_night("Europe/Berlin", at)
    assert AWAKE.holds(8 * 60)
    assert not AWAKE.holds(22 * 60)


@pytest.mark.parametrize("window", [(-1, 60), (60, 60), (120, 60), (0, 1441)])
def test_a_window_that_runs_backward_or_past_the_day_is_refused(window: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Window(*window)


def test_five_a_week_is_not_on_offer() -> None:
    with pytest.raises(ValueError, match="not on offer"):
        Schedule("UTC", EVENING, 5, 0)


def test_what_is_a_zone_and_what_is_not() -> None:
    assert is_zone("Europe/Berlin")
    assert not any(is_zone(name) for name in ("", "Europe", "Berlin", "../etc/passwd", "/etc/localtime", "x" * 300))
