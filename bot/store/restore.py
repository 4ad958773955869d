"""Putting a backup back, while no bot runs; nobody who has left since comes back with it.

The key database that is there is kept, if it is the backup's: it has the newest tombstones. Only where it is missing,
the newest backup of it takes its place. What the backup replaces is moved aside under a name of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.errors import DatabaseUnusable
from bot.keys import MasterKeys
from bot.keys.files import sync_folder
from bot.store.backup import OF_DATABASE, OF_KEYS, STAMP, backups_in, opened
from bot.store.key_schema import named_in
from bot.store.keyring import KeyRing
from bot.store.lock import alone_with
from bot.store.migrate import refuse_newer
from bot.store.refuse import RESTORING, explained

ENDINGS: Final = ("", "-wal", "-shm")

# Under another name than what takes the place of a file: looking holds no lock, and may go on beside a restore.
LOOKED_INTO: Final = ".looked-into"


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a backup, and what putting it back would mean."""

    members: int
    gone_since: int
    """Members in it who have left for good since; they are erased again."""
    keys: Path | None
    """The backup of the keys that would come with it; None where the key database that is there is kept."""


async def look(path: Path, keys: Path, backup: Path, master: MasterKeys) -> Found:
    """Open that backup, check it, and say what is in it; nothing is changed.

    Raises MasterKeyWrong, and DatabaseUnusable when it cannot be put back, with the reason.
    """
    with _laid_out(path, keys, backup, master, LOOKED_INTO) as laid:
        return await _found(laid, master)


async def put_back(path: Path, keys: Path, backup: Path, master: MasterKeys, now: datetime) -> Found:
    """Put it in the place of what is there, which is moved aside. Opening it erases again whoever has left since.

    Raises what `look` raises, and AlreadyRunning while a bot has the database open.
    """
    with alone_with(path), _laid_out(path, keys, backup, master, RESTORING) as laid:
        found = await _found(laid, master)
        aside = f".replaced-{now.astimezone(UTC):{STAMP}}"
        _move_aside(path, aside)
        laid.database.replace(path)
        if laid.of_keys is not None:
            _move_aside(keys, aside)
            laid.keys.replace(keys)
        sync_folder(path.parent)
        return found


def remove_left_behind(path: Path, keys: Path) -> None:
    """What a restore that was killed has laid out: a whole copy, of those who have left since as well."""
    for name in (RESTORING, LOOKED_INTO):
        _remove_laid_out(path, keys, name)


def _remove_laid_out(path: Path, keys: Path, name: str) -> None:
    for one in (path, keys):
        for ending in ENDINGS:
            one.with_name(f"{one.name}{name}{ending}").unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A backup, opened beside the place where it would go."""

    database: Path
    keys: Path
    of_keys: Path | None
    ring: str


@contextmanager
def _laid_out(path: Path, keys: Path, backup: Path, master: MasterKeys, name: str) -> Iterator[_Laid]:
    beside, keys_beside = (one.with_name(one.name + name) for one in (path, keys))
    _remove_laid_out(path, keys, name)
    if backup.name.endswith(OF_KEYS):
        of_database = backup.name.removesuffix(OF_KEYS) + OF_DATABASE
        raise DatabaseUnusable(
            f"{backup.name} is a copy of the key database. Name the copy of the database, {of_database}; that of the "
            "keys is found beside it, where it is needed."
        )
    with ExitStack() as stack:
        database = stack.enter_context(opened(backup, beside, master))
        refuse_newer(database)
        ring = named_in(database)
        if ring is None:
            raise DatabaseUnusable(f"Nothing is sealed in the backup {backup.name}, so it is none of this version.")
        if keys.exists():
            yield _Laid(database, keys, None, ring)
            return
        of_keys = next((one.path for one in backups_in(backup.parent) if one.is_of_keys), None)
        if of_keys is None:
            raise DatabaseUnusable(
                f"There is neither the key database {keys.name} nor a backup of one beside {backup.name}. Without one, "
                "nothing that members picked could be read."
            )
        yield _Laid(database, stack.enter_context(opened(of_keys, keys_beside, master)), of_keys, ring)


async def _found(laid: _Laid, master: MasterKeys) -> Found:
    async with KeyRing.open(laid.keys, master, expected=laid.ring) as ring:
        marks = await ring.marks_since(0)
        try:
            with closing(sqlite3.connect(laid.database)) as connection:
                key_ids = [key_id for (key_id,) in connection.execute("SELECT key_id FROM member")]
        except sqlite3.DatabaseError as error:
            raise explained(error, laid.database) from error
        gone = sum(key_id is not None and ring.mark(key_id) in marks for key_id in key_ids)
    return Found(len(key_ids), gone, laid.of_keys)


def _move_aside(path: Path, ending: str) -> None:
    """With its log, which belongs to that very file."""
    for suffix in ENDINGS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(path.with_name(f"{path.name}{ending}{suffix}"))
