"""Sealing with a member's own key: AES-256-GCM.

Law: a sealed value opens in one place only: its table, column, member and row, under the key that sealed it. Whatever
was moved, or changed by a single bit, is refused. And it is as long as any other of up to `LEAST_BYTES`: what is picked
comes from short lists, where the length alone would tell which one it was.
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

# How a sealed value is laid out; the first byte of each. Another layout gets the next number. The first one was as long
# as its words; it is still opened.
AS_LONG_AS_ITS_WORDS: Final = b"\x01"
LAYOUT: Final = b"\x02"

# Words are filled up to this, unless their column has more, or to twice it, and twice that: a byte that ends them, then
# zeros. So what grows with each answer is of the same length for most of its life.
LEAST_BYTES: Final = 128
END: Final = b"\x80"

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

    def seal(self, place: Place, words: str, least: int = LEAST_BYTES) -> bytes:
        """The words, readable at that place only, and as long as any other of up to `least` bytes."""
        return LAYOUT + encrypt(self.secret, _filled_up(words.encode(), least), self._bound_to(place))

    def open(self, place: Place, sealed: bytes) -> str:
        """What was sealed there. Raises Unsealable when it was moved or changed, or has another key."""
        layout, encrypted = sealed[:1], sealed[1:]
        if layout not in (LAYOUT, AS_LONG_AS_ITS_WORDS):
            raise Unsealable
        opened = decrypt(self.secret, encrypted, self._bound_to(place, layout))
        return (_words_of(opened) if layout == LAYOUT else opened).decode()

    def mark(self, words: str) -> str:
        """The same mark for the same words, which says nothing about them without the key; 32 hex digits."""
        return hmac.digest(hmac.digest(self.secret, b"mark", hashlib.sha256), words.encode(), hashlib.sha256).hex()[:32]

    def _bound_to(self, place: Place, layout: bytes = LAYOUT) -> bytes:
        parts = (place.table, place.column, str(self.member_id), place.row, self.key_id)
        assert not any(BETWEEN in part for part in parts), "two places could be taken for one another"
        return BETWEEN.join(parts).encode() + (layout if layout != AS_LONG_AS_ITS_WORDS else b"")


def _filled_up(words: bytes, room: int) -> bytes:
    ended = words + END
    while room < len(ended):
        room *= 2
    return ended.ljust(room, b"\0")


def _words_of(filled_up: bytes) -> bytes:
    return filled_up.rstrip(b"\0").removesuffix(END)


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
