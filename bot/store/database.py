"""Opening the database, and the two ways to use it: `read` beside everything else, `write` one at a time.

SQLite, set so that what was acknowledged survives a power cut (WAL with synchronous=FULL) and what
was deleted is overwritten (secure_delete). A unit of work always runs to its end, even when whoever asked for it is
cancelled: a cancelled statement would otherwise go on in its thread and join the next transaction (docs/delivery.md).
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import DatabaseUnusable
from bot.store.migrate import migrate
from bot.store.records import Records

T = TypeVar("T")
Work = Callable[[Records], Awaitable[T]]
Connect = Callable[[Path], aiosqlite.Connection]
"""How the file is opened: a connection that has not been awaited yet."""
Aside = Callable[..., Awaitable[Any]]
"""How a function that blocks is run: with its arguments, like `asyncio.to_thread`."""

SCHEME: Final = "sqlite:///"
READERS: Final = 4
BUSY_TIMEOUT_MS: Final = 5_000
# Between tries everybody else gets their turn.
SCRUB_TRIES: Final = 5
SCRUB_TIMEOUT_MS: Final = 200


class _DriverConnection(Protocol):
    """What SQLAlchemy shows of an aiosqlite connection to its event hooks."""

    isolation_level: str | None

    def cursor(self) -> sqlite3.Cursor: ...


def _in_a_thread(path: Path) -> aiosqlite.Connection:
    connection = aiosqlite.connect(path, check_same_thread=False)
    # A thread that hangs in a disk must not keep the process from ending.
    connection._thread.daemon = True  # noqa: SLF001 - the very line that SQLAlchemy has for connections of its own
    return connection


class Database:
    """The store, open. Made by `Database.open`, which also closes it."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._one_at_a_time = asyncio.Lock()
        self._running: set[asyncio.Task[object]] = set()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, *, connect: Connect = _in_a_thread, aside: Aside = asyncio.to_thread
    ) -> AsyncIterator[Database]:
        """Open the file that `url` (sqlite:///path) names, creating or upgrading it.

        `connect` says how, where a simulation or a proof needs another way. Migrations go through sqlite3 all the same.
        Raises DatabaseUnusable with one clear sentence when that cannot be done.
        """
        path = Path(url.removeprefix(SCHEME))
        _make_private(path)
        await aside(migrate, path)
        writer = _engine(path, connect, pool_size=1, begin="BEGIN IMMEDIATE", query_only=False)
        reader = _engine(path, connect, pool_size=READERS, begin="BEGIN", query_only=True)
        database = cls(writer, reader)
        try:
            yield database
        finally:
            await database._drain()
            await reader.dispose()
            await writer.dispose()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on what is committed now; it cannot change anything."""
        return await self._shielded(self._read(work))

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction: committed when it returns, undone when it raises."""
        return await self._shielded(self._write(work))

    async def scrub(self) -> bool:
        """Overwrite what was deleted in the write-ahead log too. False when somebody kept reading an older state."""
        for _ in range(SCRUB_TRIES):
            if await self._shielded(self._checkpoint()):
                return True
        return False

    async def _checkpoint(self) -> bool:
        async with self._one_at_a_time, self._writer.connect() as connection:
            pooled = await connection.get_raw_connection()
            driver = pooled.driver_connection
            assert isinstance(driver, aiosqlite.Connection)
            await driver.execute(f"PRAGMA busy_timeout = {SCRUB_TIMEOUT_MS}")
            try:
                rows = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                await driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            (busy, _in_log, _moved), *_ = rows
            return not busy

    async def _read(self, work: Work[T]) -> T:
        async with self._reader.begin() as connection:
            return await work(Records(connection))

    async def _write(self, work: Work[T]) -> T:
        async with self._one_at_a_time, self._writer.begin() as connection:
            return await work(Records(connection))

    async def _shielded(self, unit: Awaitable[T]) -> T:
        task = asyncio.ensure_future(unit)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _drain(self) -> None:
        if self._running:
            await asyncio.wait(self._running)


def _make_private(path: Path) -> None:
    """Nobody but the account that runs Porchlight may read the file."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseUnusable(
            f"The database {path} cannot be opened: {error.strerror}. Check storage.url and its folder."
        ) from error


def _engine(path: Path, connect: Connect, *, pool_size: int, begin: str, query_only: bool) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        async_creator=lambda: connect(path),
        pool_size=pool_size,
        max_overflow=0,
        # An error of a statement would otherwise quote the values in it, and whoever logs the error would log a person.
        hide_parameters=True,
    )
    pragmas = {
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "secure_delete": "ON",
        "busy_timeout": BUSY_TIMEOUT_MS,
        "query_only": int(query_only),
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
