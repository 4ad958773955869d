"""The check-in: one form, picks only, about twenty seconds. Every question can be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import ui

from bot.content.words import Words
from bot.journey.check_in import Prefill
from bot.rules.consent import Purpose
from cogs._ui.controls import form
from cogs._ui.helplines import need_more
from cogs._ui.screen import screen

FLOW: Final = "check_in"
SEND: Final = "send"
KEEP: Final = "keep"
YES: Final = "yes"
NO: Final = "no"

# The questions, in order. Their answers stand in the catalogue under check_in.<question>.answer.
PACE: Final = "pace"
PACE_ANSWERED: Final = frozenset({"slower", "faster"})
QUESTIONS: Final = ("quiet", "wanted", "word", PACE)
AS_MENU: Final = frozenset({"word"})


def check_in_form(prefill: Prefill, words: Words) -> ui.Modal:
    """Keeping it starts at yes where the member said so before. Nobody without a pace is asked about it."""
    asked = [question for question in QUESTIONS if prefill.has_plan or question != PACE]
    fields = [_question(question, words) for question in asked]
    return form(FLOW, SEND, words("check_in.title"), [*fields, _keep(prefill.keeps, words)])


def picks_in(fields: Mapping[str, tuple[str, ...]], words: Words) -> dict[str, str]:
    """What was picked, by question; whatever is not an answer of ours is left out."""
    return {
        question: fields[question][0]
        for question in QUESTIONS
        if question in fields and fields[question] and fields[question][0] in _answers(question, words)
    }


def thanks_screen(picks: Mapping[str, str], kept: bool, words: Words) -> ui.LayoutView:
    """One plain line back, and what became of the answers."""
    wanted = picks.get("wanted")
    line = words(f"check_in.back.{wanted}") if wanted else words("check_in.back.nothing")
    pace = [words(f"check_in.pace_back.{picks[PACE]}")] if picks.get(PACE) in PACE_ANSWERED else []
    return screen(line, *pace, words("check_in.kept") if kept else words("check_in.not_kept"), need_more(words))


def _answers(question: str, words: Words) -> list[str]:
    return words.under(f"check_in.{question}.answer")


def _question(question: str, words: Words) -> ui.Label[Any]:
    names = {answer: words(f"check_in.{question}.answer.{answer}") for answer in _answers(question, words)}
    component: ui.Select[Any] | ui.RadioGroup[Any]
    if question in AS_MENU:
        options = [discord.SelectOption(label=name, value=answer) for answer, name in names.items()]
        component = ui.Select(custom_id=question, options=options, required=False, min_values=0)
    else:
        choices = [discord.RadioGroupOption(label=name, value=answer) for answer, name in names.items()]
        component = ui.RadioGroup(custom_id=question, options=choices, required=False)
    return ui.Label(text=words(f"check_in.{question}.ask"), component=component)


def _keep(keeps: bool, words: Words) -> ui.Label[Any]:
    options = [
        discord.RadioGroupOption(
            label=words(f"check_in.keep.{value}"),
            value=value,
            # Keeping is a yes too, so who it is for stands beside it.
            description=words("age.in_short") if value == YES else None,
            default=(value == YES) is keeps,
        )
        for value in (NO, YES)
    ]
    return ui.Label(
        # A yes here is a yes to that purpose, so it is asked in the purpose's own words.
        text=words(f"consent.{Purpose.CHECK_INS}.title"),
        description=words(f"consent.{Purpose.CHECK_INS}.about"),
        component=ui.RadioGroup(custom_id=KEEP, options=options, required=False),
    )
