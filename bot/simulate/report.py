"""A run as a table, and the first promise it broke, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from bot.rules.occurrence import Kind
from bot.simulate.evidence import Evidence, instant
from bot.simulate.faults import MINUTE
from bot.simulate.promises import Breach, Promise

LATE_AFTER: Final = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to. Everything but `taken` follows from what it was begun with."""

    seed: int
    counts: dict[str, int]
    breaches: tuple[Breach, ...]
    digest: str
    """Two runs with one digest were the same run."""
    taken: float
    """Real seconds."""

    @property
    def first(self) -> Breach | None:
        return self.breaches[0] if self.breaches else None

    @property
    def sentence(self) -> str:
        """The first broken promise, for whoever has to find out why."""
        assert self.first is not None, "a run that broke nothing has no such sentence"
        at = f"{instant(self.first.at):%F %T}"
        return f"Seed {self.seed} broke a promise ({self.first.promise}) at {at} UTC: {self.first.how}."


def report(evidence: Evidence, breaches: list[Breach], seed: int, lives: int, taken: float) -> Report:
    """Count what happened."""
    happened, nudges = evidence.history.counts, [one for one in evidence.history.arrivals if one.kind is Kind.NUDGE]
    rows = [(one, evidence.row(one)) for one in nudges]
    states = Counter(row.state for row in evidence.rows.values() if row.begin.kind == Kind.NUDGE)
    broken = Counter(breach.promise for breach in breaches)
    counts = {
        "sent": len(nudges),
        "late": sum(row is not None and one.accepted > row.due + LATE_AFTER for one, row in rows),
        "dissolved": states["dissolved"],
        "never known": states["unknown"],
        "other messages": len(evidence.history.arrivals) - len(nudges),
        **{promise.value: broken[promise] for promise in Promise},
        "kills": happened["killed"],
        "outages": happened["outage"],
        "times refused": happened["refusing"],
        "restarts": lives - 1,
        "clock steps": happened["clock_step"],
        "answers": sum(len(person.answers) for person in evidence.people.values()),
    }
    return Report(seed, counts, tuple(breaches), evidence.history.digest, taken)


def show(told: Report, command: str, console: Console) -> None:
    """Print the table, and under it the command that lives through the same once more."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    promised = {promise.value for promise in Promise}
    for name, count in told.counts.items():
        style = ("bold red" if count else "green") if name in promised else ""
        table.add_row(name, f"{count:,}", style=style)
    held = told.first is None
    table.add_row("every promise", "held" if held else "not held", style="bold green" if held else "bold red")
    table.add_row("seconds taken", f"{told.taken:.1f}")
    table.add_row("nudges a second", f"{told.counts['sent'] / told.taken:.0f}")
    table.add_row("digest", told.digest)
    console.print(table)
    console.print()
    console.print(command, soft_wrap=True)
