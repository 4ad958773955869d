"""/setup: a moderator switches Porchlight on in their server, and posts its card."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import CannotPost, Outdated
from cogs import _turn
from cogs._guards import moderated_guild
from cogs._ui.card import card_screen
from cogs._ui.screen import screen
from cogs._ui.setup import FLOW, channel_screen, look_screen, posted_screen


class Setup(commands.Cog):
    """Asks for Manage Server at every step: what Discord shows by default, an administrator can change."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def setup(self, interaction: Interaction) -> None:
        """Switch Porchlight on in this server."""
        await _turn.say(interaction, await self._begin(interaction))

    async def press(self, interaction: Interaction, press: Press) -> None:
        moderated_guild(interaction)
        words = self._client.words(interaction)
        match press.step:
            case "channel" if press.values:
                await _turn.show(interaction, look_screen(_channel(interaction, press.values[0]).id, words))
            case "back":
                await _turn.show(interaction, await self._begin(interaction))
            case "post":
                await self._post(interaction, press.data)
            case "no":
                await _turn.show(interaction, screen(words("setup.not_now")))
            case _:
                raise Outdated

    async def _begin(self, interaction: Interaction) -> ui.LayoutView:
        status = await self._client.journeys.enable.status(moderated_guild(interaction))
        stands_in = status.channel_id if status is not None and status.is_on else None
        return channel_screen(stands_in, self._client.words(interaction))

    async def _post(self, interaction: Interaction, picked: str) -> None:
        guild_id = moderated_guild(interaction)
        await _turn.take_time(interaction)
        words = self._client.words(interaction)
        channel = _channel(interaction, picked)
        try:
            await channel.send(view=card_screen(words))
        except (discord.Forbidden, discord.NotFound):
            raise CannotPost from None
        await self._client.journeys.enable.switch_on(guild_id, channel.id)
        await _turn.show(interaction, posted_screen(channel.id, words))


def _channel(interaction: Interaction, picked: str) -> discord.TextChannel:
    """The text channel of this server that was picked. Raises CannotPost where there is none (any more)."""
    channels = interaction.guild.text_channels if interaction.guild is not None else []
    channel = next((one for one in channels if str(one.id) == picked), None)
    if channel is None:
        raise CannotPost
    return channel


async def setup(client: Porchlight) -> None:
    cog = Setup(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
