"""Whether a message may go out, and what its fate means. Why: docs/delivery.md.

The promise these rules serve: once, on time, or not at all.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.rules.consent import Purpose
from bot.rules.occurrence import OF_A_DATE, Kind, Occurrence, State
from bot.rules.plan import Plan, PlanState
from bot.rules.schedule import is_night, local_date, local_minute

# How long a claim is good for, and the longest that one call of the courier may take. A letter is carried only while
# the claim outlasts both of its calls: looking for it, and sending it.
LEASE: Final = timedelta(seconds=90)
LONGEST_CALL: Final = timedelta(seconds=30)
CALLS_OF_A_LETTER: Final = 2

# What a letter can wait for besides: a DM that may not be opened yet (`journey.traffic`), and its turns.
WAITS_OF_A_LETTER: Final = timedelta(seconds=15)

# Discord keeps a nonce for "the past few minutes"; sending again with the same one is safe for this long.
NONCE_TRUST: Final = timedelta(minutes=2)

# How long a message whose fate is unknown waits before its DM is looked at (again).
LOOK_AGAIN: Final = timedelta(minutes=3)

# How far our clock and Discord's may differ when a message is looked for by its time, and how many are looked at.
CLOCK_DOUBT: Final = timedelta(minutes=5)
LOOK_THROUGH: Final = 50

# A letter that Discord calls malformed stays so; this wait is longer than any window, so it dissolves.
NEVER: Final = timedelta(days=2)

# How long a plan is put off that cannot be decided about.
PUT_OFF: Final = timedelta(hours=1)

# The waits before trying again what Discord surely did not take, and the longest of them.
RETRY_FIRST: Final = timedelta(seconds=15)
RETRY_MOST: Final = timedelta(minutes=10)


class Obstacle(StrEnum):
    """Why a message is not sent. None of these is ever shown to anybody."""

    STOPPED = "stopped"
    NO_CONSENT = "no_consent"
    GUILD_OFF = "guild_off"
    GUILD_ON = "guild_on"
    PAUSED = "paused"
    NIGHT = "night"
    OUTSIDE = "outside"
    """The member's clock stands outside of their window by now, because one of the two was changed."""
    OTHER_DATE = "other_date"
    """The member's clock shows another date by now than the message was for, because their zone was changed."""
    OVER = "over"
    ANSWERED = "answered"
    """The silence that a question was about has ended."""
    ASKED = "asked"
    """A question that may have been seen before: it is asked once."""
    LEFT_OUT = "left_out"
    """What it is about was left out while it waited, or it was itself."""
    NOTHING_TO_SAY = "nothing_to_say"
    """Its nudge has left the library."""


# What is checked for each kind of message. The receipt answers the member's own press, at whatever hour that was.
CHECKS: Final = MappingProxyType(
    {
        **dict.fromkeys(OF_A_DATE, frozenset(Obstacle) - {Obstacle.GUILD_ON}),
        Kind.GUILD_OFF: frozenset(Obstacle) - {Obstacle.GUILD_OFF},
        Kind.RECEIPT: frozenset({Obstacle.STOPPED, Obstacle.NO_CONSENT, Obstacle.OVER}),
    }
)


