"""What is refused before the file is opened, and what is said about a damaged one.

Law: a file that may hold members is never taken for a new one, and no refusal changes a byte.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DatabaseError

from bot.errors import AlreadyRunning, DatabaseUnusable, ForOperator
from bot.store.disk import Disk, refuse_network
from bot.store.folders import SCHEME, keep_folder_private, make_folder, of_database, of_keys
from bot.store.rights import make_private

CHECK: Final = "PRAGMA quick_check(1)"
SOUND: Final = "ok"

# So goes the name of what a restore lays out beside a file, until it takes the file's place.
RESTORING: Final = ".restoring"


def place_of(url: str, disk: Disk, keys: Path | None = None) -> Path:
    """The file itself, wherever links lead to it: so it has one lock and one log.

    Its folder, and that of its `keys` where they lie elsewhere, are closed to everybody else. Raises DatabaseUnusable.
    """
    path = Path(os.path.realpath(url.removeprefix(SCHEME)))
    try:
        is_something_else = path.exists() and not path.is_file()
    except OSError as error:
        raise _cannot_open(path, error.strerror) from error
    if is_something_else:
        raise _cannot_open(path, "it is no file")
    refuse_network(path, disk)
    keys = None if keys is None else Path(os.path.realpath(keys))
    keep_folder_private(path.parent, of_database(path, keys))
    if keys is not None:
        keep_folder_private(keys.parent, of_keys(path, keys))
    return path


def make_room_for(path: Path, keys: Path | None) -> None:
    """Make the folders that are missing, for a database that may be a new one. Raises DatabaseUnusable."""
    refuse_left_above(path)
    make_folder(path.parent, of_database(path, keys))
    if keys is not None:
        keys = Path(os.path.realpath(keys))
        make_folder(keys.parent, of_keys(path, keys))


def refuse_left_above(path: Path) -> None:
    """Raise DatabaseUnusable where no database is, but one of that name lies a folder higher, with all its members.

    So it is when a database is given a folder of its own, and was not moved along.
    """
    above = path.parent.parent / path.name
    if above == path or not _size(above) or not above.is_file():
        return
    # Where any of it is there, it was not left behind; what is missing then, `make_ready` tells.
    if any(path.with_name(f"{path.name}{ending}").exists() for ending in ("", "-wal", RESTORING)):
        return
    folder, old = (shlex.quote(str(one)) for one in (path.parent, above))
    raise DatabaseUnusable(
        f"There is no database {path}, but one of that name lies a folder higher. A new one would know none of its "
        f"members. Move it along, while no bot runs: mkdir -p -m 700 {folder} && mv {old}* {folder}/ Or name it where "
        f'it is: storage.url = "{SCHEME}{above}". If a new one is meant, give that another name.'
    )


def make_ready(path: Path) -> None:
    """Make an empty file if it is new, and refuse one that was cut to nothing or has two names.

    Nobody but the account that runs Porchlight may read it. Raises DatabaseUnusable.
    """
    _refuse_cut_short(path)
    try:
        # One that is there is not opened here: closing it again would drop the locks this process may have on it.
        if not path.exists():
            make_private(path)
        links = path.stat().st_nlink
    except OSError as error:
        raise _cannot_open(path, error.strerror) from error
    if not os.access(path, os.R_OK | os.W_OK):
        raise _cannot_open(path, "this account may not read and write it")
    if links > 1:
        # Each name would get a log of its own, and neither would know what the other holds.
        raise DatabaseUnusable(f"The database {path.name} has a second name (a hard link). Remove one of the two.")


def _cannot_open(path: Path, why: str | None) -> DatabaseUnusable:
    return DatabaseUnusable(f"The database {path} cannot be opened: {why}. Check storage.url and its folder.")


def damaged(path: Path, verdict: str, then: str = "do not delete it yet") -> str:
    """The sentence about a file that is not whole: it names the newest copy that lies beside it."""
    # quick_check begins with a heading of its own.
    found = verdict.rpartition("\n")[2]
    copies = sorted(path.parent.glob(f"{path.name}.before-*"), key=lambda one: one.stat().st_mtime)
    newest = f" (the newest copy beside it is {copies[-1].name})" if copies else ""
    return f"The database {path.name} is damaged ({found}). Put a backup in its place{newest}; {then}."


def explained(error: DatabaseError | sqlite3.DatabaseError, path: Path) -> ForOperator:
    """The same in a sentence that says what to do."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).partition("\n")[0]
    match getattr(cause, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY:
            return AlreadyRunning(f"Another program holds {path.name} locked. Wait until it is done, or stop it.")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DatabaseUnusable(damaged(path, said))
        case sqlite3.SQLITE_FULL:
            return DatabaseUnusable(f"There is no room left on the disk of {path.name}. Make some, then start again.")
    return DatabaseUnusable(f"The database {path.name} cannot be used: {said}.")


def _refuse_cut_short(path: Path) -> None:
    """SQLite takes a file of no bytes for a new one, and deletes the log beside it, with all that is in there only."""
    if _size(path) > 0:
        return
    log = path.with_name(f"{path.name}-wal")
    if not path.exists() and path.with_name(path.name + RESTORING).exists():
        raise DatabaseUnusable(
            f"The database {path.name} is gone: a restore was stopped just as it put a backup in its place. Run that "
            "restore again."
        )
    if _size(log) > 0:
        raise DatabaseUnusable(
            f"The database {path.name} is empty or gone, but {log.name} beside it is not. Put a backup in their "
            "place, or move that one away too to begin anew."
        )
    if path.exists() and (
        _size(path.with_name(f"{path.name}.ballast")) or list(path.parent.glob(f"{path.name}.before-*"))
    ):
        raise DatabaseUnusable(damaged(path, "it was cut to nothing", "or delete it to begin anew"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
