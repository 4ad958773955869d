"""What a member chose, and where their nudges stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.rules.schedule import Schedule, Window, spread_of


class Size(IntEnum):
    """How much a nudge asks. Ordered; the member's own choice is the ceiling. Source: evidence.md 6.1."""

    TINY = 1
    """Two minutes at the most, and undoable."""
    SMALL = 2
    """Ten minutes at the most, one person."""
    BRAVE = 3
    """A real talk, or asking for something."""


class PlanState(StrEnum):
    """Whether anything comes to a member, and if not, why."""

    ACTIVE = "active"
    """Nudges come. A pause is not a state: it ends by itself."""
    RESTING = "resting"
    """Six went unanswered: asked once, then quiet until the member says so."""
    UNREACHABLE = "unreachable"
    """Discord would not let a DM through; the member does not know yet."""
    UNREACHABLE_TOLD = "unreachable_told"
    """The same, and the member was told, once, at a command of theirs."""
    HELD = "held"
    """The server was switched off: the member chooses whether to go on without it."""
    STOPPED = "stopped"
    """The member stopped. Nothing is sent."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a member picks about their nudges."""

    zone: str
    window: Window
    per_week: int
    size: Size
    discreet: bool
    """Show a neutral line first, and ring no bell."""

    def schedule(self, member_id: int) -> Schedule:
        return Schedule(self.zone, self.window, self.per_week, spread_of(member_id))


@dataclass(frozen=True, slots=True)
class Plan:
    """A member's choices, and where they stand. `next_due_at` is None whenever nothing is on its way."""

    member_id: int
    schedule: Schedule
    size: Size
    discreet: bool
    state: PlanState
    since_at: datetime
    """When the member last said that nudges may come. Silence is counted from here."""
    paused_until: datetime | None
    next_due_at: datetime | None
    again_nudge_id: str | None = None
    """A nudge the member asked to see again (Later): it takes the next place, it is never added."""

    @property
    def wishes(self) -> Wishes:
        at = self.schedule
        return Wishes(at.zone, at.window, at.per_week, self.size, self.discreet)

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until
