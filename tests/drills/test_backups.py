"""Backups at the worst moment: no room, a damaged file, somebody who leaves meanwhile. Drills 20, 23 and 34."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bot.errors import CannotWrite
from bot.journey.farewell import Farewells
from bot.journey.leave import Leave
from bot.store import Database
from bot.store import backup as backups
from bot.store.backup import back_up
from bot.store.restore import look, put_back
from tests.drills.judge import STAND, due_now, is_sound
from tests.store.test_sealing import ALEX, NOW, ROBIN, both_join, copied, everything_in, held, joins, keys_of, url
from tests.support.clock import MovableClock
from tests.support.crowd import FIRST, just_now, milliseconds, zone_where_it_is
from tests.support.keys import MASTER
from tests.support.mounts import fill_up, small_disk
from tests.wire.double import Double
from tests.wire.mail import MEMBER, text_of
from tests.wire.opting_in import opt_in
from tests.wire.process import Bot, Child

ROOM_STEP = 48 * 1024
FOLDER = "PORCHLIGHT_BACKUPS__FOLDER"
SEALED = "porchlight-*.sealed"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".sealed"}


def newest_in(folder: Path) -> Path:
    return max(folder.glob("porchlight-*.db.sealed"))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Open, with two members in it."""
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        yield database


async def test_however_little_room_there_is_a_backup_is_whole_or_not_there(
    tmp_path: Path, database: Database, long: bool
) -> None:
    """From none to enough, so that it is missing at every step of the way."""
    path, keys, refused = tmp_path / "a.db", keys_of(tmp_path), 0
    with small_disk(tmp_path / "disk", "4m") as disk:
        back_up(path, keys, disk, MASTER, NOW)
        before = contents(disk)
        fill_up(filler := disk / "somebody else's")
        taken = filler.stat().st_size
        for free in range(0, taken, 4096 if long else ROOM_STEP):
            with filler.open("r+b") as file:
                file.truncate(taken - free)
            try:
                of_database, of_keys = back_up(path, keys, disk, MASTER, NOW + timedelta(days=1))
            except CannotWrite:
                refused += 1
                assert contents(disk) == before
                assert [one.name for one in disk.iterdir() if one.suffix != ".sealed"] == [filler.name]
            else:
                break

        assert refused > 1
        assert {name: content for name, content in contents(disk).items() if name in before} == before
        found = await look(tmp_path / "elsewhere.db", keys_of(tmp_path), of_database.path, MASTER)
        assert (found.members, of_keys.path.exists()) == (2, True)
    assert "check_in" in await held(database, ROBIN)


async def test_a_backup_on_a_full_disk_says_so_and_the_bot_goes_on(bot: Bot, double: Double) -> None:
    due_now(bot, 1)
    await bot.start()
    await bot.until_row(STAND, "sent", 1)
    with small_disk(bot.folder / "disk", "4m") as disk:
        bot.settings[FOLDER] = str(disk)
        assert (await bot.command("backup"))[0] == 0
        before = contents(disk)
        fill_up(disk / "somebody else's")

        code, said = await bot.command("backup")

        assert (code, said.count("\n")) == (67, 1)
        assert said.startswith(f"porchlight: There is no room for a backup in {disk}. Make some")
        assert contents(disk) == before
        assert len(list(disk.iterdir())) == len(before) + 1
    await opt_in(double, zone_where_it_is(13))
    assert (await bot.terminate()).code == 0
    assert is_sound(bot)


