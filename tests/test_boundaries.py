"""The laws of the house that import-linter cannot see."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot import papers
from bot.content.helplines import Directory
from bot.content.library import Library
from bot.content.nudges import SKIPPABLE, Set, Theme
from bot.content.words import Words
from bot.rules.choose import Why
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind, State
from bot.rules.plan import PlanState, Size
from bot.rules.replies import Question
from bot.rules.schedule import DAYS_APART
from bot.rules.seasons import Season
from bot.store.holdings import member_tables
from bot.store.refusals import NOT_OK, NUDGE, THEME
from cogs._ui.asked_back import STEPS
from cogs._ui.bearing import NAMES as IN_A_BEARING
from cogs._ui.check_in import PACE_ANSWERED, QUESTIONS
from cogs._ui.nudges import BUTTONS, MENU, Step
from cogs._ui.privacy import NAMES
from cogs._ui.tuning import FOR_WHOM
from cogs.answer import ANSWERS
from tests.support.code import CODE, ROOT, calls, imports, name

# They need the machine's own clock where SimCord has put another in its place, and say so.
READ_THE_REAL_ONE = {"world.py"}
READERS_OF_TIME = {"now", "utcnow", "today", "time", "monotonic", "time_ns", "perf_counter"}

# Where a sentence is for the operator or for who reads the code, and not for a member.
FOR_OPERATORS = {
    "commands.py",
    "key_schema.py",
    "errors.py",
    "settings.py",
    "app.py",
    "seams.py",
    "migrate.py",
    "database.py",
    "refuse.py",
    "rights.py",
    "folders.py",
    "__main__.py",
    "texts.py",
    "given.py",
    "reviewing.py",
    # What the judges of a simulated run say about it.
    "again.py",
    "judge.py",
    "losses.py",
    "promises.py",
    "rhythm.py",
}


@pytest.mark.parametrize("path", sorted(ROOT.glob("bot/rules/*.py")), ids=name)
def test_rules_use_the_standard_library_and_nothing_that_waits_or_reads(path: Path) -> None:
    allowed = {module for module in sys.stdlib_module_names if module not in {"asyncio", "time", "os", "pathlib", "io"}}

    assert {module.partition(".")[0] for module in imports(path) if not module.startswith("bot.rules")} <= allowed
    assert "async " not in path.read_text("utf-8")


@pytest.mark.parametrize("path", [path for path in CODE if path.name != "clock.py"], ids=name)
def test_nobody_reads_a_clock_but_the_clock(path: Path) -> None:
    """A reading is a call that ends in `now()` or the like, on anything but a clock that was handed over."""
    read = {call for call in calls(path) if "." in call and call.rpartition(".")[2] in READERS_OF_TIME}
    handed_over = ("clock", "clock()", "env", "loop()")

    assert {call for call in read if not call.rpartition(".")[0].lower().endswith(handed_over)} == set()
    if path.name not in READ_THE_REAL_ONE:
        assert "time" not in set(imports(path))


@pytest.mark.parametrize("path", sorted(ROOT.glob("tests/**/*.py")), ids=name)
def test_no_test_patches_anything_or_sleeps(path: Path) -> None:
    found = set(calls(path))

    assert not {call for call in found if "monkeypatch." in call or call.startswith(("patch.", "mock."))}
    assert not {module for module in imports(path) if module.startswith(("unittest.mock", "pytest_mock", "freezegun"))}
    assert "time.sleep" not in found
    assert set(patched(path)) == set()


def patched(path: Path) -> Iterator[str]:
    """Every assignment to somebody else's private name, such as `ticker._reschedule = …`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr.startswith("_"):
                owner = ast.unparse(target.value)
                if owner not in {"self", "cls"}:
                    yield f"{owner}.{target.attr}"


@pytest.mark.parametrize("path", CODE, ids=name)
def test_no_module_keeps_state_or_works_while_it_is_imported(path: Path) -> None:
    """At the top of a file stand constants that cannot change, names for types, and definitions."""
    for node in ast.parse(path.read_text("utf-8")).body:
        where = f"{name(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Assign):
            assert is_name_of_a_type(node), f"{where} is no Final"
        if isinstance(node, ast.AnnAssign):
            assert ast.unparse(node.annotation).startswith("Final"), f"{where} is no Final"
            assert not isinstance(node.value, ast.List | ast.Set | ast.Dict), f"{where} can change"
        assert not isinstance(node, ast.For | ast.While | ast.With), f"{where} works while it is imported"
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert "open(" not in ast.unparse(node), f"{where} opens something while it is imported"


