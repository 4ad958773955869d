"""Every zone of tzdata, through every change of its clocks from 2026 to 2030, with windows at every quarter hour.

What is expected is reckoned by `tests/support/wall.py`, from the changes alone. The long form takes every change with
every quarter hour and three minutes of the window; the short one takes every kind of change with all of them, and every
change with some quarter hours, which move on from change to change. Zones whose clocks are never set have an ordinary
week in both.
"""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bot.rules.consent import Purpose
from bot.rules.delivery import Obstacle, Standing, why_not
from bot.rules.occurrence import Kind
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import (
    AWAKE,
    RETRY_ROOM_MINUTES,
    WINDOWS,
    Schedule,
    Window,
    due_on,
    next_due,
    next_dues,
    window_end_on,
)
from tests.support.wall import DAY, YEARS, Clocks, all_clocks, day_of, instant, minutes

QUARTER: Final = 15
LENGTH: Final = WINDOWS[0].end - WINDOWS[0].start

# Two hours from every quarter hour of the day on; the last ones end with the day, as a window has to.
QUARTER_HOURS: Final = tuple(Window(start, min(start + LENGTH, DAY)) for start in range(0, DAY, QUARTER))

# Of these, in the short form, one in so many for each change.
IN_SHORT: Final = 48

# The first, a middle and the last minute that a member can have in a window, and weekdays that together are all seven.
SPREADS: Final = (7 * 0 + 0, 7 * 44 + 1, 7 * (LENGTH - RETRY_ROOM_MINUTES - 1) + 0)
BOTH_WEEKS: Final = (0, 1)

# The days looked at: that of the change, and so many on either side of it.
BESIDE: Final = 2
NEARBY: Final = 30


@pytest.fixture(scope="module")
def clocks() -> dict[Clocks, list[str]]:
    return all_clocks()


def test_no_name_of_tzdata_is_left_out(clocks: dict[Clocks, list[str]]) -> None:
    assert sorted(name for names in clocks.values() for name in names) == sorted(zoneinfo.available_timezones())
    assert {window.end - window.start for window in WINDOWS} == {LENGTH}
    assert len(QUARTER_HOURS) == 96


def test_what_is_expected_is_what_clocks_show(clocks: dict[Clocks, list[str]]) -> None:
    for one, names in clocks.items():
        for index, at in enumerate(moments(one)):
            zone = ZoneInfo(names[index % len(names)])
            for minute in range(at - DAY, at + DAY, 29):
                shown = instant(minute).astimezone(zone)
                assert (day_of(one.wall(minute)), one.wall(minute) % DAY) == (
                    shown.date(),
                    shown.hour * 60 + shown.minute,
                )


def test_no_window_on_offer_is_ever_skipped(clocks: dict[Clocks, list[str]]) -> None:
    for one, names in clocks.items():
        for at in moments(one):
            near = one.near(at, NEARBY)
            today = near.wall(at) // DAY
            for day in range(today - BESIDE, today + BESIDE + 1):
                assert all(shows(near, window, day) for window in WINDOWS), f"{names} on {day_of(day * DAY)}"


