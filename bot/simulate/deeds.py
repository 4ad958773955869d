"""What members do: the same calls of the journey that the cogs make for them, and what they have said by that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.errors import ForMember
from bot.journey.adjust import Outlook
from bot.journey.journeys import Journeys
from bot.rules.consent import ON_AT_FIRST, Purpose
from bot.rules.occurrence import Answer
from bot.rules.plan import PlanState
from bot.rules.replies import Question
from bot.simulate.acts import ANSWERS, AT_A_REVIEW, RENEWING, SETS_ASIDE, Act, Deed, meant_by
from bot.simulate.faults import DAY
from bot.simulate.people import Change, Person, Stand
from bot.simulate.timeline import Timeline

LANGUAGE: Final = "en"
MENDED_WITHIN: Final = 60 * DAY


async def do(person: Person, deed: Deed, journeys: Journeys, timeline: Timeline) -> None:
    """Do it, and note what was said. What is refused in words was not said."""
    begun, before = timeline.seconds, person.said.last
    renews = deed.act in RENEWING and not (deed.act is Act.AGREE and before.wants)
    change = person.said.begin(begun, meant_by(deed, before, begun, person), renews=renews)
    answer = Change(begun, deed.occurrence_id)
    if deed.act in ANSWERS | AT_A_REVIEW:
        person.answers.append(answer)
    if deed.act in SETS_ASIDE:
        person.set_aside.append(begun)
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
    if deed.act is Act.SEASON:
        quiet = await journeys.tune.begin_season(person.member_id, deed.season)
        told = _told(meant, _until(quiet.plan.paused_until, timeline))
        # By a clock that was ahead: the pause is cut to its longest, and the season lasts on from its first nudge.
        was_ahead = told.told_until > meant.paused_until + DAY
        return replace(told, slow_until=meant.slow_until + MENDED_WITHIN) if was_ahead else told
    outlook = await _adjust(person, deed, journeys) or await _look_back(person, deed, journeys)
    if outlook is not None:
        change.renews = change.renews and outlook.plan.state is PlanState.ACTIVE
        now_holds = replace(meant, wishes=outlook.plan.wishes, keeps_pace=outlook.plan.keeps_pace)
        return _told(now_holds, _until(outlook.plan.paused_until, timeline))
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
        case Act.RESUME:
            return await adjust.resume(who)
        case Act.GO_ON:
            return await adjust.go_on(who)
        case Act.GO_ON_ALONE:
            return await adjust.go_on_without_guild(who)
    return None


async def _look_back(person: Person, deed: Deed, journeys: Journeys) -> Outlook | None:
    """What is answered at a review."""
    match deed.act:
        case Act.KEEP_PACE:
            return await journeys.adjust.keep_pace(person.member_id, deed.occurrence_id)
        case Act.SLOW_DOWN:
            return await journeys.adjust.slow_down(person.member_id, deed.occurrence_id, deed.days)
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
    who, asked_back = person.member_id, journeys.asked_back
    match person.asked_back.pop(deed.occurrence_id, None):
        case Question.BIGGER:
            await asked_back.go_bigger(who, deed.occurrence_id, LANGUAGE)
        case Question.SAME_PERSON:
            await asked_back.same_person(who, deed.occurrence_id)
        case Question.SKIP_KIND:
            await asked_back.skip_kind(who, deed.occurrence_id, LANGUAGE)


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
