"""A member has one message of a kind in a slot, whoever asks for a second one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.rules.occurrence import Kind, State, occurrence_id
from tests.support.house import ROBIN, nudge_of, open_house

DATE = "2026-11-24"


async def test_a_slot_that_is_taken_stays_with_what_took_it_first(tmp_path: Path, library: Library) -> None:
    async with open_house(tmp_path, library) as house:
        await house.start()
        first = nudge_of(ROBIN, DATE, house.clock.now(), state=State.WAITING)
        second = replace(first, until_at=first.until_at + timedelta(hours=1))

        for one in (first, second):
            await house.database.write(lambda records, one=one: records.occurrences.add([one]))

        assert await house.occurrence(first.occurrence_id) == first


async def test_nothing_gets_a_second_place_in_a_slot_by_going_under_another_id(
    tmp_path: Path, library: Library
) -> None:
    async with open_house(tmp_path, library) as house:
        await house.start()
        ours = nudge_of(ROBIN, DATE, house.clock.now(), state=State.WAITING)
        stranger = replace(ours, occurrence_id=occurrence_id(ROBIN, Kind.NUDGE, "2026-11-25"))

        with pytest.raises(ValueError, match="the id of its member, kind and slot"):
            await house.database.write(lambda records: records.occurrences.add([stranger]))

        assert [one.kind for one in await house.occurrences()] == [Kind.RECEIPT]
