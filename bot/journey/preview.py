"""What the next weeks could look like with what a member chose, if they did about half. Stores nothing.

It is one possible way: the draws are the ones that would be made, and every answer changes those that follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.courier import NudgeNote, Says
from bot.journey.course import Beginning, Event, newcomer
from bot.journey.foresee import foresee
from bot.journey.past import Past, past_of
from bot.journey.persona import Deed, Message, Press, Reply
from bot.journey.standing import standing_of
from bot.rules.bearing import Bearing
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import EVENING, local_date
from bot.store import Database, Records

WEEKS: Final = 8

# What somebody has not picked yet: what is offered first, by a clock that is nobody's.
AT_FIRST: Final = Wishes("UTC", EVENING, per_week=3, size=Size.TINY, discreet=False)

# Whoever does it, does it after so long.
AFTER: Final = timedelta(hours=2)


class Basis(StrEnum):
    """What it is worked out from."""

    OWN = "own"
    """Their plan as it stands."""
    STRANGER = "stranger"
    """What is offered first: they have none."""
    RESUMED = "resumed"
    """Their plan, as it would go on after a /nudge resume."""
    STARTED = "started"
    """Their plan, as it would go on after a /nudge start."""
    UNREADABLE = "unreadable"
    """Nothing: it cannot be read what must not come."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One message that could come, and whether it would be done."""

    at: datetime
    says: Says
    is_done: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """The weeks that could come, of seven days each, from today on."""

    basis: Basis
    weeks: tuple[tuple[Foreseen, ...], ...]
    paused_until: datetime | None = None


class DoesHalf:
    """Does every other nudge in full, and leaves the others, and every question, unanswered."""

    def __init__(self) -> None:
        self._is_next = True

    def by_themselves(self, _begun: datetime, _plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        return ()

    def about(self, seen: Message | Reply, _at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        if isinstance(seen, Message) and isinstance(seen.says, NudgeNote):
            does, self._is_next = self._is_next, not self._is_next
            return [(AFTER, Press(seen, Answer.DID_IT))] if does else []
        return ()


class Preview:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def weeks(self, member_id: int, language: str) -> Outline:
        """The weeks that could come to this member, or to somebody who has not begun."""
        now = self._clock.now()
        basis, beginning = await self._database.read(lambda records: _beginning(records, member_id, language, now))
        plan = beginning.who.standing.plan
        if not beginning.past.is_readable:
            return Outline(Basis.UNREADABLE, ())
        until = now + timedelta(weeks=WEEKS)
        events = list(foresee(beginning, self._library, DoesHalf(), until))
        paused_until = plan.paused_until if plan.is_paused(now) else None
        return Outline(basis, _by_week(events, plan.schedule.zone, now), paused_until)


async def _beginning(records: Records, member_id: int, language: str, now: datetime) -> tuple[Basis, Beginning]:
    who = await standing_of(records, member_id)
    if who is None:
        return Basis.STRANGER, replace(newcomer(member_id, AT_FIRST, now, language), is_new=False)
    past, standing = await past_of(records, member_id, now), who.standing
    who = replace(who, member=replace(who.member, language=language))
    if standing.plan.state is PlanState.ACTIVE and standing.guild_on:
        return Basis.OWN, Beginning(who, past)
    takes_a_start = standing.plan.state in {PlanState.STOPPED, PlanState.OFF} or not standing.guild_on
    basis = Basis.STARTED if takes_a_start else Basis.RESUMED
    plan, bearing = _after_a_yes(basis, standing.plan, past, now)
    would_be = replace(standing, plan=plan, purposes=standing.purposes | {Purpose.NUDGES}, guild_on=True)
    return basis, Beginning(replace(who, standing=would_be), replace(past, bearing=bearing))


def _after_a_yes(basis: Basis, plan: Plan, past: Past, now: datetime) -> tuple[Plan, Bearing | None]:
    """As `OptIn.start` and `Adjust.resume` would leave them: a start keeps a pause and a season, a resume ends both."""
    wanted = past.bearing and past.bearing.wanted()
    if basis is Basis.STARTED:
        return plan.going_on(now, past.lately), wanted
    return plan.resumed(now, past.lately), wanted and wanted.end_season()


def _by_week(events: Iterable[Event], zone: str, now: datetime) -> tuple[tuple[Foreseen, ...], ...]:
    """The messages among them, by weeks that begin with the member's today."""
    events, today = list(events), local_date(zone, now)
    done = {event.what.press.message.occurrence_id for event in events if isinstance(event.what, Reply)}
    weeks: list[list[Foreseen]] = [[] for _ in range(WEEKS)]
    for event in events:
        if isinstance(event.what, Message):
            place = (local_date(zone, event.at) - today).days // 7
            one = Foreseen(event.at, event.what.says, event.what.occurrence_id in done)
            weeks[min(place, WEEKS - 1)].append(one)
    return tuple(map(tuple, weeks))
