"""What members do: the same calls of the journey that the cogs make for them, and what they have said by that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.errors import ForMember
from bot.journey.adjust import Outlook
from bot.journey.journeys import Journeys
from bot.rules.consent import ON_AT_FIRST, Purpose
from bot.rules.occurrence import Answer
from bot.rules.plan import PlanState, Wishes
from bot.rules.replies import Question
from bot.simulate.people import Change, Person, Stand
from bot.simulate.timeline import Timeline

LANGUAGE: Final = "en"


class Act(StrEnum):
    """Everything a member does here."""

    START = "start"
    STOP = "stop"
    DELETE = "delete"
    CHANGE = "change"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    AGREE = "agree"
    SHOW_ALL = "show_all"
    DID_IT = "did_it"
    SMALLER = "smaller"
    NOT_TODAY = "not_today"
    NOT_FOR_ME = "not_for_me"
    NOT_OK = "not_ok"
    LATER = "later"
    REST = "rest"
    """A pause, chosen on a nudge."""
    SAY_YES = "say_yes"
    """A yes to what was asked back at an answer, if anything was: a bit bigger, the same person, leave out the kind."""
    GO_ON = "go_on"
    """A yes to the one question after silence."""
    GO_ON_ALONE = "go_on_alone"
    """A yes to the one question after the server was switched off."""


PRESSES: Final = frozenset({Act.DID_IT, Act.SMALLER, Act.NOT_TODAY, Act.NOT_FOR_ME, Act.NOT_OK})
ANSWERS: Final = PRESSES | {Act.LATER, Act.REST}
RENEWING: Final = frozenset({Act.START, Act.RESUME, Act.AGREE, Act.GO_ON, Act.GO_ON_ALONE})


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a member does, and all they pick with it. It can be repeated when no answer came."""

    act: Act
    occurrence_id: str = ""
    nudge_id: str | None = None
    days: int = 0
    wishes: Wishes | None = None
    press_id: int = 0


async def do(person: Person, deed: Deed, journeys: Journeys, timeline: Timeline) -> None:
    """Do it, and note what was said. What is refused in words was not said."""
    begun, before = timeline.seconds, person.said.last
    renews = deed.act in RENEWING and not (deed.act is Act.AGREE and before.wants)
    change = person.said.begin(begun, _meant(before, deed, begun, person), renews=renews)
    answer = Change(begun, deed.occurrence_id)
    if deed.act in ANSWERS:
        person.answers.append(answer)
    if deed.act is Act.LATER and deed.nudge_id is not None:
        person.laters.append((begun, deed.nudge_id))
    try:
        stand = await _ask(person, deed, journeys, timeline, change)
    except ForMember:
        person.said.take_back(change)
        return
    answer.ended = timeline.seconds
    person.said.end(change, timeline.seconds, stand)
    if deed.act is Act.START:
        await _receive(person, deed, journeys)


def _meant(before: Stand, deed: Deed, at: float, person: Person) -> Stand:
    """What holds once it has gone through, as far as the member can tell."""
    match deed.act:
        case Act.START:
            return replace(before, wants=True, wishes=deed.wishes, guild_id=before.guild_id or person.guild_id)
        case Act.STOP | Act.WITHDRAW:
            return replace(before, wants=False)
        case Act.DELETE:
            return Stand()
        case Act.CHANGE:
            return replace(before, wishes=deed.wishes)
        case Act.PAUSE | Act.REST:
            return replace(before, paused_until=at + deed.days * 86_400)
        case Act.RESUME | Act.GO_ON:
            return replace(before, paused_until=0.0)
        case Act.AGREE:
            return replace(before, wants=True)
        case Act.GO_ON_ALONE:
            return replace(before, paused_until=0.0, guild_id=None)
        case _:
            return before


async def _ask(person: Person, deed: Deed, journeys: Journeys, timeline: Timeline, change: Change[Stand]) -> Stand:
    """Make the call; what the answer says that holds now."""
    meant = change.to
    if deed.act is Act.START:
        return await _start(person, deed, journeys, meant)
    if deed.act in ANSWERS:
        return await _answer(person, deed, journeys, timeline, meant)
    if deed.act is Act.SAY_YES:
        await _say_yes(person, deed, journeys)
        return meant
    outlook = await _adjust(person, deed, journeys)
    if outlook is not None:
        change.renews = change.renews and outlook.plan.state is PlanState.ACTIVE
        return _told(meant, _until(outlook.plan.paused_until, timeline))
    await _agree(person, deed, journeys)
    return meant


