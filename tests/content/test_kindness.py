"""What is never said, and that nothing we say says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.kindness import Rules, lint_file, lint_folder, lint_text, read_roles, read_rules, texts_of_folder
from bot.content.library import HERE, Library

NUDGE = """
audience = "self"
[[nudge]]
id = "one-two"
text = "{text}"
why = "Rest is part of it."
smaller = "One breath."
copy = "{copy}"
easy_out = "{easy_out}"
"""


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules(HERE / "en")


def kinds(text: str, rules: Rules, role: str = "nudge") -> set[str]:
    return {finding.kind for finding in lint_text(text, rules, read_roles().by_name[role])}


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_every_text_of_every_language_passes(library: Library) -> None:
    for code in library.languages:
        found = lint_folder(HERE / code, read_rules(HERE / code))
        assert not found, "\n".join(map(str, found))


def test_every_text_of_every_language_is_read(library: Library) -> None:
    roles = read_roles()
    for code, language in library.languages.items():
        sentences = {key for key, _ in language.words}
        nudges = {f"{nudge.nudge_id}.{field}" for nudge in language.nudges for field in roles.of_field}

        assert {text.key for text in texts_of_folder(HERE / code, roles)} == sentences | nudges


def test_a_finding_names_the_place_the_words_the_reason_and_what_to_say(tmp_path: Path, rules: Rules) -> None:
    path = written(tmp_path / "words-card.toml", '[card]\ntext = "Maybe you should rest."')

    (finding,) = lint_file(path, rules)

    assert (finding.file, finding.key, finding.kind, finding.words) == (path, "card.text", "order", "should")
    assert finding.sentence == (
        "“should”: it orders, and orders raise resistance. Instead: could, if you like, one option."
    )
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    assert str(finding) == f"{shown}, card.text [order] {finding.sentence}"


def test_words_to_borrow_may_feel_and_miss_and_be_sorry(rules: Rules) -> None:
    for said in ("I miss you.", "I should have written sooner.", "I'm proud of you."):
        assert kinds(said, rules, "borrowed") == set()
        assert kinds(said, rules, "line") != set()
        assert kinds(f"You could send: '{said}'", rules) == set(), "the same in quotes"


def test_but_they_neither_order_nor_label_anybody(rules: Rules) -> None:
    assert kinds("You should call me.", rules, "borrowed") == {"order"}
    assert kinds("You are so clingy.", rules, "borrowed") == {"label"}


def test_what_takes_a_weight_off_is_left_alone_where_the_same_words_would_press(rules: Rules) -> None:
    assert kinds("Nothing is lost.", rules, "line") == set()
    assert kinds("Your count is lost.", rules, "line") == {"shame"}
    assert kinds("You owe nobody an explanation.", rules, "line") == set()
    assert kinds("You owe your friend an explanation.", rules, "line") == {"guilt"}


def test_a_nudge_is_read_in_each_of_its_fields(tmp_path: Path, rules: Rules) -> None:
    nudge = NUDGE.format(text="You could rest. " * 16, copy="You must come.", easy_out="You failed.")

    found = lint_file(written(tmp_path / "own.toml", nudge), rules)

    assert [(one.key, one.kind) for one in found] == [
        ("one-two.text", "length"),
        ("one-two.easy_out", "shame"),
        ("one-two.copy", "order"),
    ]


def test_a_field_that_a_nudge_has_to_have_is_missed(tmp_path: Path, rules: Rules) -> None:
    nudge = NUDGE.format(text="You could rest.", copy="", easy_out=" ").replace('id = "one-two"\n', "")

    (finding,) = lint_file(written(tmp_path / "own.toml", nudge), rules)

    assert (finding.key, finding.kind, finding.words) == ("1.easy_out", "missing", "easy_out")


def test_paragraphs_of_any_other_file_are_nudges(tmp_path: Path, rules: Rules) -> None:
    path = written(tmp_path / "own.txt", "Rest is fine.\nAnd so is tea.\n\n\nYou could rest. Hurry.\n")

    (finding,) = lint_file(path, rules)

    assert (finding.key, finding.kind) == ("line 5", "urgency")


def test_an_emoji_stands_at_the_end_and_alone(rules: Rules) -> None:
    assert kinds("Good to see you. 🙂", rules, "line") == set()
    assert kinds("🙂 Good to see you.", rules, "line") == {"emoji"}
    assert kinds("Good to see you. 🙂🙂", rules, "line") == {"emoji"}


def test_one_place_is_named_once_for_each_kind(rules: Rules) -> None:
    assert [one.words for one in lint_text("So you should rest, if you like.", rules)] == ["should"]


def test_a_language_without_words_for_acts_and_vowels_is_not_asked_about_them(tmp_path: Path, rules: Rules) -> None:
    english = (HERE / "en/kindness.toml").read_text("utf-8")
    written(tmp_path / "kindness.toml", english.partition("# How English is heard")[0])

    other = read_rules(tmp_path)

    assert kinds("You could send a hello. Then call a friend.", rules) == {"acts"}
    assert kinds("You could send a hello. Then call a friend.", other) == set()
