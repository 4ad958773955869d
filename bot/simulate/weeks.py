"""The weeks in which nudges came to a member, counted anew from what the disk told; and how many each may hold.

A week is seven dates, from the first nudge that was begun after the week before it. Weeks without any do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from bot.rules.occurrence import Kind
from bot.simulate.history import RowMove

WEEK_DAYS: Final = 7
LAST_WEEK: Final = 8


class Phase(IntEnum):
    """Weeks that hold alike. Its value is how many come in one of them at the most, whatever was chosen."""

    FIRST = 2
    MIDDLE = 4
    LATE = 1
    """After the eighth, unless they said to go on as before."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that was decided about, and the week that it was in, or would have begun."""

    move: RowMove
    week: int
    """1 for the first."""

    @property
    def is_nudge(self) -> bool:
        """Whether a nudge was begun: it counts, whatever became of it."""
        return self.move.kind == Kind.NUDGE and self.move.after == "claimed"

    @property
    def phase(self) -> Phase:
        return phase_of(self.week)


def phase_of(week: int) -> Phase:
    """What that week is like."""
    if week == 1:
        return Phase.FIRST
    return Phase.MIDDLE if week <= LAST_WEEK else Phase.LATE


def dated(begun: Iterable[RowMove]) -> list[Dated]:
    """These rows, all of one member and in the order in which they began, each with its week."""
    found: list[Dated] = []
    weeks, began = 0, date.min
    for move in begun:
        day = date.fromisoformat(move.slot)
        is_new = weeks == 0 or (day - began).days >= WEEK_DAYS
        found.append(Dated(move, weeks + is_new))
        if is_new and found[-1].is_nudge:
            weeks, began = weeks + 1, day
    return found
