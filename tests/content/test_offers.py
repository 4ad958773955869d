"""A nudge offers: something in its own text leaves it open. What it offers, and how hard it presses, is not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.kindness import Rules, lint_file, lint_text, read_roles, read_rules
from bot.content.library import HERE

RULES = read_rules(HERE / "en")
CALM = "Rest is part of it."


def kinds(text: str, role: str = "nudge", rules: Rules = RULES) -> set[str]:
    return {finding.kind for finding in lint_text(text, rules, read_roles().by_name[role])}


@pytest.mark.parametrize(
    "text",
    [
        "You could thank somebody.",
        "Someone may be glad of a card this month.",
        "What would you like to be asked?",
        "Send one line, if you like.",
        "Look at the sky for a minute. Half of it is enough.",
        "Write one word. Nobody has to see it.",
        "Sit where it is quiet. Talking is optional.",
        "Think of one good thing. Small ones count.",
        "Read one line, or\nnot.",
    ],
)
def test_what_leaves_it_open_is_an_offer(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Thank somebody today.",
        "A photo of your lunch, to a friend from school.",
        "You can't sit here all day. Say hello.",
        "You may not feel like it. Say hello.",
        "Say hello. Your group counts on you.",
        "Read the page: https://page.example/?week=2",
    ],
)
def test_what_only_orders_is_none(text: str) -> None:
    assert "offer" in kinds(text)


def test_it_is_said_how_to_make_it_one() -> None:
    (finding,) = lint_text("Thank somebody today.", RULES)

    assert finding.sentence == (
        "“Thank somebody today.”: nothing in it leaves it open. "
        "Instead: “You could …”, a question, or how little “is enough”."
    )


def test_what_somebody_else_says_leaves_nothing_open() -> None:
    assert kinds("Send a friend 'Could we talk?'") == {"offer"}
    assert kinds("You could send a friend 'Good to see you.'") == set()


def test_only_the_text_itself_has_to_offer(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        f"""
        [[nudge]]
        id = "one-two"
        text = "{CALM}"
        why = "{CALM}"
        smaller = "{CALM}"
        copy = "{CALM}"
        easy_out = "You could rest."
        """,
        "utf-8",
    )

    assert [(one.key, one.kind) for one in lint_file(own, RULES)] == [("one-two.text", "offer")]
    assert [role.name for role in read_roles().by_name.values() if role.offers] == ["nudge"]


@pytest.mark.parametrize(
    "text",
    [
        "You could finally answer them.",
        "Would it kill you to ask?",
        "Sit where you can hear them.",
    ],
)
def test_soft_pressure_and_a_can_that_offers_nothing_get_past_it(text: str) -> None:
    """A word cannot tell. docs/words.md says so."""
    assert "offer" not in kinds(text)


def test_a_language_without_words_for_an_offer_is_not_asked_for_one(tmp_path: Path) -> None:
    other = language(tmp_path, "")

    assert kinds(CALM) == {"offer"}
    assert kinds(CALM, rules=other) == set()


@pytest.mark.parametrize(
    "table",
    ["words = []", "words = []\npatterns = []", "words = ['could']\npatterns = []\npattern = []"],
    ids=["a list that lacks", "nothing in the lists", "a list of another name"],
)
def test_words_for_an_offer_that_are_not_whole_are_refused(tmp_path: Path, table: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        language(tmp_path, f"[offer]\n{table}")


def language(folder: Path, offer: str) -> Rules:
    """One like English, with other words for an offer."""
    english = (HERE / "en/kindness.toml").read_text("utf-8")
    (folder / "kindness.toml").write_text(f"{english.partition('[offer]')[0]}\n{offer}\n", "utf-8")
    return read_rules(folder)
