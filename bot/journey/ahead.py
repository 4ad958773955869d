"""What a due plan leads to: a message or none, and what is due after it. Pure: it reads and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.library import Library
from bot.journey.standing import Known
from bot.rules.choose import Tastes, choose, shown_before
from bot.rules.delivery import Hold, why_not
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan
from bot.rules.schedule import local_date, next_due, window_end_on
from bot.rules.silence import is_time_to_ask, silent_run, skips
from bot.store.plans import NextUp


@dataclass(frozen=True, slots=True)
class Step:
    """The occurrence of a due date (to be carried, or dissolved at once), and where the plan goes from here."""

    occurrence: Occurrence
    next_up: NextUp


def look_ahead(
    who: Known, history: Sequence[Occurrence], tastes: Tastes | None, library: Library, now: datetime
) -> Step:
    """Decide about one member whose nudge is due. `history` runs from the newest to the oldest."""
    plan = who.standing.plan
    assert plan.next_due_at is not None, "only due plans are looked at"
    run = _silent_run(plan, history)
    kind = _kind(who, run)
    slot_day = local_date(plan.schedule.zone, plan.next_due_at)
    until = window_end_on(plan.schedule, slot_day)
    hold = why_not(who.standing, kind, until, now)
    nudge_id = _nudge(who, history, tastes, library, slot_day.isoformat(), now) if kind is Kind.NUDGE else None
    goes_out = hold is None and (kind is not Kind.NUDGE or nudge_id is not None)
    occurrence = Occurrence(
        occurrence_id=occurrence_id(plan.member_id, kind, slot_day.isoformat()),
        member_id=plan.member_id,
        kind=kind,
        slot=slot_day.isoformat(),
        state=State.CLAIMED if goes_out else State.DISSOLVED,
        nudge_id=nudge_id,
        due_at=plan.next_due_at,
        until_at=until,
        settled_at=None if goes_out else now,
    )
    again = plan.again_nudge_id if hold in (Hold.PAUSED, Hold.OVER) else None
    return Step(occurrence, NextUp(plan.member_id, _next_due(plan, hold, run, now), again))


def _silent_run(plan: Plan, history: Sequence[Occurrence]) -> int:
    return silent_run(
        [one.answered_at is not None for one in history if one.kind is Kind.NUDGE and one.due_at >= plan.since_at]
    )


def _kind(who: Known, run: int) -> Kind:
    if not who.standing.server_on:
        return Kind.SERVER_OFF
    return Kind.STILL_WANTED if is_time_to_ask(run) else Kind.NUDGE


def _next_due(plan: Plan, hold: Hold | None, run: int, now: datetime) -> datetime | None:
    if hold in (Hold.STOPPED, Hold.NO_CONSENT):
        return None
    after = max(now, plan.paused_until or now)
    due = next_due(plan.schedule, after)
    for _ in range(skips(run)):
        due = next_due(plan.schedule, due)
    return due


def _nudge(
    who: Known, history: Sequence[Occurrence], tastes: Tastes | None, library: Library, slot: str, now: datetime
) -> str | None:
    plan, language = who.standing.plan, library.language(who.member.language)
    refused = tastes or Tastes()
    again = language.nudge_by_id.get(plan.again_nudge_id or "")
    if again and again.nudge_id not in refused.nudges and again.theme not in refused.themes:
        return again.nudge_id
    chosen = choose(language.nudges, plan.size, shown_before(history), refused, f"{plan.member_id}:{slot}", now)
    return None if chosen is None else chosen.nudge_id
