"""What a member can say yes to, one purpose at a time, and what a yes is worth.

Law: nothing is implied. A purpose holds when the ledger has a yes to it, to the wording that stands today, that has not
been taken back. The ledger is a list of such entries; withdrawing closes an entry and never erases that it was there.
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

# The version of each purpose's wording that is asked today. A wording that changes gets the next number, and every yes
# to an older one is void. tests/content pins each version to its text, in every language.
WORDINGS: Final[Mapping[Purpose, int]] = MappingProxyType(dict.fromkeys(Purpose, 1))


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
