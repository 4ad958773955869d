"""Sealing a whole file, a piece at a time: AES-256-GCM with a key of the file's own, derived from a master key.

    header   the mark of the format, the version of the master key (4 bytes), a salt (16)
    pieces   each a megabyte and its tag; its nonce is its place, and whether it is the last one

Law: a file that was cut short, put together differently, or changed by one bit is refused, and nothing of a piece is
handed out before its tag has been checked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import Unsealable
from bot.keys.master import MasterKeys

MARK: Final = b"porchlight-backup-1\n"
VERSION_BYTES: Final = 4
SALT_BYTES: Final = 16
PIECE: Final = 1024 * 1024
TAG_BYTES: Final = 16
PURPOSE: Final = b"backup"


def seal(plain: BinaryIO, sealed: BinaryIO, master: MasterKeys) -> None:
    """Write what `plain` holds to `sealed`, by the newest master key."""
    salt = os.urandom(SALT_BYTES)
    header = MARK + master.newest.to_bytes(VERSION_BYTES) + salt
    cipher = AESGCM(master.derive(master.newest, PURPOSE, salt))
    sealed.write(header)
    sealed.writelines(
        cipher.encrypt(_nonce(place, is_last=is_last), piece, header)
        for place, (piece, is_last) in enumerate(_pieces(plain, PIECE))
    )


def unseal(sealed: BinaryIO, plain: BinaryIO, master: MasterKeys) -> None:
    """Write what was sealed to `plain`. Raises Unsealable, and MasterKeyWrong where that version is not here."""
    header = sealed.read(len(MARK) + VERSION_BYTES + SALT_BYTES)
    if not header.startswith(MARK) or len(header) < len(MARK) + VERSION_BYTES + SALT_BYTES:
        raise Unsealable("This is no backup of Porchlight's.")
    version = int.from_bytes(header[len(MARK) : len(MARK) + VERSION_BYTES])
    cipher = AESGCM(master.derive(version, PURPOSE, header[-SALT_BYTES:]))
    for place, (piece, is_last) in enumerate(_pieces(sealed, PIECE + TAG_BYTES)):
        try:
            plain.write(cipher.decrypt(_nonce(place, is_last=is_last), piece, header))
        except (InvalidTag, ValueError):
            raise Unsealable("The backup was changed or cut short, or made with another master key.") from None


def _nonce(place: int, *, is_last: bool) -> bytes:
    return place.to_bytes(11) + bytes([is_last])


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last; there is always one."""
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following
