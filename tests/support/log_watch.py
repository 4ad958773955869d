"""Every test fails in which anybody, or anything of theirs, is written to the log. A plugin of pytest's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from bot.content.library import load_library
from tests.support.canaries import Watch

# They set up a log of their own, and look into it themselves.
LOOK_THEMSELVES: Final = frozenset({"test_logs.py"})


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch(load_library().languages["en"].words)


@pytest.fixture(autouse=True)
def nobody_is_in_the_log(request: pytest.FixtureRequest, watch: Watch) -> Iterator[None]:
    if not watch.is_set_up:
        watch.set_up()
    yield
    leaked = watch.take()
    assert leaked == [], "written to the log"
    assert watch.is_set_up or request.path.name in LOOK_THEMSELVES, "what was logged here was not looked at"
