"""Saying yes, screen by screen, as a member does."""

from __future__ import annotations

from typing import Final

from tests.wire.double import Double
from tests.wire.mail import MEMBER, text_of

NOON_WINDOW: Final = "2"  # 12:00 to 14:00


async def opt_in(double: Double, zone: str, user: int = MEMBER) -> None:
    """All the way to Start; the receipt has arrived."""
    before = len(double.dm_with(user))
    shown = await double.slash("nudge", "start", user=user, place=zone)
    shown = await double.press(shown, "when", user)
    shown = await double.pick(shown, "window", NOON_WINDOW, user)
    shown = await double.press(shown, "how", user)
    shown = await double.press(shown, "last", user)
    shown = await double.press(shown, "go", user)
    assert "Your receipt is in your DMs" in text_of(shown), text_of(shown)
    assert len(double.dm_with(user)) == before + 1
