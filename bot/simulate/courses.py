"""What can become of a call to Discord: taken or not, answered or not, and what else the answer says.

Drawn by the chances of `Faults`. What discord.py makes of an answer by itself is in here as well: a courier meets no
other Discord.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from bot.journey.traffic import Heard
from bot.rules.delivery import NEVER, NotNow, Sent, Unreachable, Unsure
from bot.simulate.faults import Faults

CALL_SECONDS: Final = 20.0
"""When a call is given up, as `delivery.send_timeout_seconds` does."""

LONGEST_BUCKET_WAIT: Final = 30.0
"""Up to this, discord.py waits out a 429 inside of the call, and tries again by itself."""

# What a 429 asks to wait, in seconds: inside of the call, longer than the call may take, and longer than is waited for.
WAITS: Final = (1.0, 4.0, 12.0, 25.0, 40.0, 14 * 60.0)
SHARED: Final = 0.2

QUICK: Final = 0.1

SendAnswer = Sent | Unreachable | NotNow | Unsure

COURSES: Final = (
    "refused",
    "limited",
    "refused_after_all",
    "channel_gone",
    "lost_before",
    "lost_after",
    "late",
    "malformed",
    "slow",
)
"""What can become of a call, by the names of `Faults`; one more is left to the opening of DMs."""


OK: Final = Heard(200)
FORBIDDEN: Final = Heard(403)


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of one POST: the seconds until it is taken (None: never) and until it is answered."""

    taken: float | None
    answered: float
    answer: SendAnswer | None
    """None for the message that was taken. Whether a no may follow a try that arrived, its tries say (`Tries`)."""
    said: Heard | None = OK
    """What the last answer says besides; None where none came."""
    objected: Heard | None = None
    """A 429 before that, which discord.py waits out by itself; all else is counted from its next try."""
    is_tried_again: bool = False
    """Whether discord.py tried once more by itself before the last answer."""


class Courses:
    """Draws what becomes of each call."""

    def __init__(self, chance: random.Random, faults: Faults) -> None:
        self._chance = chance
        self._faults = faults

    def draw(self) -> str:
        """The name of what becomes of a call, as `Faults` calls it."""
        left = self._chance.random()
        for name in COURSES:
            left -= getattr(self._faults, name)
            if left < 0:
                return name
        return "opening_too_fast" if self._chance.random() < self._faults.opening_too_fast else "fine"

    def course_of(self, named: str, quick: float) -> Course:
        """What the name of a fault means; any other name is none."""
        match named:
            case "refused":
                return Course(None, quick, NotNow(posted=True), FORBIDDEN)
            case "limited":
                return self._limited(quick)
            case "refused_after_all":
                no = self._chance.choice((FORBIDDEN, Heard(HTTPStatus.TOO_MANY_REQUESTS)))
                later = quick + self._chance.uniform(1, 15)
                return Course(quick, later, NotNow(posted=True), no, is_tried_again=True)
            case "lost_before":
                return Course(None, self._chance.choice((quick, CALL_SECONDS)), Unsure(), None)
            case "lost_after":
                return Course(quick, self._chance.choice((quick * 2, CALL_SECONDS)), Unsure(), None)
            case "late":
                return Course(CALL_SECONDS + self._chance.uniform(0, 25), CALL_SECONDS, Unsure(), None)
            case "malformed":
                return Course(None, quick, NotNow(NEVER), Heard(400))
            case "slow":
                slow = self._chance.uniform(2, CALL_SECONDS - 1)
                return Course(slow * self._chance.random(), slow, None)
        return Course(quick / 2, quick, None)

    def while_refusing(self, quick: float) -> Course:
        """What becomes of any call while Discord says no to everything."""
        return Course(
            None, quick, NotNow(posted=True), self._chance.choice((FORBIDDEN, Heard(HTTPStatus.TOO_MANY_REQUESTS)))
        )

    def in_an_outage(self, quick: float) -> Course:
        """What becomes of any call while Discord is away: refused at the door, lost, or, seldom, taken after all."""
        drawn = self._chance.random()
        if drawn < 0.5:  # noqa: PLR2004 - the shares of an outage's three faces
            return Course(None, quick, NotNow(posted=True), None)
        if drawn < 0.97:  # noqa: PLR2004
            return Course(None, self._chance.choice((quick, CALL_SECONDS)), Unsure(), None)
        return Course(quick, CALL_SECONDS, Unsure(), None)

    def _limited(self, quick: float) -> Course:
        """A 429, as discord.py makes of it what its wait says."""
        wait = self._chance.choice(WAITS)
        no = Heard(HTTPStatus.TOO_MANY_REQUESTS, wait=timedelta(seconds=wait), is_shared=self._chance.random() < SHARED)
        if wait <= LONGEST_BUCKET_WAIT:
            return Course(quick / 2, quick, None, OK, no)
        if self._chance.random() < 0.5:  # noqa: PLR2004 - a coin: it may come from what stands before Discord
            return Course(None, quick, NotNow(posted=True), Heard(HTTPStatus.TOO_MANY_REQUESTS))
        return Course(None, quick, NotNow(no.wait, posted=True), no)
