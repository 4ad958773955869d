"""The laws of the house that import-linter cannot see."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.words import Words

ROOT = Path(__file__).parent.parent
OURS = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py")]
CODE = [path for path in OURS if "migrations" not in path.parts]
READERS_OF_TIME = {"now", "utcnow", "today", "time", "monotonic", "time_ns", "perf_counter"}

# Where a sentence is for the operator or for who reads the code, and not for a member.
FOR_OPERATORS = {
    "errors.py",
    "settings.py",
    "app.py",
    "seams.py",
    "migrate.py",
    "database.py",
    "__main__.py",
    "kindness.py",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def calls(path: Path) -> Iterator[str]:
    """Every call as it is written, such as `datetime.now` or `clock.now`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", sorted(ROOT.glob("bot/rules/*.py")), ids=name)
def test_rules_use_the_standard_library_and_nothing_that_waits_or_reads(path: Path) -> None:
    allowed = {module for module in sys.stdlib_module_names if module not in {"asyncio", "time", "os", "pathlib", "io"}}

    assert {module.partition(".")[0] for module in imports(path) if not module.startswith("bot.rules")} <= allowed
    assert "async " not in path.read_text("utf-8")


@pytest.mark.parametrize("path", [path for path in CODE if path.name != "clock.py"], ids=name)
def test_nobody_reads_a_clock_but_the_clock(path: Path) -> None:
    read = {call for call in calls(path) if call.rpartition(".")[2] in READERS_OF_TIME}
    handed_over = ("clock", "env.", "loop()", "ticker.", "taste.")

    assert {call for call in read if not any(one in call.lower() for one in handed_over)} == set()


@pytest.mark.parametrize("path", sorted(ROOT.glob("tests/**/*.py")), ids=name)
def test_no_test_patches_anything_or_sleeps(path: Path) -> None:
    found = set(calls(path))

    assert not {call for call in found if "monkeypatch." in call or call.startswith(("patch.", "mock."))}
    assert not {module for module in imports(path) if module.startswith(("unittest.mock", "pytest_mock", "freezegun"))}
    assert "time.sleep" not in found


@pytest.mark.parametrize("path", CODE, ids=name)
def test_no_module_keeps_state_or_works_while_it_is_imported(path: Path) -> None:
    """At the top of a file stand constants, definitions and nothing that changes or opens anything."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = [ast.unparse(one) for one in (node.targets if isinstance(node, ast.Assign) else [node.target])]
            changeable = isinstance(node.value, ast.List | ast.Set | ast.Dict)
            constant = all(target.isupper() or target == "__all__" for target in targets)
            assert constant or not changeable, f"{name(path)}:{node.lineno} keeps something that can change"
        assert not isinstance(node, ast.For | ast.While | ast.With), f"{name(path)}:{node.lineno} works while imported"
        assert "open(" not in ast.unparse(node) or isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        )


@pytest.mark.parametrize("path", [path for path in CODE if path.name != "__init__.py"], ids=name)
def test_every_file_begins_with_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), name(path)


@pytest.mark.parametrize("path", [path for path in CODE if path.name not in FOR_OPERATORS], ids=name)
def test_no_sentence_that_a_member_reads_stands_in_code(path: Path) -> None:
    """A text of three words or more, outside of docstrings, is a sentence unless it is for the operator."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    asserted = {
        id(one) for node in ast.walk(tree) if isinstance(node, ast.Assert | ast.Raise) for one in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | asserted:
            assert not re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", node.value) or is_sql(node.value), (
                f"{name(path)}:{node.lineno}: {node.value!r}"
            )


def is_sql(text: str) -> bool:
    return bool(re.match(r"(PRAGMA|BEGIN|VACUUM|default-src)", text))


class Asked:
    """Every key of the catalogue that the code asks for; `{…}` stands for what is put in when it runs."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.patterns: set[str] = set()
        for path in CODE:
            tree = ast.parse(path.read_text("utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and node.args and is_words(node.func):
                    self.add(node.args[0])
                elif isinstance(node, ast.ClassDef):
                    self.add_wordings(node)

    def add(self, argument: ast.expr) -> None:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            self.keys.add(argument.value)
        elif isinstance(argument, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "*" for part in argument.values]
            self.patterns.add("".join(map(str, parts)))
        elif isinstance(argument, ast.IfExp):
            self.add(argument.body)
            self.add(argument.orelse)

    def add_wordings(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "wording":
                self.add(statement.value)

    def covers(self, key: str) -> bool:
        return key in self.keys or any(re.fullmatch(as_regex(pattern), key) for pattern in self.patterns)


def is_words(function: ast.expr) -> bool:
    written = ast.unparse(function)
    return written.endswith(("words", "words(interaction)"))


def as_regex(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", r"[a-z0-9_.]+")


@pytest.fixture(scope="module")
def words(library: Library) -> Words:
    return library.languages["en"].words


def keys_of(words: Words) -> set[str]:
    return {re.sub(r"\.(zero|one|two|few|many|other)$", "", key) for key, _ in words}


def test_every_sentence_that_code_asks_for_is_in_the_catalogue(words: Words) -> None:
    asked = Asked()

    assert {key for key in asked.keys if key not in words} == set()
    for pattern in asked.patterns:
        assert any(re.fullmatch(as_regex(pattern), key) for key in keys_of(words)), pattern


def test_every_sentence_in_the_catalogue_is_asked_for_somewhere(words: Words) -> None:
    asked = Asked()
    chosen_by_name = {"community.on", "community.off"}

    assert {key for key in keys_of(words) - chosen_by_name if not asked.covers(key)} == set()


def test_every_language_says_everything_that_english_says(library: Library) -> None:
    english = keys_of(library.languages["en"].words)
    for code, language in library.languages.items():
        assert keys_of(language.words) == english, code
