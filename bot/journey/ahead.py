"""What a due plan leads to: a message or none, and what is due after it. Pure: it reads and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.content.library import Library
from bot.journey.standing import MemberStanding, bounds_of, lately_from
from bot.rules.choose import Refused, choose, shown_before
from bot.rules.delivery import Obstacle, why_not
from bot.rules.due import Lately, due_after, stood_in_for
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan, PlanState
from bot.rules.schedule import local_date, window_end_on
from bot.rules.silence import is_time_to_ask, silent_run, skips

# These obstacles pass by themselves; what the member asked to see again waits for that.
PASSING: Final = frozenset({Obstacle.PAUSED, Obstacle.OVER, Obstacle.NIGHT, Obstacle.OUTSIDE})

# What a question, once it may have been seen, leaves a plan in. It is asked once.
AFTER_QUESTION: Final = MappingProxyType({Kind.STILL_WANTED: PlanState.QUIET, Kind.GUILD_OFF: PlanState.GUILD_OFF})


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a member's messages when their plan is due."""

    history: Sequence[Occurrence] = ()
    """What they may have seen, from the newest to the oldest."""
    slots: frozenset[str] = frozenset()
    """The dates that had a nudge lately, whatever became of it."""
    refused: Refused = field(default_factory=Refused)

    @property
    def lately(self) -> Lately:
        return lately_from(self.history, self.slots)


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
    run = silent_run_of(plan, past.history)
    kind = _kind(who, run)
    day = local_date(plan.schedule.zone, plan.next_due_at)
    until = window_end_on(plan.schedule, day)
    obstacle = why_not(who.standing, kind, until, now)
    slot = day.isoformat()
    nudge_id = _nudge(who, past, library, slot, now) if kind is Kind.NUDGE else None
    was_asked = kind in AFTER_QUESTION and any(one.kind is kind and one.due_at >= plan.since_at for one in past.history)
    goes_out = obstacle is None and not was_asked and (kind is not Kind.NUDGE or nudge_id is not None)
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
    if was_asked:
        return Step(occurrence, plan.ended(AFTER_QUESTION[kind]))
    if obstacle is Obstacle.NO_CONSENT:
        return Step(occurrence, plan.ended(PlanState.OFF))
    again = plan.again_nudge_id if obstacle in PASSING else None
    due = _next_due(plan, past.lately, occurrence, run, now)
    return Step(occurrence, replace(plan, next_due_at=due, again_nudge_id=again))


def silent_run_of(plan: Plan, history: Sequence[Occurrence]) -> int:
    """How many nudges in a row went unanswered. Any answer ends the silence, also one to an older nudge."""
    last_answer = max((one.answered_at for one in history if one.answered_at is not None), default=plan.since_at)
    return silent_run(
        [
            last_answer >= one.due_at
            for one in history
            if one.kind is Kind.NUDGE and one.state is State.SENT and one.due_at >= plan.since_at
        ]
    )


def _kind(who: MemberStanding, run: int) -> Kind:
    if not who.standing.guild_on:
        return Kind.GUILD_OFF
    return Kind.STILL_WANTED if is_time_to_ask(run) else Kind.NUDGE


def _next_due(plan: Plan, lately: Lately, occurrence: Occurrence, run: int, now: datetime) -> datetime:
    """What follows. A nudge that was asked for again has taken the place of the one that would have come."""
    after = max(now, plan.paused_until or now)
    if occurrence.state is not State.CLAIMED:
        return due_after(plan.schedule, after, lately, skip=skips(run))
    if occurrence.again:
        after = max(after, stood_in_for(plan.schedule, lately, now))
    return due_after(plan.schedule, after, lately.and_(occurrence.due_at), skip=skips(run))


def _nudge(who: MemberStanding, past: Past, library: Library, slot: str, now: datetime) -> str | None:
    plan, language = who.standing.plan, library.language(who.member.language)
    bounds = bounds_of(plan, past.refused)
    again = language.nudge_by_id.get(plan.again_nudge_id or "")
    if again is not None and bounds.allow(again):
        return again.nudge_id
    if plan.again_nudge_id is not None and not _would_come_anyway(plan, past.lately):
        return None
    chosen = choose(language.nudges, bounds, shown_before(past.history), f"{plan.member_id}:{slot}", now)
    return None if chosen is None else chosen.nudge_id


def _would_come_anyway(plan: Plan, lately: Lately) -> bool:
    """Whether a nudge would be due now also without the one that was asked for."""
    due = plan.next_due_at
    return due is not None and due_after(plan.schedule, due - timedelta(seconds=1), lately) == due
