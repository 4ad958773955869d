"""What is promised, and what a broken promise looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.simulate.history import Arrival


class Promise(StrEnum):
    """What is promised, as the table names it."""

    DUPLICATE = "duplicates"
    LOST = "lost"
    OUTSIDE = "outside window"
    GAP = "too close"
    TOO_MANY = "too many in a week"
    REPEATED = "too soon again"
    UNWANTED = "unwanted"
    SILENCE = "silence not heard"
    ILLEGAL = "illegal states"
    ASTRAY = "keys astray"
    FAULT = "faults of ours"


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was broken, when and how."""

    promise: Promise
    at: float
    member_id: int
    how: str


Verdicts = Iterator[Breach]


def breach(promise: Promise, one: Arrival, how: str) -> Breach:
    """That message should not have come."""
    return Breach(promise, one.accepted, one.member_id, f"{one.kind} {one.occurrence_id}: {how}")
