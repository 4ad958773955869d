"""Discord's rate limits, for a double that is asked to keep them.

Law: never more generous than Discord. The global limit counts any second, not calendar ones; a request that is refused
counts too; answering an interaction is exempt. Limits that Discord does not publish are set by whoever asks for them.
Nor is it stricter: what waited in our own socket while a busy machine let this process stand still came in before, so
the second in which requests are counted is shorter by the longest time that it stood still in it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.wire.faults import Asked, Fault, too_many

EXEMPT: Final = frozenset({"callback", "followup", "edit_answer", "show_answer"})

# What the headers say where no limit of that route was asked for: plenty.
PLENTY: Final = 1_000


@dataclass(slots=True)
class _Bucket:
    left: int
    resets_at: float


@dataclass
class Limits:
    """`per_second` for the whole bot and `buckets` (route -> requests, seconds) per channel; None and {} for none."""

    per_second: int | None = None
    buckets: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    given: int = 0
    """How many 429 there were."""
    peak: int = 0
    """The most requests of the bot within any one second."""
    _recent: deque[float] = field(default_factory=deque)
    _let_through: deque[float] = field(default_factory=deque)
    """What was refused takes no room from others: tries that come again and again would keep each other out."""
    _states: dict[tuple[str, ...], _Bucket] = field(default_factory=dict)
    _stalls: deque[tuple[float, float]] = field(default_factory=deque)

    def stood_still(self, at: float, seconds: float) -> None:
        """This process came to its turn at that moment, so many seconds late."""
        self._stalls.append((at, seconds))

    def check(self, asked: Asked) -> Fault | None:
        """Count the request; the refusal, if it is one too many."""
        if asked.route in EXEMPT:
            return None
        for times in (self._recent, self._let_through):
            while times and times[0] <= asked.at - 1:
                times.popleft()
        self._recent.append(asked.at)
        self.peak = max(self.peak, len(self._counted(self._recent, asked.at)))
        refusal = self._global(asked) or self._of_route(asked)
        if refusal is None:
            self._let_through.append(asked.at)
        self.given += refusal is not None
        return refusal

    def headers(self, asked: Asked) -> dict[str, str]:
        limit, seconds = self.buckets.get(asked.route, (PLENTY, 1.0))
        state = self._states.get(_key(asked))
        left, wait = (limit - 1, seconds) if state is None else (state.left, max(0.0, state.resets_at - asked.at))
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{asked.at + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": f"bucket-of-{asked.route}",
        }

    def _global(self, asked: Asked) -> Fault | None:
        counted = self._counted(self._let_through, asked.at)
        if self.per_second is None or len(counted) < self.per_second:
            return None
        return too_many(counted[0] + 1 - asked.at + 0.01, scope="global")

    def _counted(self, times: Iterable[float], at: float) -> list[float]:
        while self._stalls and self._stalls[0][0] <= at - 1:
            self._stalls.popleft()
        second = 1 - max((seconds for _at, seconds in self._stalls), default=0.0)
        return [one for one in times if one > at - second]

    def _of_route(self, asked: Asked) -> Fault | None:
        if asked.route not in self.buckets:
            return None
        limit, seconds = self.buckets[asked.route]
        state = self._states.get(_key(asked))
        if state is None or asked.at >= state.resets_at:
            state = self._states[_key(asked)] = _Bucket(limit, asked.at + seconds)
        if state.left == 0:
            return too_many(state.resets_at - asked.at + 0.01)
        state.left -= 1
        return None


def _key(asked: Asked) -> tuple[str, ...]:
    return (asked.route, *asked.place[:1])
