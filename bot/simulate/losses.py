"""Nothing is lost silently: every way in which a nudge could be, looked for by itself.

Each gives the second, the member, and how. Due dates are worked out anew from what the member chose; a stretch in which
anything else was going on is left to `skipped_dues`, which needs no more than the database's own word.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.rules.occurrence import Kind
from bot.rules.plan import Wishes
from bot.simulate.evidence import OF_A_DATE, Evidence, local_day
from bot.simulate.faults import DAY, HOUR
from bot.simulate.people import Person, Stand
from bot.simulate.timeline import BEGINS
from bot.simulate.weeks import Phase

Losses = Iterator[tuple[float, int, str]]

# What a nudge looks back on: after anything else has happened, the calendar is plain again this much later.
LOOKS_BACK: Final = 12 * DAY
DAYS_APART: Final = ((0,), (0, 3), (0, 2, 4), (0, 2, 4, 5))
RETRY_ROOM: Final = 30
SLOWER_AFTER: Final = 3
MOST_LET_PASS: Final = 2


def is_denied(evidence: Evidence) -> Losses:
    """A message that arrived is written down as sent, or as unknown."""
    for one in evidence.history.arrivals:
        row = evidence.row(one)
        if row is not None and row.state in {"dissolved", "unreachable"}:
            yield one.accepted, one.member_id, f"{one.occurrence_id} arrived, and was written down as {row.state}"


def never_arrived(evidence: Evidence) -> Losses:
    """What is written down as sent has arrived."""
    arrived = {one.occurrence_id for one in evidence.history.arrivals}
    for (occurrence_id, _), row in evidence.rows.items():
        if row.state == "sent" and occurrence_id not in arrived:
            yield row.settled, row.begin.member_id, f"{occurrence_id} was written down as sent, and never arrived"


def skipped_dues(evidence: Evidence) -> Losses:
    """Whenever a due time is left behind, its occurrence is written down with the same commit."""
    begun: defaultdict[int, set[tuple[int, datetime]]] = defaultdict(set)
    for row in evidence.history.rows:
        if row.before is None and row.kind in OF_A_DATE:
            begun[row.commit].add((row.member_id, row.due_at))
    for plan in evidence.history.plans:
        if plan.before is None or plan.before == plan.after or (plan.before - BEGINS).total_seconds() > plan.at:
            continue
        if (plan.member_id, plan.before) in begun[plan.commit]:
            continue
        if not evidence.is_touched(plan.member_id, plan.at, plan.at):
            yield plan.at, plan.member_id, f"the nudge due at {plan.before:%F %R} left no trace"


def stuck(evidence: Evidence) -> Losses:
    """When all has come to rest, nothing is under way and nothing is overdue."""
    if evidence.ended is None:
        return
    for (occurrence_id, _), row in evidence.rows.items():
        erased = evidence.history.erased.get(occurrence_id, -1.0)
        if row.state in {"waiting", "claimed"} and erased < row.settled and row.settled < evidence.ended - HOUR:
            yield row.settled, row.begin.member_id, f"{occurrence_id} stayed {row.state}"
    for member_id, due in evidence.history.next_due.items():
        if due is not None and (due - BEGINS).total_seconds() < evidence.ended - HOUR:
            yield evidence.ended, member_id, f"the nudge due at {due:%F %R} was never looked at"


def missed_dates(evidence: Evidence) -> Losses:
    """In a quiet stretch of somebody who answers, every one of their weekdays has its row."""
    slots: defaultdict[int, set[str]] = defaultdict(set)
    for row in evidence.history.rows:
        if row.kind in OF_A_DATE:
            slots[row.member_id].add(row.slot)
    end = evidence.ended
    for person in evidence.people.values():
        for begin, until, wishes in _quiet_stretches(evidence, person, end):
            for day, due in _own_dates(person.member_id, wishes, begin, until):
                is_excused = _is_held(evidence, due) or _is_slower(evidence, person, due, wishes)
                if day.isoformat() not in slots[person.member_id] and not is_excused:
                    yield due, person.member_id, f"{day} was one of their days, and nothing tells of it"


def _quiet_stretches(evidence: Evidence, person: Person, ended: float | None) -> Iterator[tuple[float, float, Wishes]]:
    """When nothing changed and nudges were to come: from a while after one change up to the next."""
    marks = {change.begun for home in person.homes for change in evidence.guilds[home].changes}
    stand = person.said.first
    for change in person.said.changes:
        if change.renews or change.to != stand:
            marks.add(change.begun)
        stand = change.to
    marks |= {at for at, _ in person.laters}
    marks |= {at for at, _ in _phases(evidence, person.member_id)}
    marks |= {plan.at for plan in evidence.plans_of[person.member_id] if plan.after is None or plan.state != "active"}
    in_order = sorted(marks)
    ends = [*in_order[1:], ended]
    for begin, end in zip(in_order, ends, strict=False):
        stand = person.said.at(begin + LOOKS_BACK)[-1]
        quiet = max(begin, stand.paused_until, stand.told_until) + LOOKS_BACK
        if end is None or not stand.wants or stand.wishes is None or quiet >= end - 3 * HOUR:
            continue
        if _comes(evidence, person.member_id, begin + HOUR):
            yield quiet, end - 3 * HOUR, _slowed(evidence, person, stand, quiet)


def _phases(evidence: Evidence, member_id: int) -> Iterator[tuple[float, Phase]]:
    """When, by the dates that were decided about, as many may come as are to from then on."""
    for (whose, _), dates in evidence.dates_of.items():
        before = None
        for one in dates if whose == member_id else ():
            if one.phase is not before:
                yield one.move.at, one.phase
            before = one.phase


def _slowed(evidence: Evidence, person: Person, stand: Stand, at: float) -> Wishes:
    """As many as are sure to come by then: whether who chose anew after the eighth week keeps to more is left open."""
    assert stand.wishes is not None, "looked at before"
    phase = [Phase.FIRST, *(phase for since, phase in _phases(evidence, person.member_id) if since <= at)][-1]
    most = Phase.MIDDLE if phase is Phase.LATE and stand.keeps_pace else phase
    return replace(stand.wishes, per_week=min(stand.wishes.per_week, most))


def _comes(evidence: Evidence, member_id: int, at: float) -> bool:
    """Whether anything was due for the member then, by the last that was told."""
    told = [plan for plan in evidence.plans_of[member_id] if plan.at <= at]
    return bool(told) and told[-1].after is not None


def _own_dates(member_id: int, wishes: Wishes, begin: float, end: float) -> Iterator[tuple[date, float]]:
    """The member's own dates and due times in between, where the clock shows that time exactly once."""
    spread = int.from_bytes(hashlib.sha256(f"spread:{member_id}".encode()).digest()[:6])
    days = {(spread + day) % 7 for day in DAYS_APART[wishes.per_week - 1]}
    minute = wishes.window.start + spread // 7 % (wishes.window.end - wishes.window.start - RETRY_ROOM)
    zone = ZoneInfo(wishes.zone)
    day, last = local_day(wishes.zone, begin), local_day(wishes.zone, end)
    while day <= last:
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - a wall clock's
        due = wall.replace(tzinfo=zone).astimezone(UTC)
        seconds = (due - BEGINS).total_seconds()
        is_plain = due.astimezone(zone).replace(tzinfo=None) == wall
        if day.weekday() in days and is_plain and begin <= seconds <= end:
            yield day, seconds
        day += timedelta(days=1)


