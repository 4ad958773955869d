"""The promises, each with a judge of its own. None of them asks the rules that it judges.

Law: a judge looks at what arrived and at what was said, by the calendar of the member; where two things were under way
at one moment, either order of them is as good as the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bot.rules.occurrence import Kind
from bot.simulate.evidence import SLACK, Evidence, local, local_day
from bot.simulate.faults import DAY, HOUR, MINUTE
from bot.simulate.history import Arrival
from bot.simulate.losses import is_denied, missed_dates, never_arrived, skipped_dues, stuck
from bot.simulate.people import Stand


class Promise(StrEnum):
    """What is promised, as the table names it."""

    DUPLICATE = "duplicates"
    LOST = "lost"
    OUTSIDE = "outside window"
    GAP = "too close"
    TOO_MANY = "too many in a week"
    UNWANTED = "unwanted"
    SILENCE = "silence not heard"
    ILLEGAL = "illegal states"
    FAULT = "faults of ours"


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was broken, when and how."""

    promise: Promise
    at: float
    member_id: int
    how: str


Verdicts = Iterator[Breach]

LEAST_GAP: Final = 8 * HOUR
AWAKE: Final = (8 * 60, 22 * 60)
# A call that is given up after 20 seconds may be taken by Discord for some seconds more.
TAKEN_WITHIN: Final = MINUTE
QUIET_AFTER: Final = 6
SLOWER_AFTER: Final = 3


def judge(evidence: Evidence) -> list[Breach]:
    """Every breach there is, the earliest first."""
    found = [breach for look in JUDGES for breach in look(evidence)]
    return sorted(found, key=lambda breach: breach.at)


def once(evidence: Evidence) -> Verdicts:
    """No message twice, and no two nudges on one local date."""
    for arrivals in evidence.by_member.values():
        seen: set[str] = set()
        for one in arrivals:
            if one.occurrence_id in seen:
                yield _breach(Promise.DUPLICATE, one, "the same message arrived again")
            seen.add(one.occurrence_id)
    for nudges in evidence.nudges():
        for before, after in pairwise(nudges):
            days = [_days(evidence, one) for one in (before, after)]
            is_sure = all(len(possible) == 1 for possible in days)
            if is_sure and days[0] == days[1] and before.occurrence_id != after.occurrence_id:
                yield _breach(Promise.DUPLICATE, after, "a second nudge on one local date")


def inside(evidence: Evidence) -> Verdicts:
    """Inside the member's window, never at night, and never after its own end."""
    for one in evidence.history.arrivals:
        row = evidence.row(one)
        if row is not None and one.called >= row.until + SLACK:
            yield _breach(Promise.OUTSIDE, one, "handed over after its end")
        if one.kind is Kind.RECEIPT:
            continue
        if not any(_fits(stand, one) for stand in evidence.stands(one)):
            yield _breach(Promise.OUTSIDE, one, "outside of the window, or at night")
        elif one.accepted - one.called > TAKEN_WITHIN:
            yield _breach(Promise.OUTSIDE, one, "under way for too long")


def apart(evidence: Evidence) -> Verdicts:
    """Eight hours between two nudges."""
    for nudges in evidence.nudges():
        for before, after in pairwise(nudges):
            if after.accepted - before.accepted < LEAST_GAP and before.occurrence_id != after.occurrence_id:
                gap = (after.accepted - before.accepted) / HOUR
                yield _breach(Promise.GAP, after, f"{gap:.2f} hours after the one before")


def few(evidence: Evidence) -> Verdicts:
    """Never more in seven local dates than were chosen, but for what was asked for again."""
    for nudges in evidence.nudges():
        for place, one in enumerate(nudges):
            if one.is_again:
                if not _was_asked_again(evidence, one):
                    yield _breach(Promise.TOO_MANY, one, "came as asked for again, and nobody asked")
                continue
            recent = [old for old in nudges[: place + 1] if one.accepted - old.accepted < 9 * DAY]
            if not any(_keeps_to(stand, one, recent) for stand in evidence.stands(one)):
                yield _breach(Promise.TOO_MANY, one, "more in seven local dates than were chosen")


def wanted(evidence: Evidence) -> Verdicts:
    """Nothing without a yes, after a stop, in a pause, or for a server that is off."""
    for one in evidence.history.arrivals:
        stands = [stand for stand in evidence.stands(one) if stand.wants]
        if not stands:
            yield _breach(Promise.UNWANTED, one, "they had not agreed to it, or had stopped")
            continue
        if one.kind is Kind.RECEIPT:
            continue
        if all(stand.paused_until > one.called + SLACK for stand in stands):
            yield _breach(Promise.UNWANTED, one, "in a pause")
        for_a_server_that_is_off = one.kind is Kind.GUILD_OFF
        states = {state for stand in stands for state in evidence.guild_states(stand, one.called)}
        if for_a_server_that_is_off not in {not state for state in states}:
            yield _breach(Promise.UNWANTED, one, "their server was on, or off, as it should not have been")


