"""What a due plan leads to: a message or none, and what is due after it. Pure: it reads and writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.content.library import Library
from bot.journey.past import Past
from bot.journey.standing import MemberStanding
from bot.rules.bearing import Bearing
from bot.rules.choose import FEW, Draw, skips_of_few
from bot.rules.delivery import AFTER_QUESTION, Obstacle, why_not
from bot.rules.due import Lately, due_after, stood_in_for
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan, PlanState
from bot.rules.schedule import local_date, window_end_on
from bot.rules.silence import skips

# These obstacles pass by themselves; what the member asked to see again waits for that.
PASSING: Final = frozenset({Obstacle.PAUSED, Obstacle.OVER, Obstacle.NIGHT, Obstacle.OUTSIDE})


@dataclass(frozen=True, slots=True)
class Step:
    """The occurrence of a due date (to be carried, or dissolved at once), and how things go on from here."""

    occurrence: Occurrence
    plan: Plan
    bearing: Bearing | None = None
    """With how the nudge was chosen; None where that is as it was."""

    @property
    def goes_out(self) -> bool:
        return self.occurrence.state is State.CLAIMED


def look_ahead(who: MemberStanding, past: Past, library: Library, now: datetime) -> Step:
    """Decide about one member whose nudge is due."""
    plan = who.standing.plan
    assert plan.next_due_at is not None, "only due plans are looked at"
    run = past.silent_run(plan)
    day = local_date(plan.schedule.zone, plan.next_due_at)
    kind = _kind(who, past, day, run)
    until = window_end_on(plan.schedule, day)
    obstacle = _obstacle(who, past, kind, until, now)
    found = _nudge(who, past, library, day, now) if kind is Kind.NUDGE else NOTHING
    if kind is Kind.NUDGE and found.is_all_seen and not plan.all_seen:
        kind = Kind.ALL_SEEN
    goes_out = obstacle is None and (kind is not Kind.NUDGE or found.nudge_id is not None)
    occurrence = Occurrence(
        occurrence_id=occurrence_id(plan.member_id, kind, day.isoformat()),
        member_id=plan.member_id,
        kind=kind,
        slot=day.isoformat(),
        state=State.CLAIMED if goes_out else State.DISSOLVED,
        nudge_id=found.nudge_id,
        again=found.nudge_id is not None and found.nudge_id == plan.again_nudge_id,
        due_at=plan.next_due_at,
        until_at=until,
        settled_at=None if goes_out else now,
    )
    fewer = max(skips(run), _skips_of_the_season(past, plan, now), skips_of_few(found.left, plan.rhythm(now).per_week))
    noted = plan.saying(kind, day) if goes_out else plan
    after = _plan_after(noted, past.lately, occurrence, obstacle, fewer, now)
    return Step(occurrence, after, _with_draw(past.bearing, found, day) if goes_out else None)


def _kind(who: MemberStanding, past: Past, day: date, run: int) -> Kind:
    """What that date is for. `run` is how many nudges in a row went unanswered."""
    if not who.standing.guild_on:
        return Kind.GUILD_OFF
    if past.is_time_to_ask(who.standing.plan):
        return Kind.STILL_WANTED
    plan = who.standing.plan
    review = plan.review_on(day)
    is_quiet = past.bearing is None or past.season_on(day) is not None or skips(run) > 0
    # What they asked to see again was promised for that date; the review was not, and comes with the next one.
    return Kind.NUDGE if review is None or is_quiet or plan.again_nudge_id is not None else review


def _obstacle(who: MemberStanding, past: Past, kind: Kind, until: datetime, now: datetime) -> Obstacle | None:
    if kind in AFTER_QUESTION and past.was_asked(who.standing.plan, kind):
        return Obstacle.ASKED
    return why_not(who.standing, kind, until, now)


@dataclass(frozen=True, slots=True)
class Selection:
    """The nudge of a date, and how it was chosen."""

    nudge_id: str | None = None
    draw: Draw | None = None
    """None for one that was asked for again: it was not drawn."""
    is_all_seen: bool = False
    """Whether there is none because none is left that fits; in a season, that is no news to tell."""
    left: int = FEW
    """How many others could come next; where none was drawn, so many that nothing comes less often for it."""


NOTHING: Final = Selection()


def _nudge(who: MemberStanding, past: Past, library: Library, day: date, now: datetime) -> Selection:
    """Whoever's choices cannot be read gets none: nobody could know what must not come."""
    if not past.is_readable:
        return NOTHING
    plan, language = who.standing.plan, library.language(who.member.language)
    again = language.nudge_by_id.get(plan.again_nudge_id or "")
    if again is not None and past.bounds(plan, language, now, again.nudge_id).allow(again):
        return Selection(again.nudge_id)
    if plan.again_nudge_id is not None and not _would_come_anyway(plan, past.lately, now):
        return NOTHING
    chosen = past.choose(plan, language, day.isoformat(), now)
    if chosen is None:
        return Selection(is_all_seen=past.season_on(day) is None)
    return Selection(chosen.nudge.nudge_id, chosen.draw, left=chosen.left)


def _with_draw(bearing: Bearing | None, found: Selection, day: date) -> Bearing | None:
    """And without what no choice looks at any more: nothing of it is held for longer than it is needed."""
    return None if bearing is None or found.draw is None else replace(bearing.pruned(day), draw=found.draw)


def _would_come_anyway(plan: Plan, lately: Lately, now: datetime) -> bool:
    """Whether a nudge would be due now also without the one that was asked for."""
    due = plan.next_due_at
    return due is not None and due_after(plan.rhythm(now), due - timedelta(seconds=1), lately) == due


def _plan_after(
    plan: Plan, lately: Lately, occurrence: Occurrence, obstacle: Obstacle | None, fewer: int, now: datetime
) -> Plan:
    if obstacle is Obstacle.ASKED:
        return plan.ended(AFTER_QUESTION[occurrence.kind])
    if obstacle is Obstacle.NO_CONSENT:
        return plan.ended(PlanState.OFF)
    again = plan.again_nudge_id if obstacle in PASSING else None
    return plan.moved_on(_next_due(plan, lately, occurrence, fewer, now), again)


def _skips_of_the_season(past: Past, plan: Plan, now: datetime) -> int:
    season = past.season_on(local_date(plan.schedule.zone, now))
    return int(season is not None and season.is_slow)


def _next_due(plan: Plan, lately: Lately, occurrence: Occurrence, fewer: int, now: datetime) -> datetime:
    """What follows. A nudge that was asked for again has taken the place of the one that would have come."""
    schedule, after = plan.rhythm(now), plan.free_from(now)
    if occurrence.state is not State.CLAIMED:
        return due_after(schedule, after, lately, skip=fewer)
    if occurrence.again:
        after = max(after, stood_in_for(schedule, lately, now))
    return due_after(schedule, after, lately.and_(occurrence.due_at, occurrence.until_at), skip=fewer)