async def _adjust(person: Person, deed: Deed, journeys: Journeys) -> Outlook | None:
    who, adjust = person.member_id, journeys.adjust
    match deed.act:
        case Act.CHANGE:
            assert deed.wishes is not None
            return await adjust.change(who, deed.wishes)
        case Act.PAUSE:
            return await adjust.pause(who, deed.days)
        case Act.RESUME | Act.GO_ON:
            return await adjust.resume(who)
        case Act.GO_ON_ALONE:
            return await adjust.go_on_without_guild(who)
    return None


async def _agree(person: Person, deed: Deed, journeys: Journeys) -> None:
    who = person.member_id
    match deed.act:
        case Act.STOP:
            await journeys.leave.stop(who)
        case Act.DELETE:
            await journeys.leave.delete(who)
        case Act.WITHDRAW:
            await journeys.review.withdraw(who, Purpose.NUDGES)
        case Act.AGREE:
            await journeys.review.agree(who, Purpose.NUDGES, deed.press_id)
        case Act.SHOW_ALL:
            await journeys.adjust.show_all_again(who)


async def _answer(person: Person, deed: Deed, journeys: Journeys, timeline: Timeline, meant: Stand) -> Stand:
    who, answer = person.member_id, journeys.answer
    match deed.act:
        case Act.LATER:
            await answer.later(who, deed.occurrence_id, deed.days, LANGUAGE)
        case Act.REST:
            answered = await answer.pause(who, deed.occurrence_id, deed.days, LANGUAGE)
            return _told(meant, _until(answered.paused_until, timeline))
        case _:
            told = Answer.DID_IT if deed.act is Act.SMALLER else Answer(deed.act.value)
            answered = await answer.press(who, deed.occurrence_id, told, LANGUAGE, smaller=deed.act is Act.SMALLER)
            if answered.question is not None:
                person.asked_back[deed.occurrence_id] = answered.question
    return meant


async def _say_yes(person: Person, deed: Deed, journeys: Journeys) -> None:
    who, answer = person.member_id, journeys.answer
    match person.asked_back.pop(deed.occurrence_id, None):
        case Question.BIGGER:
            await answer.go_bigger(who, deed.occurrence_id)
        case Question.SAME_PERSON:
            await answer.same_person(who, deed.occurrence_id)
        case Question.SKIP_KIND:
            await answer.skip_kind(who, deed.occurrence_id, LANGUAGE)


async def _start(person: Person, deed: Deed, journeys: Journeys, meant: Stand) -> Stand:
    """From their server while it is on, or else from the bot's own DM."""
    assert deed.wishes is not None
    purposes = ON_AT_FIRST | {Purpose.ANSWERS}
    guild_id = person.guild_id
    if guild_id is not None and not await journeys.enable.is_on(guild_id):
        guild_id = None
    await journeys.opt_in.start(person.member_id, guild_id, LANGUAGE, purposes, deed.wishes, deed.press_id)
    held = (await journeys.review.holding(person.member_id)).rows
    return replace(meant, guild_id=held["member"][0]["guild_id"])


async def _receive(person: Person, deed: Deed, journeys: Journeys) -> None:
    """The receipt goes out at once, as after a press; if the process dies over it, a wake-up takes it up."""
    held = (await journeys.review.holding(person.member_id)).rows.get("occurrence", [])
    receipt = next((row["occurrence_id"] for row in held if row["slot"] == str(deed.press_id)), None)
    if receipt is not None:
        await journeys.deliver.send_now(receipt)


def _told(meant: Stand, until: float) -> Stand:
    """A pause ends when the member meant it to, or when they were told, whichever is first."""
    return replace(meant, paused_until=min(meant.paused_until, until), told_until=until)


def _until(instant: datetime | None, timeline: Timeline) -> float:
    return 0.0 if instant is None else timeline.since_begin(instant)