@pytest.mark.parametrize("damage", ["a page", "the header", "cut short", "gone"])
async def test_a_damaged_database_is_put_back_from_the_newest_backup_with_two_commands(
    bot: Bot, double: Double, record: Callable[..., None], long: bool, damage: str
) -> None:
    """Look, put back, start: what an operator does at night. The time that takes is told, not judged."""
    due_now(bot, count := 2_000 if long else 20)
    bot.sql("UPDATE plan SET next_due_at = next_due_at + 3600000")
    await bot.start()
    await opt_in(double, zone_where_it_is(13))
    await bot.command("backup")
    await bot.terminate()
    harm(bot.file, damage)
    if damage != "gone":
        await bot.launch()
        ended = await bot.ended()
        assert ended.code == 74
        assert "Put a backup in its place" in ended.said
    newest = newest_in(bot.folder / "backups")

    began = time.monotonic()
    looked = await bot.command("restore", "--dry-run", str(newest))
    put = await bot.command("restore", str(newest))
    seconds = time.monotonic() - began

    told = f"Members in it: {count + 1}. Those who have left since, and are erased again: 0.\n"
    assert (looked[0], put[0]) == (0, 0), looked[1] + put[1]
    assert looked[1].endswith(told)
    assert put[1].endswith(told)
    sys.stdout.write(f"{damage}: {count + 1} members are back in {seconds:.1f} s\n")
    record(restored_in_seconds=round(seconds, 1))
    assert is_sound(bot)
    bot.sql("UPDATE plan SET next_due_at = ? WHERE member_id = ?", milliseconds(just_now()), FIRST)
    bot.sql("UPDATE member SET dm_channel_id = member_id + ?", 10**17)
    await bot.start()
    await bot.until_row("SELECT 1 FROM occurrence WHERE member_id = ? AND state = 'sent'", FIRST)
    assert (await bot.terminate()).code == 0


