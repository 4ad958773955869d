"""Who is leaving, or has just left: what they pressed before that begins nothing anew.

A press waits for others and for Discord before it is heard, and may be heard after one that came later. Two of them
write somebody down of whom nothing is held: Start, and keeping a check-in. Where such a press is older than the Delete
of its own member, or comes while that is under way, it is void.

Ids that Discord gives grow with time, so of two presses the one with the larger id came later. Kept in memory, for as
long as Discord lets a press be answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.clock import Clock
from bot.errors import JustLeft

PRESS_LIVES_SECONDS: Final = 15 * 60

NO_PRESS: Final = 0
"""Older than every press: for a deletion that no press asked for."""


class Farewells:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._leaving = Counter[int]()
        self._left: dict[int, tuple[int, float]] = {}

    @contextmanager
    def leaving(self, member_id: int, press_id: int) -> Iterator[None]:
        """While this lasts, nothing begins anew for the member; and after it, nothing that was pressed before."""
        self._forget_old()
        self._leaving[member_id] += 1
        try:
            yield
            self._left[member_id] = (max(press_id, self._press_of(member_id)), self._clock.monotonic())
        finally:
            self._leaving[member_id] -= 1
            if not self._leaving[member_id]:
                del self._leaving[member_id]

    def refuse_older(self, member_id: int, press_id: int) -> None:
        """Raise JustLeft for a press that must not begin anything. To be asked in the transaction that would."""
        if self._leaving[member_id] or press_id < self._press_of(member_id):
            raise JustLeft

    def _press_of(self, member_id: int) -> int:
        return self._left.get(member_id, (NO_PRESS, 0.0))[0]

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        self._left = {one: (press, at) for one, (press, at) in self._left.items() if now - at < PRESS_LIVES_SECONDS}
