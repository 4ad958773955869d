"""What a due plan leads to: a message or none, and what is due after it. Pure: it reads and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.content.library import Library
from bot.journey.standing import MemberStanding, bounds_of, due_times
from bot.rules.choose import Refused, choose, shown_before
from bot.rules.delivery import Obstacle, why_not
from bot.rules.due import due_after, stood_in_for
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan, PlanState
from bot.rules.schedule import local_date, window_end_on
from bot.rules.silence import is_time_to_ask, silent_run, skips

# These obstacles pass by themselves; what the member asked to see again waits for that.
PASSING: Final = frozenset({Obstacle.PAUSED, Obstacle.OVER, Obstacle.NIGHT})


@dataclass(frozen=True, slots=True)
class Step:
    """The occurrence of a due date (to be carried, or dissolved at once), and the plan as it goes on from here."""

    occurrence: Occurrence
    plan: Plan

    @property
    def goes_out(self) -> bool:
        return self.occurrence.state is State.CLAIMED


def look_ahead(
    who: MemberStanding, history: Sequence[Occurrence], refused: Refused | None, library: Library, now: datetime
) -> Step:
    """Decide about one member whose nudge is due. `history` runs from the newest to the oldest."""
    plan = who.standing.plan
    assert plan.next_due_at is not None, "only due plans are looked at"
    run = _silent_run(plan, history)
    kind = _kind(who, run)
    day = local_date(plan.schedule.zone, plan.next_due_at)
    until = window_end_on(plan.schedule, day)
    obstacle = why_not(who.standing, kind, until, now)
    slot = day.isoformat()
    nudge_id = _nudge(who, history, refused, library, slot, now) if kind is Kind.NUDGE else None
    goes_out = obstacle is None and (kind is not Kind.NUDGE or nudge_id is not None)
    occurrence = Occurrence(
        occurrence_id=occurrence_id(plan.member_id, kind, slot),
        member_id=plan.member_id,
        kind=kind,
        slot=slot,
        state=State.CLAIMED if goes_out else State.DISSOLVED,
        nudge_id=nudge_id,
        again=nudge_id is not None and nudge_id == plan.again_nudge_id,
        due_at=plan.next_due_at,
        until_at=until,
        settled_at=None if goes_out else now,
    )
    if obstacle is Obstacle.NO_CONSENT:
        return Step(occurrence, plan.ended(PlanState.OFF))
    again = plan.again_nudge_id if obstacle in PASSING else None
    due = _next_due(plan, due_times(history), occurrence, run, now)
    return Step(occurrence, replace(plan, next_due_at=due, again_nudge_id=again))


def _silent_run(plan: Plan, history: Sequence[Occurrence]) -> int:
    return silent_run(
        [
            one.answered_at is not None
            for one in history
            if one.kind is Kind.NUDGE and one.state is State.SENT and one.due_at >= plan.since_at
        ]
    )


def _kind(who: MemberStanding, run: int) -> Kind:
    if not who.standing.guild_on:
        return Kind.GUILD_OFF
    return Kind.STILL_WANTED if is_time_to_ask(run) else Kind.NUDGE


def _next_due(plan: Plan, sent: Sequence[datetime], occurrence: Occurrence, run: int, now: datetime) -> datetime:
    """What follows. A nudge that was asked for again has taken the place of the one that would have come."""
    after = max(now, plan.paused_until or now)
    if occurrence.state is not State.CLAIMED:
        return due_after(plan.schedule, after, sent, skip=skips(run))
    if occurrence.again:
        after = max(after, stood_in_for(plan.schedule, sent, now))
    return due_after(plan.schedule, after, [*sent, occurrence.due_at], skip=skips(run))


def _nudge(
    who: MemberStanding,
    history: Sequence[Occurrence],
    refused: Refused | None,
    library: Library,
    slot: str,
    now: datetime,
) -> str | None:
    plan, language = who.standing.plan, library.language(who.member.language)
    bounds = bounds_of(plan, refused)
    again = language.nudge_by_id.get(plan.again_nudge_id or "")
    if again is not None and bounds.allow(again):
        return again.nudge_id
    chosen = choose(language.nudges, bounds, shown_before(history), f"{plan.member_id}:{slot}", now)
    return None if chosen is None else chosen.nudge_id