def harm(file: Path, damage: str) -> None:
    content = bytearray(file.read_bytes())
    match damage:
        case "a page":
            content[4096 * 3 : 4096 * 4] = b"\xff" * 4096
        case "the header":
            content[:100] = bytes(100)
        case "cut short":
            del content[len(content) // 2 :]
        case "gone":
            file.unlink()
            return
    file.write_bytes(content)


class Interrupted:
    """A backup that is stopped before one line of its code (None: each), for something to happen, and then goes on."""

    def __init__(self, at: int | None, happens: Callable[[], None]) -> None:
        self.lines = 0
        self._at = at
        self._happens = happens

    def run(self, work: Callable[[], Any]) -> None:
        """In this thread."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            work()
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, _event: str, _given: object) -> Any:
        return self._line if frame.f_code.co_filename == backups.__file__ else None

    def _line(self, _frame: FrameType, event: str, _given: object) -> Any:
        if event == "line":
            self.lines += 1
            if self._at in (None, self.lines):
                self._happens()
        return self._line


async def test_whoever_leaves_at_any_moment_of_a_backup_does_not_come_back_with_it(
    tmp_path: Path, database: Database, long: bool, record: Callable[..., None]
) -> None:
    """Neither where the key database is still there, nor, until it has been copied as well, where all is lost."""
    clock = MovableClock(NOW)
    leave, loop = Leave(database, clock, Farewells(clock)), asyncio.get_running_loop()
    came_back = []

    async def moment(at: int) -> int:
        folder, had_been_copied = tmp_path / f"backups-{at}", []

        def robin_leaves() -> None:
            copies = [*folder.glob("*.keys.sealed*"), *tmp_path.glob("a.db.keys.backing-up")]
            had_been_copied.extend(one for one in copies if one.stat().st_size)
            asyncio.run_coroutine_threadsafe(leave.delete(ROBIN), loop).result()

        if not await held(database, ROBIN):
            await database.write(lambda records: joins(records, ROBIN))
        backup = Interrupted(at, robin_leaves)
        await asyncio.to_thread(backup.run, lambda: back_up(tmp_path / "a.db", keys_of(tmp_path), folder, MASTER, NOW))
        if at:
            assert await is_back(tmp_path, folder, "keys kept", keys=True) == []
            back = await is_back(tmp_path, folder, "all lost", keys=False)
            assert bool(back) == bool(had_been_copied), f"line {at}: {back}"
            came_back.append(bool(back))
        return backup.lines

    lines = await moment(0)
    for at in range(1, lines + 1, 1 if long else 9):
        await moment(at)

    assert True in came_back, "it went on to the end"
    assert False in came_back
    record(moments=len(came_back))


async def is_back(live: Path, folder: Path, name: str, *, keys: bool) -> list[str]:
    """What there is of Robin after that backup was put back elsewhere; Alex is there."""
    elsewhere = folder / name
    elsewhere.mkdir(mode=0o700)
    if keys:
        copied(live, elsewhere, "a.db.keys", "a.db.keys-wal")
    await put_back(elsewhere / "a.db", keys_of(elsewhere), newest_in(folder), MASTER, NOW)
    async with Database.open(url(elsewhere), MASTER) as database:
        rows = await held(database, ROBIN)
        assert (await held(database, ALEX)).keys() >= {"check_in", "refusal"}
    lying_there = everything_in(elsewhere)
    return [*rows, *([str(ROBIN)] if ROBIN.to_bytes(8) in lying_there else [])]


STAGES = (
    "porchlight.db.backing-up",
    "backups/*.db.sealed.unfinished",
    "porchlight.db.keys.backing-up",
    "backups/*.keys.sealed.unfinished",
)


async def begun_until(bot: Bot, stage: str) -> tuple[Child, Path]:
    """The real command, as soon as that file is there, and what it says."""
    child, told = await bot.begin("backup")
    async with asyncio.timeout(20):
        while not list(bot.folder.glob(stage)):  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.0005)
    return child, told


def is_readable(path: Path) -> bool:
    content = path.read_bytes()
    return content[:6] == b"SQLite" or ROBIN.to_bytes(8) in content


async def test_at_no_moment_of_a_backup_is_anything_readable_in_its_folder(tmp_path: Path, database: Database) -> None:
    """It is fetched from, synchronised, shared; and a backup may be killed at any moment."""
    folder, seen = tmp_path / "backups", []

    def look_around() -> None:
        seen.extend(path.name for path in folder.glob("*") if is_readable(path))

    assert "member" in await held(database, ROBIN)
    backup = Interrupted(None, look_around)
    await asyncio.to_thread(backup.run, lambda: back_up(tmp_path / "a.db", keys_of(tmp_path), folder, MASTER, NOW))

    assert backup.lines > 1
    assert seen == []


@pytest.mark.parametrize("stage", STAGES)
async def test_deleting_oneself_beside_a_backup_that_was_stopped_is_final(
    bot: Bot, double: Double, long: bool, stage: str
) -> None:
    """The real command is stopped as soon as that file is there: most often SQLite is in the midst of a copy then."""
    if not long and stage != STAGES[0]:
        pytest.skip("in short form one moment stands for all")
    due_now(bot, 2_000)
    bot.sql("UPDATE plan SET next_due_at = next_due_at + 3600000")
    await bot.start()
    await opt_in(double, zone_where_it_is(13))
    child, told = await begun_until(bot, stage)
    child.send_signal(signal.SIGSTOP)

    asked = await double.slash("privacy", "delete")
    shown = await double.press(asked, "delete")
    child.send_signal(signal.SIGCONT)
    assert await child.wait() == 0, told.read_text()
    assert "Deleted. Nothing is held" in text_of(shown)
    # What the backup was still reading is overwritten at one of the next wake-ups.
    async with asyncio.timeout(20):
        while MEMBER.to_bytes(8) in lying_beside(bot.file):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.1)
    await bot.terminate()

    code, said = await bot.command("restore", str(newest_in(bot.folder / "backups")))
    assert code == 0, said
    await bot.start()
    await bot.terminate()
    for path in bot.folder.glob("porchlight.db*.replaced-*"):
        path.unlink()
    assert bot.sql("SELECT count(*) FROM member WHERE member_id = ?", MEMBER) == [(0,)]
    assert MEMBER.to_bytes(8) not in lying_beside(bot.file)
    assert len(double.dm_with(MEMBER)) == 1, "the receipt, from before"


def lying_beside(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
