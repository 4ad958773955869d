"""/privacy: see everything, change what was agreed to, take it along, delete it. In any server, and in the bot's DM."""

from __future__ import annotations

import io
from typing import Final

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from bot.rules.consent import Purpose
from bot.rules.occurrence import State
from cogs import _turn
from cogs._ui.privacy import (
    FLOW,
    choices_screen,
    delete_screen,
    deleted_screen,
    export_json,
    file_text,
    held_screen,
    withdraw_screen,
)
from cogs._ui.screen import screen
from cogs._ui.start import closed_screen

READABLE_NAME: Final = "porchlight.txt"
JSON_NAME: Final = "porchlight.json"


class PrivacyCog(commands.GroupCog, group_name="privacy"):
    """What is held about you."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Everything that is held about you, in plain words."""
        words = self._client.words(interaction)
        holding = await self._client.journeys.review.holding(interaction.user.id)
        view, text = held_screen(holding, self._client.language(interaction), self._client.operator)
        await _turn.say(interaction, view)
        if text is not None:
            await _turn.hand_over(interaction, words("privacy.file"), [_file(READABLE_NAME, text)])

    @app_commands.command()
    async def choices(self, interaction: Interaction) -> None:
        """What you agreed to, one switch each."""
        await _turn.say(interaction, await self._choices(interaction))

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Take it all along, to read and as JSON."""
        holding = await self._client.journeys.review.holding(interaction.user.id)
        language = self._client.language(interaction)
        words = language.words
        if not holding.rows:
            await _turn.say(interaction, screen(words("privacy.nothing")))
            return
        files = [
            _file(READABLE_NAME, file_text(holding, language, self._client.operator)),
            _file(JSON_NAME, export_json(holding)),
        ]
        await _turn.hand_over(interaction, words("privacy.exported"), files)

    @app_commands.command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete all of it, after one question; who has nothing here is asked none."""
        words = self._client.words(interaction)
        holding = await self._client.journeys.review.holding(interaction.user.id)
        await _turn.say(interaction, delete_screen(words) if holding.rows else screen(words("privacy.nothing")))

    async def press(self, interaction: Interaction, press: Press) -> None:
        words = self._client.words(interaction)
        verb, _, name = press.step.partition("_")
        if press.step == "keep":
            await _turn.show(interaction, screen(words("privacy.delete.kept")))
        elif press.step == "delete":
            await _turn.take_time(interaction)
            await self._client.journeys.leave.delete(interaction.user.id, interaction.id)
            await _turn.show(interaction, deleted_screen(words))
        elif press.step == "choices":
            await _turn.show(interaction, await self._choices(interaction))
        elif name in set(Purpose):
            await self._change(interaction, verb, Purpose(name))
        else:
            raise Outdated

    async def _change(self, interaction: Interaction, verb: str, purpose: Purpose) -> None:
        words, journeys = self._client.words(interaction), self._client.journeys
        match verb:
            case "ask":
                await _turn.show(interaction, withdraw_screen(purpose, words))
            case "withdraw":
                agreed = await journeys.review.withdraw(interaction.user.id, purpose)
                await _turn.show(interaction, choices_screen(agreed, words))
            case "agree":
                agreed = await journeys.review.agree(interaction.user.id, purpose, interaction.id)
                await _turn.show(interaction, choices_screen(agreed, words))
                if agreed.receipt_id is not None:
                    await self._send_receipt(interaction, agreed.receipt_id)
            case _:
                raise Outdated

    async def _send_receipt(self, interaction: Interaction, receipt_id: str) -> None:
        fate = await self._client.journeys.deliver.send_now(receipt_id)
        if fate is State.UNREACHABLE:
            await _turn.say(interaction, closed_screen(self._client.words(interaction)))
            await self._client.journeys.adjust.note_told(interaction.user.id)

    async def _choices(self, interaction: Interaction) -> ui.LayoutView:
        agreed = await self._client.journeys.review.choices(interaction.user.id)
        return choices_screen(agreed, self._client.words(interaction))


def _file(name: str, text: str) -> discord.File:
    return discord.File(io.BytesIO(text.encode()), filename=name)


async def setup(client: Porchlight) -> None:
    cog = PrivacyCog(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