def test_every_zone_through_every_change_is_due_once_per_local_date_inside_the_window(
    clocks: dict[Clocks, list[str]], long: bool, record: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    zones, changes = sum(map(len, clocks.values())), sum(len(one.changes()) for one in clocks)
    done = Counter(zones=zones, clocks=len(clocks), changes=changes)
    for turn, (one, at, windows) in enumerate(chosen(clocks, long=long)):
        for window in windows:
            done += around(one.near(at, NEARBY), at, clocks[one][turn % len(clocks[one])], window)
    record(**done)
    if long:
        with capsys.disabled():
            print("\n  " + ", ".join(f"{count:,} {what}" for what, count in done.items()))  # noqa: T201 - asked for


def moments(one: Clocks) -> list[int]:
    """The changes; or an ordinary day where there is none."""
    return one.changes() or [YEARS // 2]


def chosen(clocks: Iterable[Clocks], *, long: bool) -> Iterator[tuple[Clocks, int, Sequence[Window]]]:
    """What is looked at: an instant of some clocks, and the windows for it."""
    kinds: set[tuple[int, int]] = set()
    instants = [(one, at) for one in clocks for at in moments(one)]
    for turn, (one, at) in enumerate(instants):
        kind = one.kind(at)
        yield one, at, QUARTER_HOURS if long or kind not in kinds else QUARTER_HOURS[turn % IN_SHORT :: IN_SHORT]
        kinds.add(kind)


def around(one: Clocks, at: int, zone: str, window: Window) -> Counter[str]:
    """Every date around that instant, for members of several minutes; how much was looked at."""
    today = one.wall(at) // DAY
    days = range(today - BESIDE, today + BESIDE + 1)
    for spread in SPREADS:
        for day in days:
            date_is_kept(one, Schedule(zone, window, 4, spread), day)
    for spread in BOTH_WEEKS:
        no_date_is_skipped_or_doubled(one, Schedule(zone, window, 4, spread), days, at)
    for day in (today - 1, today):
        nothing_goes_out_elsewhere(one, Schedule(zone, window, 4, SPREADS[0]), day, at)
    return Counter(cases=len(SPREADS) * len(days), dissolved=sum(not shows(one, window, day) for day in days))


def date_is_kept(one: Clocks, schedule: Schedule, day: int) -> None:
    """One instant, in the window as clocks show it; none only where they never show it on that date."""
    where = f"{schedule} on {day_of(day * DAY)}"
    expected, due = expected_due(one, schedule, day), due_on(schedule, day_of(day * DAY))
    assert due == (None if expected is None else instant(expected)), where
    assert (expected is not None) == shows(one, schedule.window, day), where
    end = minutes(window_end_on(schedule, day_of(day * DAY)))
    assert end == one.reached(day * DAY + schedule.window.end), where
    if expected is not None:
        assert inside(one, schedule.window, day, expected), where
        assert expected < end, where


def no_date_is_skipped_or_doubled(one: Clocks, schedule: Schedule, days: range, at: int) -> None:
    """From one due time to the next, and asked at moments around the change."""
    wanted = [day for day in days if (day_of(day * DAY).weekday() - schedule.spread) % 7 in {0, 2, 4, 5}]
    expected = [instant(due) for day in wanted if (due := expected_due(one, schedule, day)) is not None]
    start = instant(one.reached(days.start * DAY) - 1)
    assert next_dues(schedule, start, len(expected)) == expected, f"{schedule} from {start}"
    for asked in (at - 60, at - 1, at, at + 1, at + 60):
        later = [due for due in expected if due > instant(asked)]
        assert not later or next_due(schedule, instant(asked)) == later[0], f"{schedule} at {instant(asked)}"
    assert all(first < second for first, second in pairwise(expected))


def nothing_goes_out_elsewhere(one: Clocks, schedule: Schedule, day: int, at: int) -> None:
    """The last look before a message goes out lets it through in its window, awake, on its date, and nowhere else."""
    due = expected_due(one, schedule, day)
    if due is None:
        return
    end = minutes(window_end_on(schedule, day_of(day * DAY)))
    standing = standing_of(schedule, instant(due))
    for now in (*range(due, end + 4 * QUARTER, QUARTER), end - 1, at - 1, at):
        obstacle = why_not(standing, Kind.NUDGE, instant(end), instant(now))
        where = f"{schedule} of {day_of(day * DAY)} at {instant(now)}: {obstacle}"
        awake = AWAKE.holds(one.wall(now) % DAY)
        if due <= now < end and inside(one, schedule.window, day, now):
            assert obstacle == (None if awake else Obstacle.NIGHT), where
        elif now >= due:
            assert obstacle is not None, where


def expected_due(one: Clocks, schedule: Schedule, day: int) -> int | None:
    """The member's minute; where clocks skip it, the first one after it in the window, or else the last before it."""
    begin, end = (day * DAY + minute for minute in (schedule.window.start, schedule.window.end))
    room = max(1, end - begin - RETRY_ROOM_MINUTES)
    mine = begin + schedule.spread // 7 % room
    after = one.first_from(mine, end)
    return one.last_before(mine, begin) if after is None else after


def shows(one: Clocks, window: Window, day: int) -> bool:
    return one.shows(day * DAY + window.start, day * DAY + window.end)


def inside(one: Clocks, window: Window, day: int, at: int) -> bool:
    return window.start <= one.wall(at) - day * DAY < window.end


def standing_of(schedule: Schedule, due: datetime) -> Standing:
    wishes = Wishes(schedule.zone, schedule.window, schedule.per_week, Size.TINY, discreet=False)
    plan = Plan(1, wishes, PlanState.ACTIVE, since_at=due, next_due_at=due)
    return Standing(plan, {Purpose.NUDGES}, guild_on=True)
