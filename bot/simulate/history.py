"""Everything that happened, in order, and a digest of it: two runs with one digest were the same run.

Law: promises are judged on this. What a member's DM holds is written here by the model Discord, what the database
commits by the disk, and what members did by themselves; none of it is asked of the bot.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.rules.occurrence import Kind
from bot.store.schema import EPOCH

DIGEST_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message in a member's DM. Seconds count from the beginning of the world."""

    member_id: int
    occurrence_id: str
    kind: Kind
    nudge_id: str | None
    is_again: bool
    called: float
    """When the bot handed it over."""
    accepted: float
    """When Discord took it."""
    message_id: int
    tried: float = 0.0
    """When the try left that Discord took: discord.py may have made others before."""


@dataclass(frozen=True, slots=True)
class RowMove:
    """One committed change of an occurrence. `before` is None where the row began."""

    at: float
    member_id: int
    occurrence_id: str
    kind: str
    slot: str
    due_at: datetime
    until_at: datetime
    before: str | None
    after: str
    commit: int
    """Which commit it was part of."""


@dataclass(frozen=True, slots=True)
class PlanMove:
    """One committed change of when a member's next nudge is due."""

    at: float
    member_id: int
    before: datetime | None
    after: datetime | None
    state: str
    commit: int


@dataclass(frozen=True, slots=True)
class Call:
    """The bot handed a letter over, whatever came of it."""

    at: float
    member_id: int
    occurrence_id: str
    kind: Kind


@dataclass(slots=True)
class History:
    """What has happened so far."""

    arrivals: list[Arrival] = field(default_factory=list)
    rows: list[RowMove] = field(default_factory=list)
    plans: list[PlanMove] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    erased: dict[str, float] = field(default_factory=dict)
    """The occurrences whose rows were deleted with their member, and when."""
    faults: list[tuple[float, str]] = field(default_factory=list)
    """What went wrong inside of the bot while it was alive, where nothing should."""
    astray: list[str] = field(default_factory=list)
    """Keys without a member, and what is sealed without a key, when it was over."""
    held: list[tuple[float, float]] = field(default_factory=list)
    """From when to when nothing could be sent at all: Discord was away, or said no, or the wall clock was wrong."""
    _since: dict[str, float] = field(default_factory=dict)
    next_due: dict[int, datetime | None] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    _sum: hashlib._Hash = field(default_factory=hashlib.sha256)

    def note(self, at: float, what: str, *about: object) -> None:
        """Add to the digest, and count it."""
        self.counts[what] += 1
        self._sum.update(f"{at:.6f} {what} {' '.join(map(str, about))}\n".encode())

    def arrive(self, one: Arrival) -> None:
        self.arrivals.append(one)
        self.note(one.accepted, "arrived", one.member_id, one.occurrence_id, one.nudge_id, f"{one.called:.6f}")

    def call(self, one: Call) -> None:
        self.calls.append(one)
        self.note(one.at, "called", one.member_id, one.occurrence_id)

    def move_row(self, one: RowMove) -> None:
        self.rows.append(one)
        self.note(one.at, "row", one.occurrence_id, one.before, one.after)

    def move_plan(self, one: PlanMove) -> None:
        self.plans.append(one)
        self.next_due[one.member_id] = one.after
        self.note(one.at, "plan", one.member_id, one.after, one.state)

    def tell(self, at: float, commit: int, told: Iterable[tuple[Any, ...]]) -> None:
        """All that one commit changed, as the disk tells of it."""
        for what, member_id, *rest in told:
            match what, rest:
                case "row", [occurrence_id, kind, slot, due, until, before, after]:
                    dates = (_instant(due), _instant(until))
                    self.move_row(RowMove(at, member_id, occurrence_id, kind, slot, *dates, before, after, commit))
                case "plan", [before, after, state]:
                    moved = (None if before is None else _instant(before), None if after is None else _instant(after))
                    self.move_plan(PlanMove(at, member_id, *moved, state, commit))
                case "erased", [occurrence_id]:
                    self.erase(at, occurrence_id)

    def hold(self, at: float, why: str, *, stands: bool) -> None:
        """Something begins to keep everything back, or ends; many of them may overlap."""
        if stands:
            self._since.setdefault(why, at)
        elif why in self._since:
            self.held.append((self._since.pop(why), at))

    def erase(self, at: float, occurrence_id: str) -> None:
        self.erased[occurrence_id] = at
        self.note(at, "erased", occurrence_id)

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()[:DIGEST_LENGTH]


def _instant(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)
