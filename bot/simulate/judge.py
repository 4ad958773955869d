"""The promises, each with a judge of its own. None of them asks the rules that it judges.

Law: a judge looks at what arrived and at what was said, by the calendar of the member; where two things were under way
at one moment, either order of them is as good as the other.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from bot.rules.occurrence import Kind
from bot.simulate.again import rested, told_once
from bot.simulate.evidence import SLACK, Evidence, local, local_day
from bot.simulate.faults import MINUTE
from bot.simulate.history import Arrival
from bot.simulate.losses import is_denied, missed_dates, never_arrived, skipped_dues, stuck
from bot.simulate.people import Stand
from bot.simulate.promises import Breach, Promise, Verdicts, breach
from bot.simulate.rhythm import apart, few, heard_silence, left_alone

AWAKE: Final = (8 * 60, 22 * 60)
# A call that is given up after 20 seconds may be taken by Discord for some seconds more.
TAKEN_WITHIN: Final = MINUTE


def judge(evidence: Evidence) -> list[Breach]:
    """Every breach there is, the earliest first."""
    found = [one for look in JUDGES for one in look(evidence)]
    return sorted(found, key=lambda one: one.at)


def once(evidence: Evidence) -> Verdicts:
    """No message twice, and no two nudges on one local date."""
    for arrivals in evidence.by_member.values():
        seen: set[str] = set()
        for one in arrivals:
            if one.occurrence_id in seen:
                yield breach(Promise.DUPLICATE, one, "the same message arrived again")
            seen.add(one.occurrence_id)
    for nudges in evidence.nudges():
        for before, after in pairwise(nudges):
            days = [_days(evidence, one) for one in (before, after)]
            is_sure = all(len(possible) == 1 for possible in days)
            if is_sure and days[0] == days[1] and before.occurrence_id != after.occurrence_id:
                yield breach(Promise.DUPLICATE, after, "a second nudge on one local date")


def inside(evidence: Evidence) -> Verdicts:
    """Inside the member's window, never at night, and never after its own end."""
    for one in evidence.history.arrivals:
        row = evidence.row(one)
        if row is not None and max(one.called, one.tried) >= row.until + SLACK:
            yield breach(Promise.OUTSIDE, one, "handed over after its end")
        if one.kind is Kind.RECEIPT:
            continue
        if not any(_fits(stand, one) for stand in evidence.stands(one)):
            yield breach(Promise.OUTSIDE, one, "outside of the window, or at night")
        elif one.accepted - one.called > TAKEN_WITHIN:
            yield breach(Promise.OUTSIDE, one, "under way for too long")


def wanted(evidence: Evidence) -> Verdicts:
    """Nothing without a yes, after a stop, in a pause, or for a server that is off."""
    for one in evidence.history.arrivals:
        stands = [stand for stand in evidence.stands(one) if stand.wants]
        if not stands:
            yield breach(Promise.UNWANTED, one, "they had not agreed to it, or had stopped")
            continue
        if one.kind is Kind.RECEIPT:
            continue
        if all(stand.paused_until > one.called + SLACK for stand in stands):
            yield breach(Promise.UNWANTED, one, "in a pause")
        if all(stand.season_pause_until > one.called + SLACK for stand in stands):
            yield breach(Promise.UNWANTED, one, "in the pause that a season begins with")
        for_a_server_that_is_off = one.kind is Kind.GUILD_OFF
        states = {state for stand in stands for state in evidence.guild_states(stand, one.called)}
        if for_a_server_that_is_off not in {not state for state in states}:
            yield breach(Promise.UNWANTED, one, "their server was on, or off, as it should not have been")


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


def sealed(evidence: Evidence) -> Verdicts:
    """Whoever has left took their key along; whoever stayed can read what they picked."""
    for how in evidence.history.astray:
        yield Breach(Promise.ASTRAY, evidence.ended or 0.0, 0, f"when all was over, a {how}")


def faultless(evidence: Evidence) -> Verdicts:
    """Nothing that nobody foresaw was raised."""
    for at, what in evidence.history.faults:
        yield Breach(Promise.FAULT, at, 0, what)


JUDGES: Final[tuple[Callable[[Evidence], Verdicts], ...]] = (
    once,
    inside,
    apart,
    few,
    rested,
    told_once,
    wanted,
    left_alone,
    heard_silence,
    legal,
    not_lost,
    sealed,
    faultless,
)


def _days(evidence: Evidence, one: Arrival) -> set[str]:
    zones = {stand.wishes.zone for stand in evidence.stands(one) if stand.wishes is not None}
    return {local_day(zone, one.accepted).isoformat() for zone in zones}


def _fits(stand: Stand, one: Arrival) -> bool:
    if stand.wishes is None:
        return False
    at = local(stand.wishes.zone, one.called)
    minute, window = at.hour * 60 + at.minute, stand.wishes.window
    return window.start <= minute < window.end and AWAKE[0] <= minute < AWAKE[1]
