"""The door for everything that is not a slash command: buttons, menus and forms, from any message of any age.

Forms are answered from the raw interaction: discord.py forgets an open form when the process restarts, we need not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from cogs._ui.controls import FORM_ID, PickChannel, PickMenu, PressButton, enter


class Doors(commands.Cog):
    """Lets forms in. Buttons and menus find their own way, as dynamic items."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data: dict[str, Any] = dict(interaction.data or {})
        if match := FORM_ID.fullmatch(data.get("custom_id", "")):
            picked = dict(_fields(data.get("components", [])))
            await enter(interaction, match["flow"], Press(match["step"], match["data"] or "", fields=picked))


def _fields(components: list[dict[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The id of every field, and what was picked or typed in it; nothing for a field that was left alone."""
    for component in components:
        answer = component.get("component", {})
        if "custom_id" in answer:
            values = answer.get("values") or ([answer["value"]] if answer.get("value") else [])
            yield answer["custom_id"], tuple(values)


async def setup(client: Porchlight) -> None:
    client.add_dynamic_items(PressButton, PickMenu, PickChannel)
    await client.add_cog(Doors())
