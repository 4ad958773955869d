"""A nudge as a person sees it, before and after they answered.

The same card stands in a DM and behind /nudge now. In a taste nothing is stored: its buttons carry the nudge's name,
and the flow that answers them knows no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import discord
from discord import ui

from bot.content.nudges import Nudge
from bot.content.words import Words
from bot.journey.adjust import PAUSE_DAYS
from bot.rules.plan import Plan
from cogs._ui.controls import PickMenu, PressButton, button, menu
from cogs._ui.screen import Part, line, screen

NUDGE: Final = "n"
TASTE: Final = "t"
LATER_DAYS: Final = (1, 2, 3)
MENU: Final = ("not_for_me", "not_ok", "why", "pause", "stop", "help")
TASTE_MENU: Final = ("not_for_me", "not_ok", "why", "help")


@dataclass(frozen=True, slots=True)
class Card:
    """A nudge, and which flow its buttons belong to: `data` is the occurrence's id, or the nudge's own in a taste."""

    nudge: Nudge
    data: str
    flow: str = NUDGE


def nudge_screen(card: Card, words: Words) -> ui.LayoutView:
    """The nudge with everything that can be pressed."""
    return screen(*_body(card.nudge, words), _answers(card, words), _menu(card, words), *_stop(card, words))


def smaller_screen(card: Card, words: Words) -> ui.LayoutView:
    """The smaller version of it, in its place."""
    text = (words("nudge.smaller_title"), card.nudge.smaller, _small(card.nudge.easy_out))
    answers = [one for one in _answers(card, words) if one.item.label != words("nudge.button.smaller")]
    return screen(*text, answers, _menu(card, words), *_stop(card, words))


def answered_screen(card: Card, said: Sequence[str], words: Words) -> ui.LayoutView:
    """The nudge still readable, with what is said back below it. Stop and help stay."""
    return screen(*_body(card.nudge, words), line(), *said, _after(card, words))


def choice_screen(card: Card, step: str, words: Words) -> ui.LayoutView:
    """The nudge with one more question: when again (`later`), or how long to pause (`pause`)."""
    days = LATER_DAYS if step == "later" else PAUSE_DAYS
    choices = [
        button(card.flow, f"{step}_days", words(f"nudge.{step}.days", count=count), f"{count}:{card.data}")
        for count in days
    ]
    back = button(card.flow, "back", words("button.back"), card.data)
    return screen(*_body(card.nudge, words), words(f"nudge.{step}.ask"), [*choices, back])


def why_text(nudge: Nudge, plan: Plan | None, words: Words) -> str:
    """Why this one: the facts that were really used."""
    theme = words(f"theme.{nudge.theme}")
    if plan is None:
        chosen = words("nudge.why_taste", theme=theme)
    else:
        chosen = words("nudge.why_plan", theme=theme, size=words(f"size.{plan.size.name.lower()}.name"))
    return "\n".join((chosen, words("nudge.why_reason", why=nudge.why), words("nudge.why_source", source=nudge.source)))


def sample_text(nudge: Nudge, words: Words) -> str:
    """A nudge as a sample, without controls."""
    return words("nudge.sample", text=nudge.text, minutes=words("nudge.minutes", count=nudge.minutes))


def _body(nudge: Nudge, words: Words) -> Iterator[str]:
    yield words("nudge.title", text=nudge.text)
    if nudge.copy_text:
        yield words("nudge.words_to_borrow", copy=nudge.copy_text)
    if nudge.leads_to_a_person:
        yield _small(words("nudge.safe_person"))
    yield _small(nudge.easy_out)


def _small(text: str) -> str:
    return f"-# {text}"


def _answers(card: Card, words: Words) -> list[PressButton]:
    return [
        button(
            card.flow,
            step,
            words(f"nudge.button.{step}"),
            card.data,
            style=discord.ButtonStyle.primary if step == "did_it" else discord.ButtonStyle.secondary,
        )
        for step in ("did_it", "smaller", "later", "not_today")
    ]


def _menu(card: Card, words: Words) -> PickMenu:
    steps = MENU if card.flow == NUDGE else TASTE_MENU
    options = [discord.SelectOption(label=words(f"nudge.menu.{step}"), value=step) for step in steps]
    return menu(card.flow, "menu", words("nudge.menu.more"), options, card.data)


def _stop(card: Card, words: Words) -> list[Part]:
    """Stop is one press on every message that came by itself. Source: product.md, promise 1."""
    return [_after(card, words)] if card.flow == NUDGE else []


def _after(card: Card, words: Words) -> list[PressButton]:
    need_more = button("help", "lines", words("button.need_more"))
    if card.flow != NUDGE:
        return [need_more]
    return [button(NUDGE, "stop", words("button.stop"), card.data), need_more]
