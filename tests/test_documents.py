"""What the documents say is so."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands
from typer.main import get_command

import bot
from bot import errors
from bot.__main__ import door
from bot.app import furnish
from bot.client import COGS
from bot.clock import SystemClock
from bot.content.library import Library
from bot.journey.traffic import Hold
from bot.keys.sources import CREDENTIAL
from bot.rules.occurrence import BEGINNINGS, TRANSITIONS
from bot.settings import Settings, keys, variable
from bot.simulate.promises import Promise
from bot.store import Database
from tests.support.code import CODE, ROOT, imports, name
from tests.support.keys import MASTER

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/**/README.md")])
DOCUMENTS = [path for path in DOCUMENTS if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture
async def commands(tmp_path: Path, library: Library) -> dict[str, app_commands.Command]:  # type: ignore[type-arg]
    """Every command that Discord is told about."""
    settings = Settings.model_validate({"discord": {"token": "none"}})
    async with Database.open(f"sqlite:///{tmp_path}/a.db", MASTER) as database:
        client = furnish(settings, database, library, SystemClock()).client
        for cog in COGS:
            await client.load_extension(cog)
        return {one.qualified_name: one for one in client.tree.walk_commands() if isinstance(one, app_commands.Command)}


def commands_in(document: str) -> set[str]:
    """The commands that a document names: `/nudge start`, not `/work` or a path."""
    return {match.strip() for match in re.findall(r"`/([a-z]+(?: [a-z]+)?)`", document)}


async def test_every_command_that_a_document_or_a_sentence_names_exists(
    commands: dict[str, object], library: Library
) -> None:
    groups = {one.partition(" ")[0] for one in commands}
    said = {f"the sentence {key}": sentence for key, sentence in library.languages["en"].words}
    for where, document in {name(path): path.read_text("utf-8") for path in DOCUMENTS}.items() | said.items():
        for command in commands_in(document):
            assert command in commands or command in groups, f"{where} names /{command}"


async def test_every_command_is_in_the_readme_and_in_help(commands: dict[str, object], library: Library) -> None:
    words = library.languages["en"].words
    helped = commands_in(words("help.commands") + words("help.moderators")) | {"help"}

    assert commands_in(text("README.md")) >= set(commands)
    assert helped == set(commands)


async def test_every_sentence_about_a_command_belongs_to_one(
    commands: dict[str, app_commands.Command],  # type: ignore[type-arg]
    library: Library,
) -> None:
    groups = {f"command.{one.partition(' ')[0]}.about" for one in commands if " " in one}
    about = {f"command.{one.replace(' ', '.')}.about" for one in commands}
    parameters = {
        f"command.{one.replace(' ', '.')}.{parameter.name}"
        for one, command in commands.items()
        for parameter in command.parameters
    }

    said = {key for key, _ in library.languages["en"].words if key.startswith("command.")}
    assert said == groups | about | parameters


async def test_every_command_says_where_it_works_and_for_whom(commands: dict[str, app_commands.Command]) -> None:  # type: ignore[type-arg]
    for command, one in commands.items():
        top = one.root_parent or one
        payload = top.to_dict(one.binding._client.tree)
        moderators = command.startswith(("setup", "community"))
        assert payload["contexts"] == ([0] if moderators else [0, 1]), command
        assert payload["integration_types"] == ([0] if moderators else [0, 1]), command
        assert payload["default_member_permissions"] == (32 if moderators else None), command


def test_every_command_line_that_a_document_or_an_error_names_exists() -> None:
    known = command_lines(get_command(door))
    texts = {name(path): path.read_text("utf-8") for path in [*DOCUMENTS, *CODE, ROOT / "config.example.toml"]}
    for where, document in texts.items():
        for line in re.findall(r"(?:python -m bot|-m bot) ([a-z][a-z-]*(?: (?:render|lint|review))?)", document):
            assert line in known, f"{where} names python -m bot {line}"


def command_lines(command: Any) -> set[str]:
    """`run`, `terms`, `terms render`: everything that stands behind `python -m bot`."""
    below = getattr(command, "commands", {})
    return {f"{one} {rest}".strip() for one, inner in below.items() for rest in {"", *command_lines(inner)}}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_within_the_repository_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), f"{name(path)} links to {target}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_file_and_make_target_that_is_named_exists(path: Path) -> None:
    document = path.read_text("utf-8")
    for named in re.findall(r"`((?:bot|cogs|tests|docs)/[\w/.*<>-]+)`", document):
        if "<" not in named:
            assert list(ROOT.glob(named.rstrip("/"))), f"{name(path)} names {named}"
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?=[`\n])", document)) <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_test_that_is_named_exists(path: Path) -> None:
    for file, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", path.read_text("utf-8")):
        assert (ROOT / file).exists(), f"{name(path)} names {file}"
        assert test in named_in(ROOT / file), f"{name(path)} names {test}, which is not in {file}"


def test_the_threat_model_names_tests() -> None:
    """A promise that nothing holds would be a wish."""
    rows = [row for row in text("docs/threat-model.md").splitlines() if row.startswith("| to ")]

    assert len(rows) > 15
    assert [row for row in rows if "::test_" not in row and "**Not yet:**" not in row] == []


def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_dependency_is_in_the_readme_with_its_reason_and_in_the_lock_with_hashes() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    needed = project["project"]["dependencies"]
    for_tests = project["dependency-groups"]["dev"]
    for line in [*needed, *for_tests]:
        package, version = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==([\w.]+)", line).groups()  # type: ignore[union-attr]
        assert f"pypi.org/project/{package}/" in text("README.md"), package
        pinned = f"\n{package.replace('.', '-').lower()}=={version} \\\n    --hash=sha256:"
        for lock in ("requirements.txt", "requirements-dev.txt") if line in needed else ("requirements-dev.txt",):
            assert pinned in "\n" + text(lock), f"{package} is not pinned in {lock}; run make lock"


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_files_name_no_place_but_packages(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|file:", text(lock))


def test_the_exit_codes_are_the_ones_that_are_documented() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text("docs/running.md"), re.MULTILINE)}
    ours = {one.exit_code for one in errors.ForOperator.__subclasses__()}

    assert documented == ours | {0, 2}, "2 is typer's own"
    assert len(ours) == len(errors.ForOperator.__subclasses__()), "each has one of its own"


def test_every_error_of_a_member_has_a_sentence_of_its_own(library: Library) -> None:
    sentences = [library.languages["en"].words(one.wording) for one in errors.ForMember.__subclasses__()]

    assert len(set(sentences)) == len(sentences) > 5


def test_the_picture_of_the_states_is_the_table_in_the_code() -> None:
    picture = text("docs/delivery.md").partition("stateDiagram-v2")[2].partition("```")[0]
    drawn = set(re.findall(r"(\w+) --> (\w+)", picture))
    begun = set(re.findall(r"\[\*\] --> (\w+)", picture))

    assert drawn == {(state.value, after.value) for state, onward in TRANSITIONS.items() for after in onward}
    assert begun == {state.value for state in BEGINNINGS}


def test_the_promises_that_are_judged_are_the_ones_that_are_documented() -> None:
    table = text("docs/delivery.md").partition("| promise | what breaks it |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| ([a-z ]+) \|", table, re.MULTILINE) == [promise.value for promise in Promise]


def test_whatever_holds_everything_back_has_its_row() -> None:
    table = text("docs/delivery.md").partition("| what is heard | what is done |")[2].partition("\n\n")[0]

    assert len(re.findall(r"^\| (?!-)", table, re.MULTILINE)) == len(Hold)


# May be imported by everything, and so stand in no picture; and what cogs read of the inner rooms.
EVERYWHERE = {"bot", "bot.errors", "bot.clock", "bot.settings", "bot.logs"}
ALSO = {("cogs", "bot.rules"), ("cogs", "bot.content")}


def test_the_picture_of_the_house_is_what_the_code_imports() -> None:
    picture = text("docs/architecture.md").partition("flowchart TD")[2].partition("```")[0]
    rooms = dict(re.findall(r'(\w+)\["([\w.]+)<br/>', picture))
    drawn = {(rooms[begin], rooms[end]) for begin, end in re.findall(r"(\w+)(?:\[.*?\])? --> (\w+)", picture)}
    real = {
        (room_of(name(path).removesuffix(".py").replace("/", "."), rooms), room_of(module, rooms))
        for path in CODE
        for module in imports(path)
        if module.split(".")[0] in ("bot", "cogs")
    }

    outer = {"bot.__main__", "bot.app", "bot.tryout", "bot.simulate", "bot.operator"}
    crossing = {
        (begin, end)
        for begin, end in real
        if begin != end and end not in EVERYWHERE and begin not in EVERYWHERE and begin not in outer
    }
    assert crossing == {(begin, end) for begin, end in drawn if begin not in outer} | ALSO
    assert {pair for pair in drawn if pair[0] in outer} <= real


def room_of(module: str, rooms: dict[str, str]) -> str:
    """The room a module stands in, or the module itself."""
    return next((room for room in rooms.values() if module == room or module.startswith(f"{room}.")), module)


@pytest.mark.parametrize("path", [*CODE, ROOT / "config.example.toml", ROOT / "pyproject.toml"], ids=name)
def test_every_document_that_code_names_exists(path: Path) -> None:
    for named in re.findall(r"[\w./-]*\b\w[\w-]*\.md\b", path.read_text("utf-8")):
        assert (ROOT / named).exists() or (path.parent / named).exists(), f"{name(path)} names {named}"


# Read by the tests, and no setting of the bot.
FOR_TESTS = {"PORCHLIGHT_DRILLS"}


def test_the_settings_that_documents_name_exist() -> None:
    sections = {key.partition(".")[0] for key in keys()}
    for path in DOCUMENTS:
        document = path.read_text("utf-8")
        for section, key in re.findall(r"`([a-z]+)\.([a-z_]+)`", document):
            if section in sections:
                assert f"{section}.{key}" in set(keys()), f"{name(path)} names {section}.{key}"
        for named in re.findall(r"PORCHLIGHT_[A-Z_]+", document):
            assert named in {variable(key) for key in keys()} | FOR_TESTS, f"{name(path)} names {named}"


def test_what_systemd_starts_is_named_by_its_whole_path_and_given_the_key_by_its_name() -> None:
    """systemd-run looks for a path like `.venv/bin/python` where its caller stands, whatever the working directory."""
    running = text("docs/running.md")
    started = re.findall(r"systemd-run (?:.*\\\n)+.*", running) + re.findall(r"^ *ExecStart=.*", running, re.MULTILINE)

    assert len(started) == 3
    for one in started:
        assert re.search(r"(?:^| |=)/opt/porchlight/\.venv/bin/python -m bot", one), one
    assert set(re.findall(r"(?:LoadCredentialEncrypted=|--name=)([\w-]+)", running)) == {CREDENTIAL}


def test_the_changelog_begins_with_this_version() -> None:
    assert re.search(r"^## (\S+)", text("CHANGELOG.md"), re.MULTILINE).group(1) == bot.__version__  # type: ignore[union-attr]
    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == bot.__version__


def test_numbers_in_the_changelog_are_counted(library: Library) -> None:
    words = {11: "eleven", 12: "twelve", 13: "thirteen", 18: "eighteen"}
    english = library.languages["en"]
    changelog = text("CHANGELOG.md")

    lines, countries = len(library.helplines.lines), len(library.helplines.countries("en"))
    kinds = words[len({nudge.theme for nudge in english.nudges})]
    for said in (
        f"{words[lines]} lines in {words[countries]} countries",
        f"{len(english.nudges)} nudges in English, of {kinds} kinds",
    ):
        assert said in changelog, f"CHANGELOG.md has to say: {said}"


def test_ci_runs_what_the_readme_says() -> None:
    assert text(".ci/run").rstrip().endswith("exec make test")
