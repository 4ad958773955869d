"""One line for each drill: its number, what it is, how it went, how long it took, and its figures."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.drills.table import DRILLS, Drill
from tests.support.code import ROOT

REPORT = ROOT / ".cache" / "drills.txt"


def lines(reports: Iterable[pytest.TestReport]) -> list[str]:
    by_test: dict[str, list[pytest.TestReport]] = {}
    for report in reports:
        by_test.setdefault(report.nodeid.partition("[")[0], []).append(report)
    return [_line(number, drill, by_test) for number, drill in DRILLS.items()]


def write(report: list[str]) -> None:
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(report) + "\n", "utf-8")


def _line(number: int, drill: Drill, by_test: dict[str, list[pytest.TestReport]]) -> str:
    of_it = [report for test in drill.tests for report in by_test.get(test, [])]
    seconds = sum(report.duration for report in of_it)
    # A figure that several tests of a drill give is given for each of them; of one test, its reports all have the same.
    called = [report for report in of_it if report.when == "call"]
    figures = " ".join(f"{name}={figure}" for report in called for name, figure in report.user_properties)
    said = f"{number:2}  {_verdict(drill, of_it):9}  {seconds:7.1f} s  {drill.what}"
    more = "; ".join(part for part in (figures, drill.not_here and f"not here: {drill.not_here}") if part)
    return f"{said}  [{more}]" if more else said


def _verdict(drill: Drill, of_it: list[pytest.TestReport]) -> str:
    if any(report.failed for report in of_it):
        return "FAILED"
    if any(hasattr(report, "wasxfail") for report in of_it):
        return "not yet"
    if not drill.tests:
        return "-"
    return "held" if any(report.passed for report in of_it) else "not run"
