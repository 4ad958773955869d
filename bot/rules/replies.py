"""What one answer makes of a member's plan and bearing, beside its own record. Why: docs/pace.md.

Law: only *Did it* on the full step lets anything grow, and bigger only after a yes. *Not for me* and *Not OK* only
ever make things gentler. *Later* and silence change nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.rules.bearing import NOT_TODAYS_TO_EASE, Bearing
from bot.rules.choose import CONTACT, Choosable
from bot.rules.due import Lately
from bot.rules.occurrence import Answer
from bot.rules.pace import DONE_BEFORE_SMALL, ceiling_of, is_busy, is_plenty
from bot.rules.plan import Plan, Size
from bot.rules.schedule import local_date


class Question(StrEnum):
    """What is asked back, in the same place, once. No answer is an answer."""

    BIGGER = "bigger"
    """A bit bigger, or stay here?"""
    SAME_PERSON = "same_person"
    """The same person as before, or somebody else? No name is asked."""
    SKIP_KIND = "skip_kind"
    """Leave out the whole kind?"""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the member stands after an answer, and what is said beside it."""

    plan: Plan
    bearing: Bearing
    question: Question | None = None
    is_plenty: bool = False
    """Whether "that's plenty" is said with it. Whether it is for two people being enough, the question tells first."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """One answer, to the nudge itself or to its smaller version."""

    answer: Answer
    nudge_id: str
    nudge: Choosable | None
    """None for one that has left the library since."""
    is_smaller: bool = False
    of_its_kind: int = 0
    """How many others of its kind were set aside before; none where the whole kind is off already."""
    is_first: bool = True
    """Whether the nudge had no answer before. One nudge is one no, however often it is said."""


def follow(pressed: Pressed, plan: Plan, bearing: Bearing, lately: Lately, now: datetime) -> Followed:
    """What that answer changes."""
    day, nudge = local_date(plan.schedule.zone, now), pressed.nudge
    said_no = bearing.said_no(day) if pressed.is_first else bearing
    match pressed.answer:
        case Answer.DID_IT if nudge is not None and not pressed.is_smaller:
            return _did_it(nudge, plan, bearing, now)
        case Answer.DID_IT:
            return Followed(plan, bearing.did_smaller())
        case Answer.NOT_TODAY:
            return _not_today(plan, said_no)
        case Answer.NOT_FOR_ME:
            return _not_for_me(pressed, plan, said_no, lately, now)
        case Answer.NOT_OK:
            return Followed(plan.made_gentle(now, lately), said_no.not_ok(day))
    return Followed(plan, bearing)


def said_bigger(plan: Plan, done: Size, most: Size = Size.SMALL) -> Plan:
    """One size more than the nudge that was done, however often that is said, and up to the most that is offered.

    Brave ones come only to who picked them in the settings.
    """
    bigger = Size(min(most, done + 1))
    return replace(plan, wishes=replace(plan.wishes, size=max(plan.wishes.size, bigger)))


def _did_it(nudge: Choosable, plan: Plan, bearing: Bearing, now: datetime) -> Followed:
    day = local_date(plan.schedule.zone, now)
    was_with_somebody = bool(bearing.pruned(day).steps)
    stepped, grown = bearing.did(nudge.exposure, nudge.theme, day), plan.grown(nudge.exposure)
    if nudge.exposure >= CONTACT:
        question = Question.SAME_PERSON if was_with_somebody else None
        return Followed(grown, stepped, question, is_busy(stepped, day))
    if nudge.size is plan.wishes.size and _may_be_offered_more(grown, stepped, now):
        return Followed(grown, stepped.offered(), Question.BIGGER)
    return Followed(grown, stepped)


def _may_be_offered_more(plan: Plan, bearing: Bearing, now: datetime) -> bool:
    """After some full steps, where more could come, and neither in a season nor after something that was not OK."""
    day = local_date(plan.schedule.zone, now)
    is_quiet = bearing.season_on(day) is not None or bearing.is_gentle(day) or is_plenty(bearing, day)
    could_come = ceiling_of(plan.week_on(day)).size > plan.wishes.size and bearing.full_steps >= DONE_BEFORE_SMALL
    return plan.wishes.size < bearing.most_offered and bearing.offer_in == 0 and could_come and not is_quiet


def _not_for_me(pressed: Pressed, plan: Plan, bearing: Bearing, lately: Lately, now: datetime) -> Followed:
    day = local_date(plan.schedule.zone, now)
    left = plan.without_again(now, lately) if plan.again_nudge_id == pressed.nudge_id else plan
    if pressed.nudge is None:
        return Followed(left, bearing)
    fewer = replace(bearing, tickets=bearing.tickets.not_for_me(pressed.nudge.theme, day))
    return Followed(left, fewer, Question.SKIP_KIND if pressed.of_its_kind else None)


def _not_today(plan: Plan, bearing: Bearing) -> Followed:
    waited = bearing.not_today()
    if waited.not_todays < NOT_TODAYS_TO_EASE:
        return Followed(plan, waited)
    smaller = Size(max(Size.TINY, plan.wishes.size - 1))
    return Followed(replace(plan, wishes=replace(plan.wishes, size=smaller)), waited.eased(plan.wishes.size))