# What a question, once it may have been seen, leaves a plan in.
AFTER_QUESTION: Final = MappingProxyType({Kind.STILL_WANTED: PlanState.QUIET, Kind.GUILD_OFF: PlanState.GUILD_OFF})


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything about a member that decides whether they may be written to."""

    plan: Plan
    purposes: AbstractSet[Purpose]
    guild_on: bool
    """Whether the server they came from still has Porchlight on; True for who came from none."""


def why_not(standing: Standing, kind: Kind, until_at: datetime, now: datetime) -> Obstacle | None:
    """The first reason against sending now; None when there is none."""
    plan = standing.plan
    facts = {
        Obstacle.STOPPED: plan.state is not PlanState.ACTIVE,
        Obstacle.NO_CONSENT: Purpose.NUDGES not in standing.purposes,
        Obstacle.GUILD_OFF: not standing.guild_on,
        Obstacle.GUILD_ON: standing.guild_on,
        Obstacle.PAUSED: plan.is_paused(now),
        Obstacle.NIGHT: is_night(plan.schedule.zone, now),
        Obstacle.OUTSIDE: not plan.schedule.window.holds(local_minute(plan.schedule.zone, now)),
        Obstacle.OVER: now >= until_at,
    }
    return next((obstacle for obstacle, stands in facts.items() if stands and obstacle in CHECKS[kind]), None)


def is_on_its_date(occurrence: Occurrence, zone: str, now: datetime) -> bool:
    """Whether clocks in that zone show the date that the message is for: so no date has two. A receipt is for none."""
    return occurrence.kind not in OF_A_DATE or occurrence.slot == local_date(zone, now).isoformat()


def must_look_first(occurrence: Occurrence, now: datetime) -> bool:
    """Whether an earlier try is too long ago to trust its nonce: then look for the message in the DM before sending."""
    tried = occurrence.first_tried_at
    return tried is not None and now - tried >= NONCE_TRUST


def has_time(claimed_until: datetime, now: datetime, call: timedelta, calls: int = CALLS_OF_A_LETTER) -> bool:
    """Whether a claim outlasts the calls, of `call` each, and the waits that carrying its letter can still take."""
    return now + calls * call + WAITS_OF_A_LETTER < claimed_until


@dataclass(frozen=True, slots=True)
class Sent:
    """It is in the member's DM."""

    channel_id: int
    message_id: int | None
    """None where Discord said that it had come, and has been deleted since."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The member's DMs are closed to us, or they are gone. `posted` as in NotNow."""

    posted: bool = False


@dataclass(frozen=True, slots=True)
class NotNow:
    """Discord's last word was no, or we did not ask it. `wait` is for how long at least, where that is known."""

    wait: timedelta | None = None
    posted: bool = False
    """Whether a POST was made: discord.py tries again by itself, and an earlier try of its own may have arrived."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may or may not have arrived."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked for, and not there."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Held back by ourselves, just before it would have gone out."""

    obstacle: Obstacle


Outcome = Sent | Unreachable | NotNow | Unsure | HeldBack


@dataclass(frozen=True, slots=True)
class Fate:
    """What an outcome makes of an occurrence: its next state, and when it needs attention again."""

    state: State
    wake_at: datetime | None = None
    forget_try: bool = False
    """The try surely did not reach Discord: the next one starts afresh."""


def fate_of(occurrence: Occurrence, outcome: Outcome, now: datetime, *, tried_before: bool) -> Fate:
    """`tried_before` says that an earlier try may have arrived: then no refusal of a later one settles what it was."""
    match outcome:
        case Sent():
            return Fate(State.SENT)
        case Unreachable(posted) if not (tried_before or posted):
            return Fate(State.UNREACHABLE)
        case HeldBack() if not tried_before:
            return Fate(State.DISSOLVED)
        case NotNow(wait, posted):
            again = now + max(wait or timedelta(), retry_wait(occurrence.attempts))
            fate = _fate_of_a_no(occurrence, again, is_sure=not (tried_before or posted))
        case _:
            fate = None
    return fate or _fate_of_the_unsure(occurrence, now)


def _fate_of_a_no(occurrence: Occurrence, again: datetime, *, is_sure: bool) -> Fate | None:
    """`is_sure` says that nothing of it can have arrived; None where only a look can tell."""
    if again < occurrence.until_at:
        return Fate(State.WAITING, again, forget_try=is_sure)
    return Fate(State.DISSOLVED) if is_sure else None


def _fate_of_the_unsure(occurrence: Occurrence, now: datetime) -> Fate:
    again = now + LOOK_AGAIN
    return Fate(State.UNKNOWN, again if again < occurrence.until_at + LOOK_AGAIN else None)


def retry_wait(attempts: int) -> timedelta:
    """Twice as long each time."""
    doublings = max(0, min(attempts, 10) - 1)
    return min(RETRY_MOST, RETRY_FIRST * (1 << doublings))
