"""What is refused at the start: in one sentence, before anything is written."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import DatabaseUnusable
from bot.store.disk import NETWORK, REAL_DISK
from bot.store.refuse import make_ready
from tests.support.stores import Opened, ToldDisk

PAGE = 4096


async def filled(opened: Opened, path: Path, facts: int = 500) -> None:
    """A database that was used and closed."""

    async with opened(f"sqlite:///{path}") as database:
        for n in range(0, facts, 100):
            await database.write(lambda records, n=n: records.facts.put(f"{n:05}", "x" * 3_000))
    assert not path.with_name("a.db-wal").exists()


async def refusal(opened: Opened, path: Path, **how: object) -> str:
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(DatabaseUnusable) as raised:
        async with opened(f"sqlite:///{path}", **how):
            pass
    assert (path.read_bytes() if path.exists() else None) == before, "a refusal changes nothing"
    said = str(raised.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "ceph"])
async def test_a_network_file_system_is_refused_before_anything_is_written(
    tmp_path: Path, opened: Opened, kind: str
) -> None:
    said = await refusal(opened, tmp_path / "a.db", disk=ToldDisk(fstype=kind))

    assert said == (
        f"The database a.db would lie on a network file system ({kind}), where locks do not hold. "
        "Point storage.url to a disk of this machine."
    )
    assert list(tmp_path.iterdir()) == []


def test_this_machine_says_what_its_disks_are(tmp_path: Path) -> None:
    kind = REAL_DISK.kind(tmp_path)

    assert kind
    assert kind not in NETWORK
    if Path("/proc").is_mount():
        assert REAL_DISK.kind(Path("/proc/self")) == "proc"


def overwritten(path: Path, at: int, by: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at, os.SEEK_END if at < 0 else os.SEEK_SET)
        file.write(by)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "its first bytes": lambda path: overwritten(path, 0, b"\0" * 16),
    "its whole header": lambda path: overwritten(path, 0, b"\0" * 100),
    "the size of its pages": lambda path: overwritten(path, 16, b"\x12\x34"),
    "its first page": lambda path: overwritten(path, 100, b"\xff" * 64),
    "a page in the middle": lambda path: overwritten(path, 5 * PAGE, b"\xff" * 200),
    "its last page": lambda path: overwritten(path, -PAGE, b"\xff" * 200),
    "cut to half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut inside a page": lambda path: os.truncate(path, path.stat().st_size - 100),
    "cut to a few bytes": lambda path: os.truncate(path, 10),
    "another kind of file": lambda path: path.write_text("dear diary, " * 1_000) and None,
}


@pytest.mark.parametrize("what", DAMAGES)
async def test_a_damaged_file_is_refused(tmp_path: Path, opened: Opened, what: str) -> None:
    await filled(opened, tmp_path / "a.db")
    DAMAGES[what](tmp_path / "a.db")

    said = await refusal(opened, tmp_path / "a.db")

    assert said.startswith("The database a.db is damaged (")
    assert said.endswith("). Put a backup in its place; do not delete it yet.")


async def test_who_has_a_damaged_file_is_told_the_newest_copy_that_lies_beside_it(
    tmp_path: Path, opened: Opened
) -> None:
    await filled(opened, tmp_path / "a.db")
    for age, name in enumerate(("a.db.before-0002", "a.db.before-0001")):
        shutil.copy(tmp_path / "a.db", tmp_path / name)
        os.utime(tmp_path / name, (10**9 - age, 10**9 - age))
    overwritten(tmp_path / "a.db", 0, b"\0" * 100)

    said = await refusal(opened, tmp_path / "a.db")

    assert "(the newest copy beside it is a.db.before-0002)" in said


async def test_a_file_cut_to_nothing_is_not_taken_for_a_new_one(tmp_path: Path, opened: Opened) -> None:
    """SQLite would: it would delete the log beside it, and everybody in it."""
    await filled(opened, tmp_path / "a.db")
    (tmp_path / "a.db.ballast").write_bytes(b"\0")
    os.truncate(tmp_path / "a.db", 0)

    assert "it was cut to nothing" in await refusal(opened, tmp_path / "a.db")


@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "gone"])
async def test_a_log_without_its_file_is_not_deleted(tmp_path: Path, opened: Opened, is_there: bool) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await database.write(lambda records: records.facts.put("fact", "there"))
        (tmp_path / "crashed").mkdir(mode=0o700)
        shutil.copy(tmp_path / "a.db-wal", tmp_path / "crashed" / "a.db-wal")
    if is_there:
        (tmp_path / "crashed" / "a.db").touch()

    said = await refusal(opened, tmp_path / "crashed" / "a.db")

    assert "a.db-wal beside it is not" in said
    assert (tmp_path / "crashed" / "a.db-wal").stat().st_size > 0


async def test_a_first_start_that_was_cut_off_can_be_made_again(tmp_path: Path, opened: Opened) -> None:
    (tmp_path / "a.db.lock").touch()
    make_ready(tmp_path / "a.db")
    assert (tmp_path / "a.db").stat().st_size == 0

    await filled(opened, tmp_path / "a.db")


async def test_without_its_log_the_file_is_as_it_was_when_the_log_began(tmp_path: Path, opened: Opened) -> None:
    """No error can say so: nothing in the file knows of the log. docs/delivery.md says it."""
    await filled(opened, tmp_path / "a.db")
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await database.write(lambda records: records.facts.put("late", "there"))
        (tmp_path / "crashed").mkdir(mode=0o700)
        for name in ("a.db", "a.db.keys", "a.db.keys-wal"):
            shutil.copy(tmp_path / name, tmp_path / "crashed" / name)

    async with opened(f"sqlite:///{tmp_path}/crashed/a.db") as database:
        assert await database.read(lambda records: records.facts.get("00400")) is not None
        assert await database.read(lambda records: records.facts.get("late")) is None


async def test_a_damaged_index_of_the_log_is_made_anew(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await database.write(lambda records: records.facts.put("fact", "there"))
        (tmp_path / "crashed").mkdir(mode=0o700)
        for name in ("a.db", "a.db-wal", "a.db.keys", "a.db.keys-wal"):
            shutil.copy(tmp_path / name, tmp_path / "crashed" / name)
    (tmp_path / "crashed" / "a.db-shm").write_bytes(os.urandom(32_768))

    async with opened(f"sqlite:///{tmp_path}/crashed/a.db") as database:
        assert await database.read(lambda records: records.facts.get("fact")) == "there"


async def test_a_file_that_this_account_may_not_write_is_refused(tmp_path: Path, opened: Opened) -> None:
    await filled(opened, tmp_path / "a.db")
    (tmp_path / "a.db").chmod(0o400)
    if os.access(tmp_path / "a.db", os.W_OK):
        pytest.skip("root may write whatever it likes")

    assert "this account may not read and write it" in await refusal(opened, tmp_path / "a.db")


async def test_what_is_no_file_is_refused_and_gets_nothing_beside_it(tmp_path: Path, opened: Opened) -> None:
    (tmp_path / "a.db").mkdir()

    with pytest.raises(DatabaseUnusable, match=r"a\.db cannot be opened: it is no file\."):
        async with opened(f"sqlite:///{tmp_path}/a.db"):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]


async def test_a_large_file_is_looked_through_beside_the_work(tmp_path: Path, opened: Opened) -> None:
    await large(opened, tmp_path / "a.db")

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await database.write(lambda records: records.facts.put("fact", "there"))
        assert not database._units._trouble.done()


async def test_damage_in_a_large_file_stops_the_process_with_a_sentence(tmp_path: Path, opened: Opened) -> None:
    path = tmp_path / "a.db"
    await large(opened, path)
    overwritten(path, path.stat().st_size // 2 // PAGE * PAGE, b"\xff" * PAGE)

    async with opened(f"sqlite:///{path}") as database:
        async with asyncio.timeout(20):
            trouble = await database.trouble()
        with pytest.raises(DatabaseUnusable):
            await database.write(lambda records: records.facts.put("fact", "there"))

    assert isinstance(trouble, DatabaseUnusable)
    assert str(trouble).startswith("The database a.db is damaged (")


async def large(opened: Opened, path: Path) -> None:
    """Larger than what is checked before anything else."""
    await filled(opened, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany("INSERT INTO fact VALUES (?, zeroblob(1000000))", [(f"large {n}",) for n in range(70)])
