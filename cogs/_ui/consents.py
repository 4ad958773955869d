"""How a purpose is asked about: the same words on the way to Start, in /privacy choices and in a receipt."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

import discord
from discord import ui

from bot.content.words import Words
from bot.rules.consent import Purpose
from cogs._ui.controls import PressButton, button
from cogs._ui.screen import side


def purpose_switch(
    flow: str, step: str, purpose: Purpose, agreed: AbstractSet[Purpose], words: Words, data: str = ""
) -> ui.Section[Any]:
    """One question, with a switch at its side that says how it stands."""
    return side(question(purpose, words), switch(flow, step, purpose in agreed, words, data))


def question(purpose: Purpose, words: Words) -> str:
    """What somebody says yes to, word for word."""
    return words("consent.question", title=words(f"consent.{purpose}.title"), about=words(f"consent.{purpose}.about"))


def questions(purposes: AbstractSet[Purpose], words: Words) -> list[str]:
    """The same of all these, in the order in which they are asked."""
    return [question(purpose, words) for purpose in Purpose if purpose in purposes] or [words("consent.none")]


def switch(flow: str, step: str, is_on: bool, words: Words, data: str = "") -> PressButton:
    """A button that says how something stands, and changes that."""
    label = words("button.is_on") if is_on else words("button.is_off")
    style = discord.ButtonStyle.success if is_on else discord.ButtonStyle.secondary
    return button(flow, step, label, data, style=style)


def purpose_list(purposes: AbstractSet[Purpose], words: Words) -> str:
    """The names of these purposes, one line each, in the order of the questions."""
    named = [purpose for purpose in Purpose if purpose in purposes]
    if not named:
        return words("consent.none")
    return "\n".join(f"- {words(f'consent.{purpose}.name')}" for purpose in named)
