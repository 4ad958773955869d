"""One act for each nudge: what is asked for is counted, not what is looked at or left."""

from __future__ import annotations

import pytest

from bot.content.kindness import read_rules
from bot.content.library import HERE

ACTS = read_rules(HERE / "en").acts


@pytest.mark.parametrize(
    "text",
    [
        "Open a group chat you like. React to one message in it, then close it again.",
        "You could ask one person how a thing went. Then read the answer twice before you write back.",
        "You could send a line, or call them.",
        "You could answer today and leave the wait unexplained.",
        "You could send: 'I need ten minutes. I'm coming back.' Then do come back.",
        "Write your part down and show nobody.",
        "You could write down one good thing, and show it to nobody.",
        "You could write down two people you feel fine with.",
        "You could send one hello. Send it when you like.",
        "What would help you: a call and a walk, or rest?",
        "Rest is enough.",
    ],
)
def test_one_act_is_one(text: str) -> None:
    assert ACTS is not None
    assert ACTS.too_many(text) == ""


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Send a hello. Then call a friend.", "send, call"),
        ("You could tidy a drawer, and then text somebody a photo.", "tidy, text"),
        ("Send a hello. Then please call a friend.", "send, call"),
        ("You could rest. Or share a song and ask them for one.", "share, ask"),
        ("You could write to three kind people.", "write to three kind people"),
        ("Pick one and thank everybody.", "thank everybody"),
        ("You could send 'Good to see you.' and 'How was Monday?'", "'How was Monday?'"),
    ],
)
def test_two_acts_are_named(text: str, asked: str) -> None:
    assert ACTS is not None
    assert ACTS.too_many(text) == asked


def test_of_two_lines_one_may_stand_for_the_other() -> None:
    assert ACTS is not None
    assert ACTS.too_many("You could send 'Good to see you.' or 'How was Monday?'") == ""
