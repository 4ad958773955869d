"""What is asked back after an answer, in the same place: two buttons, and no answer is one too."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from bot.content.nudges import Nudge
from bot.content.words import Words
from bot.rules.replies import Question
from cogs._ui.controls import button
from cogs._ui.screen import Part

FLOW: Final = "q"

# The two answers to each question, which are the steps of this flow.
ANSWERS: Final = MappingProxyType(
    {
        Question.BIGGER: ("bigger", "stay"),
        Question.SAME_PERSON: ("same_person", "someone_new"),
        Question.SKIP_KIND: ("skip_kind", "keep_kind"),
    }
)
STEPS: Final = tuple(step for steps in ANSWERS.values() for step in steps)


def asked_back(question: Question, nudge: Nudge, occurrence_id: str, words: Words) -> Iterator[Part]:
    """The question, and its two answers."""
    yield words(f"asked.{question}", theme=words(f"theme.{nudge.theme}"))
    yield [button(FLOW, step, words(f"asked.button.{step}"), occurrence_id) for step in ANSWERS[question]]
