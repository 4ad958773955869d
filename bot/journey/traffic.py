"""What we may do towards Discord now: how fast, how many DMs may be opened, and whether to send at all.

One object per process; the courier asks it before it calls Discord, and it hears every answer that Discord gives
(docs/delivery.md). What it learned is gone with the process, but for the number of DMs that were opened today.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

import structlog

from bot.clock import Clock
from bot.journey.tries import Tries
from bot.rules.breaker import COUNTED, Refusals
from bot.rules.clocks import ClockSense
from bot.rules.delivery import LONGEST_CALL
from bot.rules.opens import OPENS_AT_ONCE, Opens
from bot.rules.throttle import Bucket, Throttle
from bot.store import Database, Records

log = structlog.stdlib.get_logger(__name__)

OPENED: Final = "dms_opened"

# When Discord says 429 and not for how long.
UNSAID_WAIT: Final = timedelta(seconds=5)

# Who presses Start waits this long for their receipt, before they are told that it comes later.
PATIENCE: Final = timedelta(seconds=5)

# For so long the time that Discord said stands for itself, where being wrong about it could not be undone.
FRESH: Final = timedelta(minutes=5)

# A clock that stands behind by more than this makes who comes now look as if they had been gone for long.
FAR_BEHIND: Final = timedelta(days=1)

# No more letters are in hand than go out in this time: their claims must not run out while they wait.
IN_HAND: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast we go (docs/delivery.md). `call` is the longest that one call of the courier takes."""

    rate_per_second: float
    at_once: int
    batch: int
    call: timedelta = LONGEST_CALL
    opens_per_minute: float = 30
    opens_per_day: int = 1_000
    refusals: int = 2_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer of Discord says besides what it was asked for."""

    status: int
    time: datetime | None = None
    """Discord's own, in UTC."""
    wait: timedelta | None = None
    """How long it asked to wait, with a 429."""
    is_shared: bool = False
    """A 429 about something that others use too: it is not held against us."""
    is_ours: bool = True
    """Whether the bot's token was asked with, and not that of somebody's press."""


class Hold(StrEnum):
    """Why nothing at all is sent for now."""

    TOKEN = "token"  # noqa: S105 - a reason
    """Discord refused the bot's token. Every further request would count against our address."""
    REFUSED = "refused"
    """Discord refused so much that more could have our address banned."""
    SLOWED = "slowed"
    """Discord asked for a wait that is longer than letters can be kept in hand."""
    CLOCK = "clock"
    """Our clock and Discord's are more than two minutes apart, or ours was set and Discord has not been asked yet."""
    ROOM = "room"
    """The disk is so full that what was sent might not be written down."""


