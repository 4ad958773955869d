"""The only numbers a moderator ever sees. Source: product.md, promise 2."""

from __future__ import annotations

FEWEST = 10
ROUND_TO = 5


def safe_count(people: int) -> int | None:
    """The count rounded down to a multiple of 5; None below 10 people, where a number could point at somebody."""
    return people - people % ROUND_TO if people >= FEWEST else None
