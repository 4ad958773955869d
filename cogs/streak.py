"""/streak: a private count of the weeks somebody showed up. It never falls."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight
from bot.journey.rhythm import Count
from cogs._ui.screen import screen


class StreakCog(commands.GroupCog, group_name="streak"):
    """Weeks, not days. Rest counts."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Your count of weeks, for your eyes only."""
        count = await self._client.journeys.rhythm.show(interaction.user.id)
        await self._say(interaction, self._text(interaction, count))

    @app_commands.command()
    async def on(self, interaction: Interaction) -> None:
        """Keep a private count of the weeks you answer."""
        count = await self._client.journeys.rhythm.on(interaction.user.id)
        words = self._client.words(interaction)
        await self._say(interaction, f"{words('rhythm.on')}\n{self._text(interaction, count)}")

    @app_commands.command()
    async def rest(self, interaction: Interaction) -> None:
        """Rest this week. It counts."""
        count = await self._client.journeys.rhythm.rest(interaction.user.id)
        words = self._client.words(interaction)
        await self._say(interaction, f"{words('rhythm.rest')}\n{self._text(interaction, count)}")

    @app_commands.command()
    async def hide(self, interaction: Interaction) -> None:
        """Stop mentioning the count. It stays as it is."""
        await self._client.journeys.rhythm.hide(interaction.user.id)
        await self._say(interaction, self._client.words(interaction)("rhythm.hidden"))

    @app_commands.command()
    async def forget(self, interaction: Interaction) -> None:
        """Stop counting, and forget the weeks."""
        await self._client.journeys.rhythm.forget(interaction.user.id)
        await self._say(interaction, self._client.words(interaction)("rhythm.forgotten"))

    def _text(self, interaction: Interaction, count: Count) -> str:
        words = self._client.words(interaction)
        if not count.is_on:
            return words("rhythm.off")
        return words("rhythm.count", count=count.weeks)

    async def _say(self, interaction: Interaction, text: str) -> None:
        await interaction.response.send_message(view=screen(text), ephemeral=True)


async def setup(client: Porchlight) -> None:
    await client.add_cog(StreakCog(client))
