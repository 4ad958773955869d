"""/privacy: see everything, change what was agreed to, take it along, delete it. In any server, and in the bot's DM."""

from __future__ import annotations

import io

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from bot.rules.consent import Purpose
from cogs._ui.privacy import (
    FLOW,
    choices_screen,
    delete_screen,
    export_json,
    held_screen,
    held_text,
)
from cogs._ui.screen import screen

READABLE_NAME = "porchlight.txt"
JSON_NAME = "porchlight.json"


class PrivacyCog(commands.GroupCog, group_name="privacy"):
    """What is held about you."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Everything that is held about you, in plain words."""
        held = await self._client.journeys.review.held(interaction.user.id)
        view, text = held_screen(held, self._client.words(interaction))
        await interaction.response.send_message(view=view, ephemeral=True)
        if text is not None:
            await interaction.followup.send(file=_file(READABLE_NAME, text), ephemeral=True)

    @app_commands.command()
    async def choices(self, interaction: Interaction) -> None:
        """What you agreed to, one switch each."""
        agreed = await self._client.journeys.review.purposes(interaction.user.id)
        await interaction.response.send_message(
            view=choices_screen(agreed, self._client.words(interaction)), ephemeral=True
        )

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Take it all along, to read and as JSON."""
        held = await self._client.journeys.review.held(interaction.user.id)
        words = self._client.words(interaction)
        if not held.rows:
            await interaction.response.send_message(view=screen(words("privacy.nothing")), ephemeral=True)
            return
        files = [_file(READABLE_NAME, held_text(held, words)), _file(JSON_NAME, export_json(held))]
        await interaction.response.send_message(words("privacy.exported"), files=files, ephemeral=True)

    @app_commands.command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete all of it, after one question."""
        await interaction.response.send_message(view=delete_screen(self._client.words(interaction)), ephemeral=True)

    async def press(self, interaction: Interaction, press: Press) -> None:
        words, journeys = self._client.words(interaction), self._client.journeys
        verb, _, name = press.step.partition("_")
        if press.step == "keep":
            view = screen(words("privacy.delete.kept"))
        elif press.step == "delete":
            await journeys.leave.delete(interaction.user.id)
            view = screen(words("privacy.delete.done"))
        elif verb in ("agree", "withdraw") and name in set(Purpose):
            agreed = await journeys.review.choose(interaction.user.id, Purpose(name), agreed=verb == "agree")
            view = choices_screen(agreed, words)
        else:
            raise Outdated
        await interaction.response.edit_message(view=view)


def _file(name: str, text: str) -> discord.File:
    return discord.File(io.BytesIO(text.encode()), filename=name)


async def setup(client: Porchlight) -> None:
    cog = PrivacyCog(client)
    client.doors[FLOW] = cog.press
    await client.add_cog(cog)
