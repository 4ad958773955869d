"""The connection that works at once: what it leans on in aiosqlite, and that it runs no thread."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from bot.store.inline import InlineConnection, inline


def test_the_inside_of_aiosqlite_is_still_the_one_that_this_leans_on() -> None:
    assert version("aiosqlite") == "0.22.1"
    hands_over = ("_execute", "_connect", "stop")

    for name in hands_over:
        assert "self._tx.put_nowait((future, " in inspect.getsource(getattr(aiosqlite.Connection, name)), name
    assert inspect.getsource(aiosqlite.Connection.__await__).split()[-2:] == ["return", "self._connect().__await__()"]
    assert inspect.getsource(aiosqlite.core).count("_tx.put_nowait") == len(hands_over)


async def test_no_thread_is_started(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    async with inline(tmp_path / "a.db") as connection:
        assert await connection.execute_fetchall("SELECT 1") == [(1,)]
        assert set(threading.enumerate()) == before


async def test_nothing_else_runs_while_it_works(tmp_path: Path) -> None:
    ran: list[str] = []
    async with inline(tmp_path / "a.db") as connection:
        asyncio.get_running_loop().call_soon(ran.append, "somebody else")
        await connection.execute("CREATE TABLE a (b)")
        await connection.execute("INSERT INTO a VALUES (1)")
        await connection.commit()
        assert await connection.execute_fetchall("SELECT b FROM a") == [(1,)]

        assert ran == []


async def test_an_error_reaches_whoever_asked(tmp_path: Path) -> None:
    async with inline(tmp_path / "a.db") as connection:
        with pytest.raises(aiosqlite.OperationalError, match="no such table"):
            await connection.execute("SELECT * FROM absent")


async def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(aiosqlite.OperationalError, match="unable to open"):
        await inline(tmp_path / "nowhere" / "a.db")


async def test_a_job_that_nobody_awaits_is_done_all_the_same(tmp_path: Path) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("failed")
        raise RuntimeError

    jobs: list[Callable[[], Any]] = [lambda: done.append("ran"), fail]
    async with InlineConnection(inline(tmp_path / "a.db")._connector) as connection:
        for job in jobs:
            connection._tx.put_nowait((None, job))

    assert done == ["ran", "failed"]
