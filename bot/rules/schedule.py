"""When the next nudge is due: once per local date, inside the member's window, in every zone.

Times of day are local minutes after midnight; instants are aware datetimes in UTC. A local time that a clock change
skips becomes the first instant after the gap, or the last minute before it where only that is still inside the window
and the date (Nuuk and Scoresbysund skip up to midnight); a local time that happens twice means the first of the two.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_MINUTES: Final = 24 * 60

# A nudge still has this long, counted back from the end of the window, to be sent after a first try went wrong.
RETRY_ROOM_MINUTES: Final = 30

# One a week is the sparsest plan, and no zone has ever skipped two of the same weekday one after the other.
HORIZON_DAYS: Final = 16

# Days after the first one of a member's week, by how many nudges the week holds.
DAYS_APART: Final = MappingProxyType({1: (0,), 2: (0, 3), 3: (0, 2, 4), 4: (0, 2, 4, 5)})


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the local day: from `start`, up to but not including `end` (local minutes)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise ValueError(f"a window runs forward within one day, not {self.start}..{self.end}")

    def holds(self, minute: int) -> bool:
        return self.start <= minute < self.end


# Nothing that could lead to contact is sent at night. Why: docs/pace.md.
AWAKE: Final = Window(8 * 60, 22 * 60)

# What members choose from: two hours each, none of it at night; the evening is offered first.
WINDOWS: Final = tuple(Window(hour * 60, (hour + 2) * 60) for hour in range(8, 22, 2))
EVENING: Final = WINDOWS[5]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a member wants to hear from us.

    `zone` is an IANA name, `per_week` 1 to 4, and `spread` any stable number of the member's own: it picks their
    weekdays and their minute inside the window, so that a million windows do not open at the same second.
    """

    zone: str
    window: Window
    per_week: int
    spread: int

    def __post_init__(self) -> None:
        if self.per_week not in DAYS_APART:
            raise ValueError(f"{self.per_week} a week is not on offer")


def is_zone(name: str) -> bool:
    """Whether that is the name of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def spread_of(member_id: int) -> int:
    """A number that is the member's for ever and tells nothing about them."""
    return int.from_bytes(hashlib.sha256(f"spread:{member_id}".encode()).digest()[:6])


def local_date(zone: str, at: datetime) -> date:
    """The date that clocks in that zone show."""
    return at.astimezone(ZoneInfo(zone)).date()


def noon_of(zone: str, day: date) -> datetime:
    """The middle of that date there, in UTC: to show a date as one."""
    return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)


def local_minute(zone: str, at: datetime) -> int:
    """The minute of the day that clocks in that zone show."""
    local = at.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


def is_night(zone: str, at: datetime) -> bool:
    """Whether the member's own clock stands in the quiet hours at that instant."""
    return not AWAKE.holds(local_minute(zone, at))


def minute_in(window: Window, spread: int) -> int:
    """The member's minute: anywhere in the window but its last part, which is kept for trying again."""
    room = max(1, window.end - window.start - RETRY_ROOM_MINUTES)
    # The remainder by 7 picks the weekdays; what is left of the number is independent of them.
    return window.start + spread // 7 % room


def weekdays(schedule: Schedule) -> frozenset[int]:
    """The member's weekdays, Monday being 0."""
    return frozenset((schedule.spread + day) % 7 for day in DAYS_APART[schedule.per_week])


def due_on(schedule: Schedule, day: date) -> datetime | None:
    """The instant at which that local date's nudge is due; None where the zone skips the date or the whole window."""
    wall = _wall(day, minute_in(schedule.window, schedule.spread))
    due, exists = _instant(schedule.zone, wall)
    if exists:
        return due
    for candidate in (due, due - timedelta(minutes=1)):
        if is_inside(schedule, candidate, day):
            return candidate
    return None


def is_inside(schedule: Schedule, at: datetime, day: date) -> bool:
    """Whether clocks in the member's zone show that date, and a minute of the window, at that instant."""
    right_day = local_date(schedule.zone, at) == day
    return right_day and schedule.window.holds(local_minute(schedule.zone, at))


def window_end_on(schedule: Schedule, day: date) -> datetime:
    """The instant from which on that local date's nudge is not sent any more."""
    return _instant(schedule.zone, _wall(day, schedule.window.end))[0]


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first due instant later than `after`. There is one within the horizon in every zone (tests/rules)."""
    today = local_date(schedule.zone, after)
    wanted = weekdays(schedule)
    days = (today + timedelta(days=ahead) for ahead in range(HORIZON_DAYS))
    dues = (due_on(schedule, day) for day in days if day.weekday() in wanted)
    return next(due for due in dues if due is not None and due > after)


def next_dues(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """The next `count` due instants, in order."""
    found = [next_due(schedule, after)]
    while len(found) < count:
        found.append(next_due(schedule, found[-1]))
    return found


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _instant(zone_name: str, wall: datetime) -> tuple[datetime, bool]:
    """When clocks in that zone show `wall`; for a time that they skip, the instant of the change, and False."""
    zone = ZoneInfo(zone_name)
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found, True
    return _change_between(zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found), False


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The instant of the clock change that lies between two instants, to the second."""
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
