"""`python -m bot simulate`, as an operator starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import PERSONAS
from bot.simulate.personas import WAYS
from bot.simulate.promises import Promise
from tests.drills.guards import GUARDS
from tests.drills.test_guards import copy_without
from tests.support.code import ROOT

PROMISE_BROKEN = 70
WRONG_USAGE = 2
LITTLE = ("--members", "5", "--days", "20", "--seed", "7")


def told_by(*arguments: str, hash_seed: str = "0", source: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", "simulate", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=source,
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "COLUMNS": "80"},
        timeout=120,
    )


def test_a_run_is_the_same_in_every_process_and_says_how_to_repeat_it() -> None:
    runs = [told_by(*LITTLE, hash_seed=seed) for seed in ("1", "2")]

    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr
    tables = [[line for line in run.stdout.splitlines() if "second" not in line] for run in runs]
    assert tables[0] == tables[1]
    names = {line[:24].strip() for line in tables[0]}
    assert names >= {"sent", "late", "dissolved", "digest", "clock steps", *(promise.value for promise in Promise)}
    assert "python -m bot simulate --members 5 --days 20 --seed 7" in tables[0][-1]
    assert "  every promise         held" in [line.rstrip() for line in tables[0]]
    assert max(map(len, tables[0])) < 80


def test_a_broken_promise_ends_with_an_exit_code_of_its_own_and_names_the_seed(tmp_path: Path) -> None:
    """The same program, with a guard taken away: what may have arrived is written off."""
    (guard,) = [one for one in GUARDS if one.name == "an answer that was lost"]
    copy_without(guard, tmp_path)

    run = told_by("--members", "10", "--days", "30", "--seed", "1", source=tmp_path)

    assert run.returncode == PROMISE_BROKEN, run.stdout + run.stderr
    assert run.stderr.splitlines()[-1].startswith("porchlight: Seed 1 broke a promise (lost) at 2026-")
    assert "Traceback" not in run.stderr
    assert "--members 10 --days 30 --seed 1" in run.stdout


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--members", "0", "greater than or equal to 1"),
        ("--members", "10001", "less than or equal to 10000"),
        ("--days", "-1", "greater than or equal to 1"),
        ("--days", "many", "valid integer"),
    ],
)
def test_a_number_that_cannot_be_is_refused_by_name(option: str, value: str, why: str) -> None:
    run = told_by(option, value)

    assert run.returncode == WRONG_USAGE
    assert option in run.stderr
    assert why in run.stderr
    assert "Traceback" not in run.stderr


def test_help_says_what_it_does() -> None:
    run = told_by("--help")

    assert run.returncode == 0
    for word in ("--members", "--days", "--seed", "promise", "70"):
        assert word in run.stdout


def test_a_long_run_says_how_far_it_is_where_no_bar_can_be_drawn() -> None:
    run = told_by("--members", "2", "--days", "61")

    assert run.stderr.splitlines() == ["30 of 61 days", "60 of 61 days"]


def test_a_run_that_is_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "simulate", "--days", "3650"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        assert running.stderr.readline() == "30 of 3650 days\n"
        assert list(tmp_path.glob("porchlight-*"))
        running.terminate()

    assert running.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.glob("porchlight-*")) == []


def test_help_names_everybody_who_is_made_up() -> None:
    assert PERSONAS.split(", ") == [*WAYS]
