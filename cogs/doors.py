"""The door for everything that is not a slash command: buttons, menus and forms, from any message of any age.

Forms are answered from the raw interaction: discord.py forgets an open form when the process restarts, we need not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from cogs._ui.controls import ENTERED, FORM_ID, PickChannel, PickMenu, PressButton, enter, words_in


class Doors(commands.Cog):
    """Lets forms in. Buttons and menus find their own way, as dynamic items; where one does not, that is said here."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Comes after whoever knows a button or menu has taken it on: that begins with the interaction itself."""
        match interaction.type:
            case discord.InteractionType.modal_submit:
                await self._let_in(interaction)
            case discord.InteractionType.component if ENTERED not in interaction.extras:
                await self._client.explain(interaction, Outdated())

    async def _let_in(self, interaction: Interaction) -> None:
        data: dict[str, Any] = dict(interaction.data or {})
        match = FORM_ID.fullmatch(str(data.get("custom_id")))
        if match is None:
            await self._client.explain(interaction, Outdated())
            return
        picked = dict(_fields(data.get("components")))
        await enter(interaction, match["flow"], Press(match["step"], match["data"] or "", fields=picked))


def _fields(components: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The id of every field, and what was picked or typed in it; nothing for a field that was left alone."""
    for component in components if isinstance(components, list) else []:
        answer = component.get("component") if isinstance(component, dict) else None
        if isinstance(answer, dict) and isinstance(answer.get("custom_id"), str):
            yield answer["custom_id"], words_in(answer.get("values") or [answer.get("value")])


async def setup(client: Porchlight) -> None:
    client.add_dynamic_items(PressButton, PickMenu, PickChannel)
    await client.add_cog(Doors(client))