def is_name_of_a_type(node: ast.Assign) -> bool:
    """`__all__`, a logger, a type variable, or another name for a type; and what typer wants."""
    target, value = ast.unparse(node.targets[0]), ast.unparse(node.value)
    known = target in {"__all__", "__version__", "log", "door"}
    return known or (target[0].isupper() and not target.isupper()) or value.startswith("TypeVar(")


@pytest.mark.parametrize("path", [path for path in CODE if path.name != "seams.py"], ids=name)
def test_the_inside_of_discord_py_is_touched_in_one_place(path: Path) -> None:
    inside = ("discord.http", "discord.gateway", "discord.state", "discord.ext.commands.bot")

    assert not [module for module in imports(path) if module.startswith(inside)]


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
    return re.escape(pattern).replace(r"\*", r"[a-z0-9_]+")


@pytest.fixture(scope="module")
def words(library: Library) -> Words:
    return library.languages["en"].words


def keys_of(words: Words) -> set[str]:
    return {re.sub(r"\.(zero|one|two|few|many|other)$", "", key) for key, _ in words}


# What code fills into keys. Both directions are held: each of these has its sentence, and there is no sentence more.
NAMED_WHEN_EMPTY = {column.name for table in member_tables() for column in table.columns if column.nullable} - {
    "dm_channel_id",
    "wake_at",
    "claim",
    "first_tried_at",
    "settled_at",
    "channel_id",
    "message_id",
}
FILLED = {
    "consent.{}.name": Purpose,
    "consent.{}.title": Purpose,
    "consent.{}.about": Purpose,
    "size.{}.name": {size.name.lower() for size in Size},
    "start.size.{}.name": {size.name.lower() for size in Size},
    "start.size.{}.about": {size.name.lower() for size in Size},
    "start.per_week.{}.name": DAYS_APART,
    "start.per_week.{}.about": DAYS_APART,
    "theme.{}": get_args(Theme),
    "overview.state.{}": {*PlanState, "paused"},
    "nudge.button.{}": {*BUTTONS, Step.DID_SMALLER},
    "nudge.menu.{}": MENU,
    "nudge.later.{}": {"ask", "days"},
    "nudge.pause.{}": {"ask", "days"},
    "nudge.reply.{}": ANSWERS,
    "why.because.{}": Why,
    "asked.{}": Question,
    "asked.button.{}": STEPS,
    "asked.reply.{}": STEPS,
    "season.{}.name": Season,
    "season.{}.about": Season,
    "season.{}.begun": Season,
    "tune.flag.{}": SKIPPABLE,
    "tune.audience.{}": FOR_WHOM,
    "tune.set.{}": get_args(Set),
    "tune.button.{}": {"more", "fewer", "even"},
    "review.button.{}": {"keep", "fewer", "pause", "finish"},
    "taste.reply.{}": ANSWERS | {Step.LATER},
    "letter.{}.text": {Kind.STILL_WANTED, Kind.GUILD_OFF, Kind.ALL_SEEN},
    "letter.{}.yes": {Kind.STILL_WANTED, Kind.GUILD_OFF},
    "letter.{}.going_on": {Kind.STILL_WANTED, Kind.GUILD_OFF},
    "helplines.directory.{}": get_args(Directory.model_fields["about"].annotation),
    "check_in.{}.ask": QUESTIONS,
    "held.plan_state.{}": PlanState,
    "held.size.{}": {int(size) for size in Size},
    "held.kind.{}": Kind,
    "held.state.{}": State,
    "held.answer.{}": Answer,
    "held.what.{}": {NUDGE, THEME, NOT_OK},
    "held.{}.title": {table.name for table in member_tables()},
    "held.{}.row": {table.name for table in member_tables()},
    "held.{}.facts": {table.name for table in member_tables()},
    "held.none.{}": NAMED_WHEN_EMPTY,
    "policy.{}.title": papers.POLICY,
    "policy.{}.text": papers.POLICY,
    "policy.table.{}": {table.name for table in member_tables()},
    "policy.keep.{}": {"inactive_members", "answers", "delivery_records", "withdrawn_consents", "anything_else"},
    "terms.{}.title": papers.TERMS,
    "terms.{}.text": papers.TERMS,
    "tryout.hint.{}": {"setup", "go_moderator", "start", "go_member", "go_server", "go_dm", "answer"},
}


