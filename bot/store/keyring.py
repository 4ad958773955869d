"""The key ring: every member's key, wrapped by a master key, in a database of its own.

Law: no row here says whose it is. The member's row names its key; without that row a key opens nothing, and without the
key the row's sealed values stay closed. So what is deleted here is deleted in every copy of the other database, too.

Two files cannot be committed together. What may have stayed half done stands in `errand`, and `bot.store.errands`
finishes it:

    make     the key is here first, then the member's row names it; a key that no row names goes away again
    erase    the tombstone is here first, in the place of the key; rows that still name the key are erased
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, MutableMapping
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseUnusable
from bot.keys import MasterKeys, Wrapped
from bot.keys.sealing import KEY_BYTES
from bot.store.engines import Connect, empty_log, in_a_thread, reading, writing
from bot.store.key_schema import MARKER, errand, known_version, make_ready, marker, tombstone, wrapped_key

KEYS: Final = select(wrapped_key).where(wrapped_key.c.key_id.in_(bindparam("ids", expanding=True)))
ERRANDS: Final = select(errand.c.key_id, errand.c.what)

# One transaction wraps so many anew, so that whoever says yes meanwhile never waits long for their key.
AT_ONCE: Final = 500

# Only `python -m bot rotate-key` and `erase-user` write here beside the bot, a few milliseconds at a time.
BUSY_MS: Final = 5_000


class Errand(StrEnum):
    """What may have stayed half done."""

    MAKE = "make"
    ERASE = "erase"


def beside(path: Path) -> Path:
    """Where the keys of that database lie unless somebody says otherwise."""
    return path.with_name(f"{path.name}.keys")


class KeyRing:
    """Open. Made by `KeyRing.open`, which also closes it."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, master: MasterKeys, marker: bytes) -> None:
        self._writer = writer
        self._reader = reader
        self._master = master
        self._marker = marker

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, master: MasterKeys, connect: Connect = in_a_thread, expected: str | None = None
    ) -> AsyncIterator[KeyRing]:
        """Open that file. It has to be the ring `expected`, by name; with None, a new one may be made.

        Raises MasterKeyWrong when another master key made it; DatabaseUnusable when it is missing, damaged, newer, or
        belongs to another database.
        """
        make_ready(path, may_be_new=expected is None)
        writer, reader = writing(path, connect, busy_ms=BUSY_MS), reading(path, connect)
        try:
            first = master.wrap(MARKER, os.urandom(KEY_BYTES)) if expected is None else None
            wrapped = await marker(writer, path, first)
            opened = cls(writer, reader, master, master.unwrap(MARKER, wrapped))
            if expected not in (None, opened.name):
                raise DatabaseUnusable(
                    f"The key database {path.name} belongs to another database. Put the right one back, or restore "
                    "both from one backup."
                )
            yield opened
        finally:
            await reader.dispose()
            await writer.dispose()

    @property
    def name(self) -> str:
        """What tells this ring from any other, and nothing else."""
        return hashlib.sha256(b"ring" + self._marker).hexdigest()[:16]

    def compile_into(self, cache: MutableMapping[Any, Any]) -> None:
        """Keep what statements look like as SQL there, for whoever opens the ring again and again."""
        self._writer = self._writer.execution_options(compiled_cache=cache)
        self._reader = self._reader.execution_options(compiled_cache=cache)

    async def make(self, how_many: int) -> Mapping[str, bytes]:
        """New keys: their secrets, by what each is called. One stays only if a member's row comes to name it."""
        made = {secrets.token_hex(16): os.urandom(KEY_BYTES) for _ in range(how_many)}
        if made:
            wrapped = {key_id: self._master.wrap(key_id, secret) for key_id, secret in made.items()}
            async with self._writer.begin() as connection:
                await connection.execute(insert(wrapped_key), [_row(key_id, one) for key_id, one in wrapped.items()])
                await connection.execute(insert(errand), [{"key_id": one, "what": Errand.MAKE} for one in made])
        return made

    async def secrets_of(self, key_ids: Collection[str]) -> Mapping[str, bytes]:
        """The secrets of those keys that are there. Raises MasterKeyWrong."""
        async with self._reader.begin() as connection:
            rows = (await connection.execute(KEYS, {"ids": [*key_ids]})).all()
        return {key_id: self._master.unwrap(key_id, Wrapped(version, sealed)) for key_id, version, sealed in rows}

    async def bury(self, key_id: str, at: datetime) -> None:
        """Destroy that key for good, and remember that its member is to be erased, wherever they turn up again."""
        async with self._writer.begin() as connection:
            stone = insert(tombstone).values(mark=self.mark(key_id), at=at)
            await connection.execute(stone.on_conflict_do_nothing())
            await connection.execute(delete(wrapped_key).where(wrapped_key.c.key_id == key_id))
            task = insert(errand).values(key_id=key_id, what=Errand.ERASE)
            await connection.execute(
                task.on_conflict_do_update(index_elements=[errand.c.key_id], set_={"what": Errand.ERASE})
            )
        await self.scrub()

    async def last_tombstone(self) -> int:
        """The number of the newest one; 0 where there was none yet."""
        async with self._reader.begin() as connection:
            return (await connection.execute(select(func.max(tombstone.c.number)))).scalar() or 0

    async def marks_since(self, number: int) -> frozenset[bytes]:
        """The marks on the tombstones after that one."""
        async with self._reader.begin() as connection:
            newer = select(tombstone.c.mark).where(tombstone.c.number > number)
            return frozenset((await connection.execute(newer)).scalars())

    async def count(self) -> int:
        """How many members' keys there are."""
        async with self._reader.begin() as connection:
            keys = select(func.count()).select_from(wrapped_key)
            return int((await connection.execute(keys)).scalar_one()) - 1

    async def errands(self) -> Mapping[str, Errand]:
        """What may have stayed half done, by key."""
        async with self._reader.begin() as connection:
            return {key_id: Errand(what) for key_id, what in await connection.execute(ERRANDS)}

    async def finish(self, done: Collection[str], unused: Collection[str] = ()) -> None:
        """Those errands are done; those keys were never used by anybody, and go."""
        async with self._writer.begin() as connection:
            await connection.execute(delete(wrapped_key).where(wrapped_key.c.key_id.in_(unused)))
            await connection.execute(delete(errand).where(errand.c.key_id.in_([*done, *unused])))

    async def scrub(self) -> bool:
        """Overwrite what was deleted in the write-ahead log too. False when somebody kept reading an older state."""
        return await empty_log(self._writer, BUSY_MS)

    async def tell_versions(self) -> None:
        """Let whoever wraps keys anew know which master keys this process can unwrap them with."""
        async with self._writer.begin() as connection:
            await connection.execute(delete(known_version))
            await connection.execute(insert(known_version), [{"version": one} for one in self._master.versions])

    async def is_told_of_newest(self) -> bool:
        """Whether the process that last told its versions knows our newest master key."""
        async with self._reader.begin() as connection:
            known = (await connection.execute(select(known_version.c.version))).scalars().all()
        return self._master.newest in known

    async def count_of_older(self) -> int:
        """How many keys are wrapped by another master key than the newest."""
        async with self._reader.begin() as connection:
            older = select(func.count()).where(wrapped_key.c.version != self._master.newest)
            return int((await connection.execute(older)).scalar_one())

    async def wrap_anew(self) -> int:
        """Wrap some of those anew, by the newest; how many. Whoever is stopped between two calls can go on later."""
        async with self._writer.begin() as connection:
            older = select(wrapped_key).where(wrapped_key.c.version != self._master.newest).limit(AT_ONCE)
            rows = (await connection.execute(older)).all()
            anew = [self._anew(key_id, Wrapped(version, sealed)) for key_id, version, sealed in rows]
            if anew:
                await connection.execute(update(wrapped_key).where(wrapped_key.c.key_id == bindparam("of")), anew)
        return len(anew)

    def _anew(self, key_id: str, wrapped: Wrapped) -> dict[str, object]:
        fresh = self._master.wrap(key_id, self._master.unwrap(key_id, wrapped))
        return {"of": key_id, "version": fresh.version, "sealed": fresh.sealed}

    def mark(self, key_id: str) -> bytes:
        """What stands on that key's tombstone. Nobody without the master key can tell whose it is."""
        return hmac.digest(self._marker, key_id.encode(), hashlib.sha256)


def _row(key_id: str, wrapped: Wrapped) -> dict[str, object]:
    return {"key_id": key_id, "version": wrapped.version, "sealed": wrapped.sealed}
