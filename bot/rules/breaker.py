"""When to stop sending because Discord refuses too much: it bans an address after 10,000 refusals in ten minutes.

Counted are answers of 401, 403 and 429, unless a 429 is about something that others share (docs/delivery.md).
Times are seconds of a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

COUNTED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
WINDOW_SECONDS: Final = 600
PART_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many refusals came lately, by stretches of ten seconds; and whether the circuit is broken."""

    most: int
    counts: Mapping[int, int] = field(default_factory=dict)
    broken: bool = False

    def heard(self, now: float) -> Refusals:
        """With one more. The circuit breaks at `most`."""
        part = int(now // PART_SECONDS)
        counts = {**self._lately(now), part: self.counts.get(part, 0) + 1}
        return replace(self, counts=counts, broken=self.broken or sum(counts.values()) >= self.most)

    def looked(self, now: float) -> Refusals:
        """As of now. A broken circuit closes once half of them are older than ten minutes."""
        lately = self._lately(now)
        return replace(self, counts=lately, broken=self.broken and sum(lately.values()) * 2 > self.most)

    def _lately(self, now: float) -> dict[int, int]:
        oldest = (now - WINDOW_SECONDS) // PART_SECONDS
        return {part: count for part, count in self.counts.items() if part > oldest}
