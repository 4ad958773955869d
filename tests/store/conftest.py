"""What is promised about a database holds whoever opens it, and however."""

from __future__ import annotations

import pytest

from tests.support.stores import WAYS, Opened


@pytest.fixture(params=WAYS)
def opened(request: pytest.FixtureRequest) -> Opened:
    """`Database.open`, in each of the ways there are."""
    return WAYS[request.param]
