"""Where a process can die, and dying there.

The code under test passes points: a statement, a commit, a call to Discord. A fuse that is set for one of them burns
when it is passed; from then on nothing that the process does reaches the disk or Discord.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """The moments at which a process dies here."""

    ANY_TIME = "any_time"
    STATEMENT = "statement"
    """Inside of a transaction that writes."""
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    BEFORE_POST = "before_post"
    AFTER_POST = "after_post"
    """Discord has taken the message, and the answer is still on its way."""
    AFTER_ANSWER = "after_answer"
    LOOKING = "looking"


class Gone(OSError):
    """The process that asks is dead."""


class Fuse:
    """Set for one point at a time. `burn` is called once, at the moment of death."""

    def __init__(self, burn: Callable[[Point], None]) -> None:
        self._burn = burn
        self._point: Point | None = None
        self._left = 0
        self.is_burnt = False

    def set_for(self, point: Point, passes: int = 1) -> None:
        """Die when that point is passed for that many times."""
        self._point, self._left = point, passes

    def passes(self, point: Point) -> None:
        """The code is at that point. Raises Gone when the process is dead, or dies here."""
        self.refuse_dead()
        if point is self._point:
            self._left -= 1
            if self._left <= 0:
                self.burn(point)

    def burn(self, point: Point) -> None:
        """Die here. Raises Gone."""
        self.is_burnt, self._point = True, None
        self._burn(point)
        raise Gone

    def refuse_dead(self) -> None:
        if self.is_burnt:
            raise Gone
