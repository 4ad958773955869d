"""The drills come in a short form, with every test run, and in a long one: `PORCHLIGHT_DRILLS=long`."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def long() -> bool:
    """Whether the long form was asked for."""
    return os.environ.get("PORCHLIGHT_DRILLS") == "long"
