"""Who lives in the world, and what each of them has surely said.

A change counts from the moment its answer reached the member; while it is under way, and where the process died over
it, both the old and the new may hold. `Said.at` tells everything that may hold at an instant.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar
from zoneinfo import available_timezones

from bot.rules.plan import Size, Wishes
from bot.rules.replies import Question
from bot.rules.schedule import WINDOWS
from bot.simulate.faults import DAY, stream

T = TypeVar("T")

# Reading where a member stands and sending are moments apart; what was said in between can come too late.
A_MOMENT: Final = 0.25

# Zones that skip or repeat hours, days, or halves and quarters of an hour, and some that do nothing at all.
HARD_ZONES: Final = (
    "America/Nuuk",
    "America/Scoresbysund",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Asia/Beirut",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Asia/Kolkata",
    "UTC",
)
LIVE_WHERE_IT_IS_HARD: Final = 0.75
GUILDS: Final = (2 * 10**17 + 1, 2 * 10**17 + 2, 2 * 10**17 + 3)


@dataclass(slots=True)
class Change(Generic[T]):
    """Something said: when, when its answer was there (None: it never came, so far), and what holds then."""

    begun: float
    to: T
    ended: float | None = None
    renews: bool = False
    """Whether it says that nudges may come: silence is counted anew."""


@dataclass(slots=True)
class Said(Generic[T]):
    """All that somebody said about one thing, in order."""

    first: T
    changes: list[Change[T]] = field(default_factory=list)

    def begin(self, at: float, to: T, *, renews: bool = False) -> Change[T]:
        change = Change(at, to, renews=renews)
        self.changes.append(change)
        return change

    @staticmethod
    def end(change: Change[T], at: float, to: T) -> None:
        change.ended, change.to = at, to

    def take_back(self, change: Change[T]) -> None:
        """It was refused: nothing was said."""
        self.changes.remove(change)

    @property
    def last(self) -> T:
        return self.changes[-1].to if self.changes else self.first

    def at(self, seconds: float) -> list[T]:
        """All that may hold then."""
        holding = [self.first]
        for change in self.changes:
            if change.ended is not None and change.ended < seconds - A_MOMENT:
                holding = [change.to]
            elif change.begun <= seconds:
                holding.append(change.to)
        return holding


@dataclass(frozen=True, slots=True)
class Stand:
    """What a member said about their nudges."""

    wants: bool = False
    """Whether they agreed to nudges, and did not stop them."""
    wishes: Wishes | None = None
    paused_until: float = 0.0
    told_until: float = 0.0
    """The same, as they were told. By a clock that was wrong it can be another: they are held to what they meant."""
    guild_id: int | None = None
    keeps_pace: bool = False
    """Whether they said that as many are to come after the eighth week as before."""
    season_pause_until: float = 0.0
    """Until when a season that they are in lets nothing come."""
    slow_until: float = 0.0
    """Until when such a season may let fewer come."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody answers: how often, and from when on not at all (in days)."""

    answers: float
    until_day: float = 10_000


HABITS: Final = (Habit(0.95), Habit(0.8), Habit(0.5), Habit(0.25), Habit(0.9, 60), Habit(0.9, 150), Habit(0.02))


@dataclass(slots=True)
class Person:
    """A member, seen from outside."""

    member_id: int
    habit: Habit
    guild_id: int | None
    chance: random.Random
    said: Said[Stand] = field(default_factory=lambda: Said(Stand()))
    answers: list[Change[str]] = field(default_factory=list)
    """Every answer to a nudge or a review, by the occurrence."""
    laters: list[tuple[float, str]] = field(default_factory=list)
    """When they asked to see which nudge again."""
    set_aside: list[float] = field(default_factory=list)
    """When they set aside a nudge, or a whole kind."""
    asked_back: dict[str, Question] = field(default_factory=dict)
    """What was asked back at their answers, by the occurrence."""
    presses: int = 0
    busy: bool = False
    """Whether something of theirs is being answered right now: people do one thing at a time."""

    @property
    def homes(self) -> set[int]:
        """Every server they ever belonged to."""
        return {change.to.guild_id for change in self.said.changes if change.to.guild_id is not None}

    def some_wishes(self) -> Wishes:
        where = HARD_ZONES if self.chance.random() < LIVE_WHERE_IT_IS_HARD else every_zone()
        return Wishes(
            zone=self.chance.choice(where),
            window=self.chance.choice(WINDOWS),
            per_week=self.chance.choice((1, 2, 3, 3, 4)),
            size=self.chance.choice(tuple(Size)),
            discreet=self.chance.random() < 0.5,  # noqa: PLR2004 - a coin
        )

    def next_press(self) -> int:
        """A number of its own for each press, as Discord gives one."""
        self.presses += 1
        return self.member_id * 100_000 + self.presses

    def answers_at(self, seconds: float) -> bool:
        """Whether they answer what arrives then."""
        return seconds < self.habit.until_day * DAY and self.chance.random() < self.habit.answers


def people(count: int, seed: int) -> list[Person]:
    """That many members, each with a stream of chance of their own."""
    found = []
    for number in range(count):
        chance = stream(seed, f"person {number}")
        guild_id = chance.choice((*GUILDS, None))
        found.append(Person(10**17 + number, chance.choice(HABITS), guild_id, chance))
    return found


def every_zone() -> list[str]:
    """Every zone of the pinned tzdata, in a fixed order."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc"))
