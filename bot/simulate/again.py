"""What does not come again: a nudge before its eight weeks are over, and what is said or asked once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from bot.rules.occurrence import Kind
from bot.simulate.evidence import Evidence
from bot.simulate.faults import DAY, MINUTE
from bot.simulate.history import Arrival
from bot.simulate.promises import Promise, Verdicts, breach

RESTS: Final = 56 * DAY

# So far two clocks may be apart before anybody doubts them.
A_CLOCKS_DOUBT: Final = 3 * MINUTE

# After how many weeks with nudges each review is asked.
REVIEWED_AFTER: Final = MappingProxyType({Kind.REVIEW_4: 4, Kind.REVIEW_8: 8})


def rested(evidence: Evidence) -> Verdicts:
    """No nudge comes twice in eight weeks, unless its member asked to see it again."""
    for nudges in evidence.nudges():
        came: dict[str | None, Arrival] = {}
        for one in nudges:
            before = came.get(one.nudge_id)
            if before is not None and before.occurrence_id != one.occurrence_id and not one.is_again:
                rested_for = one.called - _due(evidence, before)
                if rested_for < RESTS - A_CLOCKS_DOUBT:
                    yield breach(Promise.REPEATED, one, f"the same nudge was due {rested_for / DAY:.0f} days ago")
            came[one.nudge_id] = one


def told_once(evidence: Evidence) -> Verdicts:
    """That nothing is left is said once, until they say again that nudges may come. A review is asked once."""
    for arrivals in evidence.by_member.values():
        of_a_kind = {kind: _each_once(arrivals, kind) for kind in Kind}
        for before, after in pairwise(of_a_kind[Kind.ALL_SEEN]):
            if not _said_so_again(evidence, before, after):
                yield breach(Promise.REPEATED, after, "said again, though they have said nothing since")
        for kind, weeks in REVIEWED_AFTER.items():
            for again in of_a_kind[kind][1:]:
                yield breach(Promise.REPEATED, again, "asked again")
            for one in of_a_kind[kind][:1]:
                if (dated := evidence.dated(one)) is None or dated.week <= weeks:
                    yield breach(Promise.REPEATED, one, f"asked before {weeks} weeks were over")


def _said_so_again(evidence: Evidence, before: Arrival, after: Arrival) -> bool:
    """Whether they may have said in between that nudges may come."""
    row = evidence.row(before)
    since = before.called if row is None else row.begin.at
    return any(
        one.renews and one.begun <= after.called and (one.ended is None or one.ended >= since)
        for one in evidence.people[after.member_id].said.changes
    )


def _each_once(arrivals: Iterable[Arrival], kind: Kind) -> list[Arrival]:
    """Those of that kind; one that arrived twice is broken otherwise."""
    return list({one.occurrence_id: one for one in arrivals if one.kind is kind}.values())


def _due(evidence: Evidence, one: Arrival) -> float:
    row = evidence.row(one)
    return one.called if row is None else row.due
