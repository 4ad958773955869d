"""/community: what a moderator may know, and the switch to turn everything off at once."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import NotEnabledHere, Outdated
from cogs import _turn
from cogs._guards import moderated_guild
from cogs._ui.screen import screen
from cogs._ui.setup import COMMUNITY, disable_screen, status_screen


@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Community(commands.GroupCog, group_name="community"):
    """For the people who look after a server. Counts, and never a person."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def status(self, interaction: Interaction) -> None:
        """Whether Porchlight is on here, and a rounded count."""
        guild_id = moderated_guild(interaction)
        status = await self._client.journeys.enable.status(guild_id)
        await _turn.say(interaction, status_screen(status, self._client.words(interaction)))

    @app_commands.command()
    async def disable(self, interaction: Interaction) -> None:
        """Stop everything of this server, after one question."""
        guild_id, words = moderated_guild(interaction), self._client.words(interaction)
        if not await self._client.journeys.enable.is_on(guild_id):
            raise NotEnabledHere
        await _turn.say(interaction, disable_screen(words))

    async def press(self, interaction: Interaction, press: Press) -> None:
        guild_id, words = moderated_guild(interaction), self._client.words(interaction)
        match press.step:
            case "keep":
                await _turn.show(interaction, screen(words("community.disable.kept")))
            case "disable":
                await _turn.take_time(interaction)
                await self._client.journeys.enable.switch_off(guild_id)
                await _turn.show(interaction, screen(words("community.disable.done")))
            case _:
                raise Outdated

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server that sends us away has switched Porchlight off."""
        await self._client.journeys.enable.switch_off(guild.id)


async def setup(client: Porchlight) -> None:
    cog = Community(client)
    client.answers(COMMUNITY, cog.press)
    await client.add_cog(cog)
