"""The card's three buttons. Everything they answer is private, and nothing is stored by any of them."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from cogs import _turn
from cogs._guards import home_guild
from cogs._ui.card import FLOW, stores_screen
from cogs._ui.draft import draft_of
from cogs._ui.nudges import Flow, NudgeCard, nudge_screen
from cogs._ui.start import what_screen


class CardPresses(commands.Cog):
    """Answers whoever presses on the card."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press(self, interaction: Interaction, press: Press) -> None:
        words = self._client.words(interaction)
        match press.step:
            case "try":
                offer = await self._client.journeys.taste.one(interaction.user.id, words.language, interaction.id)
                view = nudge_screen(NudgeCard(offer.nudge, offer.nudge.nudge_id, Flow.TASTE), words)
            case "stores":
                view = stores_screen(self._client.operator, words)
            case "start":
                await home_guild(interaction, self._client)
                before = await self._client.journeys.opt_in.before(interaction.user.id)
                view = what_screen(draft_of(before), self._client.operator, words)
            case _:
                raise Outdated
        await _turn.say(interaction, view)


async def setup(client: Porchlight) -> None:
    cog = CardPresses(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
