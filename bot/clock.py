"""The one door through which time comes in. Nothing else in Porchlight reads a clock."""

from __future__ import annotations

import time
import zoneinfo
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and how much of it passed."""

    def now(self) -> datetime:
        """The instant, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow, for measuring waits."""


class SystemClock:
    """The machine's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def use_pinned_zones() -> None:
    """Take time zones from the pinned tzdata, and never from the machine, so that every machine agrees."""
    zoneinfo.reset_tzpath(to=())
