"""How often: eight hours apart, never more in a week than were chosen, and less for whoever is silent."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

from bot.rules.occurrence import Kind
from bot.simulate.evidence import Evidence, local_day
from bot.simulate.faults import DAY, HOUR, MINUTE
from bot.simulate.history import Arrival
from bot.simulate.people import Stand
from bot.simulate.promises import Breach, Promise, Verdicts, breach
from bot.simulate.weeks import LAST_WEEK, WEEK_DAYS, Phase

LEAST_GAP: Final = 8 * HOUR
QUIET_AFTER: Final = 6
SLOWER_AFTER: Final = 3

# Who says yes again while a letter is carried is heard, whatever becomes of it.
A_TRY_TAKES: Final = 90.0

# The days that two steps from one's own weekday to the next take at least, by how many nudges the week holds.
SHORTEST_TWO_STEPS: Final = (14, 7, 4, 3)


def apart(evidence: Evidence) -> Verdicts:
    """Eight hours between two nudges."""
    for nudges in evidence.nudges():
        for before, after in pairwise(nudges):
            if after.accepted - before.accepted < LEAST_GAP and before.occurrence_id != after.occurrence_id:
                gap = (after.accepted - before.accepted) / HOUR
                yield breach(Promise.GAP, after, f"{gap:.2f} hours after the one before")


def few(evidence: Evidence) -> Verdicts:
    """Never more in seven local dates than were chosen, or than a week may hold, but for what was asked for again.

    Whoever chooses fewer while one is on its way still gets that one. One that came late counts for the date of its
    due time, or for the one it came on: in another zone these can be two.
    """
    for nudges in evidence.nudges():
        for place, one in enumerate(nudges):
            if one.is_again:
                if not _was_asked_again(evidence, one):
                    yield breach(Promise.TOO_MANY, one, "came as asked for again, and nobody asked")
                continue
            recent = [old for old in nudges[: place + 1] if one.accepted - old.accepted < 9 * DAY]
            stands = _stands_at_both(evidence, one)
            if not any(_keeps_to(evidence, stand, recent) for stand in stands):
                yield breach(Promise.TOO_MANY, one, "more in seven local dates than were chosen")
            if not any(_keeps_to_its_week(evidence, stand, recent) for stand in stands):
                yield breach(Promise.TOO_MANY, one, "more than a first week, or one after the eighth, may hold")


def left_alone(evidence: Evidence) -> Verdicts:
    """Whoever cannot be reached is not tried again until they say something, be it during that last try."""
    shut = {
        (row.begin.member_id, era): row.settled for (_, era), row in evidence.rows.items() if row.state == "unreachable"
    }
    for call in evidence.history.calls:
        since = shut.get((call.member_id, evidence.era(call.member_id, call.at)))
        if since is None or call.at <= since + MINUTE:
            continue
        if evidence.last_renewal(call.member_id, call.at) <= since - A_TRY_TAKES:
            yield Breach(Promise.UNWANTED, call.at, call.member_id, "tried again after closed DMs")


def heard_silence(evidence: Evidence) -> Verdicts:
    """Six unanswered: one question, then nothing. From three on, half as often."""
    for nudges in evidence.nudges():
        for place, one in enumerate(nudges):
            silent = _silent_before(evidence, nudges[:place], one)
            if silent >= QUIET_AFTER:
                yield breach(Promise.SILENCE, one, f"after {silent} that went unanswered")
            if place and silent > SLOWER_AFTER and not one.is_again and _is_too_soon(evidence, nudges[place - 1], one):
                yield breach(Promise.SILENCE, one, "at the old pace")
    for arrivals in evidence.by_member.values():
        for place, asked in enumerate(arrivals):
            row = evidence.row(asked)
            if asked.kind is not Kind.STILL_WANTED or row is None or row.state != "sent":
                continue
            for one in arrivals[place + 1 :]:
                is_more = one.kind in {Kind.NUDGE, Kind.STILL_WANTED} and one.called > asked.accepted + MINUTE
                if is_more and evidence.last_renewal(one.member_id, one.called) < row.due:
                    yield breach(Promise.SILENCE, one, "after the one question")


def _stands_at_both(evidence: Evidence, one: Arrival) -> list[Stand]:
    """All that may have held when it was handed over, or when its date was decided about."""
    row = evidence.row(one)
    begun = one.called if row is None else row.begin.at
    return [*evidence.stands(one), *evidence.people[one.member_id].said.at(begun)]


def _keeps_to_its_week(evidence: Evidence, stand: Stand, recent: list[Arrival]) -> bool:
    """Two come in the first week, and one in each after the eighth unless they said otherwise."""
    dated = evidence.dated(recent[-1])
    if stand.wishes is None or dated is None or dated.phase is Phase.MIDDLE:
        return True
    if dated.phase is Phase.LATE and (stand.keeps_pace or _chose_anew(evidence, recent[-1])):
        return True
    weeks = [(old, evidence.dated(old)) for old in recent]
    of_the_week = [old for old, its in weeks if its is not None and its.week == dated.week]
    return _keeps_to(evidence, replace(stand, wishes=replace(stand.wishes, per_week=int(dated.phase))), of_the_week)


def _chose_anew(evidence: Evidence, one: Arrival) -> bool:
    """Whether they may have chosen how many come once the eighth week was over: that says it, too."""
    dates = evidence.dates_of[one.member_id, evidence.era(one.member_id, one.called)]
    over = min(date.move.at for date in dates if date.week >= LAST_WEEK) + (WEEK_DAYS - 1) * DAY
    said = evidence.people[one.member_id].said
    return any(
        over <= change.begun <= one.called and change.to.wishes != before.wishes
        for before, change in zip([said.first, *(change.to for change in said.changes)], said.changes, strict=False)
    )


def _keeps_to(evidence: Evidence, stand: Stand, recent: list[Arrival]) -> bool:
    if stand.wishes is None:
        return False
    came = [old.accepted for old in recent]
    due = [old.accepted if row is None else row.due for old in recent for row in (evidence.row(old),)]
    for times in (came, due):
        days = [local_day(stand.wishes.zone, at) for at in times]
        if sum((days[-1] - day).days < WEEK_DAYS for day in days) <= stand.wishes.per_week:
            return True
    return False


def _was_asked_again(evidence: Evidence, one: Arrival) -> bool:
    return any(at <= one.called and nudge_id == one.nudge_id for at, nudge_id in evidence.people[one.member_id].laters)


def _silent_before(evidence: Evidence, before: list[Arrival], one: Arrival) -> int:
    """How many nudges in a row had surely arrived, were known to have, and went unanswered."""
    touched = evidence.last_touch(one.member_id, one.called)
    rows = [(old, evidence.row(old)) for old in before]
    return sum(
        row is not None and row.state == "sent" and row.due > touched and row.settled < one.called - HOUR
        for _, row in rows
    )


def _is_too_soon(evidence: Evidence, before: Arrival, one: Arrival) -> bool:
    """Whether none of the member's own weekdays was left out between the two, though nobody said anything."""
    row = evidence.row(before)
    if row is None or evidence.is_touched(one.member_id, row.due, one.called):
        return False
    wishes = evidence.stands(one)[-1].wishes
    if wishes is None:
        return False
    days = (local_day(wishes.zone, one.accepted) - local_day(wishes.zone, before.accepted)).days
    return days <= SHORTEST_TWO_STEPS[wishes.per_week - 1] - 1
