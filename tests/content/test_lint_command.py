"""`python -m bot content lint`, as somebody starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.content.kindness import languages
from tests.support.code import ROOT

TO_CHANGE = 65
UNREADABLE = 68


def lint(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", "content", "lint", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80"},
        timeout=60,
    )


def test_the_catalogue_is_clean_and_it_says_so() -> None:
    run = lint()

    assert (run.returncode, run.stdout, run.stderr) == (0, "Nothing to change.\n", "")


def test_somebody_s_own_texts_are_told_line_by_line_with_an_exit_code_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("You could rest.\n\nHurry. You could write!\n", "utf-8")

    run = lint(own)

    assert run.returncode == TO_CHANGE
    shown = own.relative_to(ROOT) if own.is_relative_to(ROOT) else own
    assert run.stdout.splitlines() == [
        f"{shown}, line 3 [urgency] “Hurry”: it makes haste. Instead: any time.",
        f"{shown}, line 3 [loud] “!”: it raises its voice. Instead: a full stop.",
    ]
    assert run.stderr == "porchlight: 2 to change, each on a line of its own above.\n"


def test_a_file_of_the_catalogue_is_named_from_where_one_stands() -> None:
    run = lint("bot/content/en/words-nudge.toml", "bot/content/en/nudges/kind.toml")

    assert (run.returncode, run.stdout) == (0, "Nothing to change.\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gone.txt", None),
        ("broken.toml", "a ="),
        ("numbers.toml", "a = 1"),
        ("picture.txt", b"\xff\xfe\x00"),
        ("nudge.toml", "[[nudge]]\ntext = 1"),
        ("nudges.toml", "nudge = [1]"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_one_line(tmp_path: Path, name: str, content: str | bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    run = lint(path)

    assert run.returncode == UNREADABLE
    assert run.stderr.startswith(f"porchlight: {path} cannot be read: ")
    assert run.stderr.count("\n") == 1


def test_a_language_without_never_words_is_said(tmp_path: Path) -> None:
    run = lint("--language", "xx", tmp_path / "own.txt")

    assert run.returncode == UNREADABLE
    there = ", ".join(folder.name for folder in languages())
    assert run.stderr == f"porchlight: There are no never-words for xx. There are some for: {there}.\n"


def test_help_says_what_it_does() -> None:
    run = lint("--help")

    assert run.returncode == 0
    for word in ("--language", "files", "paragraphs", "65"):
        assert word in run.stdout
