"""`python -m tests.bench [name …] [--members N]`: measures what must be reached, and prints one table.

A benchmark does not judge: it ends with 0 whatever it measured, and says beside each figure whether it is enough. The
table is also written to .cache/bench.txt.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
from datetime import UTC, datetime
from io import StringIO
from types import MappingProxyType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.bench import bench_apscheduler, bench_free, bench_paced, bench_wake
from tests.bench.processes import ROOT
from tests.bench.row import Bench, Row, table

REPORT = ROOT / ".cache" / "bench.txt"
WIDTH = 150
BENCHES: MappingProxyType[str, Bench] = MappingProxyType(
    {"paced": bench_paced.rows, "free": bench_free.rows, "wake": bench_wake.rows, "apscheduler": bench_apscheduler.rows}
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what must be reached.")
    parser.add_argument("names", nargs="*", help=f"all of them when none is named: {', '.join(BENCHES)}")
    parser.add_argument("--members", type=int, help="fewer or more members than the target says, for a trial")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    console = Console(width=WIDTH)
    measured = asyncio.run(measure(asked.names or list(BENCHES), asked.members, console))
    console.print(table(measured))
    write_down(measured, " ".join(asked.names), asked.members)


async def measure(names: list[str], members: int | None, console: Console) -> list[Row]:
    measured: list[Row] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for place, name in enumerate(names, start=1):
            task = progress.add_task(name, total=None)
            before = f"[{place}/{len(names)}] {name}: "
            measured += await BENCHES[name](
                members, lambda text, task=task, before=before: progress.update(task, description=before + text)
            )
            progress.remove_task(task)
    return measured


def write_down(measured: list[Row], names: str, members: int | None) -> None:
    said = StringIO()
    report = Console(file=said, width=WIDTH)
    what = " ".join(filter(None, ("make bench", names and f"ONLY={names}", members and f"MEMBERS={members}")))
    when = datetime.now(UTC)
    report.print(f"{what}, {when:%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {platform.machine()}")
    report.print(table(measured))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(said.getvalue(), "utf-8")


if __name__ == "__main__":
    main()
