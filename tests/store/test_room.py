"""The room on the disk: the floor, the ballast, and what a full disk does to a unit of work."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import DatabaseUnusable
from bot.store import Database, Records, Reserve
from bot.store.disk import LEAST_TO_OPEN, MEGABYTE, REAL_DISK, Room, allocate, fill
from bot.store.engines import Connect, is_full
from bot.store.refuse import make_ready
from tests.support.keys import MASTER
from tests.support.mounts import fill_up, read_only, small_disk
from tests.support.power import PowerDisk
from tests.support.sql import looking_into
from tests.support.stores import Opened, ToldDisk

RESERVE = Reserve(ballast=MEGABYTE, floor=10 * MEGABYTE)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/a.db"


async def note(records: Records, name: str = "sent") -> None:
    await records.facts.put(name, "x" * 1_000)


def blocks(path: Path) -> int:
    return path.stat().st_blocks * 512


def test_the_ballast_is_really_on_the_disk(tmp_path: Path) -> None:
    allocate(tmp_path / "one", 3 * MEGABYTE + 7)
    with (tmp_path / "two").open("wb") as file:
        fill(file, 3 * MEGABYTE + 7)

    for path in (tmp_path / "one", tmp_path / "two"):
        assert path.stat().st_size == 3 * MEGABYTE + 7
        assert blocks(path) >= 3 * MEGABYTE
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600


async def test_the_ballast_is_kept_from_the_start_and_goes_with_its_setting(tmp_path: Path, opened: Opened) -> None:
    ballast = tmp_path / "a.db.ballast"
    for size in (2 * MEGABYTE, MEGABYTE, 0):
        async with opened(url(tmp_path), reserve=Reserve(ballast=size)) as database:
            assert (ballast.stat().st_size if ballast.exists() else 0) == size
            assert await database.has_room()
    assert not list(tmp_path.glob("*.begun"))


async def test_a_ballast_that_is_there_is_left_as_it_is(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path), reserve=RESERVE):
        first = (tmp_path / "a.db.ballast").stat()
    async with opened(url(tmp_path), reserve=RESERVE, disk=ToldDisk(room=LEAST_TO_OPEN)):
        assert (tmp_path / "a.db.ballast").stat() == first


async def test_below_the_floor_there_is_no_room_and_no_ballast_is_made(tmp_path: Path, opened: Opened) -> None:
    disk = ToldDisk(room=RESERVE.floor - 1)
    async with opened(url(tmp_path), reserve=RESERVE, disk=disk) as database:
        assert not await database.has_room()
        disk.room = RESERVE.floor
        assert await database.has_room()
        await settled(database)
        assert not (tmp_path / "a.db.ballast").exists(), "it would have to be taken from below the floor"

        disk.room = RESERVE.floor + RESERVE.ballast
        assert await database.has_room()
        assert await database.has_room()
        await settled(database)
        assert (tmp_path / "a.db.ballast").stat().st_size == RESERVE.ballast


async def settled(database: Database) -> None:
    """What was begun in the background has ended."""
    async with asyncio.timeout(10):
        await database._units.all_ended()


def test_a_disk_that_gives_no_answer_has_no_room(tmp_path: Path) -> None:
    room = Room(tmp_path / "gone" / "a.db", RESERVE, REAL_DISK)

    assert not room.is_enough()
    room.keep()
    assert not room.is_kept
    assert not room.give_away()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_SHMSIZE, True),  # what SQLite says where the index of the log finds no room
        (sqlite3.SQLITE_IOERR_WRITE, False),
        (sqlite3.SQLITE_BUSY, False),
    ],
)
def test_what_counts_as_a_full_disk(code: int, expected: bool) -> None:
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = code

    assert is_full(OperationalError(None, None, error)) is expected


async def on_a_full_disk(tmp_path: Path) -> tuple[ToldDisk, PowerDisk, Connect]:
    """A database with a ballast, closed; its disk has no byte more than what lies on it, and says so."""
    told, real = ToldDisk(), PowerDisk()
    async with Database.open(url(tmp_path), MASTER, connect=real.connect, reserve=RESERVE, disk=told) as database:
        await database.write(note)
        assert (tmp_path / "a.db.ballast").exists()
    told.room = LEAST_TO_OPEN
    return told, real, real.connect


async def test_on_a_full_disk_a_unit_of_work_runs_once_more_in_the_room_of_the_ballast(tmp_path: Path) -> None:
    runs: list[str] = []

    async def work(records: Records) -> None:
        runs.append(await records.facts.get("sent again") or "nothing")
        await note(records, "sent again")

    told, real, connect = await on_a_full_disk(tmp_path)
    async with Database.open(url(tmp_path), MASTER, connect=connect, reserve=RESERVE, disk=told) as database:
        real.capacity = used(tmp_path)
        await database.write(work)

        assert runs == ["nothing", "nothing"], "the first run was undone"
        assert await database.read(lambda records: records.facts.get("sent again"))
        assert not await database.has_room()
        assert not (tmp_path / "a.db.ballast").exists()
        for more in range(20):
            await database.write(partial(note, name=f"more {more}"))

        told.room, real.capacity = 10**12, None
        assert await database.has_room()
        await settled(database)
        assert (tmp_path / "a.db.ballast").exists()


async def test_taking_the_file_over_finds_room_as_well(tmp_path: Path) -> None:
    told, real, connect = await on_a_full_disk(tmp_path)
    real.capacity = used(tmp_path) + 8_192

    async with Database.open(url(tmp_path), MASTER, connect=connect, reserve=RESERVE, disk=told) as database:
        assert not (tmp_path / "a.db.ballast").exists()
        await database.write(note)


async def test_when_the_ballast_is_gone_too_a_full_disk_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    told, real, connect = await on_a_full_disk(tmp_path)
    async with Database.open(url(tmp_path), MASTER, connect=connect, reserve=RESERVE, disk=told) as database:
        real.capacity = 0
        with pytest.raises(OperationalError, match="full"):
            await database.write(lambda records: note(records, "lost"))
        assert await database.read(lambda records: records.facts.get("lost")) is None

        real.capacity = None
        await database.write(note)


async def test_a_disk_that_fails_is_a_clear_error_and_nothing_is_half_done(tmp_path: Path) -> None:
    async def two(records: Records) -> None:
        await note(records, "one")
        await note(records, "two")

    disk = PowerDisk()
    async with Database.open(url(tmp_path), MASTER, connect=disk.connect) as database:
        disk.broken = True
        with pytest.raises(OperationalError):
            await database.write(two)
        disk.broken = False
        for name in ("one", "two"):
            assert await database.read(partial(kept, name=name)) is None

        await database.write(two)
        for name in ("one", "two"):
            assert await database.read(partial(kept, name=name))


async def kept(records: Records, name: str) -> str | None:
    return await records.facts.get(name)


def used(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


async def test_without_a_ballast_a_full_disk_is_an_error_and_changes_nothing(tmp_path: Path, opened: Opened) -> None:
    """SQLite's own limit of pages in the place of a disk: no room that is given away helps against it."""
    async with opened(url(tmp_path)) as database:

        async def fills(records: Records) -> None:
            await records.facts._connection.exec_driver_sql("PRAGMA max_page_count = 1")
            for n in range(100):
                await note(records, f"{n}")

        with pytest.raises(OperationalError, match="full"):
            await database.write(fills)

        assert await database.read(lambda records: records.facts.get("0")) is None


