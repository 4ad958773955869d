"""What somebody has picked so far. It travels in the buttons' ids, so that nothing is stored before Start."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, Self

from bot.errors import Outdated
from bot.journey.opt_in import Before
from bot.rules.consent import ON_AT_FIRST, Purpose
from bot.rules.plan import Size, Wishes
from bot.rules.schedule import DAYS_APART, EVENING, WINDOWS, is_zone

PURPOSES: Final = tuple(Purpose)
DEFAULT_WINDOW: Final = WINDOWS.index(EVENING)

# Start or change; the purposes as bits, in hexadecimal; per week; window; size; discreet; zone.
ENCODED: Final = re.compile(r"([sc])([0-9a-f]{2})([1-4])([0-6])([1-3])([01])([A-Za-z0-9_+/-]{0,40})")


@dataclass(frozen=True, slots=True)
class Draft:
    """Its defaults: every purpose off except nudges, everything else gentle."""

    purposes: AbstractSet[Purpose] = ON_AT_FIRST
    zone: str = ""
    window: int = DEFAULT_WINDOW
    per_week: int = 3
    size: Size = Size.TINY
    discreet: bool = False
    is_change: bool = False
    """Whether a plan is being changed, rather than made."""

    @classmethod
    def of(cls, purposes: AbstractSet[Purpose], wishes: Wishes, *, is_change: bool) -> Self:
        """A draft that begins with what was chosen before."""
        window = WINDOWS.index(wishes.window) if wishes.window in WINDOWS else DEFAULT_WINDOW
        return cls(purposes, wishes.zone, window, wishes.per_week, wishes.size, wishes.discreet, is_change)

    @classmethod
    def decode(cls, data: str) -> Self:
        """Raises Outdated for what no version of this screen could have sent."""
        match = ENCODED.fullmatch(data)
        if match is None or (match[7] and not is_zone(match[7])):
            raise Outdated
        mask = int(match[2], 16)
        return cls(
            purposes=frozenset(purpose for bit, purpose in enumerate(PURPOSES) if mask >> bit & 1),
            zone=match[7],
            window=int(match[4]),
            per_week=int(match[3]),
            size=Size(int(match[5])),
            discreet=match[6] == "1",
            is_change=match[1] == "c",
        )

    def encode(self) -> str:
        mask = sum(1 << bit for bit, purpose in enumerate(PURPOSES) if purpose in self.purposes)
        kind = "c" if self.is_change else "s"
        return f"{kind}{mask:02x}{self.per_week}{self.window}{int(self.size)}{int(self.discreet)}{self.zone}"

    def flipped(self, purpose: Purpose) -> Self:
        return replace(self, purposes=self.purposes ^ {purpose})

    def picked(self, field: str, value: str) -> Self:
        """With one choice of a menu taken. Raises Outdated for a choice that is not on offer."""
        match field:
            case "per_week" if value.isdecimal() and int(value) in DAYS_APART:
                return replace(self, per_week=int(value))
            case "window" if value.isdecimal() and int(value) < len(WINDOWS):
                return replace(self, window=int(value))
            case "size" if value in Size.__members__:
                return replace(self, size=Size[value])
            case "zone" if is_zone(value):
                return replace(self, zone=value)
            case _:
                raise Outdated

    @property
    def wishes(self) -> Wishes:
        return Wishes(self.zone, WINDOWS[self.window], self.per_week, self.size, self.discreet)


def draft_of(before: Before, zone: str = "") -> Draft:
    """Where the way to Start begins: at what the member chose before, and otherwise at the defaults."""
    if before.wishes is None:
        return Draft(purposes=before.purposes | ON_AT_FIRST, zone=zone)
    draft = Draft.of(before.purposes | ON_AT_FIRST, before.wishes, is_change=False)
    return replace(draft, zone=zone or draft.zone)
