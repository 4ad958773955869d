"""Somebody who means no good, against the real bot.

Law of this folder: Alex is a member who does nothing wrong, and whatever anybody else does, nothing about Alex is told
and nothing of Alex's changes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.attacks.victim import Victim, make_victim
from tests.support.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        await world.set_up()
        yield world


@pytest.fixture
async def alex(world: World) -> AsyncIterator[Victim]:
    """A member of whom everything is held that can be. Nothing of it may have changed in the end."""
    victim = await make_victim(world)
    yield victim
    assert await victim.rows() == victim.before
