"""How many DMs may be opened. Discord blocks bots that open many of them quickly, and publishes no number.

Sending to a DM that is open already is not meant here. Why: docs/delivery.md. Instants are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

# After Discord said that we open too fast, none is opened for this long.
CLOSED_FOR: Final = timedelta(minutes=10)

# So many may be opened at once, when none was for a while: people who press Start at the same time need not wait.
OPENS_AT_ONCE: Final = 5


@dataclass(frozen=True, slots=True)
class Opens:
    """How many were opened on that date (UTC), and until when none is at all."""

    day: date
    used: int = 0
    closed_until: datetime | None = None

    def ask(self, now: datetime, per_day: int) -> tuple[Opens, timedelta]:
        """What is left after one more, and how long to wait for it: zero when it may be opened now."""
        today = now.astimezone(UTC).date()
        here = self if self.day == today else replace(self, day=today, used=0)
        if here.closed_until is not None and here.closed_until > now:
            return here, here.closed_until - now
        if here.used >= per_day:
            return here, _until_tomorrow(now)
        return replace(here, used=here.used + 1), timedelta()

    def closed(self, now: datetime) -> Opens:
        """Discord said that we open too fast."""
        return replace(self, closed_until=now + CLOSED_FOR)


def _until_tomorrow(now: datetime) -> timedelta:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1) - now
