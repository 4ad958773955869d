"""The shipped process, one run of it at a time, in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.support import keys
from tests.support.canaries import leaks_of_a_process
from tests.wire.double import PATIENCE, Double
from tests.wire.gateway import TOKEN
from tests.wire.nursery import ROOT, Nursery


@dataclass
class Ended:
    code: int
    said: str
    seconds: float


class Child(Protocol):
    """What there is of a process from outside; asyncio's own is one."""

    pid: int
    returncode: int | None

    async def wait(self) -> int: ...
    def send_signal(self, signal: int) -> None: ...


@dataclass
class Forked:
    """A child of the nursery."""

    nursery: Nursery
    pid: int
    returncode: int | None = None

    async def wait(self) -> int:
        while self.look() is None:  # noqa: ASYNC110 - the nursery calls nobody
            await asyncio.sleep(0.005)
        assert self.returncode is not None
        return self.returncode

    def look(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.nursery.look(self.pid)
        return self.returncode

    def send_signal(self, signal: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, signal)


@dataclass
class Bot:
    """`nursery` None starts it as an operator would: `python -m bot run`."""

    folder: Path
    double: Double
    nursery: Nursery | None = None
    settings: dict[str, str] = field(default_factory=dict)
    """More of the environment, for every run."""
    process: Child | None = None

    @property
    def file(self) -> Path:
        return self.folder / "porchlight.db"

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "PORCHLIGHT_DISCORD__TOKEN": TOKEN,
            "PORCHLIGHT_DISCORD__API_URL": f"http://127.0.0.1:{self.double.port}/api/v10",
            "PORCHLIGHT_DISCORD__GATEWAY_URL": f"ws://127.0.0.1:{self.double.port}/gateway",
            "PORCHLIGHT_STORAGE__URL": f"sqlite:///{self.file}",
            keys.VARIABLE: keys.VALUE,
            # Allocated at each first start, and of no use to those who do not fill a disk.
            "PORCHLIGHT_STORAGE__BALLAST_MEGABYTES": "0",
            "PORCHLIGHT_DELIVERY__WAKE_AT_MOST_SECONDS": "1",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORCHLIGHT_")}
        return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | ours | self.settings

    async def launch(self, *arguments: str, **environment: str) -> None:
        await self.launch_with(self.environment | environment, *arguments)

    async def launch_with(self, environment: dict[str, str], *arguments: str) -> None:
        """With that environment, and nothing of ours beside it."""
        if self.nursery is None:
            self.process = await self._launch_whole(arguments, environment)
        else:
            pid = self.nursery.spawn(environment, self.folder, self.folder / "said.txt", ("run", *arguments))
            self.process = Forked(self.nursery, pid)

    async def command(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """`python -m bot …` in the bot's folder, whether it runs or not: its exit code, and what it said."""
        child, told = await self.begin(*arguments, **environment)
        async with asyncio.timeout(PATIENCE):
            code = await child.wait()
        return code, told.read_text("utf-8")

    async def begin(self, *arguments: str, **environment: str) -> tuple[Child, Path]:
        """The same, not waited for: its process, and the file that it says everything into."""
        given = self.environment | environment
        told = self.folder / f"told-{arguments[0]}.txt"
        told.unlink(missing_ok=True)
        if self.nursery is not None:
            return Forked(self.nursery, self.nursery.spawn(given, self.folder, told, arguments)), told
        with told.open("wb") as said:
            whole = (sys.executable, "-m", "bot", *arguments)
            return await asyncio.create_subprocess_exec(
                *whole, cwd=self.folder, env=given, stdout=said, stderr=said
            ), told

    async def launch_whole(self, **environment: str) -> None:
        """As an operator would, whatever the nursery."""
        self.process = await self._launch_whole((), self.environment | environment)

    async def _launch_whole(self, arguments: tuple[str, ...], environment: dict[str, str]) -> Child:
        with (self.folder / "said.txt").open("ab") as said:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                *arguments,
                cwd=self.folder,
                env=environment,
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
        await self.send(signal.SIGKILL)
        assert self.process is not None
        await self.process.wait()

    async def send(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def terminate(self) -> Ended:
        """SIGTERM, and how it ended."""
        await self.send(signal.SIGTERM)
        return await self.ended()

    async def ended(self, within: float = PATIENCE) -> Ended:
        assert self.process is not None
        began = time.monotonic()
        async with asyncio.timeout(within):
            code = await self.process.wait()
        return Ended(code, self.said, time.monotonic() - began)

    @property
    def lives(self) -> bool:
        if isinstance(self.process, Forked):
            self.process.look()
        return self.process is not None and self.process.returncode is None

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text("utf-8")

    @property
    def leaks(self) -> list[str]:
        """The lines of its log in which anybody stands, or anything of theirs."""
        return leaks_of_a_process(self.said) if (self.folder / "said.txt").exists() else []

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the file, or change it while nobody runs."""
        connection = sqlite3.connect(self.file, timeout=PATIENCE)
        try:
            with connection:
                return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    async def until_row(self, statement: str, *values: Any, patience: float = PATIENCE) -> None:
        """Wait until that finds a row in the file: another process writes it, and calls nobody."""
        async with asyncio.timeout(patience):
            while not self.sql(statement, *values):  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.02)

    async def until_said(self, words: str, times: int = 1, patience: float = PATIENCE) -> None:
        """Wait until the log holds these words, that often."""
        async with asyncio.timeout(patience):
            while self.said.count(words) < times:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.02)
