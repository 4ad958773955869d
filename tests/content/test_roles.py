"""What each text is, and how much of it fits there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from bot.content.kindness import Role, lint_text, read_roles, read_rules
from bot.content.library import HERE, Library
from tests.support.code import CODE
from tests.test_boundaries import as_regex, is_words

ROLES = read_roles()

# What a control of Discord is made of, by the call and the argument (a number counts them), and what that text is.
SHOWN: Mapping[tuple[str, int | str | None], str] = {
    ("button", 2): "button",
    ("menu", 2): "menu",
    ("channel_menu", 2): "menu",
    ("form", 2): "form_title",
    ("SelectOption", "label"): "option",
    ("SelectOption", "description"): "option",
    ("RadioGroupOption", "label"): "option",
    ("RadioGroupOption", "description"): "option",
    ("Label", "text"): "form_label",
    ("Label", "description"): "form_about",
    ("TextInput", "placeholder"): "form_about",
}


# Looks as if it were a line of the menu: the name of the line is filled in, and is never this one.
FILLED_IN = {"nudge.menu.more"}


def shown() -> Iterator[tuple[str, str]]:
    """Every key that the code puts on a control, as it is written there, and what it is there."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                call = re.sub(r"\[.*\]", "", ast.unparse(node.func)).rpartition(".")[2]
                given = [*enumerate(node.args), *((one.arg, one.value) for one in node.keywords)]
                for place, value in given:
                    role = SHOWN.get((call, place))
                    yield from ((key, role) for key in keys_in(value) if role)


def keys_in(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and node.args and is_words(node.func):
            first = node.args[0]
            for said in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
                if isinstance(said, ast.Constant):
                    yield str(said.value)
                elif isinstance(said, ast.JoinedStr):
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in said.values)


def test_whatever_the_code_puts_on_a_control_is_held_to_the_room_there(library: Library) -> None:
    keys = [key for key, _ in library.languages["en"].words]
    seen = 0
    for written, role in shown():
        for key in keys:
            if re.fullmatch(rf"{as_regex(written)}(\.(one|other))?", key):
                seen += 1
                room, needed = ROLES.of_key(key).most, ROLES.by_name[role].most
                assert key in FILLED_IN or (room and needed and room <= needed), f"{key} is shown as {role}"
    assert seen > 60


@pytest.mark.parametrize("role", ROLES.by_name.values(), ids=lambda role: role.name)
def test_no_declaration_is_about_nothing(role: Role, library: Library) -> None:
    keys = [key for key, _ in library.languages["en"].words]
    for pattern in role.keys:
        alone = replace(role, keys=(pattern,))
        assert any(alone.holds(key) for key in keys), pattern


@pytest.mark.parametrize(
    ("key", "role", "most"),
    [
        ("button.stop", "button", 34),
        ("nudge.menu.why", "option", 100),
        ("nudge.menu.more", "menu", 150),
        ("check_in.title", "form_title", 45),
        ("check_in.quiet.ask", "form_label", 45),
        ("consent.nudges.about", "form_about", 100),
        ("command.nudge.start.about", "command", 100),
        ("privacy.file", "message", 2000),
        ("card.text", "screen", 4000),
        ("policy.who.text", "paper", None),
    ],
)
def test_a_key_says_how_much_fits(key: str, role: str, most: int | None) -> None:
    assert (ROLES.of_key(key).name, ROLES.of_key(key).most) == (role, most)


def test_what_does_not_fit_is_found() -> None:
    rules, button = read_rules(HERE / "en"), ROLES.by_name["button"]

    assert lint_text("Yes, send it when I ask for it all."[:34], rules, button) == []
    (finding,) = lint_text("Yes, send it when I ask for it all.", rules, button)
    assert (finding.kind, finding.why) == ("room", "35 characters, and 34 fit there")
