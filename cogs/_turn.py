"""Answering an interaction: in private, or in the place of the message that was pressed.

Law, held by tests/test_boundaries.py: nothing else in cogs/ answers an interaction, so nobody but its member ever reads
what is said to them. Discord waits three seconds; `take_time` makes that fifteen minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.client import Interaction


async def say(interaction: Interaction, view: ui.LayoutView) -> None:
    """Say something new, to this person alone."""
    await _send(interaction, view=view)


async def hand_over(interaction: Interaction, text: str, files: Sequence[discord.File]) -> None:
    """Hand over files, to this person alone."""
    await _send(interaction, content=text, files=files)


async def show(interaction: Interaction, view: ui.LayoutView) -> None:
    """Put this in the place of the message that was pressed; where there is none, say it."""
    if interaction.message is None:
        await say(interaction, view)
    elif interaction.response.is_done():
        await interaction.edit_original_response(view=view)
    else:
        await interaction.response.edit_message(view=view)


async def ask(interaction: Interaction, form: ui.Modal) -> None:
    """Open a form."""
    await interaction.response.send_modal(form)


async def take_time(interaction: Interaction) -> None:
    """Before work that may take longer than Discord waits. What is shown next replaces the message that was pressed."""
    await interaction.response.defer()


async def _send(interaction: Interaction, **what: Any) -> None:
    if interaction.response.is_done():
        await interaction.followup.send(**what, ephemeral=True)
    else:
        await interaction.response.send_message(**what, ephemeral=True)
