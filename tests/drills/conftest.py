"""The process of the drills, its Discord, and the report at the end.

PORCHLIGHT_DRILLS=long (that is `make drills`) runs every drill in full; otherwise each proves the same in seconds.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from bot.store.migrate import migrate
from tests.drills.report import lines, write
from tests.wire.double import Double
from tests.wire.nursery import Nursery
from tests.wire.process import Bot

LONG = os.environ.get("PORCHLIGHT_DRILLS") == "long"


@pytest.fixture(scope="session")
def long() -> bool:
    return LONG


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    async with Double.serve() as double:
        yield double


@pytest.fixture
async def bot(tmp_path: Path, double: Double, nursery: Nursery) -> AsyncIterator[Bot]:
    """Nobody runs yet; its database is there, and empty."""
    bot = Bot(tmp_path, double, nursery)
    migrate(bot.file)
    yield bot
    if bot.lives:
        await bot.kill()
    assert bot.leaks == [], "written to the log"


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Add figures to the drill's line in the report."""

    def add(**figures: Any) -> None:
        for name, figure in figures.items():
            record_property(name, figure)

    return add


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    if not LONG:
        return
    found = [one for reports in terminalreporter.stats.values() for one in reports if hasattr(one, "nodeid")]
    report = lines([one for one in found if isinstance(one, pytest.TestReport)])
    terminalreporter.section("drills")
    for line in report:
        terminalreporter.write_line(line)
    write(report)
