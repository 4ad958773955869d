"""Starting what is measured, each in a process of its own: a leg of a benchmark, the Discord double, the real bot."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.logs import set_up_logs
from bot.settings import LogSettings
from tests.support.keys import VALUE, VARIABLE

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".cache" / "bench"
TOKEN = "a-token-of-the-double"  # noqa: S105 - it opens nothing but the double
PATIENCE = 900
STUCK = 120


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORCHLIGHT_")}
    return kept | {"PYTHONPATH": str(ROOT)} | more


async def leg(module: str, **given: Any) -> dict[str, Any]:
    """Run `python -m tests.bench.<module>` with what it is given; what it found, from the last line it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tests.bench.{module}",
        json.dumps(given),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{module} {given} ended with {process.returncode}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def given() -> dict[str, Any]:
    """In a leg: what it was given."""
    handed: dict[str, Any] = json.loads(sys.argv[1])
    return handed


def make_cache() -> None:
    """Also for databases, which lie in no folder that others may look into."""
    CACHE.mkdir(parents=True, exist_ok=True)
    CACHE.chmod(0o700)


@contextmanager
def logging_as_shipped() -> Iterator[None]:
    """In a leg: what the bot logs is formatted and written as it is when it runs, to a file."""
    make_cache()
    with (CACHE / "leg.log").open("w", encoding="utf-8") as log:
        set_up_logs(LogSettings(), log)
        yield


def found(**what: Any) -> None:
    """In a leg: hand back what was found."""
    sys.stdout.write(json.dumps(what) + "\n")


@dataclass
class Double:
    """The double, from outside."""

    port: int
    session: aiohttp.ClientSession

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    async def begin(self, *, per_second: int = 0, latency: float = 0.0) -> None:
        await self._call("POST", "begin", per_second=per_second, latency=latency)

    async def seen(self) -> dict[str, Any]:
        return await self._call("GET", "seen")

    async def slash(self, name: str, sub: str, member: int) -> float | None:
        """Milliseconds from the event to its answer; None when none came."""
        answer: float | None = (await self._call("POST", "slash", name=name, sub=sub, member=member))["milliseconds"]
        return answer

    async def until(self, holds: Any, every: float = 0.05) -> dict[str, Any]:
        """Wait until `holds(seen)`; what was seen by then. Raises TimeoutError when too little comes for long."""
        loop = asyncio.get_running_loop()
        messages, since = -1, loop.time()
        while not holds(seen := await self.seen()):
            if len(seen["sent_at"]) != messages:
                messages, since = len(seen["sent_at"]), loop.time()
            if loop.time() - since > STUCK:
                raise TimeoutError(f"nothing has come for {STUCK} s, after {messages} messages")
            await asyncio.sleep(every)
        return seen

    async def _call(self, method: str, path: str, **said: Any) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.port}/bench/{path}"
        async with self.session.request(method, url, data=json.dumps(said)) as response:
            answer: dict[str, Any] = await response.json()
            return answer


@asynccontextmanager
async def double() -> AsyncIterator[Double]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.double", env=environment(), stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:
            yield Double(port, session)
    finally:
        process.stdin.close()
        await process.wait()


@dataclass
class Bot:
    """The real bot, `python -m bot run`."""

    process: asyncio.subprocess.Process
    started_at: float
    """By the machine's monotonic clock."""

    @property
    def rss(self) -> int:
        return rss(self.process.pid)


@asynccontextmanager
async def bot(double: Double, database: Path, **settings: str) -> AsyncIterator[Bot]:
    """Running until the block ends. What it logs is beside its database."""
    ours = {
        "PORCHLIGHT_DISCORD__TOKEN": TOKEN,
        "PORCHLIGHT_DISCORD__API_URL": double.api,
        "PORCHLIGHT_DISCORD__GATEWAY_URL": double.gateway,
        "PORCHLIGHT_STORAGE__URL": f"sqlite:///{database}",
        VARIABLE: VALUE,
        "PORCHLIGHT_DELIVERY__WAKE_AT_MOST_SECONDS": "1",
    }
    named = {f"PORCHLIGHT_{name.upper()}": value for name, value in settings.items()}
    with database.with_suffix(".log").open("wb") as log:
        started_at = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=environment(**ours, **named), stdout=log, stderr=log
        )
        try:
            yield Bot(process, started_at)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


def rss(pid: int) -> int:
    """Bytes of memory that the process has for itself and its files; Linux only."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
