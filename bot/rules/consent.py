"""What a member can say yes to, one purpose at a time, and what a yes is worth.

Law: nothing is implied. A purpose holds when the ledger has a yes to it, to the wording that stands today, that has not
been taken back. The ledger is a list of such entries; withdrawing closes an entry and never erases that it was there.
What changed since somebody was asked is asked again, once: a purpose that is new, and a yes whose words have changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Purpose(StrEnum):
    """Each purpose is a separate question, with a separate answer."""

    NUDGES = "nudges"
    """Send me a nudge by DM, at times I chose."""
    ANSWERS = "answers"
    """Keep which button I pressed, for me to look back at."""
    CHECK_INS = "check_ins"
    """Keep my check-ins."""
    STREAK = "streak"
    """Keep a private count of the weeks I answered."""
    COUNTS = "counts"
    """Count me in the server's rounded totals."""


# Only this one is on when the questions are first shown; the member still presses Start. Why: docs/privacy.md.
ON_AT_FIRST: Final = frozenset({Purpose.NUDGES})

# The version of each purpose's wording that is asked today. One count runs over all purposes: whatever is new or has
# changed gets the number after the highest one here, and every yes to an older wording of it is void. tests/content
# pins each version to its text, in every language.
WORDINGS: Final[Mapping[Purpose, int]] = MappingProxyType(dict.fromkeys(Purpose, 1))

# The version in which each purpose was asked for the first time.
NEW_IN: Final[Mapping[Purpose, int]] = MappingProxyType(dict.fromkeys(Purpose, 1))


@dataclass(frozen=True, slots=True)
class Consent:
    """One entry of the ledger: a yes to one wording of one purpose."""

    purpose: Purpose
    wording: int
    given_at: datetime
    withdrawn_at: datetime | None = None


def holding(ledger: Iterable[Consent], wordings: Mapping[Purpose, int] = WORDINGS) -> frozenset[Purpose]:
    """The purposes that hold now."""
    return frozenset(
        entry.purpose for entry in ledger if entry.withdrawn_at is None and entry.wording == wordings[entry.purpose]
    )


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked today."""

    wordings: Mapping[Purpose, int]
    new_in: Mapping[Purpose, int]

    @property
    def edition(self) -> int:
        """The number of the last change. Whoever was asked in it was asked everything there is."""
        return max(self.wordings.values())

    def holding(self, ledger: Iterable[Consent]) -> frozenset[Purpose]:
        """The purposes that hold now."""
        return holding(ledger, self.wordings)

    def void(self, ledger: Iterable[Consent]) -> frozenset[Purpose]:
        """The purposes whose yes was to an older wording. It allows nothing new; what it allowed is still there."""
        entries = list(ledger)
        given = {entry.purpose for entry in entries if entry.withdrawn_at is None}
        return frozenset(given) - self.holding(entries)

    def to_ask_anew(self, ledger: Iterable[Consent], asked: int | None, *, has_started: bool) -> frozenset[Purpose]:
        """What is to be asked, once, of somebody who was last asked in the edition `asked`; None for never.

        A no stays a no, whatever its words are by now. Purposes that are new are for who has started.
        """
        entries, since = list(ledger), asked or 0
        changed = {purpose for purpose in self.void(entries) if self.wordings[purpose] > since}
        new = {purpose for purpose in Purpose if self.new_in[purpose] > since} if has_started else set()
        return frozenset(changed | new) - self.holding(entries)


QUESTIONS: Final = Questions(WORDINGS, NEW_IN)
