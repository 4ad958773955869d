"""A count of the weeks a member showed up. Law: it never falls, never resets, and any answer counts.

Weeks are named by their Monday, on the member's own calendar. Choosing rest is showing up.
Why: docs/pace.md.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

# Said aloud at these counts and at no other.
MILESTONES: Final = frozenset({1, 4, 8, 12})


def week_of(day: date) -> date:
    """The Monday of that date's week."""
    return day - timedelta(days=day.weekday())


def milestone(weeks_before: int, weeks_now: int) -> int | None:
    """The count worth one quiet line, when this answer is what brought it there."""
    return weeks_now if weeks_now > weeks_before and weeks_now in MILESTONES else None
