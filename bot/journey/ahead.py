"""What a due plan leads to: a message or none, and what is due after it. Pure: it reads and writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.content.library import Library
from bot.journey.past import Past
from bot.journey.standing import MemberStanding
from bot.rules.delivery import AFTER_QUESTION, Obstacle, why_not
from bot.rules.due import Lately, due_after, stood_in_for
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan, PlanState
from bot.rules.schedule import local_date, window_end_on
from bot.rules.silence import is_time_to_ask, skips

# These obstacles pass by themselves; what the member asked to see again waits for that.
PASSING: Final = frozenset({Obstacle.PAUSED, Obstacle.OVER, Obstacle.NIGHT, Obstacle.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Step:
    """The occurrence of a due date (to be carried, or dissolved at once), and the plan as it goes on from here."""

    occurrence: Occurrence
    plan: Plan

    @property
    def goes_out(self) -> bool:
        return self.occurrence.state is State.CLAIMED


def look_ahead(who: MemberStanding, past: Past, library: Library, now: datetime) -> Step:
    """Decide about one member whose nudge is due."""
    plan = who.standing.plan
    assert plan.next_due_at is not None, "only due plans are looked at"
    run = past.silent_run(plan)
    kind = _kind(who, run)
    day = local_date(plan.schedule.zone, plan.next_due_at)
    until = window_end_on(plan.schedule, day)
    obstacle = _obstacle(who, past, kind, until, now)
    nudge_id = _nudge(who, past, library, day, now) if kind is Kind.NUDGE else None
    goes_out = obstacle is None and (kind is not Kind.NUDGE or nudge_id is not None)
    occurrence = Occurrence(
        occurrence_id=occurrence_id(plan.member_id, kind, day.isoformat()),
        member_id=plan.member_id,
        kind=kind,
        slot=day.isoformat(),
        state=State.CLAIMED if goes_out else State.DISSOLVED,
        nudge_id=nudge_id,
        again=nudge_id is not None and nudge_id == plan.again_nudge_id,
        due_at=plan.next_due_at,
        until_at=until,
        settled_at=None if goes_out else now,
    )
    return Step(occurrence, _plan_after(plan, past, occurrence, obstacle, run, now))


def _kind(who: MemberStanding, run: int) -> Kind:
    if not who.standing.guild_on:
        return Kind.GUILD_OFF
    return Kind.STILL_WANTED if is_time_to_ask(run) else Kind.NUDGE


def _obstacle(who: MemberStanding, past: Past, kind: Kind, until: datetime, now: datetime) -> Obstacle | None:
    if kind in AFTER_QUESTION and past.was_asked(who.standing.plan, kind):
        return Obstacle.ASKED
    return why_not(who.standing, kind, until, now)


def _nudge(who: MemberStanding, past: Past, library: Library, day: date, now: datetime) -> str | None:
    plan, language = who.standing.plan, library.language(who.member.language)
    again = language.nudge_by_id.get(plan.again_nudge_id or "")
    if again is not None and past.bounds(plan).allow(again):
        return again.nudge_id
    if plan.again_nudge_id is not None and not _would_come_anyway(plan, past.lately):
        return None
    chosen = past.choose(plan, language, day.isoformat(), now)
    return None if chosen is None else chosen.nudge_id


def _would_come_anyway(plan: Plan, lately: Lately) -> bool:
    """Whether a nudge would be due now also without the one that was asked for."""
    due = plan.next_due_at
    return due is not None and due_after(plan.schedule, due - timedelta(seconds=1), lately) == due


def _plan_after(
    plan: Plan, past: Past, occurrence: Occurrence, obstacle: Obstacle | None, run: int, now: datetime
) -> Plan:
    if obstacle is Obstacle.ASKED:
        return plan.ended(AFTER_QUESTION[occurrence.kind])
    if obstacle is Obstacle.NO_CONSENT:
        return plan.ended(PlanState.OFF)
    again = plan.again_nudge_id if obstacle in PASSING else None
    return plan.moved_on(_next_due(plan, past.lately, occurrence, run, now), again)


def _next_due(plan: Plan, lately: Lately, occurrence: Occurrence, run: int, now: datetime) -> datetime:
    """What follows. A nudge that was asked for again has taken the place of the one that would have come."""
    after = plan.free_from(now)
    if occurrence.state is not State.CLAIMED:
        return due_after(plan.schedule, after, lately, skip=skips(run))
    if occurrence.again:
        after = max(after, stood_in_for(plan.schedule, lately, now))
    return due_after(plan.schedule, after, lately.and_(occurrence.due_at, occurrence.until_at), skip=skips(run))
