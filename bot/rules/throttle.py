"""How fast requests may go out to Discord, so that commands always find room, and slower once Discord objects.

Discord allows 50 requests a second to the whole bot, and says no to more with 429 (docs/delivery.md). Times are seconds
of a monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

# What Discord allows a bot that it allowed nothing more.
DISCORD_PER_SECOND: Final = 50.0

# After a 429 we go half as fast, but never slower than this, and win a hundredth of the rate back each second.
SLOWEST: Final = 1.0
WON_BACK_PER_SECOND: Final = 0.01


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: `tokens` were left at `at`; they refill at `rate` a second up to `burst`."""

    rate: float
    burst: float
    tokens: float
    at: float

    @classmethod
    def full(cls, rate: float, at: float) -> Bucket:
        """A bucket that lets a tenth of a second's worth pass at once, and one at least."""
        return cls(rate, _burst(rate), _burst(rate), at)

    def take(self, now: float) -> tuple[Bucket, float]:
        """The bucket after one request, and the seconds to wait before making it."""
        after = self._filled(now)
        return replace(after, tokens=after.tokens - 1), max(0.0, (1 - after.tokens) / self.rate)

    def at_rate(self, rate: float, now: float) -> Bucket:
        """The same from now on at another rate."""
        filled = self._filled(now)
        return Bucket(rate, _burst(rate), min(filled.tokens, _burst(rate)), now)

    def _filled(self, now: float) -> Bucket:
        passed = max(0.0, now - self.at)
        return replace(self, tokens=min(self.burst, self.tokens + passed * self.rate), at=now)


@dataclass(frozen=True, slots=True)
class Throttle:
    """A bucket whose rate falls when Discord objects, and comes back by and by; never above `ceiling`."""

    ceiling: float
    bucket: Bucket
    quiet_until: float
    """Until then nothing goes out at all."""

    @classmethod
    def at_ease(cls, ceiling: float, now: float) -> Throttle:
        return cls(ceiling, Bucket.full(ceiling, now), now)

    @property
    def rate(self) -> float:
        return self.bucket.rate

    def take(self, now: float) -> tuple[Throttle, float]:
        """The throttle after one request, and the seconds to wait before making it."""
        start = max(now, self.quiet_until)
        bucket, wait = self._recovered(start).take(start)
        return replace(self, bucket=bucket), wait + start - now

    def slowed(self, now: float, wait: float) -> Throttle:
        """Discord said 429, and asked to wait that long. Those that were under way hear it as well: they count once."""
        if now < self.quiet_until:
            return replace(self, quiet_until=max(self.quiet_until, now + wait))
        before = self._recovered(now)
        slower = before.at_rate(max(min(SLOWEST, self.ceiling), before.rate / 2), now)
        return replace(self, bucket=slower, quiet_until=now + wait)

    def _recovered(self, now: float) -> Bucket:
        since = max(0.0, now - max(self.bucket.at, self.quiet_until))
        if self.rate >= self.ceiling or not since:
            return self.bucket
        return self.bucket.at_rate(min(self.ceiling, self.rate + since * WON_BACK_PER_SECOND * self.ceiling), now)


def _burst(rate: float) -> float:
    return max(1.0, rate / 10)
