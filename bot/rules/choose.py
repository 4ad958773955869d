"""Which nudge comes next. Seeded: the same member, history and day always give the same one.

Law: hard stops first, variety next, chance last, by tickets that their member can see. Silence changes nothing here.
Why: docs/pace.md.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Generic, Protocol, TypeVar

from bot.rules.occurrence import HAD, Seen
from bot.rules.plan import Size
from bot.rules.tickets import START

# A nudge is not seen again for this long, unless the member asks for it (Later).
NOT_AGAIN_FOR: Final = timedelta(weeks=8)

# Done by oneself, with nobody else in it.
ALONE: Final = 0
# From this exposure on, a nudge leads to another person. 0 alone, 1 react, 2 one line, 3 share or ask, 4 a talk.
CONTACT: Final = 2
# A nudge goes at most this far beyond the furthest one that the member said they did.
LARGEST_STEP: Final = 1

FARTHEST: Final = 4

# A kind has at most so many of the last so many nudges, the new one among them.
MOST_OF_THE_LAST: Final = 4
OF_THE_LAST: Final = 10

# With fewer than so many left, one more due time passes for each that is missing, and never longer than so many weeks:
# so those there are last until the first come back.
FEW: Final = 6
LONGEST_OF_FEW: Final = 2

NO_TICKETS: Final[Mapping[str, float]] = MappingProxyType({})

# Off until the member switches them on.
OFF_AT_FIRST: Final = frozenset({"family", "romantic", "voice"})


class Audience(StrEnum):
    """For whom a nudge is written."""

    SELF = "self"
    """Somebody who steps back themselves."""
    BESIDE = "beside"
    """Somebody beside a person who has gone quiet."""


class Why(StrEnum):
    """What keeps the nudges of a member from being bigger, or nearer to people, than they could be."""

    GENTLE = "gentle"
    """Something was not OK lately."""
    WEEK = "week"
    """The ceiling of their week."""
    FEW_DONE = "few_done"
    """Bigger ones come after a few that were done."""
    BRAVE_LATELY = "brave_lately"
    """There was a brave one lately."""
    OWN = "own"
    """The size they picked."""
    SEASON = "season"
    PLENTY = "plenty"
    """So much was done lately that it may land first."""


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
    is_sure: bool = True
    """Whether they surely had it. One that is on its way, or that may have arrived, they may have had."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What the member never wants to see again, until they say otherwise."""

    nudges: AbstractSet[str] = field(default_factory=frozenset)
    themes: AbstractSet[str] = field(default_factory=frozenset)
    not_ok: AbstractSet[str] = field(default_factory=frozenset)
    """Of these nudges, the ones that were not OK."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may come to a member at all now. `rules.pace` works it out."""

    size: Size
    level: int
    """The exposure of the furthest nudge they said they did."""
    refused: Refused = field(default_factory=Refused)
    audiences: AbstractSet[Audience] = frozenset({Audience.SELF})
    sets: AbstractSet[str] = frozenset()
    skips: AbstractSet[str] = OFF_AT_FIRST
    themes: AbstractSet[str] | None = None
    """The kinds that may come; None for all of them."""
    most_exposure: int = FARTHEST
    withdrawn: AbstractSet[str] = frozenset()
    """Nudges that come to nobody until somebody has looked at them."""
    because: tuple[Why, ...] = ()
    """Why no bigger ones, and why only quiet ones."""

    def allow(self, nudge: Choosable) -> bool:
        """Whether this nudge may come to the member at all, whatever came before."""
        return (
            not nudge.retired
            and nudge.nudge_id not in self.withdrawn
            and nudge.audience in self.audiences
            and nudge.sets <= self.sets
            and not nudge.flags & self.skips
            and nudge.size <= self.size
            and nudge.exposure <= min(self.most_exposure, self.level + LARGEST_STEP)
            and (self.themes is None or nudge.theme in self.themes)
            and nudge.nudge_id not in self.refused.nudges
            and nudge.theme not in self.refused.themes
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """How a nudge was chosen: all that "Why this one?" tells, and nothing that was not used."""

    nudge_id: str
    theme: str
    tickets: Mapping[str, float]
    """Of each kind that was in the draw."""
    seed: str
    week: int = 0
    """The member's week with nudges; 0 where that played no part."""
    most: Size = Size.BRAVE
    """The biggest size that could come."""
    because: tuple[Why, ...] = ()
    """Why no bigger one could, and why only quiet ones."""


N = TypeVar("N", bound=Choosable)


@dataclass(frozen=True, slots=True)
class Chosen(Generic[N]):
    """A nudge, and how it was chosen."""

    nudge: N
    draw: Draw
    left: int = 0
    """How many others could come next: after one that leads to a person, those that do not."""


def skips_of_few(left: int, per_week: int) -> int:
    """How many due times to let pass before the next nudge, where so many are left."""
    return min(max(0, FEW - left), LONGEST_OF_FEW * per_week - 1)


def shown_before(history: Iterable[Seen]) -> list[Shown]:
    """The nudges among these messages."""
    return [
        Shown(one.nudge_id, one.due_at, is_sure=one.state in HAD or one.answered_at is not None)
        for one in history
        if one.nudge_id is not None
    ]


def choose(
    library: Iterable[N],
    bounds: Bounds,
    shown: Sequence[Shown],
    seed: str,
    now: datetime,
    tickets: Mapping[str, float] = NO_TICKETS,
) -> Chosen[N] | None:
    """One nudge, or None when no fitting one is left. `shown` runs from the newest to the oldest.

    `tickets` are those of each kind that has not 10. A kind is drawn first, then one of its nudges.
    """
    by_id = {nudge.nudge_id: nudge for nudge in library}
    before = [by_id[one.nudge_id] for one in shown if one.nudge_id in by_id]
    lately = {one.nudge_id for one in shown if now - one.at < NOT_AGAIN_FOR}
    may_lead_to_a_person = _was_alone_since_the_last_person(by_id, shown)
    left = [nudge for nudge in by_id.values() if bounds.allow(nudge) and nudge.nudge_id not in lately]
    fitting = [nudge for nudge in left if may_lead_to_a_person or nudge.exposure < CONTACT]
    live = {theme: tickets.get(theme, START) for theme in _varied({one.theme for one in fitting}, before)}
    if not live:
        return None
    lot = random.Random(seed)  # noqa: S311 - a lottery, not a secret
    (theme,) = lot.choices(list(live), list(live.values()))
    nudge = lot.choice(sorted((n for n in fitting if n.theme == theme), key=lambda n: n.nudge_id))
    others = sum(one is not nudge and min(one.exposure, nudge.exposure) < CONTACT for one in left)
    return Chosen(nudge, Draw(nudge.nudge_id, theme, live, seed), others)


def _was_alone_since_the_last_person(library: Mapping[str, Choosable], shown: Sequence[Shown]) -> bool:
    """Between two nudges that lead to a person there is one that is done alone, and that they surely had.

    One that has left the library may have led to somebody.
    """
    for one in shown:
        exposure = library[one.nudge_id].exposure if one.nudge_id in library else CONTACT
        if exposure >= CONTACT:
            return False
        if exposure == ALONE and one.is_sure:
            return True
    return True


def _varied(themes: AbstractSet[str], before: Sequence[Choosable]) -> list[str]:
    """Those of the kinds that bring variety: not the last one again, and none that had its share of the last ten.

    Whoever has only one kind left goes on with that one.
    """
    if len(themes) > 1 and before:
        themes = themes - {before[0].theme}
    counts = Counter(nudge.theme for nudge in before[: OF_THE_LAST - 1])
    rare = {theme for theme in themes if counts[theme] < MOST_OF_THE_LAST}
    return sorted(rare or themes)
