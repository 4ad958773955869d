"""`python -m tests.bench [name …] [--members N] [--strict]`: measures what must be reached, and prints one table.

It says beside each figure whether it is enough, and how busy the machine was. A busy machine may miss a target, so it
ends with 0 all the same; with --strict it ends with 1 where a target is missed. The table is also written to
.cache/bench.txt.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from time import perf_counter
from types import MappingProxyType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tests.bench import bench_apscheduler, bench_free, bench_outage, bench_paced, bench_wake
from tests.bench.processes import ROOT
from tests.bench.row import Bench, Row, table

REPORT = ROOT / ".cache" / "bench.txt"
WIDTH = 150
SECONDS_BETWEEN_LINES = 10.0
BENCHES: MappingProxyType[str, Bench] = MappingProxyType(
    {
        "paced": bench_paced.rows,
        "free": bench_free.rows,
        "wake": bench_wake.rows,
        "apscheduler": bench_apscheduler.rows,
        "outage": bench_outage.rows,
    }
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what must be reached.")
    parser.add_argument("names", nargs="*", help=f"all of them when none is named: {', '.join(BENCHES)}")
    parser.add_argument("--members", type=int, help="fewer or more members than the target says, for a trial")
    parser.add_argument("--strict", action="store_true", help="end with 1 where a target is missed")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    console = Console(width=WIDTH)
    loads = [os.getloadavg()]
    began = perf_counter()
    measured = asyncio.run(measure(asked.names or list(BENCHES), asked.members, console))
    loads.append(os.getloadavg())
    what = " ".join(
        filter(
            None,
            (
                "make bench",
                asked.names and f"ONLY={' '.join(asked.names)}",
                asked.members and f"MEMBERS={asked.members}",
            ),
        )
    )
    report(measured, what, loads, perf_counter() - began, console)
    missed = sum(row.reached is False for row in measured)
    sys.exit(1 if asked.strict and missed else 0)


async def measure(names: list[str], members: int | None, console: Console) -> list[Row]:
    """All rows of these. A benchmark that fails is one row that says so, and takes nothing from the others."""
    measured: list[Row] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for place, name in enumerate(names, start=1):
            say = Teller(progress, progress.add_task(name, total=None), f"[{place}/{len(names)}] {name}: ")
            try:
                measured += await BENCHES[name](members, say)
            except Exception as error:  # noqa: BLE001 - whatever it is
                measured.append(Row(f"{name}: it failed", repr(error), reached=False))
            progress.remove_task(say.task)
    return measured


@dataclass
class Teller:
    """Shows what is going on in one line; where nobody watches, one line each time at most every few seconds."""

    progress: Progress
    task: TaskID
    before: str
    told_at: float = -SECONDS_BETWEEN_LINES

    def __call__(self, text: str) -> None:
        self.progress.update(self.task, description=self.before + text)
        if not self.progress.console.is_terminal and perf_counter() - self.told_at >= SECONDS_BETWEEN_LINES:
            self.told_at = perf_counter()
            self.progress.console.print(self.before + text)


def report(
    measured: list[Row], what: str, loads: list[tuple[float, float, float]], took: float, console: Console
) -> None:
    """Print it, and write it down."""
    said = StringIO()
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    before, after = loads
    busy = f"{before[0]:.1f} before, {after[0]:.1f} after, {after[2]:.1f} over the last quarter of an hour"
    for where in (console, Console(file=said, width=WIDTH)):
        where.print(f"{what}, {when}, {took / 60:.0f} min, Python {platform.python_version()}, {platform.machine()}")
        where.print(f"processors: {os.cpu_count()}; how many wanted one (load): {busy}")
        where.print(table(measured))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(said.getvalue(), "utf-8")


if __name__ == "__main__":
    main()
