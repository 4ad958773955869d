"""The master keys: versions of one secret, each of which wraps members' keys. The newest wraps; all of them unwrap."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import MasterKeyUnusable, MasterKeyWrong, Unsealable
from bot.keys.sealing import KEY_BYTES, decrypt, encrypt

FIRST: Final = 1
COMMENT: Final = "#"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key that only the master key of that version can unwrap."""

    version: int
    sealed: bytes


class MasterKeys:
    """By version, from 1. Prints as its versions, never as its secrets."""

    def __init__(self, secrets: Mapping[int, bytes]) -> None:
        assert secrets, "there is at least one"
        assert all(len(secret) == KEY_BYTES for secret in secrets.values())
        self._secrets = MappingProxyType(dict(secrets))

    def __repr__(self) -> str:
        return f"MasterKeys(versions {', '.join(str(one) for one in self.versions)})"

    @classmethod
    def fresh(cls) -> MasterKeys:
        """One that nobody has: for whoever keeps nothing beyond this run."""
        return cls({FIRST: os.urandom(KEY_BYTES)})

    @classmethod
    def parse(cls, text: str, place: str) -> MasterKeys:
        """A line per version, `version base64`; or one line of base64, which is version 1.

        `place` is what an error calls it. Raises MasterKeyUnusable.
        """
        lines = [line for raw in text.splitlines() if (line := raw.strip()) and not line.startswith(COMMENT)]
        if not lines:
            raise MasterKeyUnusable(f"There is no master key in {place}. {HOW_TO_MAKE_ONE}")
        secrets: dict[int, bytes] = {}
        for line in lines:
            version, secret = _parsed(line, place, alone=len(lines) == 1)
            if version in secrets:
                raise MasterKeyUnusable(f"Version {version} of the master key stands twice in {place}. Keep one line.")
            secrets[version] = secret
        return cls(secrets)

    @property
    def versions(self) -> tuple[int, ...]:
        return tuple(sorted(self._secrets))

    @property
    def newest(self) -> int:
        return self.versions[-1]

    def with_next(self) -> MasterKeys:
        """With one more version, which is the newest from then on."""
        return MasterKeys({**self._secrets, self.newest + 1: os.urandom(KEY_BYTES)})

    def text(self) -> str:
        """As `parse` reads it."""
        return "".join(f"{version} {base64.b64encode(self._secrets[version]).decode()}\n" for version in self.versions)

    def wrap(self, name: str, secret: bytes) -> Wrapped:
        """That key, by its name, under the newest version."""
        return Wrapped(self.newest, encrypt(self._secrets[self.newest], secret, _bound_to(name, self.newest)))

    def derive(self, version: int, purpose: bytes, salt: bytes) -> bytes:
        """A key of that version for one purpose, another one for each salt. Raises MasterKeyWrong."""
        return HKDF(SHA256(), KEY_BYTES, salt, purpose).derive(self._secret(version))

    def unwrap(self, name: str, wrapped: Wrapped) -> bytes:
        """Raises MasterKeyWrong: of a version that is not here, or not made with this one."""
        secret = self._secret(wrapped.version)
        try:
            return decrypt(secret, wrapped.sealed, _bound_to(name, wrapped.version))
        except Unsealable:
            raise MasterKeyWrong from None

    def _secret(self, version: int) -> bytes:
        if version not in self._secrets:
            raise MasterKeyWrong(
                f"Version {version} of the master key is missing; there is only "
                f"{', '.join(str(one) for one in self.versions)}. Add its line again."
            )
        return self._secrets[version]


HOW_TO_MAKE_ONE: Final = "`python -m bot new-key` makes one."


def _parsed(line: str, place: str, *, alone: bool) -> tuple[int, bytes]:
    version, _, encoded = f"{FIRST} {line}".partition(" ") if alone and " " not in line else line.partition(" ")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        secret = b""
    if not version.isdecimal() or int(version) < FIRST or len(secret) != KEY_BYTES:
        raise MasterKeyUnusable(
            f"A line in {place} is no master key: it has to be a version, a space, and {KEY_BYTES} bytes in base64. "
            f"{HOW_TO_MAKE_ONE}"
        )
    return int(version), secret


def _bound_to(name: str, version: int) -> bytes:
    return f"wrapped\x1f{name}\x1f{version}".encode()
