"""How a text is read: its sentences, and how many years of school it asks for."""

from __future__ import annotations

import pytest

from bot.content.kindness import lint_text, read_roles, read_rules
from bot.content.kindness.reading import ReadingEase, sentences, unquoted
from bot.content.library import HERE

RULES = read_rules(HERE / "en")


@pytest.fixture
def ease() -> ReadingEase:
    assert RULES.reading_ease is not None
    return RULES.reading_ease


def test_sentences_end_at_signs_quotes_and_lines_and_markup_is_no_word() -> None:
    assert sentences("One. Two? Four: five; six\n- seven") == ["One.", "Two?", "Four:", "five", "six", "seven"]
    assert sentences("It is 'Three.' Four.") == ["It is 'Three.", "Four."]
    assert sentences("**Yes**, {name}. <https://a.example/b>") == ["Yes ,  ."]


def test_what_is_quoted_is_blanked_and_an_apostrophe_is_no_quote() -> None:
    assert unquoted("Say 'I can't' now.") == "Say           now."
    assert unquoted("It's theirs, and friends' too.") == "It's theirs, and friends' too."


@pytest.mark.parametrize("quoted", ["“so”", "„so“", "„so”", "«so»", "»so«", '"so"', "'so'", "\u2018so\u2019"])
def test_every_language_has_quotes_of_its_own(quoted: str) -> None:
    assert unquoted(f"Ja, {quoted}, ja.") == "Ja,     , ja."


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("you", 1), ("hello", 2), ("message", 2), ("moved", 1), ("wanted", 2), ("places", 2), ("little", 2),
        ("something", 2), ("somebody", 3), ("everything", 3), ("being", 2), ("idea", 3), ("create", 2), ("people", 2),
        ("12", 1),
    ],
)  # fmt: skip
def test_syllables_are_groups_of_vowels(ease: ReadingEase, word: str, count: int) -> None:
    assert ease.syllables(word) == count


def test_short_words_in_short_sentences_ask_for_less(ease: ReadingEase) -> None:
    assert ease.grade("You could send one line. A short one is enough.") < 3
    assert ease.grade("Interpersonal communication necessitates considerable vulnerability.") > 20
    assert ease.grade("") == 0


def test_a_few_words_are_not_measured_and_some_get_more_room() -> None:
    line = read_roles().by_name["line"]
    for said, hard in (
        ("Appreciation helps.", False),
        ("Shared interests give you something to talk about besides yourself.", False),
        ("Unexpected appreciation considerably strengthens established interpersonal relationships everywhere.", True),
    ):
        assert any(one.kind == "reading" for one in lint_text(said, RULES, line)) is hard, said
