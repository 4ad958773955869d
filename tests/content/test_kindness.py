"""What is never said, and that nothing we say says it."""

from __future__ import annotations

import pytest

from bot.content.kindness import MOST_WORDS_A_NUDGE, Rule, lint, lint_language, read_rules
from bot.content.library import HERE, Language, Library
from bot.content.words import Words


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return read_rules(HERE / "en")


def test_every_sentence_and_every_nudge_of_every_language_passes(library: Library) -> None:
    for code, language in library.languages.items():
        found = lint_language(language, read_rules(HERE / code))
        assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize(
    "unkind",
    [
        "You should write to them.",
        "You need to answer.",
        "It is just one line.",
        "This is easy.",
        "You missed 3 days.",
        "You failed.",
        "Your count is lost.",
        "Don't give up.",
        "We miss you.",
        "I'm proud of you.",
        "You push people away.",
        "That is avoidant.",
        "This treats anxiety.",
        "Do not trigger anybody.",
        "That is crazy.",
        "Tell your boyfriend.",
        "Call your mum today.",
        "You are not alone.",
        "Let your walls down.",
        "Last chance today.",
        "Hurry.",
        "Most people do this.",
        "Three days in a row.",
        "Give them another chance.",
        "Cheer up.",
        "Well done!",
        "This sentence goes on and on and on until nobody remembers any more how it began.",
        "Hello 🙂 there 🙂",
        "🙂 Hello there",
    ],
)
def test_it_catches_what_hurts(rules: tuple[Rule, ...], unkind: str) -> None:
    assert list(lint("here", unkind, rules))


@pytest.mark.parametrize(
    "kind",
    [
        "No need to explain.",
        "Need more than a nudge?",
        "Nothing is lost.",
        "You could send one line, if you like.",
        "A short one back is enough.",
        "Weeks off are fine.",
        "Rest is part of staying close.",
        "Good to see you. 🙂",
        "`/nudge start` says yes, one question at a time.",
        "See <https://findahelpline.com/a-very-long-address/that-is-not-a-sentence>.",
        "",
    ],
)
def test_it_leaves_good_words_alone(rules: tuple[Rule, ...], kind: str) -> None:
    assert list(lint("here", kind, rules)) == []


def test_a_finding_names_the_place_the_words_the_reason_and_what_to_say(rules: tuple[Rule, ...]) -> None:
    (finding,) = lint("card.text", "You should rest.", rules)

    assert str(finding) == (
        "card.text: “should” - it orders, and orders raise resistance. Say: could, if you like, one option."
    )


def test_a_nudge_that_is_too_long_is_found_in_each_of_its_texts(library: Library, rules: tuple[Rule, ...]) -> None:
    nudge = library.languages["en"].nudges[0]
    long = nudge.model_copy(update={"text": "Rest a little. " * 16, "why": "You must know."})
    language = Language(Words("en", {}), (long,))

    found = [str(finding) for finding in lint_language(language, rules)]

    assert any(f"it in {MOST_WORDS_A_NUDGE} words" in line for line in found)
    assert any(line.startswith(f"nudge {nudge.nudge_id}, why: “must”") for line in found)
