"""The presses on the letters about the pace."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from bot.journey.adjust import Outlook
from bot.journey.courier import Question
from bot.rules.plan import PAUSE_DAYS
from bot.rules.schedule import DAYS_APART
from cogs import _turn
from cogs._ui.letters import opened_screen
from cogs._ui.overview import paused_text, state_text
from cogs._ui.privacy import delete_screen
from cogs._ui.reviews import FLOW, REVIEWS, review_answered_screen, review_pause_screen
from cogs._ui.seasons import quiet_text, season_in
from cogs._ui.tuning import tuning_screen


class ReviewPresses(commands.Cog):
    """Each press is taken at its word, and can be taken back in the settings."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press(self, interaction: Interaction, press: Press) -> None:
        words = self._client.words(interaction)
        number, _, occurrence_id = press.data.rpartition(":")
        question = await self._question(interaction, occurrence_id)
        match press.step:
            case "tune":
                tuning = await self._client.journeys.tune.look(interaction.user.id)
                await _turn.say(interaction, tuning_screen(tuning, words))
            case "finish" if question.kind in REVIEWS:
                await _turn.say(interaction, delete_screen(words))
            case "pause" if question.kind in REVIEWS:
                await _turn.show(interaction, review_pause_screen(occurrence_id, words))
            case "back" if question.kind in REVIEWS:
                await _turn.show(interaction, opened_screen(question, occurrence_id, words))
            case _ if question.kind in REVIEWS:
                said = await self._change(interaction, press, occurrence_id, int(number) if number.isdecimal() else 0)
                await _turn.show(interaction, review_answered_screen(said, occurrence_id, words))
            case _:
                raise Outdated

    async def _change(self, interaction: Interaction, press: Press, occurrence_id: str, number: int) -> str:
        """What changes something, and what is said of it."""
        words, adjust = self._client.words(interaction), self._client.journeys.adjust
        member_id = interaction.user.id
        match press.step:
            case "keep":
                return self._pace_text(interaction, await adjust.keep_pace(member_id, occurrence_id))
            case "fewer" if number in DAYS_APART:
                return self._pace_text(interaction, await adjust.slow_down(member_id, occurrence_id, number))
            case "pause_days" if number in PAUSE_DAYS:
                outlook = await adjust.pause(member_id, number)
                return paused_text(outlook, interaction.created_at, words)
            case "season":
                quiet = await self._client.journeys.tune.begin_season(member_id, season_in(press.values))
                return quiet_text(quiet, words)
        raise Outdated

    def _pace_text(self, interaction: Interaction, outlook: Outlook) -> str:
        words, now = self._client.words(interaction), interaction.created_at
        if outlook.plan.next_due_at is None:
            return state_text(outlook, now, words)
        return words("review.reply", per_week=words("overview.per_week", count=outlook.plan.wishes_at(now).per_week))

    async def _question(self, interaction: Interaction, occurrence_id: str) -> Question:
        """What stands on that message. Raises NoLongerHeld; Outdated on a nudge or a receipt."""
        language = self._client.words(interaction).language
        message = await self._client.journeys.answer.look(interaction.user.id, occurrence_id, language)
        if not isinstance(message.says, Question):
            raise Outdated
        return message.says


async def setup(client: Porchlight) -> None:
    cog = ReviewPresses(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
