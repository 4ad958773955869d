"""A disk that loses its power: SQLite on files that tell what was synced from what was only written.

`PowerDisk` is a VFS for apsw's SQLite. Every write goes to a real file, where SQLite reads it again, and is noted
beside it until the file is synced. A cut takes, for each file by itself, what was synced, and of what was written since
then any subset, each write of it whole or torn at the borders of its sectors; a truncation counts as a write. A file
that was made or deleted is there or not, until the first sync of a new journal or log: with it, SQLite syncs the names
in the folder. All that is laid down in another folder, to be opened by whoever comes next.

A disk can also have only so many bytes, or fail.

`connect` hands `Database.open` an apsw connection in the clothes of a sqlite3 one, so that the real store runs on it
with its own pragmas.
"""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiosqlite
import apsw

SECTOR = 512
DISKS = count(1)
# Faults of this disk come back from apsw as they were raised, without SQLite's code and words.
FAULTS = {
    apsw.FullError: (sqlite3.SQLITE_FULL, "database or disk is full"),
    apsw.IOError: (sqlite3.SQLITE_IOERR, "disk I/O error"),
}


@dataclass(frozen=True)
class Write:
    at: int
    data: bytes

    def onto(self, image: bytearray, keep: Callable[[], bool]) -> None:
        """Write each sector of it that `keep` says."""
        position, end = self.at, self.at + len(self.data)
        while position < end:
            border = min(end, (position // SECTOR + 1) * SECTOR)
            if keep():
                image.extend(bytes(max(0, border - len(image))))
                image[position:border] = self.data[position - self.at : border - self.at]
            position = border


@dataclass(frozen=True)
class Truncation:
    size: int

    def onto(self, image: bytearray, keep: Callable[[], bool]) -> None:
        if keep():
            del image[self.size :]


def wholly() -> bool:
    return True


@dataclass
class Kept:
    """One file: what is surely on the disk, and what has been asked of the disk since."""

    synced: bytearray
    since: list[Write | Truncation] = field(default_factory=list)
    is_there: bool = True
    """Whether its name is on the disk for sure."""
    is_deleted: bool = False

    def sync(self) -> None:
        for one in self.since:
            one.onto(self.synced, wholly)
        self.since.clear()

    def after_a_cut(self, chance: random.Random) -> bytes | None:
        """What is found after the power came back; None where there is no such file."""
        if (not self.is_there or self.is_deleted) and chance.random() < 0.5:
            return None
        image = bytearray(self.synced)
        for one in self.since:
            fate = chance.random()
            if fate < 0.4:
                one.onto(image, wholly)
            elif fate < 0.7:
                one.onto(image, lambda: chance.random() < 0.5)
        return bytes(image)


class PowerDisk(apsw.VFS):
    """Files in one folder. `at(n, act)` calls `act` just before the n-th time that something is asked of the disk."""

    def __init__(self) -> None:
        self.name = f"power-{next(DISKS)}"
        self.kept: dict[str, Kept] = {}
        self.asked = 0
        self.capacity: int | None = None
        self.broken = False
        self.folder: Path | None = None
        self._moment: tuple[int, Callable[[], None]] | None = None
        self._lock = threading.RLock()
        super().__init__(self.name, "")

    def at(self, n: int, act: Callable[[], None]) -> None:
        self._moment = (n, act)

    def cut(self, chance: random.Random, into: Path) -> None:
        """Lay down, in that folder, what is found after a power cut now."""
        with self._lock:
            for name, kept in self.kept.items():
                image = kept.after_a_cut(chance)
                if image is not None:
                    (into / Path(name).name).write_bytes(image)

    def connect(self, path: Path, *first: str, instead: dict[str, str] | None = None) -> aiosqlite.Connection:
        """A connection on this disk, in a thread of its own. `first` is run at once; `instead` replaces statements."""
        self.folder = path.parent

        def opened() -> Any:
            connection = Connection(apsw.Connection(str(path), vfs=self.name), instead or {})
            for statement in first:
                connection.execute(statement)
            return connection

        connection = aiosqlite.Connection(opened, iter_chunk_size=64)
        connection._thread.daemon = True
        return connection

    @contextmanager
    def asking(self, growth: int = 0) -> Iterator[None]:
        """Something is asked of the disk, which may be the last thing, or one thing too many."""
        with self._lock:
            self.asked += 1
            if self._moment is not None and self.asked == self._moment[0]:
                self._moment[1]()
            if self.broken:
                raise apsw.IOError
            if self.capacity is not None and growth and self._used() + growth > self.capacity:
                raise apsw.FullError
            yield

    def sync_names(self) -> None:
        """What was made is there by name, and what was deleted is gone."""
        for name, kept in list(self.kept.items()):
            kept.is_there = True
            if kept.is_deleted:
                del self.kept[name]

    def _used(self) -> int:
        assert self.folder is not None
        return sum(path.stat().st_size for path in self.folder.iterdir())

    def xOpen(self, name: Any, flags: list[int]) -> File:  # noqa: N802 - SQLite's own name
        return File(self, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
        with self.asking():
            super().xDelete(name, sync)
            kept = self.kept.get(name)
            if sync:
                self.kept.pop(name, None)
            elif kept is not None:
                kept.is_deleted = True

    def excepthook(self, *_error: object) -> None:
        """What a fault of this disk makes of SQLite's clean-up is SQLite's own affair."""


class File(apsw.VFSFile):
    """One open file. Shared memory and locks are the real ones."""

    def __init__(self, disk: PowerDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        with disk._lock:
            known = disk.kept.get(self._name)
            if known is None or known.is_deleted:
                # Never while it is open: closing it again would drop the locks that SQLite has on it.
                path = Path(self._name)
                before = path.read_bytes() if path.is_file() else None
                disk.kept[self._name] = Kept(bytearray(before or b""), is_there=before is not None)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        with self._disk.asking(max(0, offset + len(data) - self.xFileSize())):
            super().xWrite(data, offset)
            self._kept.since.append(Write(offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        with self._disk.asking():
            super().xTruncate(size)
            self._kept.since.append(Truncation(size))

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802 - whatever the flags, all of it is synced
        with self._disk.asking():
            if not self._kept.is_there:
                self._disk.sync_names()
            self._kept.sync()

    def excepthook(self, *_error: object) -> None:
        """As for the disk."""

    @property
    def _kept(self) -> Kept:
        return self._disk.kept[self._name]


@contextmanager
def as_sqlite3() -> Iterator[None]:
    """apsw's errors as those of sqlite3, with the same codes."""
    try:
        yield
    except apsw.Error as error:
        code = getattr(error, "extendedresult", 0) or FAULTS[type(error)][0]
        kinds = {
            sqlite3.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
            sqlite3.SQLITE_CORRUPT: sqlite3.DatabaseError,
            sqlite3.SQLITE_NOTADB: sqlite3.DatabaseError,
        }
        raised = kinds.get(code & 0xFF, sqlite3.OperationalError)(str(error) or FAULTS[type(error)][1])
        raised.sqlite_errorcode = code
        raise raised from error


class Connection:
    """As much of sqlite3.Connection as aiosqlite and SQLAlchemy ask for."""

    isolation_level = None
    row_factory = None

    def __init__(self, connection: apsw.Connection, instead: dict[str, str]) -> None:
        self._connection = connection
        self._instead = instead

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def cursor(self) -> Cursor:
        return Cursor(self._connection, self._instead)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(sql, parameters)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def create_function(self, name: str, arguments: int, function: Any, *, deterministic: bool = False) -> None:
        self._connection.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def interrupt(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        with as_sqlite3():
            self._connection.close()


class Cursor:
    """As much of sqlite3.Cursor. Everything is fetched at once."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection, instead: dict[str, str]) -> None:
        self._connection = connection
        self._instead = instead
        self._rows: list[Any] = []
        self.description: tuple[Any, ...] | None = None
        self.rowcount = -1

    @property
    def lastrowid(self) -> int:
        return self._connection.last_insert_rowid()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        with as_sqlite3():
            cursor = self._traced()
            self._rows = list(cursor.execute(self._instead.get(sql, sql), tuple(parameters)))
            self.rowcount = self._connection.changes() if changes_rows(sql) else -1
        return self

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Cursor:
        with as_sqlite3():
            before = self._connection.total_changes()
            self._rows = list(self._traced().executemany(sql, [tuple(one) for one in parameters]))
            self.rowcount = self._connection.total_changes() - before
        return self

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def close(self) -> None:
        self._rows = []

    def _traced(self) -> apsw.Cursor:
        """apsw tells the columns only until the last row was read, so they are asked for before the first."""

        def note(cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
            columns = cursor.get_description()
            self.description = tuple((name, *[None] * 6) for name, *_ in columns) if columns else None
            return True

        self.description = None
        cursor = self._connection.cursor()
        cursor.exec_trace = note
        return cursor


def changes_rows(sql: str) -> bool:
    return sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE"))
