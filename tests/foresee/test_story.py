"""`python -m bot simulate --persona`: the weeks of somebody who is made up, to be read from first to last."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content.library import Library
from bot.journey.courier import Question
from bot.journey.foresee import foresee
from bot.journey.persona import Message, Reply
from bot.rules.occurrence import Kind
from bot.rules.seasons import Season
from bot.simulate.personas import WAYS
from bot.simulate.story import Teller, told
from tests.foresee.chance import Anybody, LateToAnswer, any_beginning
from tests.support.code import ROOT

WRONG_USAGE = 2


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", "simulate", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )


def test_one_seed_is_one_story_with_every_message_and_its_local_date() -> None:
    runs = [run("--persona", "pausing", "--weeks", "8", "--zone", "Asia/Tokyo", "--seed", "3") for _ in range(2)]

    assert [one.returncode for one in runs] == [0, 0], runs[0].stderr
    story = runs[0].stdout
    assert story == runs[1].stdout
    assert story.startswith("pausing: from Mon 2 Mar 2026, 21:00 on, in Asia/Tokyo. Seed 3.")
    for said in (
        "Your receipt",
        "Week 1",
        "[Did it] [Smaller] [Later] [Not today]",
        "Why this one?",
        "They pause for 30",
    ):
        assert said in story
    assert story.index("They pause for 30 days.") < story.index("They let nudges come again.") < story.index("Week 7")
    assert not any(mark in story for mark in ("**", "-# ", "<t:", "{"))


def test_all_of_them_can_be_asked_for(library: Library) -> None:
    shown = run("--persona", "all", "--weeks", "1").stdout

    assert [line.partition(":")[0] for line in shown.splitlines() if "Seed 7." in line] == [*WAYS]
    for name in WAYS:
        assert "".join(told(name, 1, "Europe/Berlin", 7, library))[:20] in shown


@pytest.mark.parametrize(
    ("arguments", "option", "why"),
    [
        (("--persona", "nobody"), "--persona", "steady"),
        (("--persona", "steady", "--days", "3"), "--days", "--weeks"),
        (("--persona", "steady", "--members", "3"), "--members", "--weeks"),
        (("--weeks", "3"), "--weeks", "--persona"),
        (("--zone", "UTC"), "--zone", "--persona"),
        (("--persona", "steady", "--zone", "Mars/A"), "--zone", "Mars/A"),
        (("--persona", "steady", "--weeks", "0"), "--weeks", "greater than or equal to 1"),
    ],
)
def test_what_does_not_belong_together_is_refused_by_name(arguments: tuple[str, ...], option: str, why: str) -> None:
    refused = run(*arguments)

    assert refused.returncode == WRONG_USAGE
    assert option in refused.stderr
    assert why in refused.stderr
    assert "Traceback" not in refused.stderr


def test_everything_that_can_be_done_is_told(library: Library) -> None:
    """Whoever does anything at all: every message, reply, question and deed has its words."""
    words, said = library.languages["en"].words, ""
    for seed, persona in enumerate([LateToAnswer(), *map(Anybody, range(1, 60))]):
        beginning = any_beginning(seed)
        begun = beginning.past.now
        events = foresee(beginning, library, persona, begun + timedelta(weeks=26))
        said += "\n".join(Teller(words).story(events, begun))

    labels = ("asked.button.bigger", "asked.button.same_person", "asked.button.skip_kind", "review.button.keep")
    expected = [
        *(words("story.presses", answer=words(label)) for label in (*labels, "review.button.fewer")),
        words("story.presses", answer=words("letter.still_wanted.yes")),
        words("story.resume"),
        words("story.level_tickets"),
        words("nudge.reply.already"),
        words("nudge.reply.pause_nothing"),
        words("nudge.reply.later_never"),
        words("why.again"),
        words("nudge.brave"),
        *(words("story.season", season=words(f"season.{season}.name")) for season in Season),
    ]
    assert [one for one in expected if one.replace("*", "").replace("`", "") not in said] == []


@pytest.mark.parametrize(
    ("question", "buttons"),
    [
        (Question(Kind.STILL_WANTED), ("letter.still_wanted.yes", "button.stop")),
        (Question(Kind.ALL_SEEN), ("overview.tune", "button.stop")),
        (Question(Kind.REVIEW_4, 3, 2), [f"review.button.{one}" for one in ("keep", "fewer", "pause", "finish")]),
        (Question(Kind.REVIEW_8, 1, 1), [f"review.button.{one}" for one in ("keep", "pause", "finish")]),
    ],
)
def test_a_question_has_the_buttons_that_its_screen_has(
    library: Library, question: Question, buttons: Sequence[str]
) -> None:
    words = library.languages["en"].words
    beginning, begun = any_beginning(1), any_beginning(1).past.now
    receipt, *_ = foresee(beginning, library, Anybody(1), begun + timedelta(weeks=1))
    assert isinstance(receipt.what, Message)
    asked = replace(receipt, what=replace(receipt.what, says=question))

    assert "".join(Teller(words).story([asked], begun)).endswith(" ".join(f"[{words(one)}]" for one in buttons))


def test_that_it_is_plenty_is_told_too(library: Library) -> None:
    """It takes more than comes by DM alone in a week, so nobody above has it said to them."""
    beginning, begun = any_beginning(1), any_beginning(1).past.now
    events = list(foresee(beginning, library, Anybody(1), begun + timedelta(weeks=4)))
    plenty = [
        replace(one, what=replace(one.what, already=False, is_plenty=True))
        for one in events
        if isinstance(one.what, Reply)
    ]
    words = library.languages["en"].words

    assert words("nudge.plenty") in "".join(Teller(words).story(plenty[:1], begun))
