"""The card that a moderator posts: what this is, in public, asking nothing of anybody."""

from __future__ import annotations

from typing import Final

import discord
from discord import ui

from bot.content.words import Words
from bot.settings import OperatorSettings
from cogs._ui.controls import button
from cogs._ui.helplines import need_more
from cogs._ui.operator import about_operator
from cogs._ui.screen import screen, small

FLOW: Final = "card"


def card_screen(words: Words) -> ui.LayoutView:
    """Try one, read what it stores, or start. Whoever presses is answered in private."""
    return screen(
        words("card.title"),
        words("card.text"),
        small(words("age.note")),
        [
            button(FLOW, "try", words("card.try"), style=discord.ButtonStyle.primary),
            button(FLOW, "stores", words("card.stores")),
            button(FLOW, "start", words("card.start")),
        ],
        need_more(words),
    )


def stores_screen(operator: OperatorSettings, words: Words) -> ui.LayoutView:
    """What is stored, what never is, who it is for, and who runs it."""
    return screen(
        words("stores.title"),
        words("stores.text"),
        words("stores.never"),
        small(words("age.note")),
        *about_operator(operator, words),
    )
