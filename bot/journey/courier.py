"""The one call outwards: whoever carries a letter to a member.

Law: a courier never raises. Whatever happens out there becomes an outcome, and `Unsure` is one of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.content.nudges import Nudge
from bot.rules.consent import Purpose
from bot.rules.delivery import Absent, HeldBack, NotNow, Sent, Unreachable, Unsure
from bot.rules.occurrence import Kind


@dataclass(frozen=True, slots=True)
class NudgeNote:
    """A nudge, and whether the member asked for it again."""

    nudge: Nudge
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the member said yes to, and when the next nudges come."""

    purposes: frozenset[Purpose]
    next_times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, or told once, by its kind: none of those that are a nudge or a receipt."""

    kind: Kind
    per_week: int = 0
    """How many a week there were, where the pace is asked about."""
    fewer: int = 0
    """How many there are after *Fewer*; as many where there cannot be fewer."""


Says = NudgeNote | Receipt | Question
"""What stands on a letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What to say to whom. How it looks is the courier's business."""

    member_id: int
    channel_id: int | None
    """Their DM channel, once it is known; None asks the courier to open it."""
    occurrence_id: str
    """Also the nonce, and part of every button, so that the message can be recognised again."""
    language: str
    discreet: bool
    says: Says
    until: datetime | None = None
    """From then on no try is made, not even one that discord.py would make by itself; None bounds nothing."""


SendOutcome = Sent | Unreachable | NotNow | Unsure | HeldBack

LastLook = Callable[[], Awaitable[HeldBack | NotNow | None]]
"""What keeps a letter back by now; None when it may go."""


class Courier(Protocol):
    """Carries letters, and finds them again."""

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        """Carry the letter. Safe to repeat within `rules.delivery.NONCE_TRUST` of the first try.

        Opening a DM takes a while; after that, and before the POST, `last_look` is asked.
        """

    async def ask_time(self) -> None:
        """Have Discord say anything at all: its answer carries its time, which `Traffic` hears."""

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        """Look for the letter in the member's DM, among our own messages from `since` on."""
