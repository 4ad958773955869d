"""Seasons: times in which less is right. A member picks one, gives no reason, and it ends by itself.

Law: nothing comes while its pause lasts; after that, for the rest of it, only what is quiet. Nothing is said about
progress in one. Why: docs/pace.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Season(StrEnum):
    """Which one."""

    LOW_BATTERY = "low_battery"
    """Everything is a lot right now."""
    GRIEF = "grief"
    """Somebody died, or something ended that is mourned."""
    BREAK_UP = "break_up"
    """After a break-up: stepping back for a while can be right."""


@dataclass(frozen=True, slots=True)
class SeasonRule:
    """What a season means."""

    pause: timedelta
    """Nothing comes for so long."""
    lasts: timedelta
    """From its beginning, pause and all."""
    themes: frozenset[str]
    """The kinds that may come after the pause."""
    most_exposure: int
    skips: frozenset[str]
    """What such a nudge may not be about."""
    is_slow: bool
    """Whether they come half as often."""
    is_for_the_first: bool = False
    """Whether it is about the first nudge after its pause, whenever that comes."""


ALONE: Final = frozenset({"kind", "savour", "notice", "beside_self", "beside_less"})

SEASONS: Final = MappingProxyType(
    {
        # Nothing for seven days; on the eighth one gentle nudge may come.
        Season.LOW_BATTERY: SeasonRule(
            pause=timedelta(days=7),
            lasts=timedelta(days=8),
            themes=frozenset({"kind", "beside_self"}),
            most_exposure=0,
            skips=frozenset(),
            is_slow=False,
            is_for_the_first=True,
        ),
        Season.GRIEF: SeasonRule(
            pause=timedelta(days=7),
            lasts=timedelta(days=56),
            themes=ALONE | {"support", "belong", "beside_space"},
            most_exposure=1,
            skips=frozenset({"conflict", "holiday"}),
            is_slow=True,
        ),
        Season.BREAK_UP: SeasonRule(
            pause=timedelta(days=3),
            lasts=timedelta(days=28),
            themes=ALONE | {"support", "belong", "limits", "beside_space"},
            most_exposure=1,
            skips=frozenset({"conflict", "romantic", "grief"}),
            is_slow=True,
        ),
    }
)
