"""A backup is whole, sealed, and brings nobody back who has left."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import AlreadyRunning, CannotWrite, DatabaseUnusable, MasterKeyWrong
from bot.keys import MasterKeys
from bot.store import Database
from bot.store.backup import Ages, Backup, back_up, backups_in, expire
from bot.store.lock import alone_in
from bot.store.restore import Found, look, put_back
from tests.store.test_sealing import ALEX, PICKS, ROBIN, both_join, everything_in, held, keys_of, leaves, look_into, url
from tests.support.keys import MASTER
from tests.support.mounts import fill_up, small_disk

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def file_of(folder: Path) -> Path:
    return folder / "a.db"


async def made(folder: Path, now: datetime = NOW) -> Path:
    """A backup of the database as it is; the file of it."""
    database, _keys = back_up(file_of(folder), keys_of(folder), folder / "backups", MASTER, now)
    return database.path


def remove_the_databases(folder: Path) -> None:
    for path in folder.glob("a.db*"):
        path.unlink()


async def test_a_backup_is_made_beside_the_open_database_and_shows_nothing(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        await made(tmp_path)

    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert names == ["porchlight-20260601T120000Z.db.sealed", "porchlight-20260601T120000Z.keys.sealed"]
    lying_there = everything_in(tmp_path / "backups")
    assert [word for word in (b"SQLite", b"member", str(ROBIN).encode()) if word in lying_there] == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "backups").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700


async def test_what_a_backup_that_was_killed_has_left_in_the_clear_the_next_one_removes(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        for name in ("a.db", "a.db.keys"):
            (tmp_path / f"{name}.backing-up").write_bytes(b"half of everything")

        backup = await made(tmp_path)

    assert list(tmp_path.rglob("*.backing-up")) == []
    assert (await look(file_of(tmp_path), keys_of(tmp_path), backup, MASTER)).members == 2


async def test_after_everything_is_lost_a_backup_brings_everything_back(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        backup = await made(tmp_path)
    remove_the_databases(tmp_path)

    found = await put_back(file_of(tmp_path), keys_of(tmp_path), backup, MASTER, NOW)

    assert found == Found(2, 0, backup.with_name("porchlight-20260601T120000Z.keys.sealed"))
    async with Database.open(url(tmp_path), MASTER) as database:
        assert (await held(database, ROBIN))["check_in"][0]["picks"] == PICKS


async def test_who_left_after_the_backup_was_made_does_not_come_back_with_it(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        backup = await made(tmp_path)
        await leaves(database, ROBIN)
        await database.finish_errands()

    seen = await look(file_of(tmp_path), keys_of(tmp_path), backup, MASTER)
    found = await put_back(file_of(tmp_path), keys_of(tmp_path), backup, MASTER, NOW)

    assert seen == found == Found(2, 1, None)
    async with Database.open(url(tmp_path), MASTER) as database:
        assert await held(database, ROBIN) == {}
        assert (await held(database, ALEX))["check_in"][0]["picks"] == PICKS
    for path in tmp_path.glob("*.replaced-*"):
        path.unlink()
    assert str(ROBIN).encode() not in everything_in(tmp_path)


async def test_looking_into_a_backup_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        backup = await made(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    await look(file_of(tmp_path), keys_of(tmp_path), backup, MASTER)

    after = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {name: content for name, content in after.items() if not name.endswith(("-wal", "-shm"))} == before


async def test_looking_into_a_backup_does_not_disturb_a_restore_that_is_under_way(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        backup = await made(tmp_path)
    laid_out = tmp_path / "a.db.restoring"
    laid_out.write_bytes(b"what takes the place of the database in a moment")

    await look(file_of(tmp_path), keys_of(tmp_path), backup, MASTER)

    assert laid_out.exists()


async def test_two_backups_are_not_made_at_once(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        (folder := tmp_path / "backups").mkdir()
        (begun := folder / "porchlight-20260601T115959Z.db.sealed.unfinished").write_bytes(b"half of it")

        with alone_in(folder), pytest.raises(AlreadyRunning, match="Another backup is being made"):
            await made(tmp_path)
        assert begun.exists()

        await made(tmp_path)
        assert not begun.exists()


async def test_what_a_backup_replaces_is_kept_beside_it(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        backup = await made(tmp_path)
        await both_join(database)

    await put_back(file_of(tmp_path), keys_of(tmp_path), backup, MASTER, NOW)

    assert look_into(tmp_path / "a.db", "SELECT count(*) FROM member") == [(0,)]
    assert look_into(tmp_path / "a.db.replaced-20260601T120000Z", "SELECT count(*) FROM member") == [(2,)]


async def test_nothing_is_put_back_under_a_running_bot(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        backup = await made(tmp_path)

        with pytest.raises(AlreadyRunning):
            await put_back(file_of(tmp_path), keys_of(tmp_path), backup, MASTER, NOW)

        assert "member" in await held(database, ROBIN)


async def test_what_a_restore_that_was_killed_had_laid_out_is_gone_at_the_next_start(tmp_path: Path) -> None:
    """It is a whole copy in the clear, also of whoever leaves afterwards."""
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        back_up(file_of(tmp_path), keys_of(tmp_path), tmp_path / "backups", MASTER, NOW)
    for name in ("a.db", "a.db.keys"):
        for ending in ("restoring", "looked-into"):
            (tmp_path / f"{name}.{ending}").write_bytes((tmp_path / name).read_bytes())
            (tmp_path / f"{name}.{ending}-wal").write_bytes(b"the last of it")

    async with Database.open(url(tmp_path), MASTER) as database:
        await leaves(database, ROBIN)
        assert await database.scrub()

    assert [*tmp_path.glob("*.restoring*"), *tmp_path.glob("*.looked-into*")] == []
    assert ROBIN.to_bytes(8) not in everything_in(tmp_path)


async def test_a_restore_that_was_killed_at_its_worst_moment_is_not_taken_for_a_new_beginning(tmp_path: Path) -> None:
    """What was there is aside already, and what comes in its place is not there yet."""
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        backup = await made(tmp_path)
    file_of(tmp_path).rename(tmp_path / "a.db.restoring")

    with pytest.raises(DatabaseUnusable, match="Run that restore again"):
        async with Database.open(url(tmp_path), MASTER):
            pass
    assert not file_of(tmp_path).exists()

    await put_back(file_of(tmp_path), keys_of(tmp_path), backup, MASTER, NOW)
    async with Database.open(url(tmp_path), MASTER) as database:
        assert (await held(database, ROBIN))["check_in"][0]["picks"] == PICKS


async def test_where_there_is_no_room_to_put_a_backup_back_it_says_so_and_changes_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        async with Database.open(url(disk), MASTER) as database:
            await both_join(database)
        backup, _keys = back_up(file_of(disk), keys_of(disk), tmp_path / "backups", MASTER, NOW)
        fill_up(disk / "somebody else's")
        before = {path.name: path.read_bytes() for path in disk.iterdir()}

        with pytest.raises(CannotWrite, match="cannot be opened beside the database: No space left on device"):
            await put_back(file_of(disk), keys_of(disk), backup.path, MASTER, NOW)

        assert {path.name: path.read_bytes() for path in disk.iterdir()} == before


async def test_a_folder_is_no_backup_and_that_is_said(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER):
        pass

    with pytest.raises(CannotWrite, match="Is a directory"):
        await look(file_of(tmp_path), keys_of(tmp_path), tmp_path, MASTER)


async def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER):
        pass
    look_into(tmp_path / "a.db", "UPDATE alembic_version SET version_num = '9999'")
    backup = await made(tmp_path)

    with pytest.raises(DatabaseUnusable, match="newer Porchlight"):
        await put_back(file_of(tmp_path), keys_of(tmp_path), backup, MASTER, NOW)


async def test_a_backup_that_belongs_to_other_keys_is_refused(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir(mode=0o700)
        async with Database.open(url(tmp_path / name), MASTER):
            pass
    backup = await made(tmp_path / "one")

    with pytest.raises(DatabaseUnusable, match="belongs to another database"):
        await put_back(file_of(tmp_path / "other"), keys_of(tmp_path / "other"), backup, MASTER, NOW)


async def test_without_any_keys_nothing_is_put_back(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER):
        backup = await made(tmp_path)
    remove_the_databases(tmp_path)
    backup.with_name("porchlight-20260601T120000Z.keys.sealed").unlink()

    with pytest.raises(DatabaseUnusable, match="There is neither the key database"):
        await put_back(file_of(tmp_path), keys_of(tmp_path), backup, MASTER, NOW)


async def test_a_backup_that_was_changed_or_is_not_there_says_so(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER):
        backup = await made(tmp_path)
    backup.write_bytes(backup.read_bytes()[:-1])

    with pytest.raises(DatabaseUnusable, match="was changed or cut short"):
        await look(file_of(tmp_path), keys_of(tmp_path), backup, MASTER)
    with pytest.raises(DatabaseUnusable, match="There is no backup"):
        await look(file_of(tmp_path), keys_of(tmp_path), tmp_path / "gone", MASTER)
    with pytest.raises((DatabaseUnusable, MasterKeyWrong)):
        await look(file_of(tmp_path), keys_of(tmp_path), backup, MasterKeys.fresh())


async def test_the_copy_of_the_keys_alone_is_not_put_back_and_the_other_one_is_named(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        backup = await made(tmp_path)
    of_keys = backup.with_name("porchlight-20260601T120000Z.keys.sealed")

    with pytest.raises(DatabaseUnusable, match=rf"a copy of the key database\..* the database, {backup.name}; that"):
        await look(file_of(tmp_path), keys_of(tmp_path), of_keys, MASTER)


@pytest.mark.parametrize("damaged", [file_of, keys_of], ids=["the database", "the keys"])
async def test_a_damaged_file_is_not_backed_up_and_neither_is_the_other_one(
    tmp_path: Path, damaged: Callable[[Path], Path]
) -> None:
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
    pages = bytearray(damaged(tmp_path).read_bytes())
    pages[4096 * 2 : 4096 * 3] = b"\xff" * 4096
    damaged(tmp_path).write_bytes(pages)

    with pytest.raises(DatabaseUnusable):
        await made(tmp_path)

    assert [*(tmp_path / "backups").iterdir()] == []


def backup_from(folder: Path, days_ago: int, ending: str) -> Path:
    path = folder / f"porchlight-{NOW - timedelta(days=days_ago):%Y%m%dT%H%M%SZ}{ending}"
    path.touch()
    return path


def test_copies_that_were_kept_for_long_enough_are_removed_and_those_of_the_keys_sooner(tmp_path: Path) -> None:
    stays = {backup_from(tmp_path, 29, ".db.sealed"), backup_from(tmp_path, 1, ".db.sealed")}
    stays |= {backup_from(tmp_path, 6, ".keys.sealed"), backup_from(tmp_path, 1, ".keys.sealed")}
    goes = {backup_from(tmp_path, 31, ".db.sealed"), backup_from(tmp_path, 8, ".keys.sealed")}
    stranger = tmp_path / "porchlight-of-mine.db.sealed"
    stranger.touch()

    removed = expire(tmp_path, Ages(timedelta(days=30), timedelta(days=7)), NOW)

    assert removed == len(goes)
    assert set(tmp_path.iterdir()) == stays | {stranger}


def test_the_newest_of_each_stays_however_old_it_is(tmp_path: Path) -> None:
    stays = {backup_from(tmp_path, 300, ".db.sealed"), backup_from(tmp_path, 300, ".keys.sealed")}
    backup_from(tmp_path, 400, ".db.sealed")

    assert expire(tmp_path, Ages(timedelta(days=30), timedelta(days=7)), NOW) == 1
    assert {one.path for one in backups_in(tmp_path)} == stays
    assert all(isinstance(one, Backup) for one in backups_in(tmp_path))
