"""Things that are asked for at the same time are done in one go, and each gets its own result.

A transaction, and the flush to the disk behind it, costs as much for one letter as for fifty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST: Final = 50

# Whoever gets their result goes on: so many in one turn of the event loop, so that commands have theirs in between.
GO_ON_AT_ONCE: Final = 10


class Together(Generic[K, V]):
    """Calls `work` with all that came together, in order; it returns a result for each.

    What is asked for while `work` runs waits for the next go: a result is never older than its question.
    """

    def __init__(self, work: Callable[[Sequence[K]], Awaitable[Sequence[V]]]) -> None:
        self._work = work
        self._waiting: list[tuple[K, asyncio.Future[V]]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, one: K) -> V:
        """The result of that one. Raises what `work` raises for it."""
        result: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, result))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await result

    async def _run(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._do(together)
        finally:
            self._running = None

    async def _do(self, together: Sequence[tuple[K, asyncio.Future[V]]]) -> None:
        try:
            found = await self._work([one for one, _ in together])
        except Exception as error:  # noqa: BLE001 - it is raised where the one that it is about was asked for
            await self._one_by_one(together, error)
            return
        for place, ((_, result), value) in enumerate(zip(together, found, strict=True), start=1):
            if not result.done():
                result.set_result(value)
            if place % GO_ON_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _one_by_one(self, together: Sequence[tuple[K, asyncio.Future[V]]], error: Exception) -> None:
        """One of them is at fault; the others are not to suffer for it."""
        if len(together) > 1:
            for pair in together:
                await self._do([pair])
            return
        ((_, result),) = together
        if not result.done():
            result.set_exception(error)
