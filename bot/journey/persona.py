"""Somebody who may come to live with this: what they see, and what they do about it. For `foresee`.

Nothing here is a member. A persona is a guess, written down by people, and none of it is ever read from a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.content.nudges import Nudge
from bot.journey.courier import NudgeNote, Says
from bot.rules.occurrence import Answer
from bot.rules.plan import Plan, Size, Wishes
from bot.rules.replies import Question
from bot.rules.schedule import Window
from bot.rules.seasons import Season


@dataclass(frozen=True, slots=True)
class Message:
    """One that came by DM, as its member sees it."""

    at: datetime
    occurrence_id: str
    says: Says

    @property
    def nudge(self) -> Nudge:
        """The one on it. Only what is a nudge has answers."""
        assert isinstance(self.says, NudgeNote)
        return self.says.nudge


@dataclass(frozen=True, slots=True)
class Press:
    """An answer to a nudge, or to its smaller version. `days` belong to Later and to a pause."""

    message: Message
    answer: Answer
    smaller: bool = False
    days: int = 0


@dataclass(frozen=True, slots=True)
class SayYes:
    """Yes to what was asked back after an answer."""

    message: Message
    question: Question


@dataclass(frozen=True, slots=True)
class GoOn:
    """Yes to whether they are still wanted."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Let nudges come again: a pause ends, and a season."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause, of one's own accord."""

    days: int


@dataclass(frozen=True, slots=True)
class BeginSeason:
    """A time in which less is right."""

    season: Season


@dataclass(frozen=True, slots=True)
class Change:
    """Other wishes; None leaves one as it is."""

    zone: str | None = None
    window: Window | None = None
    per_week: int | None = None
    size: Size | None = None

    def of(self, wishes: Wishes) -> Wishes:
        """The wishes, so changed."""
        return replace(
            wishes,
            zone=self.zone or wishes.zone,
            window=self.window or wishes.window,
            per_week=self.per_week or wishes.per_week,
            size=self.size or wishes.size,
        )


@dataclass(frozen=True, slots=True)
class KeepPace:
    """At that review: go on as often as before."""

    message: Message


@dataclass(frozen=True, slots=True)
class SlowDown:
    """At that review: so many a week from now on."""

    message: Message
    per_week: int


@dataclass(frozen=True, slots=True)
class LevelTickets:
    """Every kind is to have as many tickets as at first."""


Deed = Press | SayYes | GoOn | Resume | Rest | BeginSeason | Change | KeepPace | SlowDown | LevelTickets
"""Everything that somebody can do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back to an answer, in the same place."""

    press: Press
    already: bool = False
    question: Question | None = None
    is_plenty: bool = False
    comes_at: datetime | None = None
    """After *Later*: when it comes again; None where nothing comes by itself."""
    paused_until: datetime | None = None
    """The pause that is chosen now, or that *Later* waits for."""


class Persona(Protocol):
    """What somebody does, and when. It may draw by chance, as long as its chance has a seed."""

    def by_themselves(self, begun: datetime, plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        """What they will do of their own accord, and when."""

    def about(self, seen: Message | Reply, at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        """What they do about something that they see now, and after how long."""
