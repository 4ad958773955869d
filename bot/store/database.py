"""Opening the database, and the two ways to use it: `read` beside everything else, `write` one at a time.

A unit of work always runs to its end, even when whoever asked for it is cancelled: a cancelled statement would
otherwise go on in its thread and join the next transaction (docs/delivery.md). On a full disk it runs once more, after
all that it did has been undone: so a unit of work changes nothing but its records.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

import aiosqlite
import structlog
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import DatabaseUnusable, ForOperator, Superseded
from bot.store import owner
from bot.store.disk import REAL_DISK, Disk, Reserve, Room
from bot.store.engines import WRITER_BUSY_MS, Connect, in_a_thread, is_busy, is_full, reading, writing
from bot.store.lock import alone_with
from bot.store.migrate import migrate
from bot.store.records import Records
from bot.store.refuse import explained, make_ready, place_of
from bot.store.rights import keep_all_private
from bot.store.watch import look_through

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")
Work = Callable[[Records], Awaitable[T]]
Aside = Callable[..., Awaitable[Any]]
"""How a function that blocks is run: with its arguments, like `asyncio.to_thread`."""

NO_RESERVE: Final = Reserve()
APPLICATION: Final = "application"

# Between tries everybody else gets their turn. Each takes about 50 ms: five seconds at the start, where a supervisor
# can try again, and two minutes later on.
BUSY_PAUSE_SECONDS: Final = 0.03
BUSY_TRIES_AT_START: Final = 100
BUSY_TRIES: Final = 2_400
SCRUB_TRIES: Final = 5
SCRUB_TIMEOUT_MS: Final = 200


class Database:
    """The store, open. Made by `Database.open`, which also closes it."""

    def __init__(self, path: Path, writer: AsyncEngine, reader: AsyncEngine, room: Room, aside: Aside) -> None:
        self._path = path
        self._writer = writer
        self._reader = reader
        self._room = room
        self._aside = aside
        self._token = secrets.token_hex(16)
        self._one_at_a_time = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._busy_tries = BUSY_TRIES_AT_START
        self._closing = False
        self._making_room: asyncio.Task[Any] | None = None
        self._trouble: asyncio.Future[ForOperator] = asyncio.get_running_loop().create_future()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *,
        reserve: Reserve = NO_RESERVE,
        connect: Connect = in_a_thread,
        aside: Aside = asyncio.to_thread,
        disk: Disk = REAL_DISK,
        alone: bool = True,
    ) -> AsyncIterator[Database]:
        """Open the file that `url` (sqlite:///path) names, creating or upgrading it; it is ours until it is closed.

        `connect`, `aside` and `disk` say how, where a simulation or a proof needs another way; migrations go through
        sqlite3 all the same. `alone=False` asks for no lock, and leaves it to the token to keep two apart.
        Raises, with one clear sentence, DatabaseUnusable when that cannot be done and AlreadyRunning when somebody
        else has it open.
        """
        path: Path = await aside(place_of, url, disk)
        await aside(keep_all_private, path)
        with alone_with(path) if alone else nullcontext():
            room = Room(path, reserve, disk)
            await aside(make_ready, path)
            await aside(room.make_way)
            is_checked = await aside(migrate, path)
            database = cls(path, writing(path, connect), reading(path, connect), room, aside)
            try:
                await database._shielded(database._take_over())
                await aside(room.keep)
                async with look_through(None if is_checked else connect(path), path, database._stop_for):
                    yield database
            finally:
                await database._close()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on what is committed now; it cannot change anything."""
        return await self._shielded(self._read(work))

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction: committed when it returns, undone when it raises.

        Raises Superseded when another copy has taken the file over.
        """
        return await self._shielded(self._write(work))

    async def scrub(self) -> bool:
        """Overwrite what was deleted in the write-ahead log too. False when somebody kept reading an older state."""
        for _ in range(SCRUB_TRIES):
            if await self._shielded(self._checkpoint()):
                return True
        return False

    async def has_room(self) -> bool:
        """Whether the disk has room for more than what was begun."""
        if not await self._aside(self._room.is_enough):
            return False
        if not self._room.is_kept and self._making_room is None:
            self._making_room = self._in_hand(self._make_room())
        return True

    async def trouble(self) -> ForOperator:
        """Wait for what this process has to end with: superseded, or damaged. Usually never."""
        return await asyncio.shield(self._trouble)

    async def belong_to(self, application_id: int) -> None:
        """Be this bot's database from now on. Raises DatabaseUnusable when it is another bot's."""

        async def work(records: Records) -> str:
            known = await records.facts.get(APPLICATION)
            if known is None:
                await records.facts.put(APPLICATION, str(application_id))
            return known or str(application_id)

        belongs_to = await self.write(work)
        if belongs_to != str(application_id):
            raise DatabaseUnusable(
                f"The database {self._path.name} belongs to another bot, application {belongs_to}. Use that bot's "
                "token, or point storage.url to a new file."
            )

    async def _take_over(self) -> None:
        try:
            await self._write_anyhow(lambda connection: owner.take_over(connection, self._token))
        except DatabaseError as error:
            raise explained(error, self._path) from error
        self._busy_tries = BUSY_TRIES

    async def _checkpoint(self) -> bool:
        async with self._one_at_a_time, self._writer.connect() as connection:
            pooled = await connection.get_raw_connection()
            driver = pooled.driver_connection
            assert isinstance(driver, aiosqlite.Connection)
            await driver.execute(f"PRAGMA busy_timeout = {SCRUB_TIMEOUT_MS}")
            try:
                rows = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                await driver.execute(f"PRAGMA busy_timeout = {WRITER_BUSY_MS}")
            (busy, _in_log, _moved), *_ = rows
            return not busy

    async def _read(self, work: Work[T]) -> T:
        async with self._reader.begin() as connection:
            return await work(Records(connection))

    async def _write(self, work: Work[T]) -> T:
        async def ours(connection: AsyncConnection) -> T:
            if not await owner.is_still(connection, self._token):
                self._stop_for(Superseded())
                raise Superseded
            return await work(Records(connection))

        if self._trouble.done():
            raise self._trouble.result()
        return await self._write_anyhow(ours)

    async def _write_anyhow(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Once more in the ballast's room where the disk is full; what was begun has been undone by then."""
        async with self._one_at_a_time:
            try:
                return await self._in_transaction(work)
            except OperationalError as error:
                if not is_full(error) or not await self._aside(self._room.give_away):
                    raise
            return await self._in_transaction(work)

    async def _in_transaction(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with AsyncExitStack() as transaction:
            return await work(await self._begun(transaction))

    async def _begun(self, transaction: AsyncExitStack) -> AsyncConnection:
        """Begin; where another program has the lock, nothing has begun, so it is tried again."""
        tries = 0
        while True:
            tries += 1
            try:
                return await transaction.enter_async_context(self._writer.begin())
            except OperationalError as error:
                if not is_busy(error) or self._closing or tries >= self._busy_tries:
                    raise
            if tries == 1:
                log.warning("storage.busy")
            await asyncio.sleep(BUSY_PAUSE_SECONDS)

    async def _make_room(self) -> None:
        try:
            await self._aside(self._room.keep)
        finally:
            self._making_room = None

    def _stop_for(self, reason: ForOperator) -> None:
        if not self._trouble.done():
            self._trouble.set_result(reason)

    async def _shielded(self, unit: Coroutine[Any, Any, T]) -> T:
        return await asyncio.shield(self._in_hand(unit))

    def _in_hand(self, unit: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(unit)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _close(self) -> None:
        """Let what is under way end; what still waits for another program's lock gives up."""
        self._closing = True
        if self._running:
            await asyncio.wait(self._running)
        await self._reader.dispose()
        await self._writer.dispose()