def _is_held(evidence: Evidence, due: float) -> bool:
    """Whether nothing could be sent about then. Of dates that pass meanwhile one leaves a row: nothing piles up."""
    return any(begin - 3 * HOUR < due < end + 3 * HOUR for begin, end in evidence.history.held)


def _last_sure_touch(evidence: Evidence, person: Person, before: float) -> float:
    """When the member last said anything while our clock was believed.

    An answer that was written down by a clock that stood ahead counts for its own nudge alone (`bot.journey.past`).
    """
    held = evidence.history.held
    said = [answer.begun for answer in person.answers if answer.begun <= before]
    sure = [at for at in said if not any(begin <= at <= end for begin, end in held)]
    return max([*sure, evidence.last_renewal(person.member_id, before)], default=0.0)


def _is_slower(evidence: Evidence, person: Person, due: float, wishes: Wishes) -> bool:
    """Whether three in a row had gone unanswered when the date before this one was decided about, or a season was on.

    One that was asked for again takes the place of the next, too. And whoever set things aside may have few left: then
    up to two of their dates are let pass. The rule may let more pass, to who has hardly any left; such a life has to be
    looked at, before anything more is excused.
    """
    rows = [row for row in evidence.rows_of[person.member_id] if row.before is None and row.kind in OF_A_DATE]
    decided = max((row.at for row in rows if row.at < due), default=0.0)
    touched = _last_sure_touch(evidence, person, decided)
    silent = [
        one
        for one in evidence.history.arrivals
        if one.member_id == person.member_id and one.kind is Kind.NUDGE and touched - DAY < one.accepted < decided
    ]
    last = [
        one for one in evidence.by_member[person.member_id, evidence.era(person.member_id, due)] if one.accepted < due
    ]
    has_few = any(at < due for at in person.set_aside)
    passed = sum(1 for _ in _own_dates(person.member_id, wishes, decided + HOUR, due - HOUR))
    if has_few and passed < MOST_LET_PASS:
        return True
    in_a_season = any(stand.slow_until > decided for stand in person.said.at(decided))
    return in_a_season or len(silent) >= SLOWER_AFTER or any(one.is_again for one in last[-1:])
