"""The tables of docs/pace.md say what the rules say."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from bot.rules.pace import CEILINGS
from bot.rules.seasons import SEASONS, Season
from tests.support.code import ROOT

PAGE: Final = (ROOT / "docs" / "pace.md").read_text("utf-8")
BESIDE: Final = "beside_"
NAMES: Final = {Season.LOW_BATTERY: "low battery", Season.GRIEF: "grief", Season.BREAK_UP: "after a break-up"}


def rows_below(heading: str) -> list[list[str]]:
    """The cells of the table that begins with that column."""
    lines = PAGE[PAGE.index(f"| {heading} |") :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def kinds_in(cell: str) -> set[str]:
    """Those of a cell such as "notice, kind; beside somebody: self, less"."""
    own, _, beside = cell.partition("beside somebody:")
    return {*re.findall(r"\w+", own), *(BESIDE + one for one in re.findall(r"\w+", beside))}


def test_the_ceilings_are_the_ones_of_each_week() -> None:
    rows = rows_below("weeks")

    assert len(rows) == len(CEILINGS)
    for (weeks, exposure, size, kinds), ceiling in zip(rows, CEILINGS, strict=True):
        assert int(weeks.split()[0]) == ceiling.from_week
        assert (int(exposure), size) == (ceiling.most_exposure, ceiling.size.name.lower())
        assert kinds_in(kinds) == ceiling.themes


def test_the_weeks_of_the_ceilings_leave_none_out() -> None:
    spans = [[int(week) for week in re.findall(r"\d+", row[0])] for row in rows_below("weeks")]

    for (*_, last), (first, *_) in pairwise(spans):
        assert first == last + 1


def test_the_seasons_last_as_long_and_are_as_slow_as_it_says() -> None:
    rows = {row[0]: row for row in rows_below("season")}

    assert rows.keys() == set(NAMES.values())
    for season, rule in SEASONS.items():
        _, pause, lasts, what, how_often = rows[NAMES[season]]
        assert (pause, lasts) == (f"{rule.pause.days} days", f"{rule.lasts.days} days")
        assert how_often == ("half as often" if rule.is_slow else "as before")
        assert ("Alone only" in what, "up to a reaction" in what) == (rule.most_exposure == 0, rule.most_exposure == 1)
        for skipped, said in {
            "conflict": "no conflict",
            "holiday": "no holidays",
            "romantic": "nothing romantic",
        }.items():
            assert (skipped in rule.skips) is (said in what), season
        assert ("grief" in rule.skips) is ("no grief" in what)
        assert ("limits" in rule.themes) is ("limits" in what)


def test_every_rule_names_the_file_it_stands_in() -> None:
    tables = PAGE.split("| the rule | where | why |\n|---|---|---|\n")[1:]
    rows = [line for table in tables for line in table.partition("\n\n")[0].splitlines()]

    assert len(rows) >= 18
    for row in rows:
        assert re.search(r"`bot/(rules|journey)/\w+\.py`", row.split("|")[2]), row
