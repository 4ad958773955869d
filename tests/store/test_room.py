"""The room on the disk: the floor, the ballast, and what a full disk does to a unit of work."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import suppress
from functools import partial
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import DatabaseUnusable
from bot.store import Database, Records, Reserve
from bot.store.disk import LEAST_TO_OPEN, MEGABYTE, REAL_DISK, Room, allocate, fill
from bot.store.inline import InlineConnection
from tests.support.mounts import read_only, small_disk
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
            assert database.has_room()
    assert not list(tmp_path.glob("*.begun"))


async def test_a_ballast_that_is_there_is_left_as_it_is(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path), reserve=RESERVE):
        first = (tmp_path / "a.db.ballast").stat()
    async with opened(url(tmp_path), reserve=RESERVE, disk=ToldDisk(room=LEAST_TO_OPEN)):
        assert (tmp_path / "a.db.ballast").stat() == first


async def test_below_the_floor_there_is_no_room_and_no_ballast_is_made(tmp_path: Path, opened: Opened) -> None:
    disk = ToldDisk(room=RESERVE.floor - 1)
    async with opened(url(tmp_path), reserve=RESERVE, disk=disk) as database:
        assert not database.has_room()
        disk.room = RESERVE.floor
        assert database.has_room()
        await settled(database)
        assert not (tmp_path / "a.db.ballast").exists(), "it would have to be taken from below the floor"

        disk.room = RESERVE.floor + RESERVE.ballast
        assert database.has_room()
        assert database.has_room()
        await settled(database)
        assert (tmp_path / "a.db.ballast").stat().st_size == RESERVE.ballast


async def settled(database: Database) -> None:
    """What was begun in the background has ended."""
    async with asyncio.timeout(10):
        await asyncio.gather(*database._running)


def test_a_disk_that_gives_no_answer_has_no_room(tmp_path: Path) -> None:
    room = Room(tmp_path / "gone" / "a.db", RESERVE, REAL_DISK)

    assert not room.is_enough()
    room.keep()
    assert not room.is_kept
    assert not room.give_away()


class Full(sqlite3.Connection):
    """A connection to a disk on which there is room only where the ballast was."""

    ballast: Path

    def commit(self) -> None:
        if self.in_transaction and self.ballast.exists():
            self.rollback()
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        super().commit()


def full_disk(path: Path) -> aiosqlite.Connection:
    class FullHere(Full):
        ballast = path.with_name(f"{path.name}.ballast")

    return InlineConnection(lambda: sqlite3.connect(path, factory=FullHere))


async def test_on_a_full_disk_a_unit_of_work_runs_once_more_in_the_room_of_the_ballast(tmp_path: Path) -> None:
    runs: list[str] = []

    async def work(records: Records) -> None:
        runs.append(await records.facts.get("sent") or "nothing")
        await note(records)

    disk = ToldDisk()
    async with Database.open(url(tmp_path), reserve=RESERVE, disk=disk) as database:
        assert (tmp_path / "a.db.ballast").exists()
    disk.room = LEAST_TO_OPEN
    async with Database.open(url(tmp_path), connect=full_disk, reserve=RESERVE, disk=disk) as database:
        assert not (tmp_path / "a.db.ballast").exists(), "taking the file over had to be written down, too"
        disk.room = 10**12
        assert database.has_room()
        await settled(database)
        disk.room = 0

        await database.write(work)

        assert runs == ["nothing", "nothing"], "the first run was undone"
        assert await database.read(lambda records: records.facts.get("sent"))
        assert not database.has_room()
        assert not (tmp_path / "a.db.ballast").exists()


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
            assert not database.has_room()
            kept = 0
            while (disk / "a.db.ballast").exists():
                await database.write(partial(note, name=f"{kept}"))
                kept += 1
            for more in range(20):
                await database.write(partial(note, name=f"more {more}"))

            (disk / "log of somebody else").unlink()
            assert database.has_room()
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
            assert not database.has_room()


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

        with pytest.raises(DatabaseUnusable, match="cannot be opened"):
            async with opened(url(disk)):
                pass


def fill_up(path: Path) -> None:
    """Take every byte there is."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    assert not REAL_DISK.free(path.parent)
