"""Whoever is leaving begins nothing anew, neither by what they pressed before nor by what they press meanwhile."""

from __future__ import annotations

import pytest

from bot.errors import JustLeft
from bot.journey.farewell import Farewells
from tests.support.clock import MovableClock
from tests.support.house import ALEX, ROBIN


def test_who_deletes_twice_at_once_is_leaving_until_both_have_come_to_their_end() -> None:
    farewells = Farewells(MovableClock())

    with farewells.leaving(ROBIN, 10):
        with farewells.leaving(ROBIN, 11):
            pass
        with pytest.raises(JustLeft):
            farewells.refuse_older(ROBIN, 12)
        farewells.refuse_older(ALEX, 12)

    farewells.refuse_older(ROBIN, 12)
    with pytest.raises(JustLeft):
        farewells.refuse_older(ROBIN, 10)
