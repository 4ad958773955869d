"""The shipped process, `python -m bot run`, beside a Discord double on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.wire.double import PATIENCE, TOKEN, Double

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Ended:
    code: int
    said: str
    seconds: float


@dataclass
class Bot:
    """One run of the process at a time, in a folder of its own."""

    folder: Path
    double: Double
    process: asyncio.subprocess.Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "PORCHLIGHT_DISCORD__TOKEN": TOKEN,
            "PORCHLIGHT_DISCORD__API_URL": f"http://127.0.0.1:{self.double.port}/api/v10",
            "PORCHLIGHT_DISCORD__GATEWAY_URL": f"ws://127.0.0.1:{self.double.port}/gateway",
            "PORCHLIGHT_STORAGE__URL": f"sqlite:///{self.folder}/porchlight.db",
            "PORCHLIGHT_DELIVERY__WAKE_AT_MOST_SECONDS": "1",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORCHLIGHT_")}
        return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | ours

    async def launch(self, *arguments: str, **environment: str) -> None:
        with (self.folder / "said.txt").open("ab") as said:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                *arguments,
                cwd=self.folder,
                env=self.environment | environment,
                stdout=said,
                stderr=said,
            )

    async def start(self) -> None:
        """Launch it, and wait until it is connected."""
        before = self.double.identified
        await self.launch()
        await self.double.until(lambda: self.double.identified > before)

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def terminate(self) -> Ended:
        """SIGTERM, and how it ended."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> Ended:
        assert self.process is not None
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
        return Ended(code, self.said, time.monotonic() - began)

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text("utf-8")

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the file, or change it while nobody runs."""
        connection = sqlite3.connect(self.folder / "porchlight.db", timeout=PATIENCE)
        try:
            with connection:
                return connection.execute(statement, values).fetchall()
        finally:
            connection.close()


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    async with Double.serve() as double:
        yield double


@pytest.fixture
async def bot(tmp_path: Path, double: Double) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path, double)
    yield bot
    if bot.process is not None and bot.process.returncode is None:
        await bot.kill()