def test_every_name_that_code_fills_into_a_key_has_its_sentence_and_no_other_name_has_one(words: Words) -> None:
    asked, keys = Asked(), keys_of(words)
    for pattern, names in FILLED.items():
        expected = {pattern.format(name) for name in names}
        regex = re.escape(pattern).replace(r"\{\}", "[a-z0-9_]+")
        assert {key for key in keys if re.fullmatch(regex, key)} - (asked.keys - expected) == expected, pattern


def test_what_a_check_in_can_answer_has_a_line_back(words: Words) -> None:
    back = {f"check_in.back.{answer}" for answer in words.under("check_in.wanted.answer")}
    pace = {f"check_in.pace_back.{answer}" for answer in PACE_ANSWERED}

    assert {key for key in keys_of(words) if key.startswith("check_in.back.")} == back | {"check_in.back.nothing"}
    assert {key for key in keys_of(words) if key.startswith("check_in.pace_back.")} == pace
    assert set(words.under("check_in.pace.answer")) >= PACE_ANSWERED


def test_every_sentence_that_code_asks_for_is_in_the_catalogue(words: Words) -> None:
    asked = Asked()

    assert {key for key in asked.keys if key not in words} == set()
    for pattern in asked.patterns:
        assert any(re.fullmatch(as_regex(pattern), key) for key in keys_of(words)), pattern


def test_every_sentence_in_the_catalogue_is_asked_for_somewhere(words: Words) -> None:
    asked = Asked()
    asked.patterns |= {pattern.replace("{}", "*") for pattern in (*NAMES.values(), *IN_A_BEARING.values())}

    # Those of commands are held against the commands by tests/test_documents.py.
    left = {key for key in keys_of(words) if not asked.covers(key) and not key.startswith("command.")}
    assert sorted(left) == []


def test_the_contracts_name_every_cog_and_every_step_of_the_journey() -> None:
    contracts = {
        one["name"]: one
        for one in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    }
    cogs = {f"cogs.{path.stem}" for path in ROOT.glob("cogs/[a-z]*.py")}
    shared = {"journeys", "standing", "past", "ledger", "letters", "farewell", "ahead", "courier", "erasing"}
    shared |= {"foresee", "persona", "course", "doubts"}
    of_deliver = {"claims", "carrying", "mending", "together", "traffic", "tries"}
    steps = {
        f"bot.journey.{path.stem}"
        for path in ROOT.glob("bot/journey/[a-z]*.py")
        if path.stem not in shared | of_deliver
    }

    assert set(contracts["Cogs do not know each other"]["modules"]) == cogs
    assert set(contracts["No step of the journey calls another"]["modules"]) == steps


@pytest.mark.parametrize("path", [*ROOT.glob("cogs/**/*.py"), ROOT / "bot/client.py"], ids=name)
def test_interactions_are_answered_in_one_place(path: Path) -> None:
    """`cogs/_turn.py` answers in private; the client does so when something went wrong."""
    if path.name in {"_turn.py", "client.py"}:
        return
    answers = {call for call in calls(path) if re.search(r"(response|followup|original_response)\b", call)}

    assert answers == set()


def test_whatever_is_answered_is_answered_in_private() -> None:
    for path in (ROOT / "cogs/_turn.py", ROOT / "bot/client.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".send", ".send_message")):
                said = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert said.get("ephemeral") == "True", ast.unparse(node)


def test_a_law_that_is_broken_is_noticed(tmp_path: Path) -> None:
    """The laws above, held against a file that breaks each of them."""
    broken = tmp_path / "broken.py"
    broken.write_text("from time import monotonic\nseen = {}\nticker._x = 1\nmonotonic()\n", "utf-8")

    for law in (
        test_nobody_reads_a_clock_but_the_clock,
        test_no_module_keeps_state_or_works_while_it_is_imported,
        test_no_test_patches_anything_or_sleeps,
    ):
        with pytest.raises(AssertionError):
            law(broken)
