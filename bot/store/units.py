"""Units of work: reading beside everything else, writing one at a time.

A unit of work always runs to its end, even when whoever asked for it is cancelled: a cancelled statement would
otherwise go on in its thread and join the next transaction (docs/delivery.md). On a full disk it runs once more, after
all that it did has been undone: so a unit of work changes nothing but its records.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextlib import AsyncExitStack
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import ForOperator, Superseded
from bot.rules.consent import Questions
from bot.store import owner
from bot.store.disk import Room
from bot.store.engines import WRITER_BUSY_MS, empty_log, is_busy, is_full
from bot.store.keyring import KeyRing
from bot.store.records import Records

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")
Work = Callable[[Records], Awaitable[T]]
Aside = Callable[..., Awaitable[Any]]
"""How a function that blocks is run: with its arguments, like `asyncio.to_thread`."""

# Between tries everybody else gets their turn. Each takes about 50 ms: five seconds at the start, where a supervisor
# can try again, and two minutes later on.
BUSY_PAUSE_SECONDS: Final = 0.03
BUSY_TRIES_AT_START: Final = 100
BUSY_TRIES: Final = 2_400


class Units:
    """Runs them, on one engine that writes and one that reads."""

    def __init__(
        self,
        writer: AsyncEngine,
        reader: AsyncEngine,
        ring: KeyRing,
        room: Room,
        aside: Aside,
        questions: Questions,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._ring = ring
        self._room = room
        self._aside = aside
        self._questions = questions
        self._token = secrets.token_hex(16)
        self._one_at_a_time = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._busy_tries = BUSY_TRIES_AT_START
        self._closing = False
        self._trouble: asyncio.Future[ForOperator] = asyncio.get_running_loop().create_future()

    def compile_into(self, cache: MutableMapping[Any, Any]) -> None:
        """Keep what statements look like as SQL there, for whoever opens the file again and again."""
        self._writer = self._writer.execution_options(compiled_cache=cache)
        self._reader = self._reader.execution_options(compiled_cache=cache)

    async def take_over(self) -> None:
        """Be the only one that writes from now on: whoever wrote before finds itself superseded."""
        await self.write_anyhow(lambda connection: owner.take_over(connection, self._token))

    def be_patient(self) -> None:
        """From here on wait minutes, not seconds, for another program's lock."""
        self._busy_tries = BUSY_TRIES

    async def read(self, work: Work[T]) -> T:
        async with self._reader.begin() as connection:
            return await work(Records(connection, self._ring, self._questions))

    async def write(self, work: Work[T]) -> T:
        """Raises Superseded when another copy has taken the file over, or else what this process has to end with."""

        async def ours(connection: AsyncConnection) -> T:
            if not await owner.is_still(connection, self._token):
                self.stop_for(Superseded())
                raise Superseded
            return await work(Records(connection, self._ring, self._questions))

        if self._trouble.done():
            raise self._trouble.result()
        return await self.write_anyhow(ours)

    async def write_anyhow(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Whoever the file belongs to; once more in the ballast's room where the disk is full."""
        async with self._one_at_a_time:
            try:
                return await self._in_transaction(work)
            except OperationalError as error:
                if not is_full(error) or not await self._aside(self._room.give_away):
                    raise
            return await self._in_transaction(work)

    async def empty_log(self) -> bool:
        """Overwrite what was deleted in the write-ahead log too. False when somebody kept reading an older state."""
        async with self._one_at_a_time:
            return await empty_log(self._writer, WRITER_BUSY_MS)

    async def to_its_end(self, unit: Coroutine[Any, Any, T]) -> T:
        """Run this, and to its end even where whoever waits for it is cancelled."""
        return await asyncio.shield(self.begin(unit))

    def begin(self, unit: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run this beside everything else; closing waits for it."""
        task = asyncio.ensure_future(unit)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def trouble(self) -> ForOperator:
        """Wait for what this process has to end with."""
        return await asyncio.shield(self._trouble)

    def stop_for(self, reason: ForOperator) -> None:
        """Write nothing more, for this reason. The first one stays."""
        if not self._trouble.done():
            self._trouble.set_result(reason)

    async def close(self) -> None:
        """Let what is under way end; what still waits for another program's lock gives up."""
        self._closing = True
        await self.all_ended()
        await self._reader.dispose()
        await self._writer.dispose()

    async def all_ended(self) -> None:
        """Wait for all that was begun by now."""
        if self._running:
            await asyncio.wait(self._running)

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
