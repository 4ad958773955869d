"""/streak: a private count of the weeks somebody showed up. It never falls."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight
from bot.journey.streak import Count
from cogs import _turn
from cogs._ui.screen import screen


class StreakCog(commands.GroupCog, group_name="streak"):
    """Weeks, not days. Rest counts."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Your count of weeks, for your eyes only."""
        count = await self._client.journeys.streak.show(interaction.user.id)
        await self._say(interaction, self._text(interaction, count))

    @app_commands.command()
    async def on(self, interaction: Interaction) -> None:
        """Keep a private count of the weeks you answer."""
        count = await self._client.journeys.streak.on(interaction.user.id)
        words = self._client.words(interaction)
        said = [words("streak.on")] if not count.weeks else [words("streak.on"), self._text(interaction, count)]
        await self._say(interaction, "\n".join(said))

    @app_commands.command()
    async def rest(self, interaction: Interaction) -> None:
        """Rest this week. It counts."""
        count = await self._client.journeys.streak.rest(interaction.user.id)
        words = self._client.words(interaction)
        await self._say(interaction, f"{words('streak.rest')}\n{self._text(interaction, count)}")

    @app_commands.command()
    async def hide(self, interaction: Interaction) -> None:
        """Stop mentioning the count. It stays as it is."""
        count = await self._client.journeys.streak.hide(interaction.user.id)
        words = self._client.words(interaction)
        await self._say(interaction, words("streak.hidden") if count.is_on else words("streak.nothing_to_hide"))

    @app_commands.command()
    async def forget(self, interaction: Interaction) -> None:
        """Stop counting, and forget the weeks."""
        await self._client.journeys.streak.forget(interaction.user.id)
        await self._say(interaction, self._client.words(interaction)("streak.forgotten"))

    def _text(self, interaction: Interaction, count: Count) -> str:
        words = self._client.words(interaction)
        if not count.has_plan:
            return words("streak.stranger")
        if not count.is_on:
            return words("streak.off")
        if not count.weeks:
            return words("streak.none_yet")
        return words("streak.count", count=count.weeks)

    async def _say(self, interaction: Interaction, text: str) -> None:
        await _turn.say(interaction, screen(text))


async def setup(client: Porchlight) -> None:
    await client.add_cog(StreakCog(client))
