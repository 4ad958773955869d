"""How the file is opened: one connection that writes and a few that read, all with the same pragmas.

WAL with synchronous=FULL, so that what was acknowledged survives a power cut; secure_delete, so that what was deleted
is overwritten; temp_store=MEMORY, so that nothing of anybody lies in a folder for temporary files. Whoever opens the
database may hand over another way to connect; the pragmas are the same for all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

Connect = Callable[[Path], aiosqlite.Connection]
"""How the file is opened: a connection that has not been awaited yet."""

READERS: Final = 4
# A reader has nothing to wait for but another program that recovers the file. The writer waits briefly and often, so
# that its event loop goes on even where the connection has no thread of its own, and so that it can be told to end.
READER_BUSY_MS: Final = 5_000
WRITER_BUSY_MS: Final = 20
SCRUB_TIMEOUT_MS: Final = 200

# What a claim reads over and over: the tops of the trees, and the members who are due.
WRITER_CACHE_KB: Final = 16_000


class _DriverConnection(Protocol):
    """What SQLAlchemy shows of an aiosqlite connection to its event hooks."""

    isolation_level: str | None

    def cursor(self) -> sqlite3.Cursor: ...


def in_a_thread(path: Path) -> aiosqlite.Connection:
    """Open the file with a thread of its own, so that the event loop goes on while the disk works."""
    connection = aiosqlite.connect(path, check_same_thread=False)
    # A thread that hangs in a disk must not keep the process from ending.
    connection._thread.daemon = True  # noqa: SLF001 - the very line that SQLAlchemy has for connections of its own
    return connection


def writing(path: Path, connect: Connect, busy_ms: int = WRITER_BUSY_MS) -> AsyncEngine:
    """One connection, whose transactions all begin as ones that write."""
    own: dict[str, int | str] = {"busy_timeout": busy_ms, "cache_size": -WRITER_CACHE_KB}
    return _engine(path, connect, 1, "BEGIN IMMEDIATE", own)


def reading(path: Path, connect: Connect) -> AsyncEngine:
    """Connections that cannot change anything."""
    return _engine(path, connect, READERS, "BEGIN", {"busy_timeout": READER_BUSY_MS, "query_only": "ON"})


async def empty_log(writer: AsyncEngine, busy_ms: int) -> bool:
    """Overwrite what was deleted in the write-ahead log too. False when somebody kept reading an older state."""
    async with writer.connect() as connection:
        pooled = await connection.get_raw_connection()
        driver = pooled.driver_connection
        assert isinstance(driver, aiosqlite.Connection)
        await driver.execute(f"PRAGMA busy_timeout = {SCRUB_TIMEOUT_MS}")
        try:
            rows = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            await driver.execute(f"PRAGMA busy_timeout = {busy_ms}")
        (busy, _in_log, _moved), *_ = rows
        return not busy


def is_busy(error: DBAPIError) -> bool:
    """Whether another process had the lock."""
    return _code(error) == sqlite3.SQLITE_BUSY


def is_full(error: DBAPIError) -> bool:
    """Whether there was no room on the disk, for a page or for the index of the log."""
    return _code(error) == sqlite3.SQLITE_FULL or _extended_code(error) == sqlite3.SQLITE_IOERR_SHMSIZE


def _code(error: DBAPIError) -> int:
    """SQLite's primary result code, which the extended ones hold in their lowest byte."""
    return _extended_code(error) & 0xFF


def _extended_code(error: DBAPIError) -> int:
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code


def _engine(path: Path, connect: Connect, size: int, begin: str, own: dict[str, int | str]) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        async_creator=lambda: connect(path),
        pool_size=size,
        max_overflow=0,
        # An error of a statement would otherwise quote the values in it, and whoever logs the error would log a person.
        hide_parameters=True,
    )
    pragmas = {
        "busy_timeout": own["busy_timeout"],
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "secure_delete": "ON",
        "temp_store": "MEMORY",
        **own,
    }

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: _DriverConnection, _record: object) -> None:
        # The driver would otherwise begin transactions by itself, and deferred ones.
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
