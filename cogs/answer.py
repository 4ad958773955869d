"""One press on a nudge: in a DM, behind a discreet cover, or on one that was only tried."""

from __future__ import annotations

from typing import Final

from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import NoLongerHeld, Outdated
from bot.journey.answer import Answered, OwnMessage
from bot.journey.courier import NudgeNote
from bot.rules.due import LATER_DAYS
from bot.rules.occurrence import Answer
from bot.rules.plan import PAUSE_DAYS
from cogs import _turn
from cogs._ui.asked_back import asked_back
from cogs._ui.helplines import helplines_screen
from cogs._ui.letters import closed_cover_screen, opened_screen
from cogs._ui.nudges import (
    Flow,
    NudgeCard,
    Step,
    answered_screen,
    choice_screen,
    exits,
    gone_screen,
    nudge_screen,
    smaller_screen,
)
from cogs._ui.overview import state_text, stopped_screen
from cogs._ui.screen import Part, moment, screen, with_note
from cogs._ui.seasons import quiet_text, season_in
from cogs._ui.why import taste_why_text, why_text

# The presses that are an answer by themselves; Later and Pause ask for days first.
ANSWERS: Final = frozenset({Step.DID_IT, Step.NOT_TODAY, Step.NOT_FOR_ME, Step.NOT_OK})