async def test_on_a_small_disk_that_is_full_everything_that_was_acknowledged_is_there(
    tmp_path: Path, opened: Opened
) -> None:
    with small_disk(tmp_path / "disk", "3m") as disk:
        async with opened(url(disk), reserve=Reserve(ballast=MEGABYTE, floor=MEGABYTE // 2)) as database:
            fill_up(disk / "log of somebody else")
            assert not await database.has_room()
            kept = 0
            while (disk / "a.db.ballast").exists():
                await database.write(partial(note, name=f"{kept}"))
                kept += 1
            for more in range(20):
                await database.write(partial(note, name=f"more {more}"))

            (disk / "log of somebody else").unlink()
            assert await database.has_room()
            await settled(database)
            assert (disk / "a.db.ballast").exists()
        with looking_into(disk / "a.db") as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM fact WHERE value LIKE 'x%'").scalar() == kept + 20
            assert connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"


async def test_a_start_on_a_full_disk_gives_the_ballast_away(tmp_path: Path, opened: Opened) -> None:
    with small_disk(tmp_path / "disk", "3m") as disk:
        async with opened(url(disk), reserve=Reserve(ballast=MEGABYTE)):
            pass
        fill_up(disk / "log of somebody else")

        async with opened(url(disk), reserve=Reserve(ballast=MEGABYTE, floor=MEGABYTE)) as database:
            await database.write(note)
            assert not await database.has_room()


async def test_a_first_start_on_a_full_disk_says_so(tmp_path: Path, opened: Opened) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        (disk / "a.db.lock").touch()
        fill_up(disk / "log of somebody else")

        with pytest.raises(DatabaseUnusable, match="There is no room left on the disk of a.db"):
            async with opened(url(disk)):
                pass


async def test_a_disk_that_turns_read_only_is_a_clear_error_and_nothing_is_half_done(
    tmp_path: Path, opened: Opened
) -> None:
    with small_disk(tmp_path / "disk", "3m") as disk:
        async with opened(url(disk)) as database:
            await database.write(note)
        read_only(disk)

        with pytest.raises(DatabaseUnusable, match="this account may not read and write it"):
            make_ready(disk / "a.db")
        with pytest.raises(DatabaseUnusable, match="cannot be opened"):
            async with opened(url(disk)):
                pass
