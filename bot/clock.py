"""The one door through which time comes in. Nothing else in Porchlight reads a clock."""

from __future__ import annotations

import time
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What time it is, how much of it passed, and whether somebody set it."""

    def now(self) -> datetime:
        """The instant, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow, for measuring waits."""

    def set_by(self) -> timedelta:
        """How far `now` has been set since the start, beyond what passed; a sleep of the machine counts as that too."""


class SystemClock:
    """The machine's own."""

    def __init__(self) -> None:
        self._started_at = self.now()
        self._started = self.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def set_by(self) -> timedelta:
        return self.now() - self._started_at - timedelta(seconds=self.monotonic() - self._started)


def use_pinned_zones() -> None:
    """Take time zones from the pinned tzdata, and never from the machine, so that every machine agrees."""
    zoneinfo.reset_tzpath(to=())
