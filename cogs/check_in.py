"""/checkin: a short look at how things are. Gone when it is read, unless its member wants it kept."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from cogs import _turn
from cogs._ui.check_in import FLOW, KEEP, SEND, YES, check_in_form, picks_in, thanks_screen


class CheckInCog(commands.Cog):
    """One form, and one line back."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def checkin(self, interaction: Interaction) -> None:
        """How are things? Four picks, about 20 seconds."""
        prefill = await self._client.journeys.check_in.prefill(interaction.user.id)
        await _turn.ask(interaction, check_in_form(prefill, self._client.words(interaction)))

    async def press(self, interaction: Interaction, press: Press) -> None:
        if press.step != SEND:
            raise Outdated
        words = self._client.words(interaction)
        picks = picks_in(press.fields, words)
        kept = press.fields.get(KEEP) == (YES,) and bool(picks)
        if kept:
            await self._client.journeys.check_in.keep(interaction.user.id, interaction.id, picks, words.language)
        await _turn.say(interaction, thanks_screen(picks, kept, words))


async def setup(client: Porchlight) -> None:
    cog = CheckInCog(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
