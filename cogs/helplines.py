"""/helplines: the directories, and lines by country. Works for everybody, everywhere, and stores nothing."""

from __future__ import annotations

import asyncio
from typing import Final

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from cogs import _turn
from cogs._ui.helplines import FLOW, country_screen, helplines_screen, unknown_screen

CHOICES_SHOWN: Final = 25


class HelplinesCog(commands.GroupCog, group_name="helplines"):
    """Help lines."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def show(self, interaction: Interaction, country: str | None = None) -> None:
        """The directories, and the lines of one country if one was picked."""
        helplines, words = self._client.library.helplines, self._client.words(interaction)
        if country is None:
            await _turn.say(interaction, helplines_screen(helplines, words))
            return
        code = await asyncio.to_thread(helplines.country_of, country, words.language)
        if code is None:
            await _turn.say(interaction, unknown_screen(helplines, words))
            return
        lines = helplines.of(code, interaction.created_at.date())
        await _turn.say(interaction, country_screen(helplines, code, lines, words))

    @show.autocomplete("country")
    async def complete_country(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        helplines, language = self._client.library.helplines, self._client.words(interaction).language
        return [
            app_commands.Choice(name=helplines.name_of(code, language), value=code)
            for code in helplines.beginning(typed, language)
        ][:CHOICES_SHOWN]

    async def press(self, interaction: Interaction, press: Press) -> None:
        helplines, words = self._client.library.helplines, self._client.words(interaction)
        if press.step == "lines":
            await _turn.say(interaction, helplines_screen(helplines, words))
        elif press.step == "country" and press.values and press.values[0] in helplines.countries(words.language):
            country = press.values[0]
            lines = helplines.of(country, interaction.created_at.date())
            await _turn.show(interaction, country_screen(helplines, country, lines, words))
        else:
            raise Outdated


async def setup(client: Porchlight) -> None:
    cog = HelplinesCog(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
