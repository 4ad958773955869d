"""Whether a message may go out, and what its fate means. Source: architecture.md and reliability.md 2.2.

The promise these rules serve: once, on time, or not at all.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.rules.consent import Purpose
from bot.rules.occurrence import Kind, Occurrence, State
from bot.rules.plan import Plan, PlanState
from bot.rules.schedule import is_night

# How long a claim is good for. Longer than a send can take with all of its own retries inside the time limit.
LEASE: Final = timedelta(seconds=90)

# Discord keeps a nonce for "the past few minutes"; sending again with the same one is safe for this long.
NONCE_TRUST: Final = timedelta(minutes=2)

# How long a message whose fate is unknown waits before its DM is looked at (again).
LOOK_AGAIN: Final = timedelta(minutes=3)

# The waits before trying again what Discord surely did not take, and the longest of them.
RETRY_FIRST: Final = timedelta(seconds=15)
RETRY_MOST: Final = timedelta(minutes=10)


class Hold(StrEnum):
    """Why a message is not sent. None of these is ever shown to anybody."""

    STOPPED = "stopped"
    NO_CONSENT = "no_consent"
    SERVER_OFF = "server_off"
    SERVER_ON = "server_on"
    PAUSED = "paused"
    NIGHT = "night"
    OVER = "over"


# What is checked for each kind of message. The receipt answers the member's own press, at whatever hour that was.
CHECKS: Final = {
    Kind.NUDGE: frozenset(Hold) - {Hold.SERVER_ON},
    Kind.STILL_WANTED: frozenset(Hold) - {Hold.SERVER_ON},
    Kind.SERVER_OFF: frozenset(Hold) - {Hold.SERVER_OFF},
    Kind.RECEIPT: frozenset({Hold.STOPPED, Hold.NO_CONSENT, Hold.OVER}),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything about a member that decides whether they may be written to."""

    plan: Plan
    purposes: AbstractSet[Purpose]
    server_on: bool
    """Whether the server they came from still has Porchlight on; True for who came from none."""


def why_not(standing: Standing, kind: Kind, until_at: datetime, now: datetime) -> Hold | None:
    """The first reason against sending now; None when there is none."""
    plan = standing.plan
    facts = {
        Hold.STOPPED: plan.state is not PlanState.ACTIVE,
        Hold.NO_CONSENT: Purpose.NUDGES not in standing.purposes,
        Hold.SERVER_OFF: not standing.server_on,
        Hold.SERVER_ON: standing.server_on,
        Hold.PAUSED: plan.is_paused(now),
        Hold.NIGHT: is_night(plan.schedule.zone, now),
        Hold.OVER: now >= until_at,
    }
    return next((hold for hold, stands in facts.items() if stands and hold in CHECKS[kind]), None)


class Care(StrEnum):
    """How to go about a message that may have been tried before."""

    SEND = "send"
    """Never tried, or tried so lately that the same nonce makes a second copy impossible."""
    LOOK = "look"
    """Tried too long ago to trust the nonce: look for it in the DM first."""


def care_for(occurrence: Occurrence, now: datetime) -> Care:
    """How to go about this one now."""
    tried = occurrence.first_tried_at
    return Care.SEND if tried is None or now - tried < NONCE_TRUST else Care.LOOK


@dataclass(frozen=True, slots=True)
class Sent:
    """It is in the member's DM."""

    channel_id: int
    message_id: int | None
    """None where Discord said that it had come, and has been deleted since."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The member's DMs are closed to us, or they are gone."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Discord surely did not take it. `wait` is what Discord asked for, if it did."""

    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may or may not have arrived."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked for, and not there."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Held back by ourselves, just before it would have gone out."""

    hold: Hold


Outcome = Sent | Unreachable | NotNow | Unsure | Refused


@dataclass(frozen=True, slots=True)
class Fate:
    """What an outcome makes of an occurrence: its next state, and when it needs attention again."""

    state: State
    wake_at: datetime | None = None
    forget_try: bool = False
    """The try surely did not reach Discord: the next one starts afresh."""


def fate_of(occurrence: Occurrence, outcome: Outcome, now: datetime, *, tried_before: bool) -> Fate:
    """`tried_before` says that an earlier try may have arrived; then no later refusal makes that try undone."""
    match outcome:
        case Sent():
            return Fate(State.SENT)
        case Unreachable():
            return Fate(State.UNREACHABLE)
        case Refused():
            return Fate(State.DISSOLVED)
        case NotNow(wait):
            again = now + max(wait or timedelta(), retry_wait(occurrence.attempts))
            if again >= occurrence.until_at:
                return Fate(State.DISSOLVED)
            return Fate(State.WAITING, again, forget_try=not tried_before)
    # Unsure: it may have arrived.
    again = now + LOOK_AGAIN
    return Fate(State.UNKNOWN, again if again < occurrence.until_at + LOOK_AGAIN else None)


def retry_wait(attempts: int) -> timedelta:
    """Twice as long each time."""
    doublings = max(0, min(attempts, 10) - 1)
    return min(RETRY_MOST, RETRY_FIRST * (1 << doublings))
