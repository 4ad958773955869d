"""Which nudge comes next. Seeded: the same member, history and day always give the same one.

Law: hard stops first, chance last. Silence changes nothing here. Why: docs/pace.md.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from bot.rules.occurrence import Seen
from bot.rules.plan import Size

# A nudge is not seen again for this long, unless the member asks for it (Later).
NOT_AGAIN_FOR: Final = timedelta(weeks=8)

# From this exposure on, a nudge leads to another person. 0 alone, 1 react, 2 one line, 3 share or ask, 4 a talk.
CONTACT: Final = 2
# A nudge goes at most this far beyond the furthest one that the member said they did.
LARGEST_STEP: Final = 1

# Off until the member switches them on; nothing here does that yet, so such nudges are never chosen.
OFF_AT_FIRST: Final = frozenset({"family", "romantic", "voice"})


class Audience(StrEnum):
    """For whom a nudge is written."""

    SELF = "self"
    """Somebody who steps back themselves."""
    BESIDE = "beside"
    """Somebody beside a person who has gone quiet."""


class Choosable(Protocol):
    """What has to be known about a nudge to choose it."""

    @property
    def nudge_id(self) -> str: ...
    @property
    def audience(self) -> Audience: ...
    @property
    def theme(self) -> str: ...
    @property
    def size(self) -> Size: ...
    @property
    def exposure(self) -> int: ...
    @property
    def flags(self) -> AbstractSet[str]: ...
    @property
    def sets(self) -> AbstractSet[str]: ...
    @property
    def retired(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A nudge the member has had, and when."""

    nudge_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """What the member never wants to see again, until they say otherwise."""

    nudges: AbstractSet[str] = field(default_factory=frozenset)
    themes: AbstractSet[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the member chose and what they did, as far as it bounds what may come."""

    size: Size
    level: int
    """The exposure of the furthest nudge they said they did."""
    refused: Refused = field(default_factory=Refused)

    def allow(self, nudge: Choosable) -> bool:
        """Whether this nudge may come to the member at all, whatever came before."""
        return (
            not nudge.retired
            and nudge.audience is Audience.SELF
            and not nudge.sets
            and nudge.size <= self.size
            and nudge.exposure <= self.level + LARGEST_STEP
            and not nudge.flags & OFF_AT_FIRST
            and nudge.nudge_id not in self.refused.nudges
            and nudge.theme not in self.refused.themes
        )


N = TypeVar("N", bound=Choosable)


def shown_before(history: Iterable[Seen]) -> list[Shown]:
    """The nudges among these messages."""
    return [Shown(one.nudge_id, one.due_at) for one in history if one.nudge_id is not None]


def choose(library: Iterable[N], bounds: Bounds, shown: Sequence[Shown], seed: str, now: datetime) -> N | None:
    """One nudge, or None when no fitting one is left. `shown` runs from the newest to the oldest."""
    by_id = {nudge.nudge_id: nudge for nudge in library}
    last = next((by_id[one.nudge_id] for one in shown if one.nudge_id in by_id), None)
    lately = {one.nudge_id for one in shown if now - one.at < NOT_AGAIN_FOR}
    fitting = [
        nudge
        for nudge in by_id.values()
        if bounds.allow(nudge) and nudge.nudge_id not in lately and (last is None or _may_follow(nudge, last))
    ]
    if not fitting:
        return None
    lot = random.Random(seed)  # noqa: S311 - a lottery, not a secret
    theme = lot.choice(sorted({nudge.theme for nudge in fitting}))
    return lot.choice(sorted((n for n in fitting if n.theme == theme), key=lambda n: n.nudge_id))


def _may_follow(nudge: Choosable, last: Choosable) -> bool:
    """Never one theme twice running, and something alone between two that lead to a person."""
    both_contact = nudge.exposure >= CONTACT and last.exposure >= CONTACT
    return nudge.theme != last.theme and not both_contact
