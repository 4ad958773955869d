"""When a member's next nudge is due, seen together with those that went out lately.

Law: at least eight hours between two nudges, and never two on one local date, however a member moves between zones,
changes their mind, or asks for one again. By itself nothing comes more often in seven local dates than they chose; one
that is asked for again (Later) may come on any date, and takes the place of another.

Whatever is due by these rules is free to be sent: a date that had its nudge is not promised again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bot.rules.schedule import Schedule, due_on, local_date, next_due

# Whoever moves to another zone is not reached twice in one long day. Why: docs/delivery.md.
LEAST_GAP: Final = timedelta(hours=8)

# A week of local dates, and the most that two zones' dates can be apart.
LOOK_BACK: Final = timedelta(days=9)

# In how many days a nudge can be asked for again.
LATER_DAYS: Final = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Lately:
    """A member's nudges of the last days, over at least `LOOK_BACK`."""

    sent: tuple[datetime, ...] = ()
    """When those that may have arrived were due, in UTC."""
    until: tuple[datetime, ...] = ()
    """When their time to arrive was over, in UTC. Some arrive late."""
    taken: frozenset[str] = frozenset()
    """The dates (ISO, on the clock of that time) that had one, also where nobody saw it: none of them has another."""

    def and_(self, due: datetime, until: datetime) -> Lately:
        """With one more that goes out."""
        return replace(self, sent=(*self.sent, due), until=(*self.until, until))


def due_after(schedule: Schedule, after: datetime, lately: Lately, *, skip: int = 0) -> datetime:
    """The first due time later than `after` that keeps the law, or the one `skip` places behind it."""
    fitting = (due for due in _dues(schedule, after) if _has_room(schedule, due, lately))
    return next(islice(fitting, skip, None))


def due_again(schedule: Schedule, days: int, now: datetime, lately: Lately) -> datetime:
    """When a nudge comes once more that was asked for again in that many days: on that date, or soon after it.

    It may be one more than its week holds by itself, because the one it stands in for is left out (`stood_in_for`).
    """
    day = local_date(schedule.zone, now) + timedelta(days=days)
    while True:
        due = due_on(schedule, day)
        if due is not None and due > now and _keeps_its_distance(schedule, due, lately):
            return due
        day += timedelta(days=1)


def stood_in_for(schedule: Schedule, lately: Lately, now: datetime) -> datetime:
    """The due time whose place a nudge takes that was asked for again: the one that followed the last one sent."""
    return next_due(schedule, max(lately.sent, default=now))


def _dues(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    while True:
        after = next_due(schedule, after)
        yield after


def _has_room(schedule: Schedule, due: datetime, lately: Lately) -> bool:
    day = local_date(schedule.zone, due)
    days_ago = [day - local_date(schedule.zone, at) for at in lately.sent]
    of_the_week = [days for days in days_ago if timedelta() <= days < timedelta(days=7)]
    return _keeps_its_distance(schedule, due, lately) and len(of_the_week) < schedule.per_week


def _keeps_its_distance(schedule: Schedule, due: datetime, lately: Lately) -> bool:
    day = local_date(schedule.zone, due)
    if day.isoformat() in lately.taken:
        return False
    if any(due - at < LEAST_GAP for at in (*lately.sent, *lately.until)):
        return False
    return all(local_date(schedule.zone, at) != day for at in lately.sent)
