"""The shipped process, `python -m bot run`, beside a Discord double on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.wire.double import Double
from tests.wire.process import Bot


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    async with Double.serve() as double:
        yield double


@pytest.fixture
async def bot(tmp_path: Path, double: Double) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path, double)
    yield bot
    if bot.lives:
        await bot.kill()
    assert bot.leaks == [], "written to the log"