def left_alone(evidence: Evidence) -> Verdicts:
    """Whoever cannot be reached is not tried again until they say something."""
    shut = {
        (row.begin.member_id, era): row.settled for (_, era), row in evidence.rows.items() if row.state == "unreachable"
    }
    for call in evidence.history.calls:
        since = shut.get((call.member_id, evidence.era(call.member_id, call.at)))
        if since is not None and call.at > since + MINUTE and evidence.last_renewal(call.member_id, call.at) <= since:
            yield Breach(Promise.UNWANTED, call.at, call.member_id, "tried again after closed DMs")


def heard_silence(evidence: Evidence) -> Verdicts:
    """Six unanswered: one question, then nothing. From three on, half as often."""
    for nudges in evidence.nudges():
        for place, one in enumerate(nudges):
            silent = _silent_before(evidence, nudges[:place], one)
            if silent >= QUIET_AFTER:
                yield _breach(Promise.SILENCE, one, f"after {silent} that went unanswered")
            if place and silent > SLOWER_AFTER and not one.is_again and _is_too_soon(evidence, nudges[place - 1], one):
                yield _breach(Promise.SILENCE, one, "at the old pace")
    for arrivals in evidence.by_member.values():
        for place, asked in enumerate(arrivals):
            row = evidence.row(asked)
            if asked.kind is not Kind.STILL_WANTED or row is None or row.state != "sent":
                continue
            for one in arrivals[place + 1 :]:
                is_more = one.kind in {Kind.NUDGE, Kind.STILL_WANTED} and one.called > asked.accepted + MINUTE
                if is_more and evidence.last_renewal(one.member_id, one.called) < row.due:
                    yield _breach(Promise.SILENCE, one, "after the one question")


def legal(evidence: Evidence) -> Verdicts:
    """What has come to an end stays so; what is unknown is only looked for."""
    onward = {
        None: {"waiting", "claimed", "dissolved", "shown"},
        "waiting": {"claimed", "dissolved", "waiting"},
        "claimed": {"claimed", "sent", "unreachable", "waiting", "dissolved", "unknown"},
        "unknown": {"claimed"},
    }
    for move in evidence.history.rows:
        if move.after != move.before and move.after not in onward.get(move.before, set()):
            yield Breach(Promise.ILLEGAL, move.at, move.member_id, f"from {move.before} to {move.after}")


def not_lost(evidence: Evidence) -> Verdicts:
    """Every due date has a message, or a row that says why not; what arrived is never written off."""
    for look in (is_denied, never_arrived, skipped_dues, missed_dates, stuck):
        for at, member_id, how in look(evidence):
            yield Breach(Promise.LOST, at, member_id, how)


def faultless(evidence: Evidence) -> Verdicts:
    """Nothing that nobody foresaw was raised."""
    for at, what in evidence.history.faults:
        yield Breach(Promise.FAULT, at, 0, what)


JUDGES: Final[tuple[Callable[[Evidence], Verdicts], ...]] = (
    once,
    inside,
    apart,
    few,
    wanted,
    left_alone,
    heard_silence,
    legal,
    not_lost,
    faultless,
)


def _breach(promise: Promise, one: Arrival, how: str) -> Breach:
    return Breach(promise, one.accepted, one.member_id, f"{one.kind} {one.occurrence_id}: {how}")


def _days(evidence: Evidence, one: Arrival) -> set[str]:
    zones = {stand.wishes.zone for stand in evidence.stands(one) if stand.wishes is not None}
    return {local_day(zone, one.accepted).isoformat() for zone in zones}


def _fits(stand: Stand, one: Arrival) -> bool:
    if stand.wishes is None:
        return False
    at = local(stand.wishes.zone, one.called)
    minute, window = at.hour * 60 + at.minute, stand.wishes.window
    return window.start <= minute < window.end and AWAKE[0] <= minute < AWAKE[1]


def _keeps_to(stand: Stand, one: Arrival, recent: list[Arrival]) -> bool:
    if stand.wishes is None:
        return False
    today = local_day(stand.wishes.zone, one.accepted)
    ages = [(today - local_day(stand.wishes.zone, old.accepted)).days for old in recent]
    return sum(0 <= age < 7 for age in ages) <= stand.wishes.per_week  # noqa: PLR2004 - a week


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


# The days that two steps from one's own weekday to the next take at least, by how many nudges the week holds.
SHORTEST_TWO_STEPS: Final = (14, 7, 4, 3)
