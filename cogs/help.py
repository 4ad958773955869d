"""/help: everything, on one screen."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight
from cogs import _turn
from cogs._ui.helplines import need_more
from cogs._ui.operator import policy_or_short
from cogs._ui.screen import screen


class Help(commands.Cog):
    """One screen, the same for everybody."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """What Porchlight is, and what you can ask of it."""
        words = self._client.words(interaction)
        view = screen(
            words("help.title"),
            words("help.text"),
            words("help.commands"),
            words("help.moderators"),
            *policy_or_short(self._client.operator, words),
            need_more(words),
        )
        await _turn.say(interaction, view)


async def setup(client: Porchlight) -> None:
    await client.add_cog(Help(client))
