"""One press on a nudge: in a DM, behind a discreet cover, or on one that was only tried."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import NoLongerHeld, Outdated
from bot.journey.adjust import PAUSE_DAYS
from bot.journey.answer import Answered, Seen
from bot.rules.occurrence import Answer
from cogs._ui.helplines import helplines_screen
from cogs._ui.letters import opened_screen
from cogs._ui.nudges import (
    LATER_DAYS,
    NUDGE,
    TASTE,
    Card,
    answered_screen,
    choice_screen,
    nudge_screen,
    smaller_screen,
    why_text,
)
from cogs._ui.questions import exits
from cogs._ui.screen import moment, screen

# The presses that are an answer by themselves; Later and Pause ask for days first.
ANSWERS = frozenset({Answer.DID_IT, Answer.NOT_TODAY, Answer.NOT_FOR_ME, Answer.NOT_OK})


class AnswerPresses(commands.Cog):
    """Takes what is pressed on nudges to the journey, and says something short back."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press_nudge(self, interaction: Interaction, press: Press) -> None:
        step = _step(press)
        if step in ANSWERS:
            await self._answer(interaction, press.data, Answer(step))
        elif step in ("later_days", "pause_days"):
            await self._choose_days(interaction, step, press.data)
        elif step in ("still_wanted", "server_off"):
            await self._say_yes(interaction, step, press.data)
        else:
            await self._show(interaction, step, press.data)

    async def press_taste(self, interaction: Interaction, press: Press) -> None:
        """On a nudge that was only tried: everything answers, nothing is stored."""
        words = self._client.words(interaction)
        nudge = self._client.language(interaction).nudge_by_id.get(press.data)
        if nudge is None:
            raise NoLongerHeld
        card = Card(nudge, press.data, TASTE)
        match _step(press):
            case "smaller":
                await interaction.response.edit_message(view=smaller_screen(card, words))
            case "why":
                await interaction.response.send_message(view=screen(why_text(nudge, None, words)), ephemeral=True)
            case "help":
                await self._send_helplines(interaction)
            case step if step in ANSWERS or step == "later":
                reply = words(f"taste.reply.{step}")
                await interaction.response.edit_message(view=answered_screen(card, [reply], words))
            case _:
                raise Outdated

    async def _answer(self, interaction: Interaction, occurrence_id: str, answer: Answer) -> None:
        words = self._client.words(interaction)
        answered = await self._client.journeys.answer.press(interaction.user.id, occurrence_id, answer, words.language)
        with_somebody = answer is Answer.DID_IT and answered.nudge and answered.nudge.leads_to_a_person
        reply = words("nudge.reply.did_it_with_somebody") if with_somebody else words(f"nudge.reply.{answer}")
        await self._reply(interaction, occurrence_id, answered, reply)

    async def _choose_days(self, interaction: Interaction, step: str, data: str) -> None:
        words, journeys = self._client.words(interaction), self._client.journeys
        chosen, _, occurrence_id = data.partition(":")
        days = int(chosen) if chosen.isdecimal() else 0
        if step == "later_days" and days in LATER_DAYS:
            answered = await journeys.answer.later(interaction.user.id, occurrence_id, days, words.language)
            reply = words("nudge.reply.later", count=days)
        elif step == "pause_days" and days in PAUSE_DAYS:
            answered = await journeys.answer.press(interaction.user.id, occurrence_id, Answer.REST, words.language)
            until = await journeys.adjust.pause(interaction.user.id, days)
            reply = words("nudge.reply.pause", until=moment(until, "D"))
        else:
            raise Outdated
        await self._reply(interaction, occurrence_id, answered, reply)

    async def _reply(self, interaction: Interaction, occurrence_id: str, answered: Answered, reply: str) -> None:
        words = self._client.words(interaction)
        said = [words("nudge.reply.already") if answered.already else reply]
        if answered.weeks is not None:
            said.append(words("rhythm.milestone", count=answered.weeks))
        if answered.nudge is None:
            view = screen(*said, exits(occurrence_id, words))
        else:
            view = answered_screen(Card(answered.nudge, occurrence_id), said, words)
        await interaction.response.edit_message(view=view)

    async def _say_yes(self, interaction: Interaction, step: str, occurrence_id: str) -> None:
        """To one of the two questions. The question goes, its answer stays."""
        words, adjust = self._client.words(interaction), self._client.journeys.adjust
        await self._seen(interaction, occurrence_id)
        if step == "still_wanted":
            plan = await adjust.resume(interaction.user.id)
        else:
            plan = await adjust.go_on_without_server(interaction.user.id)
        assert plan.next_due_at is not None, "a resumed plan is due some day"
        reply = words(f"letter.{step}.going_on", next=moment(plan.next_due_at))
        await interaction.response.edit_message(view=screen(reply, exits(occurrence_id, words)))

    async def _show(self, interaction: Interaction, step: str, occurrence_id: str) -> None:
        """What changes nothing, or ends everything: those never fail for want of a nudge."""
        words = self._client.words(interaction)
        if step == "stop":
            await self._client.journeys.leave.stop(interaction.user.id)
            await interaction.response.edit_message(view=screen(words("leave.stopped")))
            return
        if step == "help":
            await self._send_helplines(interaction)
            return
        seen = await self._seen(interaction, occurrence_id)
        if step == "open":
            view = opened_screen(seen.kind, seen.nudge, occurrence_id, words)
            await interaction.response.send_message(view=view, ephemeral=True)
            return
        if seen.nudge is None:
            raise NoLongerHeld
        card = Card(seen.nudge, occurrence_id)
        match step:
            case "smaller":
                await interaction.response.edit_message(view=smaller_screen(card, words))
            case "later" | "pause":
                await interaction.response.edit_message(view=choice_screen(card, step, words))
            case "back":
                await interaction.response.edit_message(view=nudge_screen(card, words))
            case "why":
                text = why_text(seen.nudge, seen.plan, words)
                await interaction.response.send_message(view=screen(text), ephemeral=True)
            case _:
                raise Outdated

    async def _seen(self, interaction: Interaction, occurrence_id: str) -> Seen:
        language = self._client.words(interaction).language
        return await self._client.journeys.answer.look(interaction.user.id, occurrence_id, language)

    async def _send_helplines(self, interaction: Interaction) -> None:
        view = helplines_screen(self._client.library.helplines, self._client.words(interaction))
        await interaction.response.send_message(view=view, ephemeral=True)


def _step(press: Press) -> str:
    return press.values[0] if press.step == "menu" and press.values else press.step


async def setup(client: Porchlight) -> None:
    cog = AnswerPresses(client)
    client.doors[NUDGE] = cog.press_nudge
    client.doors[TASTE] = cog.press_taste
    await client.add_cog(cog)
