"""A token bucket: how long to wait before the next request to Discord, so that commands always find room.

Discord allows 50 requests a second to the whole bot (docs/delivery.md).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """`tokens` were left at `at` (seconds of a monotonic clock); they refill at `rate` a second up to `burst`."""

    rate: float
    burst: float
    tokens: float
    at: float

    @classmethod
    def full(cls, rate: float, at: float) -> Bucket:
        """A bucket that lets a tenth of a second's worth pass at once, and one at least."""
        burst = max(1.0, rate / 10)
        return cls(rate, burst, burst, at)

    def take(self, now: float) -> tuple[Bucket, float]:
        """The bucket after one request, and the seconds to wait before making it."""
        passed = max(0.0, now - self.at)
        tokens = min(self.burst, self.tokens + passed * self.rate) - 1
        return Bucket(self.rate, self.burst, tokens, now), max(0.0, -tokens / self.rate)
