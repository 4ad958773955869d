"""Looking through a large file beside the work: it takes seconds, and nobody has to wait for them.

Until it is done, nudges go out as if the file were sound. What is damaged stops the process, and then says so.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiosqlite
import structlog

from bot.errors import DatabaseUnusable, ForOperator
from bot.store.refuse import CHECK, SOUND, damaged

log = structlog.stdlib.get_logger(__name__)

INTERRUPT_EVERY_SECONDS: Final = 0.05


@asynccontextmanager
async def look_through(
    connection: aiosqlite.Connection | None, path: Path, stop_for: Callable[[ForOperator], None]
) -> AsyncIterator[None]:
    """Look through that file while the block runs, over a connection of its own; with none, there is nothing to do."""
    if connection is None:
        yield
        return
    async with connection:
        looking = asyncio.create_task(_look(connection, path, stop_for))
        try:
            yield
        finally:
            # An interruption that comes before the check has begun is not heard.
            while not looking.done():
                await connection.interrupt()
                await asyncio.wait({looking}, timeout=INTERRUPT_EVERY_SECONDS)


async def _look(connection: aiosqlite.Connection, path: Path, stop_for: Callable[[ForOperator], None]) -> None:
    try:
        await connection.execute("PRAGMA query_only = ON")
        ((verdict,), *_) = await connection.execute_fetchall(CHECK)
    except sqlite3.OperationalError as error:
        # The process is about to end before it was done, or the disk gave no answer; the next start looks again.
        log.info("storage.not_looked_through", reason=error.sqlite_errorname)
        return
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict == SOUND:
        log.info("storage.looked_through")
        return
    log.error("storage.damaged")
    stop_for(DatabaseUnusable(damaged(path, verdict)))
