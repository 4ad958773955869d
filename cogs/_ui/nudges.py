"""A nudge as a person sees it, before and after they answered.

The same card stands in a DM and behind /nudge now. In a taste nothing is stored: its buttons carry the nudge's name,
and the flow that answers them knows no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import discord
from discord import ui

from bot.content.nudges import Nudge
from bot.content.words import Words
from bot.rules.choose import Audience
from bot.rules.due import LATER_DAYS
from bot.rules.plan import PAUSE_DAYS, Size
from cogs._ui.controls import PickMenu, PressButton, button, menu
from cogs._ui.helplines import need_more
from cogs._ui.screen import Part, line, screen, small
from cogs._ui.seasons import season_menu


class Flow(StrEnum):
    """Which flow the buttons of a nudge belong to. Short, because it stands in the id of each of them."""

    NUDGE = "n"
    """One of the member's own: `data` is the occurrence's id."""
    TASTE = "t"
    """One that is only tried: `data` is the nudge's own id."""


class Step(StrEnum):
    """Everything that can be pressed or picked on a nudge, on its cover, and on the questions that come by DM.

    Answers that need nothing more have the names of `rules.occurrence.Answer`.
    """

    DID_IT = "did_it"
    DID_SMALLER = "did_smaller"
    SMALLER = "smaller"
    LATER = "later"
    LATER_DAYS = "later_days"
    NOT_TODAY = "not_today"
    MENU = "menu"
    NOT_FOR_ME = "not_for_me"
    NOT_OK = "not_ok"
    WHY = "why"
    PAUSE = "pause"
    PAUSE_DAYS = "pause_days"
    SEASON = "season"
    BACK = "back"
    STOP = "stop"
    HELP = "help"
    OPEN = "open"
    STOP_COVERED = "stop_cover"
    STILL_WANTED = "still_wanted"
    GUILD_OFF = "guild_off"


BUTTONS: Final = (Step.DID_IT, Step.SMALLER, Step.LATER, Step.NOT_TODAY)
DONE: Final = frozenset({Step.DID_IT, Step.DID_SMALLER})
SMALLER_BUTTONS: Final = (Step.DID_SMALLER, Step.LATER, Step.NOT_TODAY)
MENU: Final = (Step.NOT_FOR_ME, Step.NOT_OK, Step.WHY, Step.PAUSE, Step.STOP, Step.HELP)
TASTE_MENU: Final = (Step.NOT_FOR_ME, Step.NOT_OK, Step.WHY, Step.HELP)


@dataclass(frozen=True, slots=True)
class NudgeCard:
    """A nudge, and what its buttons carry."""

    nudge: Nudge
    data: str
    flow: Flow = Flow.NUDGE


def nudge_screen(card: NudgeCard, words: Words) -> ui.LayoutView:
    """The nudge with everything that can be pressed. A brave one asks first."""
    first = [small(words("nudge.brave"))] if card.nudge.size is Size.BRAVE else []
    return screen(
        *first, *_body(card.nudge, words), _answers(card, BUTTONS, words), _menu(card, words), _after(card, words)
    )


def smaller_screen(card: NudgeCard, words: Words) -> ui.LayoutView:
    """The smaller version of it, in its place, with the way back."""
    back = button(card.flow, Step.BACK, words("button.back"), card.data)
    return screen(
        *_smaller_body(card.nudge, words),
        [*_answers(card, SMALLER_BUTTONS, words), back],
        _menu(card, words),
        _after(card, words),
    )


def answered_screen(
    card: NudgeCard, said: Sequence[Part], words: Words, *, smaller: bool = False, regretted: bool = False
) -> ui.LayoutView:
    """What was answered still readable, with what is said back below it, and what is asked back.

    Saying that it was not OK stays possible, until it was said (`regretted`).
    """
    body = _smaller_body(card.nudge, words) if smaller else _body(card.nudge, words)
    return screen(*body, line(), *said, [*([] if regretted else _regret(card, words)), *_after(card, words)])


def choice_screen(card: NudgeCard, step: Literal[Step.LATER, Step.PAUSE], words: Words) -> ui.LayoutView:
    """The nudge with one more question: when again (`later`), or how long to pause, and how (`pause`)."""
    days, taken = (LATER_DAYS, Step.LATER_DAYS) if step is Step.LATER else (PAUSE_DAYS, Step.PAUSE_DAYS)
    choices = [
        button(card.flow, taken, words(f"nudge.{step}.days", count=count), f"{count}:{card.data}") for count in days
    ]
    back = button(card.flow, Step.BACK, words("button.back"), card.data)
    question = words(f"nudge.{step}.ask")
    seasons = [season_menu(card.flow, Step.SEASON, words, card.data)] if step is Step.PAUSE else []
    return screen(*_body(card.nudge, words), line(), question, [*choices, back], *seasons, _after(card, words))


def gone_screen(data: str, said: Sequence[Part], words: Words) -> ui.LayoutView:
    """What is said back where the nudge itself has left the library, or is not to be shown once more."""
    return screen(*said, exits(data, words))


def sample_text(nudge: Nudge, words: Words) -> str:
    """A nudge as a sample, without controls."""
    care = " ".join(_care_lines(nudge, words))
    return words("nudge.sample", text=nudge.text, care=care, minutes=words("nudge.minutes", count=nudge.minutes))


def exits(data: str, words: Words) -> list[PressButton]:
    """What every DM carries: Stop, one press, and the way to a person."""
    return [button(Flow.NUDGE, Step.STOP, words("button.stop"), data), need_more(words)]


def _body(nudge: Nudge, words: Words) -> Iterator[str]:
    yield words("nudge.title", text=nudge.text)
    if nudge.copy_text:
        yield words("nudge.words_to_borrow", copy=nudge.copy_text)
    yield from _care(nudge, words)


def _smaller_body(nudge: Nudge, words: Words) -> Iterator[str]:
    yield words("nudge.smaller_title")
    yield nudge.smaller
    yield from _care(nudge, words)


def _care(nudge: Nudge, words: Words) -> Iterator[str]:
    yield from (small(text) for text in _care_lines(nudge, words))


def _care_lines(nudge: Nudge, words: Words) -> Iterator[str]:
    if nudge.audience is Audience.BESIDE:
        yield words("nudge.beside")
    if nudge.needs_safe_person:
        yield words("nudge.safe_person")
    yield nudge.easy_out


def _answers(card: NudgeCard, steps: Sequence[Step], words: Words) -> list[PressButton]:
    return [
        button(
            card.flow,
            step,
            words(f"nudge.button.{step}"),
            card.data,
            style=discord.ButtonStyle.primary if step in DONE else discord.ButtonStyle.secondary,
        )
        for step in steps
    ]


def _menu(card: NudgeCard, words: Words) -> PickMenu:
    steps = MENU if card.flow is Flow.NUDGE else TASTE_MENU
    options = [discord.SelectOption(label=words(f"nudge.menu.{step}"), value=step) for step in steps]
    return menu(card.flow, Step.MENU, words("nudge.menu.more"), options, card.data)


def _regret(card: NudgeCard, words: Words) -> list[PressButton]:
    if card.flow is Flow.TASTE:
        return []
    return [button(card.flow, Step.NOT_OK, words("nudge.menu.not_ok"), card.data)]


def _after(card: NudgeCard, words: Words) -> list[PressButton]:
    """Stop is one press on every message that came by itself; the way to a person stands below all of them."""
    return exits(card.data, words) if card.flow is Flow.NUDGE else [need_more(words)]
