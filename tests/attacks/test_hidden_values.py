"""What goes wrong is told without whom it went wrong for."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from tests.support.canaries import Watch
from tests.support.house import ROBIN, House
from tests.support.world import World


async def test_an_error_of_the_database_never_quotes_what_was_to_be_written(house: House, watch: Watch) -> None:
    """A week of somebody who is not there: the row's values would stand in the error."""
    with pytest.raises(IntegrityError) as raised:
        await house.database.write(lambda records: records.weeks.add(ROBIN, date(1999, 6, 7)))

    assert str(ROBIN) not in str(raised.value)
    assert "1999" not in str(raised.value)
    logging.getLogger("some.library").error("it failed", exc_info=raised.value)
    assert watch.take() == []


async def test_a_fault_of_ours_tells_a_member_nothing_of_our_insides(world: World) -> None:
    await world.start()
    world.break_the_database()
    world.forgiven = True

    said = (await world.robin.slash("privacy show")).text

    assert said.startswith("Something went wrong on our side.")
    assert "consent" not in said
