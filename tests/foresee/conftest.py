"""PORCHLIGHT_DRILLS=long (that is `make drills`) lives many more lives."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def long() -> bool:
    return os.environ.get("PORCHLIGHT_DRILLS") == "long"
