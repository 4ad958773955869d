"""What every folder of tests shares."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from coverage import Coverage
from hypothesis import settings

from bot.clock import use_pinned_zones
from bot.content.library import Library, load_library
from bot.rules.plan import Size
from tests.support.house import House, open_house
from tests.support.log_watch import nobody_is_in_the_log, watch
from tests.support.side_by_side import pytest_xdist_make_scheduler

__all__ = ["nobody_is_in_the_log", "pytest_xdist_make_scheduler", "watch"]

# Held at every branch, when all tests ran with --cov (as `make test` does).
WHOLE = ("bot/rules/*", "bot/journey/*")


def pytest_configure() -> None:
    """How long an example takes tells of the machine, so no rule fails by it: benchmarks are apart."""
    use_pinned_zones()
    settings.register_profile("porchlight", deadline=None)
    settings.load_profile("porchlight")


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> Iterator[None]:
    """Fail the run, in words, where a branch of the rules or the journey was not taken."""
    yield
    if (
        not config.getoption("cov_source")
        or terminalreporter._session.testsfailed
        or config.args != config.getini("testpaths")
    ):  # type: ignore[union-attr]
        return
    report = Coverage()
    report.load()
    covered = report.report(include=list(WHOLE), file=io.StringIO())
    terminalreporter.write_line(f"Branches of the rules and the journey: {covered:.2f} %")
    if covered < 100:
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED  # type: ignore[union-attr]
        terminalreporter.write_line("They are held at 100 %: see above what is missing.", red=True)


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture
async def small_house(tmp_path: Path, library: Library) -> AsyncIterator[House]:
    """A house whose library holds two nudges, which can come to anybody from the first day on."""
    english = library.languages["en"]
    two = tuple(
        next(one for one in english.nudges if (one.theme, one.size, one.exposure) == (theme, Size.TINY, 0))
        for theme in ("kind", "notice")
    )
    few = replace(library, languages={"en": replace(english, nudges=two)})
    async with open_house(tmp_path, few) as house:
        yield house


@pytest.fixture
async def house(tmp_path: Path, library: Library) -> AsyncIterator[House]:
    async with open_house(tmp_path, library) as house:
        yield house
