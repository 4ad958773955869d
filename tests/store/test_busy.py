"""Another program that holds SQLite's lock: nobody waits for it but those who have to write, and nothing is lost."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import AlreadyRunning
from bot.store import Records
from bot.store.engines import is_busy
from tests.support.processes import LOCKS, another, let_go
from tests.support.stores import Opened

HELD_SECONDS = 3.0


async def add_one(records: Records) -> None:
    count = int(await records.facts.get("count") or 0)
    await records.facts.put("count", str(count + 1))


async def lags(into: list[float]) -> None:
    """How late the event loop comes back to somebody who asked for five milliseconds."""
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(0.005)
        into.append(loop.time() - before - 0.005)


async def test_a_lock_of_three_seconds_stops_neither_the_loop_nor_any_unit_of_work(
    tmp_path: Path, opened: Opened
) -> None:
    late: list[float] = []
    async with opened(f"sqlite:///{tmp_path}/a.db") as database, another(LOCKS, tmp_path / "a.db") as other:
        watch = asyncio.create_task(lags(late))
        writing = [asyncio.create_task(database.write(add_one)) for _ in range(5)]
        await asyncio.sleep(HELD_SECONDS)
        assert not any(task.done() for task in writing)
        assert await database.read(lambda records: records.facts.get("count")) is None
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await let_go(other)

        await asyncio.gather(*writing)
        assert await database.read(lambda records: records.facts.get("count")) == "5"

    # Had anybody waited on the loop, there would be a handful of values, and seconds among them.
    assert sorted(late)[len(late) * 95 // 100] < 0.05
    assert max(late) < 1


async def test_who_closes_the_database_does_not_wait_for_a_lock_of_somebody_else(
    tmp_path: Path, opened: Opened
) -> None:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(opened(f"sqlite:///{tmp_path}/a.db"))
        async with another(LOCKS, tmp_path / "a.db"):
            writing = asyncio.create_task(database.write(add_one))
            await asyncio.sleep(0.1)
            async with asyncio.timeout(2):
                await stack.aclose()

            with pytest.raises(OperationalError) as raised:
                await writing
            assert is_busy(raised.value)


async def test_a_lock_that_is_there_at_the_start_is_said_and_can_be_tried_again(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db"):
        pass
    async with another(LOCKS, tmp_path / "a.db"):
        with pytest.raises(AlreadyRunning, match=r"Another program holds a\.db locked"):
            async with opened(f"sqlite:///{tmp_path}/a.db"):
                pass
    async with opened(f"sqlite:///{tmp_path}/a.db"):
        pass
