"""Sealing with a member's own key: AES-256-GCM.

Law: a sealed value opens in one place only: its table, column, member and row, under the key that sealed it. Whatever
was moved, or changed by a single bit, is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import Unsealable

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

# How a sealed value is laid out; the first byte of each. Another layout gets the next number.
LAYOUT: Final = b"\x01"

# Stands between the parts of a place. No part of one contains it.
BETWEEN: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands, beside its member: the row by what tells it apart from the member's others."""

    table: str
    column: str
    row: str


@dataclass(frozen=True, slots=True)
class MemberKey:
    """One member's key. `key_id` names it where it is kept, and says nothing about the member."""

    member_id: int
    key_id: str
    secret: bytes = field(repr=False)

    def seal(self, place: Place, words: str) -> bytes:
        """The words, readable at that place only."""
        return LAYOUT + encrypt(self.secret, words.encode(), self._bound_to(place))

    def open(self, place: Place, sealed: bytes) -> str:
        """What was sealed there. Raises Unsealable when it was moved or changed, or has another key."""
        if not sealed.startswith(LAYOUT):
            raise Unsealable
        return decrypt(self.secret, sealed.removeprefix(LAYOUT), self._bound_to(place)).decode()

    def mark(self, words: str) -> str:
        """The same mark for the same words, which says nothing about them without the key; 32 hex digits."""
        return hmac.digest(hmac.digest(self.secret, b"mark", hashlib.sha256), words.encode(), hashlib.sha256).hex()[:32]

    def _bound_to(self, place: Place) -> bytes:
        parts = (place.table, place.column, str(self.member_id), place.row, self.key_id)
        assert not any(BETWEEN in part for part in parts), "two places could be taken for one another"
        return BETWEEN.join(parts).encode()


def encrypt(secret: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """A nonce of its own, then the text and its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, plain, bound_to)


def decrypt(secret: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Raises Unsealable for anything that `encrypt` did not make with that secret, bound to the same."""
    try:
        return AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise Unsealable from None
