"""The card's three buttons. Everything they answer is private, and nothing is stored by any of them."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from cogs._guards import home_guild
from cogs._ui.card import FLOW, stores_screen
from cogs._ui.draft import Draft
from cogs._ui.nudges import TASTE, Card, nudge_screen
from cogs._ui.start import what_screen


class CardPresses(commands.Cog):
    """Answers whoever presses on the card."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press(self, interaction: Interaction, press: Press) -> None:
        words = self._client.words(interaction)
        match press.step:
            case "try":
                offer = self._client.journeys.taste.one(words.language, interaction.id)
                view = nudge_screen(Card(offer.nudge, offer.nudge.nudge_id, TASTE), words)
            case "stores":
                view = stores_screen(words)
            case "start":
                await home_guild(interaction, self._client)
                view = what_screen(Draft(), words)
            case _:
                raise Outdated
        await interaction.response.send_message(view=view, ephemeral=True)


async def setup(client: Porchlight) -> None:
    cog = CardPresses(client)
    client.doors[FLOW] = cog.press
    await client.add_cog(cog)
