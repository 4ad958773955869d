"""Backups: both databases, copied while the bot goes on, sealed, and opened again to see that they are whole.

The database comes first and the keys after it: whoever leaves in between is in the copy of the one, and has their
tombstone in the copy of the other, so that nobody comes back. Whoever joins in between has a key there, and no row.

Law: under a backup's name stands a whole and checked file or none. What is not sealed lies beside what it is a copy of,
for a moment, and never in the folder for backups, from which copies are passed on. Where one of the two cannot be made,
the other one goes again; what was there before is left alone.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NoReturn

from bot.errors import CannotWrite, DatabaseUnusable, ForOperator, Unsealable
from bot.keys import MasterKeys, stream
from bot.keys.files import new_private, sync_folder
from bot.store.folders import OWNERS, keep_folder_private, of_backups
from bot.store.lock import alone_in
from bot.store.refuse import SOUND, explained
from bot.store.rights import keep_private

STAMP: Final = "%Y%m%dT%H%M%SZ"
OF_DATABASE: Final = ".db.sealed"
OF_KEYS: Final = ".keys.sealed"
PREFIX: Final = "porchlight-"
UNFINISHED: Final = ".unfinished"
NOT_SEALED: Final = ".backing-up"

CHECK: Final = "PRAGMA integrity_check(1)"
BUSY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Backup:
    """One sealed file, and when its copy was made."""

    path: Path
    made_at: datetime

    @property
    def is_of_keys(self) -> bool:
        return self.path.name.endswith(OF_KEYS)


@dataclass(frozen=True, slots=True)
class Ages:
    """How long backups are kept. Those of the keys could bring back somebody who left: so for days only."""

    of_databases: timedelta
    of_keys: timedelta

    def has_passed(self, backup: Backup, now: datetime) -> bool:
        return now - backup.made_at > (self.of_keys if backup.is_of_keys else self.of_databases)


def back_up(path: Path, keys: Path, folder: Path, master: MasterKeys, now: datetime) -> list[Backup]:
    """Copy both into that folder; it blocks for as long as that takes.

    Raises DatabaseUnusable when one cannot be read, CannotWrite when its copy cannot be written, AlreadyRunning while
    another backup is made there.
    """
    _make_private(folder)
    with alone_in(folder):
        return _backed_up(path, keys, folder, master, now)


def _backed_up(path: Path, keys: Path, folder: Path, master: MasterKeys, now: datetime) -> list[Backup]:
    for left_behind in folder.glob(f"{PREFIX}*{UNFINISHED}*"):
        left_behind.unlink()
    stem = folder / f"{PREFIX}{now.astimezone(UTC):{STAMP}}"
    of_database = _sealed_copy(path, stem.with_name(stem.name + OF_DATABASE), master)
    try:
        of_keys = _sealed_copy(keys, stem.with_name(stem.name + OF_KEYS), master)
    except ForOperator:
        of_database.unlink()
        raise
    return [Backup(of_database, now), Backup(of_keys, now)]


def backups_in(folder: Path) -> list[Backup]:
    """Every backup in that folder, the newest first."""
    found = [
        Backup(path, datetime.strptime(stamp, STAMP).replace(tzinfo=UTC))
        for ending in (OF_DATABASE, OF_KEYS)
        for path in folder.glob(f"{PREFIX}*{ending}")
        if _is_stamp(stamp := path.name.removeprefix(PREFIX).removesuffix(ending))
    ]
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def keep_all_backups_private(folder: Path) -> None:
    """See to it that nobody but this account may look into that folder, or read a backup there, where it holds any.

    Raises DatabaseUnusable, with what mends it.
    """
    if backups_in(folder):
        _make_private(folder)


def expire(folder: Path, ages: Ages, now: datetime) -> int:
    """Remove what has been kept for long enough; how many files. The newest pair always stays."""
    everything = backups_in(folder)
    newest = {one.is_of_keys: one for one in reversed(everything)}
    old = [one for one in everything if ages.has_passed(one, now) and one not in newest.values()]
    for one in old:
        one.path.unlink()
    return len(old)


@contextmanager
def opened(sealed: Path, at: Path, master: MasterKeys) -> Iterator[Path]:
    """What was sealed, as a checked database at that place, for as long as the block lasts.

    Raises DatabaseUnusable when it is missing, was changed or cut short, or is no sound database; CannotWrite when
    there is no room for it; and MasterKeyWrong.
    """
    try:
        _unsealed(sealed, at, master)
        _check(at)
        yield at
    finally:
        at.unlink(missing_ok=True)


def _unsealed(sealed: Path, at: Path, master: MasterKeys) -> None:
    try:
        with sealed.open("rb") as source, new_private(at) as plain:
            stream.unseal(source, plain, master)
    except FileNotFoundError:
        raise DatabaseUnusable(f"There is no backup {sealed}.") from None
    except OSError as error:
        raise CannotWrite(f"The backup {sealed} cannot be opened beside the database: {error.strerror}.") from error
    except Unsealable as error:
        raise DatabaseUnusable(f"The backup {sealed.name} cannot be opened. {error}") from None


def _sealed_copy(source: Path, target: Path, master: MasterKeys) -> Path:
    plain, begun = source.with_name(source.name + NOT_SEALED), target.with_name(target.name + UNFINISHED)
    try:
        # One that was killed has left its own.
        plain.unlink(missing_ok=True)
        _copy(source, plain)
        with plain.open("rb") as copy, new_private(begun) as sealed:
            stream.seal(copy, sealed, master)
        plain.unlink()
        with opened(begun, plain, master):
            pass  # it opens, and is sound
        begun.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _end_without_room(target.parent, error)
        raise CannotWrite(f"The backup {target} cannot be written: {error.strerror}.") from error
    finally:
        for left in (plain, begun):
            left.unlink(missing_ok=True)
    return target


def _copy(source: Path, target: Path) -> None:
    """SQLite writes into an empty file that is there already: so it is nobody else's to read at any moment."""
    with new_private(target):
        pass
    try:
        with closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            _end_without_room(target.parent, error)
        raise explained(error, source) from error


def _end_without_room(folder: Path, error: Exception) -> NoReturn:
    raise CannotWrite(
        f"There is no room for a backup in {folder}. Make some: it takes the size of the database there, and for a "
        "moment the same beside the database. The copies that are there were left alone."
    ) from error


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            ((verdict,), *_) = connection.execute(CHECK).fetchall()
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error
    if verdict != SOUND:
        raise DatabaseUnusable(f"The copy {path.name} is not sound ({verdict}).")


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=OWNERS, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(f"The folder for backups {folder} cannot be made: {error.strerror}.") from error
    keep_folder_private(folder.resolve(), of_backups())
    _keep_backups_private(folder)


def _keep_backups_private(folder: Path) -> None:
    """Those of another account are left to the folder, which nobody else may look into."""
    for one in backups_in(folder):
        if sys.platform != "win32" and one.path.stat().st_uid == os.geteuid():
            keep_private(one.path)


def _is_stamp(text: str) -> bool:
    try:
        datetime.strptime(text, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
