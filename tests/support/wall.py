"""What the clocks on the walls of the world show, by sums alone: stretches of one offset, minute for minute.

Found by asking tzdata for the offset twice a day, and by halving where it changed. What follows from that is
reckoned here in whole numbers, and asks neither `bot.rules` nor zoneinfo anything more. `wall` is a local minute, `at`
an instant in minutes of UTC; both are counted from the same midnight.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
DAY: Final = 24 * 60
YEARS: Final = (datetime(2031, 1, 1, tzinfo=UTC) - START) // timedelta(minutes=1)

# What comes shortly before and after these years matters to the days beside their first and last change.
MARGIN: Final = 40 * DAY
STEP: Final = DAY // 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one instant up to another, clocks are ahead of UTC by `offset` minutes."""

    begin: int
    end: int
    offset: int

    @property
    def walls(self) -> range:
        """The minutes that clocks show meanwhile."""
        return range(self.begin + self.offset, self.end + self.offset)


@dataclass(frozen=True, slots=True)
class Clocks:
    """All that the clocks of some zones do in these years."""

    stretches: tuple[Stretch, ...]

    def changes(self) -> list[int]:
        """The instants in 2026 to 2030 at which they are set."""
        return [one.begin for one in self.stretches[1:] if 0 <= one.begin < YEARS]

    def kind(self, change: int) -> tuple[int, int]:
        """The minute of the day at which they are set, and by how much; nothing where they are not set then."""
        around = self.around(change, change)
        old, new = around[0], around[-1]
        return ((change + old.offset) % DAY, new.offset - old.offset) if old != new else (0, 0)

    def near(self, at: int, days: int) -> Clocks:
        """The same, as far as it matters to the days around an instant."""
        return Clocks(self.around(at - days * DAY, at + days * DAY))

    def around(self, begin: int, end: int) -> tuple[Stretch, ...]:
        return tuple(one for one in self.stretches if one.begin <= end and one.end >= begin)

    def wall(self, at: int) -> int:
        return next(at + one.offset for one in self.stretches if one.begin <= at < one.end)

    def shows(self, begin: int, end: int) -> bool:
        """Whether they ever show one of these minutes."""
        return any(one.walls.start < end and begin < one.walls.stop for one in self.stretches)

    def first_at(self, wall: int) -> int | None:
        """The first instant at which they show that minute; None where they skip it."""
        return next((wall - one.offset for one in self.stretches if wall in one.walls), None)

    def first_from(self, wall: int, end: int) -> int | None:
        """The same for the earliest of the minutes from that one on, up to and without `end`."""
        shown = [max(wall, one.walls.start) for one in self.stretches if max(wall, one.walls.start) < one.walls.stop]
        return self.first_at(min(shown)) if shown and min(shown) < end else None

    def last_before(self, wall: int, begin: int) -> int | None:
        """The same for the latest of the minutes before that one, down to `begin`."""
        shown = [min(wall, one.walls.stop) - 1 for one in self.stretches if one.walls.start < wall]
        return self.first_at(max(shown)) if shown and max(shown) >= begin else None

    def reached(self, wall: int) -> int:
        """The first instant at which they show that minute or a later one."""
        return min(max(one.begin, wall - one.offset) for one in self.stretches if wall < one.walls.stop)


def instant(at: int) -> datetime:
    return START + timedelta(minutes=at)


def minutes(at: datetime) -> int:
    whole, rest = divmod(at - START, timedelta(minutes=1))
    assert not rest, f"{at} is not on the minute"
    return whole


def day_of(wall: int) -> date:
    return START.date() + timedelta(days=wall // DAY)


def all_clocks() -> dict[Clocks, list[str]]:
    """Every name of the pinned tzdata, by what its clocks do: names that never differ in these years stand together."""
    root = resources.files("tzdata").joinpath("zoneinfo")
    same_file: dict[bytes, list[str]] = {}
    for zone in sorted(zoneinfo.available_timezones()):
        same_file.setdefault(root.joinpath(*zone.split("/")).read_bytes(), []).append(zone)
    found: dict[Clocks, list[str]] = {}
    asked = [instant(at) for at in range(-MARGIN, YEARS + MARGIN + STEP, STEP)]
    for names in same_file.values():
        found.setdefault(Clocks(tuple(_stretches(ZoneInfo(names[0]), asked))), []).extend(names)
    return found


def _stretches(zone: ZoneInfo, asked: Sequence[datetime]) -> Iterator[Stretch]:
    begin, offset = minutes(asked[0]), _offset(zone, minutes(asked[0]))
    told = [at.astimezone(zone).utcoffset() for at in asked]
    for before, after, first, second in zip(asked, asked[1:], told, told[1:], strict=False):
        if first != second:
            change = _halved(zone, minutes(before), minutes(after))
            yield Stretch(begin, change, offset)
            begin, offset = change, _offset(zone, change)
            assert _offset(zone, minutes(after)) == offset, f"{zone} is set twice between {before} and {after}"
    yield Stretch(begin, minutes(asked[-1]), offset)


def _halved(zone: ZoneInfo, before: int, after: int) -> int:
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = instant(at).astimezone(zone).utcoffset()
    assert offset is not None
    whole, rest = divmod(offset, timedelta(minutes=1))
    assert not rest, f"{zone} is not a whole number of minutes ahead"
    return whole
