"""Which tests may run at the same time, where several processes share them (`make test`)."""

from __future__ import annotations

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Each is for one process: `cogs` knows after its last test what none of them used, `bench` has one folder for files.
FOR_ONE: Final = ("tests/cogs/", "tests/bench/")


class SideBySide(LoadScopeScheduling):
    """Any test beside any other one, but for these folders."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in FOR_ONE if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SideBySide:
    return SideBySide(config, log)
