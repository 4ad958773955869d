"""A connection that works at once, in the thread that asks: for whoever needs every run to be the same as the last.

aiosqlite hands each call over to a thread of its own, so what comes first is decided by the machine. Here nothing is
handed over, and nothing else runs meanwhile. A slow disk then stops the event loop: this is for simulations, not for a
bot.

Law: this file alone leans on the inside of aiosqlite 0.22.1, and tests/store/test_inline.py notices when that has
changed. It leans on this: everything goes as `(future, function)` into `_tx.put_nowait`, and `__await__` starts the
thread and then awaits `_connect()`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")
Job = tuple[asyncio.Future[Any] | None, Callable[[], Any]]


def inline(path: Path) -> aiosqlite.Connection:
    """Open the file without a thread. For `Database.open(url, connect=inline, aside=at_once)`."""
    return InlineConnection(lambda: sqlite3.connect(path))


async def at_once(function: Callable[..., T], *arguments: Any) -> T:
    """Run a blocking function here and now, in the place of `asyncio.to_thread`."""
    return function(*arguments)


class _DoneAtOnce(SimpleQueue[Job]):
    """A queue in which nothing ever waits."""

    def put_nowait(self, item: Job) -> None:
        future, function = item
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to whoever awaits the future
            if future is not None and not future.done():
                future.set_exception(error)
        else:
            if future is not None and not future.done():
                future.set_result(result)


class InlineConnection(aiosqlite.Connection):
    """Calls of `connector`'s connection, made in the thread that asks for them."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._tx = _DoneAtOnce()

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._connect().__await__()
