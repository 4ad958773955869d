"""Who may read what lies on the disk: the account that runs Porchlight, and nobody else.

`make_private` begins a file, so that there is no moment in which others could read it. `keep_private` looks at one that
is there: rights that are too open are repaired, with a warning; a file of another account is refused. What SQLite makes
beside a database (its log, the index of that) it makes with the rights of the database.

What is said here of files, `bot.store.folders` says of the folders they lie in.

Windows has no such rights: there, nothing is looked at, and the folder's own decide.
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import structlog

from bot.errors import DatabaseUnusable

log = structlog.stdlib.get_logger(__name__)

PRIVATE: Final = 0o600
OF_OTHERS: Final = 0o077

# What lies beside a database and belongs to it, by how its name goes on; a copy goes on with its revision.
BESIDE: Final = (
    *("-wal", "-shm", "-journal", ".lock", ".ballast", ".ballast.begun", ".copying"),
    *(".keys", ".keys-wal", ".keys-shm", ".keys-journal"),
    *(".backing-up", ".keys.backing-up", ".restoring", ".keys.restoring", ".looked-into", ".keys.looked-into"),
    *(".restoring-wal", ".restoring-shm", ".keys.restoring-wal", ".keys.restoring-shm"),
    *(".looked-into-wal", ".looked-into-shm", ".keys.looked-into-wal", ".keys.looked-into-shm"),
)
COPIES: Final = (".before-", ".replaced-", ".keys.replaced-")


def make_private(path: Path) -> None:
    """Make that file, empty, for this account only. Raises FileExistsError when it is there, and other OSErrors."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))


def keep_private(path: Path, *, account: int | None = None, change: Callable[[Path, int], None] = os.chmod) -> None:
    """See to it that nobody but `account` (ours) may read or write that file. One that is not there is in order.

    It is not opened: to close it again would drop the locks this process may have on it. Raises DatabaseUnusable, with
    the command that mends it, when it belongs to another account or when its rights cannot be changed.
    """
    if sys.platform == "win32":
        return
    try:
        here = path.stat()
        owners = {here.st_uid, path.lstat().st_uid}
    except OSError:
        return
    if owners != {os.geteuid() if account is None else account}:
        raise DatabaseUnusable(
            f"The file {path.name} belongs to another account, which could read it. Run Porchlight as that account, or "
            f'give the file to this one: chown "$(id -un)" {shlex.quote(str(path))}'
        )
    rights = stat.S_IMODE(here.st_mode)
    if rights & OF_OTHERS:
        _close(path, rights, change)


def keep_all_private(path: Path) -> None:
    """The same for a database and for whatever lies beside it that belongs to it."""
    for one in (path, *_beside(path)):
        keep_private(one)


def belongs_to(name: str, database: str) -> bool:
    """Whether a file of that name is that database, or belongs to it."""
    ending = name.removeprefix(database)
    return name == database or (name.startswith(database) and (ending in BESIDE or ending.startswith(COPIES)))


def _close(path: Path, rights: int, change: Callable[[Path, int], None]) -> None:
    why = "its disk knows no rights"
    try:
        change(path, rights & ~OF_OTHERS)
    except OSError as error:
        why = error.strerror or why
    if path.stat().st_mode & OF_OTHERS:
        raise DatabaseUnusable(
            f"Others may read {path.name}, and that cannot be changed ({why}). Mend it with chmod 600 "
            f"{shlex.quote(str(path))}, or move it to a disk that knows whose a file is."
        )
    log.warning("rights.repaired", file=path.name, were=f"{rights:o}")


def _beside(path: Path) -> Iterator[Path]:
    try:
        there = sorted(path.parent.iterdir())
    except OSError:
        return
    yield from (one for one in there if one.name != path.name and belongs_to(one.name, path.name))
