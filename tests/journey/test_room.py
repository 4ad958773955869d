"""A disk without room: nothing is begun that might not be written down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.content.library import Library
from bot.journey.courier import LastLook, Letter, SendOutcome
from bot.journey.journeys import Journeys
from bot.journey.traffic import Hold
from bot.rules.occurrence import State
from bot.store import Reserve
from bot.store.disk import MEGABYTE
from tests.support.courier import FakeCourier
from tests.support.house import LIMITS, ROBIN, open_house
from tests.support.stores import ToldDisk

FLOOR = Reserve(floor=10 * MEGABYTE)
ALMOST_FULL = 10 * MEGABYTE - 1


class Filling(FakeCourier):
    """While it carries, somebody else takes all the room there is."""

    def __init__(self, disk: ToldDisk) -> None:
        super().__init__()
        self._disk = disk

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        self._disk.room = 0
        return await super().send(letter, last_look)


async def test_below_the_floor_nothing_is_sent_and_with_room_again_it_goes_on(tmp_path: Path, library: Library) -> None:
    disk = ToldDisk()
    async with open_house(tmp_path, library, reserve=FLOOR, disk=disk) as house:
        await house.start()
        due = (await house.plan()).next_due_at
        assert due is not None
        house.clock.move_to(due)
        disk.room = ALMOST_FULL

        assert await house.journeys.deliver.run() == due + timedelta(seconds=15)
        assert house.traffic.hold() is Hold.ROOM
        assert (await house.plan()).next_due_at == due, "it is neither claimed nor let go"
        assert house.courier.kinds == ["receipt"]

        disk.room = 11 * MEGABYTE
        await house.journeys.deliver.run()
        assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_receipt_waits_for_room_as_well(tmp_path: Path, library: Library) -> None:
    disk = ToldDisk(room=ALMOST_FULL)
    async with open_house(tmp_path, library, LIMITS, FLOOR, disk) as house:
        await house.start()
        (receipt,) = await house.occurrences(ROBIN)
        assert (receipt.state, house.courier.kinds) == (State.WAITING, [])

        disk.room = 11 * MEGABYTE
        house.clock.move(seconds=15)
        await house.journeys.deliver.run()
        assert house.courier.kinds == ["receipt"]


async def test_what_was_sent_while_the_disk_filled_up_is_written_down(tmp_path: Path, library: Library) -> None:
    disk = ToldDisk()
    async with open_house(tmp_path, library, LIMITS, FLOOR, disk) as house:
        await house.start()
        due = (await house.plan()).next_due_at
        assert due is not None
        house.clock.move_to(due)

        courier = Filling(disk)
        journeys = Journeys.over(house.database, house.clock, library, courier, house.traffic)
        await journeys.deliver.run()

        assert courier.kinds == ["nudge"]
        assert [one.state for one in await house.occurrences(ROBIN)] == [State.SENT] * 2
