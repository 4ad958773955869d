"""The real bot, for every test in this folder; and, after the last one, whether every control and command was used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.world import Seen, World, open_world

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    """Every button and every command is exercised by at least one test through the real bot."""
    seen = Seen()
    yield seen
    if ran_as_a_whole(request.session):
        assert seen.untested == set(), "offered or registered, and used by no test"


def ran_as_a_whole(session: pytest.Session) -> bool:
    files = {item.path for item in session.items if item.path.parent == HERE}
    return files == set(HERE.glob("test_*.py")) and not session.config.option.keyword and not session.testsfailed


@pytest.fixture
async def world(tmp_path: Path, seen: Seen) -> AsyncIterator[World]:
    async with open_world(tmp_path, seen) as world:
        yield world
