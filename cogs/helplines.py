"""/helplines: the directories, and lines by country. Works for everybody, everywhere, and stores nothing."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from cogs._ui.helplines import FLOW, country_screen, helplines_screen

CHOICES_SHOWN = 25


class HelplinesCog(commands.GroupCog, group_name="helplines"):
    """Help lines."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def show(self, interaction: Interaction, country: str | None = None) -> None:
        """The directories, and the lines of one country if one was picked."""
        helplines, words = self._client.library.helplines, self._client.words(interaction)
        if country is None or country not in helplines.countries(words.language):
            await interaction.response.send_message(view=helplines_screen(helplines, words), ephemeral=True)
            return
        lines = helplines.of(country, interaction.created_at.date())
        await interaction.response.send_message(view=country_screen(helplines, country, lines, words), ephemeral=True)

    @show.autocomplete("country")
    async def complete_country(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        countries = self._client.library.helplines.countries(self._client.words(interaction).language)
        return [
            app_commands.Choice(name=name, value=code)
            for code, name in countries.items()
            if name.casefold().startswith(typed.casefold().strip())
        ][:CHOICES_SHOWN]

    async def press(self, interaction: Interaction, press: Press) -> None:
        helplines, words = self._client.library.helplines, self._client.words(interaction)
        if press.step == "lines":
            await interaction.response.send_message(view=helplines_screen(helplines, words), ephemeral=True)
        elif press.step == "country" and press.values and press.values[0] in helplines.countries(words.language):
            country = press.values[0]
            lines = helplines.of(country, interaction.created_at.date())
            await interaction.response.edit_message(view=country_screen(helplines, country, lines, words))
        else:
            raise Outdated


async def setup(client: Porchlight) -> None:
    cog = HelplinesCog(client)
    client.doors[FLOW] = cog.press
    await client.add_cog(cog)
