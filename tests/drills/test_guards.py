"""Each guard is taken away in a copy of the source, and something must fail then.

In short form a few of them are; `PORCHLIGHT_DRILLS=long` takes away each in turn, two at a time, and lives through the
same worlds with all guards in place as well, where nothing may fail.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.drills.guard import Guard, World
from tests.drills.guards import GUARDS
from tests.drills.live import BROKEN, is_broken
from tests.support.code import ROOT

COPIED = ("bot", "cogs", "tests", "pyproject.toml")
TESTS_FAILED = 1
AT_ONCE = 2
IN_SHORT = frozenset({"nonce: what Discord remembers of it", "consent", "an answer that was lost"})
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


def proof_in(folder: Path, guard: Guard) -> tuple[int, str]:
    """The exit code of that guard's proof, run over the source in that folder, and what it said."""
    if isinstance(guard.proof, World):
        command = ["-m", "tests.drills.live", guard.name]
    else:
        command = ["-m", "pytest", "-x", "-q", "-p", "no:randomly", guard.proof]
    # In a drill's long form a thousand kills would come, where a few show the same.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PORCHLIGHT"))}
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *command],
        cwd=folder,
        env=inherited | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return run.returncode, run.stdout + run.stderr


def taken_away(guard: Guard, folder: Path) -> tuple[int, str]:
    copy_without(guard, folder)
    try:
        return proof_in(folder, guard)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def proofs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[tuple[int, str]]]]:
    """How each proof ended that this run asks for. They run beside one another, each over a copy of its own."""
    asked = {str(item.callspec.id) for item in request.session.items if hasattr(item, "callspec")}
    wanted = [guard for guard in GUARDS if guard.name in asked and (LONG or guard.name in IN_SHORT)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {guard.name: pool.submit(taken_away, guard, tmp_path_factory.mktemp("without")) for guard in wanted}


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_guard_has_a_name_of_its_own() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
    assert {guard.name for guard in GUARDS} >= IN_SHORT


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_the_table_is_about_the_code_as_it_is(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text("utf-8").count(guard.text) == 1
    assert guard.text != guard.without
    if isinstance(guard.proof, str):
        file, _, test = guard.proof.partition("::")
        assert test in names_in(ROOT / file)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_a_guard_something_fails(guard: Guard, proofs: Mapping[str, Future[tuple[int, str]]]) -> None:
    if not LONG and guard.name not in IN_SHORT:
        pytest.skip("in short form a few stand for all")
    code, said = proofs[guard.name].result()

    assert code == (BROKEN if isinstance(guard.proof, World) else TESTS_FAILED), said


@pytest.mark.skipif(not LONG, reason="the same worlds, and nothing in them fails")
@pytest.mark.parametrize("guard", [one for one in GUARDS if isinstance(one.proof, World)], ids=lambda guard: guard.name)
def test_with_all_guards_in_place_the_same_worlds_break_nothing(guard: Guard) -> None:
    assert not is_broken(guard)
