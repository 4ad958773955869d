"""Tickets: how often a kind of nudge is drawn, beside the others. Law: only *Did it* and *Not for me* change them.

Every kind begins with 10. *Did it* adds half, *Not for me* takes half away; there are never fewer than 3 nor more than
40; and each week a twentieth of what is not 10 is undone. Silence, *Later* and *Not today* change nothing. Their
member sees them, and sets them back. Why a rule that a person can read, and no cleverer one: docs/pace.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

START: Final = 10.0
FEWEST: Final = 3.0
MOST: Final = 40.0
AFTER_DID_IT: Final = 1.5
AFTER_NOT_FOR_ME: Final = 0.5
KEPT_A_WEEK: Final = 0.95
DAYS_A_WEEK: Final = 7


def more(count: float) -> float:
    """Half as many more, as far as a kind can have."""
    return min(MOST, round(count * AFTER_DID_IT, 1))


def fewer(count: float) -> float:
    """Half as many, as few as a kind can have."""
    return max(FEWEST, round(count * AFTER_NOT_FOR_ME, 1))


@dataclass(frozen=True, slots=True)
class Tickets:
    """What differs from 10, as it stood on `as_of`, the member's own date.

    Kept as they are, and shown and drawn with to a tenth: else whoever answers every other day would have it rounded
    back each time, and nothing would ever be undone.
    """

    counts: Mapping[str, float] = field(default_factory=dict)
    as_of: date | None = None

    def on(self, day: date) -> Mapping[str, float]:
        """What differs from 10 on that day, to a tenth of a ticket: exactly what is drawn with, and shown."""
        return {theme: round(count, 1) for theme, count in self._exactly(day).items()}

    def of(self, themes: Iterable[str], day: date) -> dict[str, float]:
        """How many each of these has on that day."""
        counts = self.on(day)
        return {theme: counts.get(theme, START) for theme in themes}

    def did_it(self, theme: str, day: date) -> Tickets:
        return self._times(AFTER_DID_IT, theme, day)

    def not_for_me(self, theme: str, day: date) -> Tickets:
        return self._times(AFTER_NOT_FOR_ME, theme, day)

    def with_count(self, theme: str, count: float, day: date) -> Tickets:
        """As its member sets them."""
        bounded = min(MOST, max(FEWEST, count))
        return Tickets({**self._exactly(day), theme: bounded}, day)

    def _exactly(self, day: date) -> dict[str, float]:
        """What differs from 10 by a tenth at least. A clock that went back undoes nothing."""
        weeks = 0.0 if self.as_of is None else max(0, (day - self.as_of).days) / DAYS_A_WEEK
        drifted = {theme: START + (count - START) * KEPT_A_WEEK**weeks for theme, count in self.counts.items()}
        return {theme: count for theme, count in drifted.items() if round(count, 1) != START}

    def _times(self, factor: float, theme: str, day: date) -> Tickets:
        return self.with_count(theme, self._exactly(day).get(theme, START) * factor, day)
