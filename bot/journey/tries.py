"""The tries of one letter. discord.py makes up to five by itself, seconds apart; each of them has to be allowed.

Every request of the process asks `one_more` first (`bot/listening.py`). In the course of `Tries.of` that is counted,
and refused once the letter's time is over, or nobody waits for the call any more; anywhere else it is neither.
"""

from __future__ import annotations

from collections.abc import Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from bot.clock import Clock

T = TypeVar("T")


class TooLate(Exception):
    """The letter's time is over, or nobody waits for it any more: this try was not made."""


@dataclass(slots=True)
class Tries:
    """`until` None bounds nothing."""

    clock: Clock
    until: datetime | None
    made: int = 0
    is_over: bool = False

    async def of(self, call: Coroutine[Any, Any, T]) -> T:
        """What the call returns or raises, or TooLate. To be run as a task of its own, which the tries belong to."""
        CURRENT.set(self)
        return await call

    def one_more(self) -> None:
        if self.is_over or (self.until is not None and self.clock.now() >= self.until):
            raise TooLate
        self.made += 1

    def end(self) -> None:
        """Nobody waits any more: what a call that is left alone would still try is not made."""
        self.is_over = True

    @property
    def may_have_arrived(self) -> bool:
        """Whether it may have, although the last try did not: only a single one is surely the one that was answered.

        None at all is a contradiction, and counts as many.
        """
        return self.made != 1


CURRENT: Final[ContextVar[Tries | None]] = ContextVar("tries", default=None)


def one_more() -> None:
    """Before each request, whatever it is. Raises TooLate."""
    tries = CURRENT.get()
    if tries is not None:
        tries.one_more()
