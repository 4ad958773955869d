"""The database: what it promises about files, transactions and cancellation."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import DatabaseUnusable
from bot.store import Records, Reserve
from tests.support.stores import Opened

NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def put(records: Records, name: str) -> None:
    await records.facts.put(name, "there")


async def test_what_is_written_is_there_after_opening_the_file_again(tmp_path: Path, opened: Opened) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    async with opened(url) as database:
        await database.write(lambda records: put(records, "fact"))

    async with opened(url) as database:
        assert await database.read(lambda records: records.facts.get("fact")) == "there"


async def test_only_its_own_account_may_read_the_file(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db", reserve=Reserve(ballast=1_000)) as database:
        await database.write(lambda records: put(records, "fact"))

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    assert modes == dict.fromkeys(
        ("a.db", "a.db-wal", "a.db-shm", "a.db.lock", "a.db.ballast", "a.db.keys", "a.db.keys-wal", "a.db.keys-shm"),
        0o600,
    )


async def test_every_connection_is_set_to_survive_a_power_cut_and_to_overwrite_what_is_deleted(
    tmp_path: Path, opened: Opened
) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "temp_store": 2}

    async def pragmas(records: Records) -> dict[str, object]:
        connection = records.facts._connection
        return {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in wanted}

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        assert await database.write(pragmas) == wanted
        assert await database.read(pragmas) == wanted


async def test_a_unit_of_work_that_raises_leaves_nothing_behind(tmp_path: Path, opened: Opened) -> None:
    async def fail(records: Records) -> None:
        await put(records, "half")
        raise RuntimeError

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        with pytest.raises(RuntimeError):
            await database.write(fail)

        assert await database.read(lambda records: records.facts.get("half")) is None


async def test_a_unit_of_work_runs_to_its_end_when_its_caller_is_cancelled(tmp_path: Path, opened: Opened) -> None:
    started = asyncio.Event()

    async def slow(records: Records) -> None:
        await put(records, "first")
        started.set()
        await asyncio.sleep(0)
        await put(records, "second")

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        caller = asyncio.create_task(database.write(slow))
        await started.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        await database.write(lambda records: put(records, "third"))

        for name in ("first", "second", "third"):
            assert await database.read(lambda records, name=name: records.facts.get(name)) == "there"


async def test_units_of_work_never_mix(tmp_path: Path, opened: Opened) -> None:
    async def add_one(records: Records) -> None:
        count = int(await records.facts.get("count") or 0)
        await asyncio.sleep(0)
        await records.facts.put("count", str(count + 1))

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await asyncio.gather(*(database.write(add_one) for _ in range(30)))

        assert await database.read(lambda records: records.facts.get("count")) == "30"


async def test_reading_goes_on_beside_a_write_and_sees_only_what_is_committed(tmp_path: Path, opened: Opened) -> None:
    written, seen = asyncio.Event(), asyncio.Event()

    async def write(records: Records) -> None:
        await put(records, "fact")
        written.set()
        await seen.wait()

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        writing = asyncio.create_task(database.write(write))
        await written.wait()
        assert await database.read(lambda records: records.facts.get("fact")) is None
        seen.set()
        await writing
        assert await database.read(lambda records: records.facts.get("fact")) == "there"


async def test_reading_cannot_write(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        with pytest.raises(DBAPIError, match="readonly"):
            await database.read(lambda records: put(records, "fact"))


async def test_an_upgrade_of_a_write_never_waits_for_nothing(tmp_path: Path, opened: Opened) -> None:
    """Every transaction of the writer takes the lock as it begins, so it never meets a snapshot that is too old."""
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:

        async def begins(records: Records) -> bool:
            other = sqlite3.connect(tmp_path / "a.db", timeout=0, isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            finally:
                other.close()
            return False

        assert await database.write(begins)


async def test_scrubbing_waits_for_nobody_and_says_whether_it_was_done(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await database.write(lambda records: put(records, "fact"))
        reader = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM fact").fetchall()
        await database.write(lambda records: put(records, "later"))

        assert not await database.scrub()
        reader.close()
        assert await database.scrub()
        assert (tmp_path / "a.db-wal").stat().st_size == 0


async def test_a_folder_below_one_that_is_not_there_is_said_plainly(tmp_path: Path, opened: Opened) -> None:
    """As where a disk is not mounted: nothing begins anew."""
    with pytest.raises(DatabaseUnusable, match=r"nowhere/at, where the .* cannot be made: .*storage\.url"):
        async with opened(f"sqlite:///{tmp_path}/nowhere/at/all.db"):
            pass

    assert list(tmp_path.iterdir()) == []


async def test_an_error_never_quotes_what_was_to_be_stored(tmp_path: Path, opened: Opened) -> None:
    """Whoever logs the error would log a person."""
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        with pytest.raises(IntegrityError) as raised:
            await database.write(lambda records: records.weeks.add(123_456_789_012_345_678, date(1999, 6, 7)))

    said = str(raised.value)
    assert "INSERT INTO week" in said
    assert "1999" not in said
    assert "123456789" not in said
