"""One line of the report: what was measured, beside what it must reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.table import Table

Say = Callable[[str], None]
"""Takes one short sentence about what is going on."""


@dataclass(frozen=True, slots=True)
class Row:
    """`reached` is None where there is no target, only a figure to put beside another."""

    what: str
    measured: str
    target: str = ""
    ratio: str = ""
    reached: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.reached is None else "reached" if self.reached else "missed"


Bench = Callable[[int | None, Say], Awaitable[list[Row]]]
"""Measures, with that many members where a number is given, and returns its rows."""


def table(rows: list[Row]) -> Table:
    drawn = Table(show_lines=False)
    for heading in ("what", "target", "measured", "ratio", ""):
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(row.what, row.target, row.measured, row.ratio, row.verdict)
    return drawn


def times(one: float, other: float) -> str:
    """`one` in proportion to `other`."""
    return f"{one / other:.2f}" if other else "-"
