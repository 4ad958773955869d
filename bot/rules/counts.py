"""The only numbers a moderator ever sees. Why they are so coarse, and so rare: docs/privacy.md."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FEWEST: Final = 10
ROUND_TO: Final = 5

# A number is counted at most this often, so that nobody can watch it change when somebody joins or leaves.
COUNT_EVERY: Final = timedelta(days=7)


def safe_count(people: int) -> int | None:
    """The count rounded down to a multiple of 5; None below 10 people, where a number could point at somebody."""
    return people - people % ROUND_TO if people >= FEWEST else None
