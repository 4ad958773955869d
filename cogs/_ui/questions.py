"""The two questions that come by DM: whether nudges are still wanted, and whether to go on without the server."""

from __future__ import annotations

from typing import Final

import discord
from discord import ui

from bot.content.words import Words
from bot.rules.occurrence import Kind
from cogs._ui.controls import PressButton, button
from cogs._ui.nudges import NUDGE
from cogs._ui.screen import screen

QUESTIONS: Final = frozenset({Kind.STILL_WANTED, Kind.SERVER_OFF})


def question_screen(kind: Kind, occurrence_id: str, words: Words) -> ui.LayoutView:
    """The question, one press for yes, and the exits. No press at all is an answer too."""
    yes = button(NUDGE, kind, words(f"letter.{kind}.yes"), occurrence_id, style=discord.ButtonStyle.primary)
    return screen(words(f"letter.{kind}.text"), [yes, *exits(occurrence_id, words)])


def exits(occurrence_id: str, words: Words) -> list[PressButton]:
    """What every DM carries: Stop, one press, and the way to a person."""
    return [
        button(NUDGE, "stop", words("button.stop"), occurrence_id),
        button("help", "lines", words("button.need_more")),
    ]