class Traffic:
    def __init__(self, database: Database, clock: Clock, limits: Limits) -> None:
        self._database = database
        self._clock = clock
        self.limits = limits
        self._throttle = Throttle.at_ease(limits.rate_per_second, clock.monotonic())
        self._refusals = Refusals(limits.refusals)
        self._sense = ClockSense(clock.set_by())
        self._was_doubted = False
        self._agreed_at: float | None = None
        self._stood_behind = False
        self._opening = Bucket(limits.opens_per_minute / 60, OPENS_AT_ONCE, OPENS_AT_ONCE, clock.monotonic())
        self._closed_at: float | None = None
        self._has_room = True
        self._held: Hold | None = None
        self.token_refused = asyncio.Event()
        self._turns = asyncio.Lock()

    @property
    def in_hand_at_most(self) -> int:
        """How many letters are claimed at a time: what is set, and less while we go slowly."""
        return max(1, min(self.limits.batch, int(self._throttle.rate * IN_HAND.total_seconds())))

    async def ask_the_disk(self) -> None:
        """Whether it has room left; `hold` goes by what it said last."""
        self._has_room = await self._database.has_room()

    def hold(self) -> Hold | None:
        """Why nothing may be sent now; None when it may."""
        self._note(self._sense.looked(self._clock.set_by()))
        steady = self._clock.monotonic()
        self._refusals = self._refusals.looked(steady)
        reasons = {
            Hold.TOKEN: self.token_refused.is_set(),
            Hold.REFUSED: self._refusals.broken,
            Hold.CLOCK: self._sense.doubted,
            Hold.ROOM: not self._has_room,
            Hold.SLOWED: self._throttle.quiet_until - steady > IN_HAND.total_seconds(),
        }
        held = next((hold for hold, stands in reasons.items() if stands), None)
        if held is not self._held:
            log.error("traffic.held", why=held) if held else log.warning("traffic.resumed", after=self._held)
            self._held = held
        return held

    def was_doubted(self) -> bool:
        """Whether our clock was, at any time since this was asked last."""
        was, self._was_doubted = self._was_doubted, self._sense.doubted
        return was

    def is_sure_of_time(self) -> bool:
        """Whether Discord has said the time in the last minutes, ours agreed, and nobody has set it since.

        More than not to doubt it: what was never heard is not doubted either.
        """
        self._note(self._sense.looked(self._clock.set_by()))
        return self._agreed_at is not None and self._clock.monotonic() - self._agreed_at < FRESH.total_seconds()

    def stood_behind(self) -> bool:
        """Whether our clock stood far behind Discord's, at any time since this was asked last."""
        did, self._stood_behind = self._stood_behind, False
        return did

    def tries(self, until: datetime | None) -> Tries:
        """Those of one letter, none of which is made from `until` on."""
        return Tries(self._clock, until)

    async def turn(self) -> None:
        """Wait until one more request may be made.

        One waits at a time: were many to wait side by side, a moment in which the machine stood still would let all of
        them go at its end, and none of them would hear what Discord objects to meanwhile.
        """
        async with self._turns:
            self._throttle, wait = self._throttle.take(self._clock.monotonic())
            while wait > 0:
                known = self._throttle.quiet_until
                await asyncio.sleep(wait)
                quiet = self._throttle.quiet_until
                wait = quiet - self._clock.monotonic() if quiet > known else 0.0

    async def ask_to_open(self) -> timedelta:
        """How long to wait before one more DM may be opened: zero when it may, and then it is counted already.

        A wait of seconds is waited for in here.
        """
        bucket, wait = self._opening.take(self._clock.monotonic())
        if wait > PATIENCE.total_seconds():
            return timedelta(seconds=wait)
        self._opening = bucket
        await asyncio.sleep(wait)
        now = self._clock.now()
        refused = await self._database.write(lambda records: self._count_opening(records, now))
        if not refused:
            await self.turn()
        return refused

    def opened_too_fast(self) -> None:
        """Discord objected to how many DMs we open. Sending to those that are open goes on."""
        log.warning("traffic.opening_too_fast")
        self._closed_at = self._clock.monotonic()

    def heard(self, answer: Heard) -> None:
        """Take in what an answer of Discord says."""
        steady = self._clock.monotonic()
        if answer.time is not None:
            self._agreed_at = steady
            self._stood_behind |= answer.time - self._clock.now() > FAR_BEHIND
            self._note(self._sense.heard(answer.time, self._clock.now(), self._clock.set_by()))
        if answer.status in COUNTED and not answer.is_shared:
            self._refusals = self._refusals.heard(steady)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS and not answer.is_shared and answer.is_ours:
            self._throttle = self._throttle.slowed(steady, (answer.wait or UNSAID_WAIT).total_seconds())
            log.warning("traffic.slowed", per_second=round(self._throttle.rate, 1))
        if answer.status == HTTPStatus.UNAUTHORIZED and answer.is_ours:
            self.token_refused.set()

    def _note(self, sense: ClockSense) -> None:
        self._sense = sense
        self._was_doubted |= sense.doubted
        if sense.doubted:
            self._agreed_at = None

    async def _count_opening(self, records: Records, now: datetime) -> timedelta:
        """Counted before it is done, so that no crash lets more through."""
        opens = _opens(await records.facts.get(OPENED), now)
        if self._closed_at is not None:
            opens = opens.closed(now - timedelta(seconds=self._clock.monotonic() - self._closed_at))
        after, wait = opens.ask(now, self.limits.opens_per_day)
        if not wait:
            await records.facts.put(OPENED, f"{after.day} {after.used}")
        return wait


def _opens(stored: str | None, now: datetime) -> Opens:
    day, used = (stored or f"{now.date()} 0").split(" ")
    return Opens(date.fromisoformat(day), int(used))
