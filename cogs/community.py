"""/community: what a moderator may know, and the switch to turn everything off at once."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import NotEnabledHere, Outdated
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
        await interaction.response.send_message(
            view=status_screen(status, self._client.words(interaction)), ephemeral=True
        )

    @app_commands.command()
    async def disable(self, interaction: Interaction) -> None:
        """Stop everything of this server, after one question."""
        if not await self._client.journeys.enable.is_on(moderated_guild(interaction)):
            raise NotEnabledHere
        await interaction.response.send_message(view=disable_screen(self._client.words(interaction)), ephemeral=True)

    async def press(self, interaction: Interaction, press: Press) -> None:
        guild_id, words = moderated_guild(interaction), self._client.words(interaction)
        match press.step:
            case "keep":
                await interaction.response.edit_message(view=screen(words("community.disable.kept")))
            case "disable":
                await self._client.journeys.enable.switch_off(guild_id)
                await interaction.response.edit_message(view=screen(words("community.disable.done")))
            case _:
                raise Outdated


async def setup(client: Porchlight) -> None:
    cog = Community(client)
    client.doors[COMMUNITY] = cog.press
    await client.add_cog(cog)
