"""The presses on what was asked back after an answer. Whatever is said, it is fine; and so is nothing."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import NoLongerHeld, Outdated
from bot.journey.courier import NudgeNote
from cogs import _turn
from cogs._ui.asked_back import FLOW, STEPS
from cogs._ui.nudges import NudgeCard, answered_screen


class AskedBack(commands.Cog):
    """Takes a yes to the journey. A no changes nothing."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press(self, interaction: Interaction, press: Press) -> None:
        if press.step not in STEPS:
            raise Outdated
        words, journeys = self._client.words(interaction), self._client.journeys
        member_id, occurrence_id = interaction.user.id, press.data
        message = await journeys.answer.look(member_id, occurrence_id, words.language)
        if not isinstance(message.says, NudgeNote):
            raise NoLongerHeld
        match press.step:
            case "bigger":
                await journeys.asked_back.go_bigger(member_id, occurrence_id, words.language)
            case "same_person":
                await journeys.asked_back.same_person(member_id, occurrence_id)
            case "skip_kind":
                await journeys.asked_back.skip_kind(member_id, occurrence_id, words.language)
        card = NudgeCard(message.says.nudge, occurrence_id)
        await _turn.show(interaction, answered_screen(card, [words(f"asked.reply.{press.step}")], words))


async def setup(client: Porchlight) -> None:
    cog = AskedBack(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
