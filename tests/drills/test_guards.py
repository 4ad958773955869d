"""Each guard is taken away in a copy of the source, and something must fail then.

In short form a few of them are; `PORCHLIGHT_DRILLS=long` takes away each in turn, and lives through the same worlds
with all guards in place as well, where nothing may fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drills.guards import GUARDS, Guard, World
from tests.drills.live import BROKEN, is_broken
from tests.support.code import ROOT

COPIED = ("bot", "cogs", "tests", "pyproject.toml")
TESTS_FAILED = 1
IN_SHORT = frozenset({"an answer that was lost is not known", "eight hours"})
LONG = os.environ.get("PORCHLIGHT_DRILLS") == "long"


def copy_without(guard: Guard, folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    path = folder / guard.file
    path.write_text(path.read_text("utf-8").replace(guard.text, guard.without), "utf-8")


def proof_in(folder: Path, guard: Guard) -> int:
    """The exit code of that guard's proof, run over the source in that folder."""
    if isinstance(guard.proof, World):
        command = ["-m", "tests.drills.live", guard.name]
    else:
        command = ["-m", "pytest", "-x", "-q", guard.proof]
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *command],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        check=False,
        timeout=900,
    )
    return run.returncode


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_the_table_is_about_the_code_as_it_is(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text("utf-8").count(guard.text) == 1
    assert guard.text != guard.without
    if isinstance(guard.proof, str):
        assert (ROOT / guard.proof.partition("::")[0]).exists()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_a_guard_something_fails(guard: Guard, tmp_path: Path) -> None:
    if not LONG and guard.name not in IN_SHORT:
        pytest.skip("in short form a few stand for all")
    copy_without(guard, tmp_path)

    assert proof_in(tmp_path, guard) == (BROKEN if isinstance(guard.proof, World) else TESTS_FAILED)


@pytest.mark.skipif(not LONG, reason="the same worlds, and nothing in them fails")
@pytest.mark.parametrize("guard", [one for one in GUARDS if isinstance(one.proof, World)], ids=lambda guard: guard.name)
def test_with_all_guards_in_place_the_same_worlds_break_nothing(guard: Guard) -> None:
    assert not is_broken(guard)
