"""The table of the drills is true, and so is the judge."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from bot.rules.schedule import Window
from bot.store.migrate import migrate
from tests.drills import table
from tests.drills.judge import judge, pass_time
from tests.drills.table import DRILLS
from tests.support.code import ROOT
from tests.support.crowd import FIRST, Someone, crowd, fill, just_now, milliseconds, zone_where_it_is
from tests.wire.double import Double
from tests.wire.mail import dm_of
from tests.wire.process import Bot

NO_DRILLS = {"test_table.py"}


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {f"{path.relative_to(ROOT).as_posix()}::{test.name}" for test in tests if test.name.startswith("test_")}


def test_there_are_thirty_eight_and_each_is_held_or_says_why_not() -> None:
    assert list(DRILLS) == list(range(1, 39))
    assert [number for number, drill in DRILLS.items() if not drill.tests and not drill.not_here] == []


@pytest.mark.parametrize("test", table.tests())
def test_every_test_that_is_named_exists(test: str) -> None:
    assert test in names_in(ROOT / test.partition("::")[0])


def test_every_test_of_this_folder_has_its_number() -> None:
    files = [path for path in ROOT.glob("tests/drills/test_*.py") if path.name not in NO_DRILLS]

    assert set().union(*map(names_in, files)) <= set(table.tests())


@pytest.fixture
async def judged(tmp_path: Path) -> tuple[Bot, Double, dict[int, Someone]]:
    """One member whose nudge went out as it should, by hand."""
    double = Double()
    bot = Bot(tmp_path, double)
    migrate(bot.file)
    people = crowd(1, just_now(), zone_where_it_is(13))
    fill(bot.file, people)
    insert = "INSERT INTO occurrence (occurrence_id, member_id, kind, slot, state, again, due_at, until_at, attempts)"
    now = milliseconds(just_now())
    bot.sql(f"{insert} VALUES ('ABC', ?, 'nudge', 'x', 'sent', 0, ?, ?, 1)", FIRST, now, now)
    double.mail.post(dm_of(FIRST), raw_message("ABC", "1"), just_now().timestamp())
    return bot, double, {FIRST: people[0]}


def raw_message(occurrence_id: str, nonce: str) -> bytes:
    button = f'{{"type": 2, "style": 1, "custom_id": "b:n:did_it:{occurrence_id}"}}'
    return f'{{"nonce": "{nonce}", "components": [{{"type": 1, "components": [{button}]}}]}}'.encode()


async def test_the_judge_finds_nothing_wrong_where_nothing_is(judged: tuple[Bot, Double, dict[int, Someone]]) -> None:
    verdict = judge(*judged)

    assert (verdict.due, verdict.arrived, verdict.broken) == (1, 1, {})


async def test_the_judge_sees_a_second_message(judged: tuple[Bot, Double, dict[int, Someone]]) -> None:
    _, double, _ = judged
    double.mail.post(dm_of(FIRST), raw_message("ABC", "2"), just_now().timestamp())

    assert judge(*judged).broken == {"duplicates": 1}


async def test_the_judge_sees_a_message_that_no_row_knows(judged: tuple[Bot, Double, dict[int, Someone]]) -> None:
    _, double, _ = judged
    double.mail.post(dm_of(FIRST), raw_message("XYZ", "2"), just_now().timestamp())

    assert judge(*judged).broken == {"duplicates": 1}


async def test_the_judge_sees_what_is_lost(judged: tuple[Bot, Double, dict[int, Someone]]) -> None:
    bot, double, _ = judged
    double.mail.delete(next(iter(double.mail.taken)))
    assert judge(*judged).broken == {"lost": 1, "untrue": 1}

    bot.sql("DELETE FROM occurrence")
    assert judge(*judged).broken == {"lost": 1}


async def test_the_judge_sees_a_message_outside_its_window(judged: tuple[Bot, Double, dict[int, Someone]]) -> None:
    bot, double, people = judged
    elsewhere = replace(people[FIRST], window=Window(20 * 60, 22 * 60))
    assert judge(bot, double, {FIRST: elsewhere}).broken == {"outside": 1}

    yesterday = replace(people[FIRST], due=just_now(24 * 3600))
    assert judge(bot, double, {FIRST: yesterday}).broken == {"outside": 1}


async def test_the_judge_sees_a_row_that_is_not_true(judged: tuple[Bot, Double, dict[int, Someone]]) -> None:
    bot, _, _ = judged
    bot.sql("UPDATE occurrence SET state = 'dissolved'")

    assert judge(*judged).broken == {"untrue": 1}


async def test_time_passes_for_rows_and_for_nonces_alike(judged: tuple[Bot, Double, dict[int, Someone]]) -> None:
    bot, double, _ = judged
    bot.sql("UPDATE occurrence SET wake_at = 1000000, first_tried_at = 1000000")

    pass_time(bot, double, 600)

    assert bot.sql("SELECT wake_at, first_tried_at FROM occurrence") == [(400_000, 400_000)]
    double.mail.post(dm_of(FIRST), raw_message("ABC", "1"), just_now().timestamp())
    assert judge(*judged).broken == {"duplicates": 1}, "its nonce was forgotten"
