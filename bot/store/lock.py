"""One process per file: the lock that is held for as long as the database is open.

It is an advisory lock on a file of its own beside the database, never on the database itself: closing that file
anywhere in a process would drop the locks SQLite holds on it. The kernel lets go of it however the process ends, and a
program that is started from here does not inherit it. The lock file stays; deleting it while it is held is how two get
in, and then the token (bot/store/owner.py) makes the first one stop.

Windows knows no flock. There, the token alone keeps two processes apart, and the log says so.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from bot.errors import AlreadyRunning, CannotWrite, DatabaseUnusable
from bot.store.rights import PRIVATE

if sys.platform != "win32":
    import fcntl

log = structlog.stdlib.get_logger(__name__)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Hold the lock of that database file. Raises AlreadyRunning when another process has it."""
    if sys.platform == "win32":
        log.warning("storage.no_lock_on_this_system")
        yield
        return
    lock = path.with_name(f"{path.name}.lock")
    try:
        held = os.open(lock, os.O_CREAT | os.O_RDWR, PRIVATE)
    except OSError as error:
        raise DatabaseUnusable(
            f"The database {path} cannot be opened: {lock.name} beside it cannot be written ({error.strerror}). "
            "Check storage.url and its folder."
        ) from error
    with _let_go_of(held):
        try:
            is_ours = _take(held)
        except OSError as error:
            raise DatabaseUnusable(
                f"The folder of {path.name} knows no locks ({error.strerror}). Point storage.url to a disk of this "
                "machine."
            ) from error
        if not is_ours:
            raise AlreadyRunning(
                f"Another Porchlight is running on {path.name}. Stop that one first, or give this one a storage.url of "
                "its own."
            )
        yield


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only one who makes backups in that folder. Raises AlreadyRunning when another process does."""
    if sys.platform == "win32":
        yield
        return
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with _let_go_of(held):
        try:
            is_ours = _take(held)
        except OSError as error:
            raise CannotWrite(
                f"The folder for backups {folder} knows no locks ({error.strerror}). Choose another one."
            ) from error
        if not is_ours:
            raise AlreadyRunning(f"Another backup is being made in {folder}. Let it end first.")
        yield


def _take(held: int) -> bool:
    """Whether the lock of that open file is ours now. Raises OSError where there is no such thing."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True


@contextmanager
def _let_go_of(held: int) -> Iterator[None]:
    """At the end: a process that was forked off shares the lock, and would keep it."""
    try:
        yield
    finally:
        fcntl.flock(held, fcntl.LOCK_UN)
        os.close(held)
