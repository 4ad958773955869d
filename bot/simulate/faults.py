"""What goes wrong, and how often. All of it is drawn from the seed.

Chances are per call, intervals are means in days, over the whole simulated house and not per member.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Faults:
    """How hostile the world is. Zero switches a fault off."""

    refused: float = 0.02
    """Discord says no to this one, and not why."""
    limited: float = 0.02
    """Discord says 429: for moments, which discord.py waits out by itself, or for longer; to us, or to all."""
    refused_after_all: float = 0.01
    """Its last word is no, and yet an earlier try of the library's own has arrived."""
    lost_before: float = 0.02
    """The call is lost on its way there."""
    lost_after: float = 0.03
    """Discord takes the message, and the answer is lost."""
    channel_gone: float = 0.01
    """The DM has to be opened anew."""
    late: float = 0.02
    """The call takes too long and is left alone; Discord takes the message after that."""
    malformed: float = 0.001
    slow: float = 0.05
    """Answered, after many seconds."""
    look_fails: float = 0.10
    opening_too_fast: float = 0.02

    outage_every: float = 9.0
    kill_every: float = 1.5
    refusing_every: float = 20.0
    """Discord says no to everything for a while."""
    restart_every: float = 20.0
    guild_switched_every: float = 25.0
    dms_closed_every: float = 5.0
    clock_step_every: float = 12.0


CALM: Final = Faults(
    refused=0,
    limited=0,
    refused_after_all=0,
    lost_before=0,
    lost_after=0,
    channel_gone=0,
    late=0,
    malformed=0,
    slow=0,
    look_fails=0,
    opening_too_fast=0,
    outage_every=0,
    kill_every=0,
    refusing_every=0,
    restart_every=0,
    guild_switched_every=0,
    dms_closed_every=0,
    clock_step_every=0,
)

# How long Discord is away (seconds), and how often that long.
OUTAGES: Final = ((2 * MINUTE, 4), (20 * MINUTE, 4), (2 * HOUR, 3), (8 * HOUR, 1), (24 * HOUR, 1))

# How long Discord says no to everything (seconds): less, and more, than it takes to stop asking.
REFUSING: Final = ((5 * MINUTE, 2), (30 * MINUTE, 2), (3 * HOUR, 1))

# How long a process stays down: on either side of the claim's 90 seconds and the nonce's two minutes.
DOWNTIMES: Final = ((2.0, 4), (30.0, 2), (95.0, 3), (130.0, 3), (10 * MINUTE, 2), (1 * HOUR, 1))

# How far a wall clock steps (seconds), and for how long it stays wrong.
STEPS: Final = ((25 * MINUTE, 1), (-25 * MINUTE, 1), (1 * HOUR, 1), (-1 * HOUR, 1), (365 * DAY, 1))
WRONG_FOR: Final = (5 * MINUTE, 12 * HOUR)


def pick(chance: random.Random, table: tuple[tuple[float, int], ...]) -> float:
    """One of the table's values, by its weights."""
    values, weights = zip(*table, strict=True)
    picked: float = chance.choices(values, weights)[0]
    return picked


def stream(seed: int, name: str) -> random.Random:
    """A stream of chance of its own, so that one more draw in one place changes nothing in another."""
    return random.Random(f"{seed}/{name}")  # noqa: S311 - a world is drawn, and no secret