class AnswerPresses(commands.Cog):
    """Takes what is pressed on nudges to the journey, and says something short back."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press_nudge(self, interaction: Interaction, press: Press) -> None:
        match step := _step(press):
            case Step.DID_SMALLER:
                await self._answer(interaction, press.data, Answer.DID_IT, smaller=True)
            case step if step in ANSWERS:
                await self._answer(interaction, press.data, Answer(step))
            case Step.LATER_DAYS | Step.PAUSE_DAYS:
                await self._choose_days(interaction, step, press.data)
            case Step.SEASON:
                await self._begin_season(interaction, press)
            case Step.STILL_WANTED | Step.GUILD_OFF:
                await self._say_yes(interaction, step, press.data)
            case Step.STOP | Step.STOP_COVERED:
                await self._stop(interaction, step)
            case Step.HELP:
                await self._send_helplines(interaction)
            case Step.OPEN:
                await self._open(interaction, press.data)
            case _:
                await self._show(interaction, step, press.data)

    async def press_taste(self, interaction: Interaction, press: Press) -> None:
        """On a nudge that was only tried: everything answers, nothing is stored."""
        words = self._client.words(interaction)
        nudge = self._client.language(interaction).nudge_by_id.get(press.data)
        if nudge is None:
            raise NoLongerHeld
        card = NudgeCard(nudge, press.data, Flow.TASTE)
        match step := _step(press):
            case Step.SMALLER:
                await _turn.show(interaction, smaller_screen(card, words))
            case Step.WHY:
                await _turn.say(interaction, screen(taste_why_text(nudge, words)))
            case Step.HELP:
                await self._send_helplines(interaction)
            case Step.BACK:
                await _turn.show(interaction, nudge_screen(card, words))
            case Step.DID_SMALLER:
                said = [words(f"taste.reply.{Step.DID_IT}")]
                await _turn.show(interaction, answered_screen(card, said, words, smaller=True))
            case step if step in ANSWERS or step is Step.LATER:
                await _turn.show(interaction, answered_screen(card, [words(f"taste.reply.{step}")], words))
            case _:
                raise Outdated

    async def _answer(
        self, interaction: Interaction, occurrence_id: str, answer: Answer, *, smaller: bool = False
    ) -> None:
        words = self._client.words(interaction)
        answered = await self._client.journeys.answer.press(
            interaction.user.id, occurrence_id, answer, words.language, smaller=smaller
        )
        leads_on = answered.nudge is not None and answered.nudge.leads_to_a_person and not smaller
        with_somebody = answer is Answer.DID_IT and leads_on
        reply = words("nudge.reply.did_it_with_somebody") if with_somebody else words(f"nudge.reply.{answer}")
        regretted = answer is Answer.NOT_OK
        await self._reply(interaction, occurrence_id, answered, reply, smaller=smaller, regretted=regretted)

    async def _choose_days(self, interaction: Interaction, step: Step, data: str) -> None:
        words, journey = self._client.words(interaction), self._client.journeys.answer
        chosen, _, occurrence_id = data.partition(":")
        days = int(chosen) if chosen.isdecimal() else 0
        if step is Step.LATER_DAYS and days in LATER_DAYS:
            answered = await journey.later(interaction.user.id, occurrence_id, days, words.language)
            reply = self._later_text(interaction, answered)
        elif step is Step.PAUSE_DAYS and days in PAUSE_DAYS:
            answered = await journey.pause(interaction.user.id, occurrence_id, days, words.language)
            reply = self._pause_text(interaction, answered)
        else:
            raise Outdated
        await self._reply(interaction, occurrence_id, answered, reply)

    async def _begin_season(self, interaction: Interaction, press: Press) -> None:
        """A quieter time, picked on a nudge: a pause, and so an answer."""
        words, season = self._client.words(interaction), season_in(press.values)
        await self._message(interaction, press.data)
        quiet = await self._client.journeys.tune.begin_season(interaction.user.id, season)
        answered = await self._client.journeys.answer.rest(interaction.user.id, press.data, words.language)
        await self._reply(interaction, press.data, answered, quiet_text(quiet, words))

    def _pause_text(self, interaction: Interaction, answered: Answered) -> str:
        words = self._client.words(interaction)
        if answered.paused_until is None:
            return words("nudge.reply.pause_nothing")
        return words("nudge.reply.pause", until=moment(answered.paused_until, "D"))

    def _later_text(self, interaction: Interaction, answered: Answered) -> str:
        """When it really comes again."""
        words = self._client.words(interaction)
        if answered.comes_at is None:
            return words("nudge.reply.later_never")
        at = moment(answered.comes_at)
        if answered.paused_until is None:
            return words("nudge.reply.later", at=at)
        return words("nudge.reply.later_after_pause", at=at, until=moment(answered.paused_until, "D"))

    async def _reply(
        self,
        interaction: Interaction,
        occurrence_id: str,
        answered: Answered,
        reply: str,
        *,
        smaller: bool = False,
        regretted: bool = False,
    ) -> None:
        words = self._client.words(interaction)
        said: list[Part] = [words("nudge.reply.already") if answered.already else reply]
        if answered.weeks is not None:
            said.append(words("streak.milestone", count=answered.weeks))
        if answered.is_plenty:
            said.append(words("nudge.plenty"))
        if answered.question is not None and answered.nudge is not None:
            said.extend(asked_back(answered.question, answered.nudge, occurrence_id, words))
        if answered.nudge is None:
            await _turn.show(interaction, gone_screen(occurrence_id, said, words))
        else:
            card = NudgeCard(answered.nudge, occurrence_id)
            await _turn.show(interaction, answered_screen(card, said, words, smaller=smaller, regretted=regretted))

    async def _say_yes(self, interaction: Interaction, step: Step, occurrence_id: str) -> None:
        """To one of the two questions. The question goes, its answer stays."""
        words, adjust = self._client.words(interaction), self._client.journeys.adjust
        await self._message(interaction, occurrence_id)
        resume = adjust.go_on if step is Step.STILL_WANTED else adjust.go_on_without_guild
        outlook = await resume(interaction.user.id)
        due = outlook.plan.next_due_at
        if due is None:
            reply = state_text(outlook, interaction.created_at, words)
        else:
            reply = words(f"letter.{step}.going_on", next=moment(due))
        await _turn.show(interaction, screen(reply, exits(occurrence_id, words)))

    async def _stop(self, interaction: Interaction, step: Step) -> None:
        """Never fails for want of a nudge. A cover stays a cover: what was stopped is said in private."""
        words = self._client.words(interaction)
        view = stopped_screen(words, something_held=await self._client.journeys.leave.stop(interaction.user.id))
        if step is Step.STOP_COVERED:
            await _turn.show(interaction, closed_cover_screen(words))
            await _turn.say(interaction, view)
        else:
            await _turn.show(interaction, view)

    async def _open(self, interaction: Interaction, occurrence_id: str) -> None:
        words = self._client.words(interaction)
        message = await self._message(interaction, occurrence_id)
        if message.was_not_ok:
            view = gone_screen(occurrence_id, [words("nudge.reply.already")], words)
        elif isinstance(message.says, NudgeNote) and message.is_answered:
            card = NudgeCard(message.says.nudge, occurrence_id)
            view = answered_screen(card, [words("nudge.reply.already")], words)
        else:
            view = opened_screen(message.says, occurrence_id, words)
        await _turn.say(interaction, with_note(view, words("letter.cover.dismiss")))

    async def _show(self, interaction: Interaction, step: Step, occurrence_id: str) -> None:
        """What changes nothing."""
        words = self._client.words(interaction)
        message = await self._message(interaction, occurrence_id)
        if not isinstance(message.says, NudgeNote):
            raise Outdated
        card = NudgeCard(message.says.nudge, occurrence_id)
        match step:
            case Step.SMALLER:
                await _turn.show(interaction, smaller_screen(card, words))
            case Step.LATER | Step.PAUSE:
                await _turn.show(interaction, choice_screen(card, step, words))
            case Step.BACK:
                await _turn.show(interaction, nudge_screen(card, words))
            case Step.WHY:
                await _turn.say(interaction, screen(why_text(message.says, message.draw, words)))
            case _:
                raise Outdated

    async def _message(self, interaction: Interaction, occurrence_id: str) -> OwnMessage:
        language = self._client.words(interaction).language
        return await self._client.journeys.answer.look(interaction.user.id, occurrence_id, language)

    async def _send_helplines(self, interaction: Interaction) -> None:
        view = helplines_screen(self._client.library.helplines, self._client.words(interaction))
        await _turn.say(interaction, view)


def _step(press: Press) -> Step:
    """Raises Outdated for one that there is not (any more)."""
    name = press.values[0] if press.step == Step.MENU and press.values else press.step
    try:
        return Step(name)
    except ValueError:
        raise Outdated from None


async def setup(client: Porchlight) -> None:
    cog = AnswerPresses(client)
    client.answers(Flow.NUDGE, cog.press_nudge)
    client.answers(Flow.TASTE, cog.press_taste)
    await client.add_cog(cog)
