"""Other processes at work on the same file."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.support.code import ROOT

PATIENCE: Final = 20

# Opens the database as the bot does, and keeps it open until it is told otherwise.
OPENS: Final = """
import asyncio, sys
from bot.store import Database
from tests.support.keys import MASTER

async def main():
    async with Database.open(f"sqlite:///{sys.argv[1]}", MASTER):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""

# Takes SQLite's write lock, as a backup tool or a curious operator might, and holds it until it is told otherwise.
LOCKS: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("ready", flush=True)
sys.stdin.readline()
"""


@asynccontextmanager
async def another(code: str, path: Path) -> AsyncIterator[Process]:
    """Another process that runs that code over that file, and has said that it is ready; gone with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(path), cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def let_go(process: Process) -> None:
    """Tell it to end, and wait until it has."""
    async with asyncio.timeout(PATIENCE):
        await process.communicate(b"\n")
