"""What a guard is: a text that stands exactly once in its file, and what must fail when it is taken away."""

from __future__ import annotations

from dataclasses import dataclass

from bot.simulate.faults import Faults
from bot.simulate.promises import Promise


@dataclass(frozen=True, slots=True)
class World:
    """A simulated world in which the guard is needed, and what is broken in it without."""

    breaks: Promise
    faults: Faults
    members: int
    days: int
    seeds: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True)
class Guard:
    """`text` in `file` is what guards; with `without` in its place it is gone."""

    name: str
    file: str
    text: str
    without: str
    proof: str | World
    """A test to run (`file::name`), or a world to live through."""
