"""What is picked is sealed wherever it lies; and what is deleted stays deleted, whichever copy comes back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.errors import DatabaseUnusable, MasterKeyWrong
from bot.keys import MasterKeys
from bot.rules.held import Unreadable
from bot.rules.occurrence import Answer, Kind, Occurrence, State, occurrence_id
from bot.store import Database, Records
from bot.store.beside import wrap_all_anew
from bot.store.clear import seal_some
from bot.store.engines import in_a_thread, writing
from bot.store.keyring import KeyRing
from bot.store.migrate import MIGRATIONS, migrate
from tests.support.crowd import crowd, fill
from tests.support.keys import MASTER
from tests.support.stores import Opened

ROBIN, ALEX = 123_456_789_012_345_678, 223_456_789_012_345_678
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SLOT = "2026-06-01"
PICKS = {"canary-question": "canary-pick"}
BY_VERSION_1 = "SELECT sealed FROM wrapped_key WHERE version = 1"


def url(path: Path) -> str:
    return f"sqlite:///{path}/a.db"


def keys_of(path: Path) -> Path:
    return path / "a.db.keys"


async def joins(records: Records, member_id: int) -> None:
    """Somebody who kept a check-in, an answer, and two things they set aside."""
    await records.members.put(member_id, None, "en", NOW)
    await records.check_ins.add(member_id, member_id, date(2026, 6, 1), PICKS)
    identity = occurrence_id(member_id, Kind.NUDGE, SLOT)
    await records.occurrences.add([Occurrence(identity, member_id, Kind.NUDGE, SLOT, State.SHOWN, None, NOW, NOW)])
    await records.occurrences.answer(member_id, identity, Answer.NOT_OK, NOW)
    await records.refusals.refuse_nudge(member_id, "canary-nudge", NOW)
    await records.refusals.refuse_theme(member_id, "canary-theme", NOW)


async def both_join(database: Database) -> None:
    for member_id in (ROBIN, ALEX):
        await database.write(lambda records, who=member_id: joins(records, who))


async def held(database: Database, member_id: int) -> dict[str, list[dict[str, Any]]]:
    return await database.read(lambda records: records.holdings.of(member_id))


async def leaves(database: Database, member_id: int) -> None:
    await database.write(lambda records: records.holdings.erase(member_id, NOW))


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def copied(folder: Path, to: Path, *names: str) -> Path:
    to.mkdir(mode=0o700, exist_ok=True)
    for name in names:
        shutil.copy(folder / name, to / name)
    return to


def look_into(path: Path, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql, values).fetchall()


async def test_no_file_shows_what_somebody_picked_and_they_read_it_as_it_was(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)

        rows = await held(database, ROBIN)
        refused = await database.read(lambda records: records.refusals.of(ROBIN))
        lying_there = everything_in(tmp_path)

    assert rows["check_in"][0]["picks"] == PICKS
    assert rows["occurrence"][0]["answer"] == Answer.NOT_OK
    assert sorted(row["picked"]["subject"] for row in rows["refusal"]) == ["canary-nudge", "canary-theme"]
    assert (refused.nudges, refused.themes) == ({"canary-nudge"}, {"canary-theme"})
    assert ROBIN.to_bytes(8) in lying_there, "the row itself is there"
    assert [word for word in (b"canary", b"not_ok") if word in lying_there] == []


async def test_the_same_thing_set_aside_twice_stands_there_once_and_looks_different_for_each_member(
    tmp_path: Path, opened: Opened
) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
        await database.write(lambda records: records.refusals.refuse_theme(ROBIN, "canary-theme", NOW))

        rows = {member_id: (await held(database, member_id))["refusal"] for member_id in (ROBIN, ALEX)}

    assert len(rows[ROBIN]) == len(rows[ALEX]) == 2
    assert not {row["refusal_id"] for row in rows[ROBIN]} & {row["refusal_id"] for row in rows[ALEX]}


@pytest.mark.parametrize(
    "moved",
    [
        "UPDATE check_in SET picks = (SELECT picks FROM check_in AS other WHERE other.member_id <> check_in.member_id)",
        "UPDATE check_in SET picks = (SELECT answer FROM occurrence WHERE occurrence.member_id = check_in.member_id)",
        "UPDATE check_in SET check_in_id = check_in_id || '-moved'",
        "UPDATE check_in SET picks = CAST('{}' AS BLOB)",
    ],
    ids=["from another member", "from another column", "to another row", "written in the clear"],
)
async def test_what_somebody_moved_by_hand_is_refused(tmp_path: Path, opened: Opened, moved: str) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
    look_into(tmp_path / "a.db", moved)

    async with opened(url(tmp_path)) as database:
        rows = await held(database, ROBIN)
        assert [row["picks"] for row in rows["check_in"]] == [Unreadable.UNREADABLE]
        assert "canary-theme" in (await database.read(lambda records: records.refusals.of(ROBIN))).themes


async def test_who_leaves_takes_their_key_along_so_no_copy_of_the_database_opens(
    tmp_path: Path, opened: Opened
) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
        ((key_id,),) = look_into(tmp_path / "a.db", "SELECT key_id FROM member WHERE member_id = ?", ROBIN)
        await leaves(database, ROBIN)

        assert (key_id,) not in look_into(keys_of(tmp_path), "SELECT key_id FROM wrapped_key")
        assert await database.scrub()
        assert await held(database, ROBIN) == {}
        assert (await held(database, ALEX))["check_in"][0]["picks"] == PICKS

    assert str(ROBIN).encode() not in everything_in(tmp_path)


async def test_a_destroyed_key_is_nowhere_in_the_key_database(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
        ((wrapped,),) = look_into(
            keys_of(tmp_path),
            "SELECT sealed FROM wrapped_key WHERE key_id = ?",
            look_into(tmp_path / "a.db", "SELECT key_id FROM member WHERE member_id = ?", ROBIN)[0][0],
        )
        assert wrapped in everything_in(tmp_path)

        await leaves(database, ROBIN)

        assert wrapped not in everything_in(tmp_path)


async def test_what_a_reader_kept_in_the_logs_is_overwritten_at_the_next_wake_up(tmp_path: Path) -> None:
    """A backup reads for as long as it copies; whoever leaves meanwhile is in the logs until it is done."""
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        ((key_id,),) = look_into(tmp_path / "a.db", "SELECT key_id FROM member WHERE member_id = ?", ROBIN)
        with closing(sqlite3.connect(tmp_path / "a.db")) as one, closing(sqlite3.connect(keys_of(tmp_path))) as other:
            for reader in (one, other):
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            await leaves(database, ROBIN)
            await database.finish_errands()
            assert not await database.scrub()
            assert ROBIN.to_bytes(8) in everything_in(tmp_path)
            assert key_id.encode() in (tmp_path / "a.db.keys-wal").read_bytes()

        await database.finish_errands()

        assert ROBIN.to_bytes(8) not in everything_in(tmp_path)
        assert key_id.encode() not in everything_in(tmp_path)


async def test_what_a_crash_left_in_the_logs_is_overwritten_at_the_next_start(tmp_path: Path) -> None:
    """Also of somebody without a key, of whom no errand tells."""
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
        look_into(tmp_path / "a.db", "UPDATE member SET key_id = NULL WHERE member_id = ?", ROBIN)
        await leaves(database, ROBIN)
        left = copied(tmp_path, tmp_path / "left", "a.db", "a.db-wal", "a.db.keys", "a.db.keys-wal")
    assert ROBIN.to_bytes(8) in everything_in(left)

    async with Database.open(url(left), MASTER):
        assert ROBIN.to_bytes(8) not in everything_in(left)


async def test_a_restored_copy_is_rid_of_who_left_since_at_its_first_opening(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
    backup = copied(tmp_path, tmp_path / "backup", "a.db")
    async with opened(url(tmp_path)) as database:
        await leaves(database, ROBIN)
        await database.finish_errands()
    copied(backup, tmp_path, "a.db")
    shutil.rmtree(backup)

    async with opened(url(tmp_path)) as database:
        assert await held(database, ROBIN) == {}
        assert (await held(database, ALEX))["check_in"][0]["picks"] == PICKS

    assert str(ROBIN).encode() not in everything_in(tmp_path)


async def test_who_comes_back_after_leaving_is_no_longer_the_one_who_left(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
        await leaves(database, ROBIN)
        await database.write(lambda records: joins(records, ROBIN))

    for _ in range(2):
        async with opened(url(tmp_path)) as database:
            assert (await held(database, ROBIN))["check_in"][0]["picks"] == PICKS


async def test_a_key_database_from_before_somebody_left_is_refused(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
    backup = copied(tmp_path, tmp_path / "backup", "a.db.keys")
    async with opened(url(tmp_path)) as database:
        await leaves(database, ROBIN)
        await database.finish_errands()
    copied(backup, tmp_path, "a.db.keys")

    with pytest.raises(DatabaseUnusable, match="The key database is older than the database"):
        async with opened(url(tmp_path)):
            pass


@pytest.mark.parametrize("reopened", [False, True], ids=["while it is open", "at the next start"])
async def test_whose_key_was_buried_is_erased_as_soon_as_it_is_heard_of(
    tmp_path: Path, opened: Opened, reopened: bool
) -> None:
    """As after a crash between the two files, or when an operator erases somebody beside the running bot."""

    async with opened(url(tmp_path)) as database:
        await both_join(database)
        await database.finish_errands()
        ((key_id,),) = look_into(tmp_path / "a.db", "SELECT key_id FROM member WHERE member_id = ?", ROBIN)
        async with KeyRing.open(keys_of(tmp_path), MASTER) as ring:
            await ring.bury(key_id, NOW)
        if not reopened:
            assert await database.finish_errands() == 1
            assert await database.finish_errands() == 0
            assert await held(database, ROBIN) == {}
            assert ROBIN.to_bytes(8) not in everything_in(tmp_path)
            assert key_id.encode() not in everything_in(tmp_path)

    async with opened(url(tmp_path)) as database:
        assert await held(database, ROBIN) == {}
        assert "member" in await held(database, ALEX)


async def test_a_key_that_nobody_came_to_have_goes_again_and_one_in_use_stays(tmp_path: Path, opened: Opened) -> None:
    async def fails(records: Records) -> None:
        await joins(records, ROBIN)
        raise RuntimeError

    async with opened(url(tmp_path)) as database:
        await database.write(lambda records: joins(records, ALEX))
        with pytest.raises(RuntimeError):
            await database.write(fails)
        assert look_into(keys_of(tmp_path), "SELECT count(*) FROM wrapped_key") == [(3,)]

        await database.finish_errands()

        assert look_into(keys_of(tmp_path), "SELECT count(*) FROM wrapped_key") == [(2,)], "the marker and Alex's"
        assert look_into(keys_of(tmp_path), "SELECT count(*) FROM errand") == [(0,)]
        assert (await held(database, ALEX))["check_in"][0]["picks"] == PICKS


async def test_another_master_key_opens_nothing_and_changes_nothing(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
    before = everything_in(tmp_path)

    with pytest.raises(MasterKeyWrong, match="not the one that this database was sealed with"):
        async with opened(url(tmp_path), master=MasterKeys.fresh()):
            pass

    assert everything_in(tmp_path) == before


async def remove(path: Path) -> None:
    path.unlink()


async def empty(path: Path) -> None:
    path.write_bytes(b"")


async def write_junk(path: Path) -> None:
    path.write_bytes(b"dear diary, " * 1_000)


async def make_newer(path: Path) -> None:
    look_into(path, "PRAGMA user_version = 99")


async def put_another_programs(path: Path) -> None:
    path.unlink()
    look_into(path, "CREATE TABLE bookmarks (url TEXT)")


async def put_another_databases(path: Path) -> None:
    path.unlink()
    async with KeyRing.open(path, MASTER):
        pass


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (remove, "is missing or empty, and without it nothing that members picked can be read"),
        (empty, "is missing or empty"),
        (write_junk, "is damaged"),
        (make_newer, "of a newer version of Porchlight"),
        (put_another_programs, "belongs to another program"),
        (put_another_databases, "belongs to another database"),
    ],
)
async def test_a_key_database_that_is_not_the_right_one_is_refused_and_left_alone(
    tmp_path: Path, opened: Opened, spoil: Callable[[Path], Awaitable[None]], said: str
) -> None:
    async with opened(url(tmp_path)) as database:
        await both_join(database)
    await spoil(keys_of(tmp_path))
    before = keys_of(tmp_path).read_bytes() if keys_of(tmp_path).exists() else None

    with pytest.raises(DatabaseUnusable, match=said):
        async with opened(url(tmp_path)):
            pass

    assert (keys_of(tmp_path).read_bytes() if keys_of(tmp_path).exists() else None) == before


async def test_keys_that_are_wrapped_anew_open_with_the_new_master_key_alone(tmp_path: Path, opened: Opened) -> None:
    both = MASTER.with_next()
    new_alone = MasterKeys.parse(both.text().splitlines()[1], "here")
    async with opened(url(tmp_path)) as database:
        await both_join(database)

    async with opened(url(tmp_path), master=both) as database, KeyRing.open(keys_of(tmp_path), both) as ring:
        assert await ring.count_of_older() == 3
        assert await ring.wrap_anew() == 3
        assert await ring.wrap_anew() == 0
        assert (await held(database, ROBIN))["check_in"][0]["picks"] == PICKS

    async with opened(url(tmp_path), master=new_alone) as database:
        assert (await held(database, ROBIN))["check_in"][0]["picks"] == PICKS
    with pytest.raises(MasterKeyWrong, match="Version 2 of the master key is missing"):
        async with opened(url(tmp_path)):
            pass


@pytest.mark.parametrize("stopped_before", [False, True], ids=["in one go", "stopped once all were wrapped"])
async def test_after_a_leak_the_old_master_key_opens_nothing_that_is_left_in_the_files(
    tmp_path: Path, stopped_before: bool
) -> None:
    """Members keep their keys when the master key changes: what the old one wrapped has to be overwritten at once."""
    both = MASTER.with_next()
    async with Database.open(url(tmp_path), MASTER) as database:
        await both_join(database)
    async with Database.open(url(tmp_path), both) as database:
        by_the_old_one = [wrapped for (wrapped,) in look_into(keys_of(tmp_path), BY_VERSION_1)]
        assert len(by_the_old_one) == 3
        if stopped_before:
            async with KeyRing.open(keys_of(tmp_path), both) as ring:
                await ring.wrap_anew()

        await wrap_all_anew(url(tmp_path), both)

        assert [one for one in by_the_old_one if one in everything_in(tmp_path)] == []
        assert (await held(database, ROBIN))["check_in"][0]["picks"] == PICKS


async def test_the_open_database_says_which_master_keys_it_knows(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path)), KeyRing.open(keys_of(tmp_path), MASTER) as ring:
        assert await ring.is_told_of_newest()
    async with KeyRing.open(keys_of(tmp_path), MASTER.with_next()) as ring:
        assert not await ring.is_told_of_newest()


@pytest.fixture
def from_before(tmp_path: Path) -> Path:
    """A file of the version that sealed nothing, with Robin in it."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    for path in (folder / "versions").glob("*.py"):
        if not path.name.startswith("0001"):
            path.unlink()
    migrate(tmp_path / "a.db", folder)
    shutil.rmtree(folder)
    file = tmp_path / "a.db"
    look_into(file, "INSERT INTO member VALUES (?, NULL, 'en', 0, NULL, 0)", ROBIN)
    look_into(file, "INSERT INTO check_in VALUES ('entry', ?, '2026-06-01', ?)", ROBIN, json.dumps(PICKS))
    look_into(
        file,
        "INSERT INTO occurrence (occurrence_id, member_id, kind, slot, state, again, due_at, until_at, attempts,"
        " answer) VALUES ('THIS', ?, 'nudge', '2026-06-01', 'sent', 0, 0, 0, 1, 'not_ok')",
        ROBIN,
    )
    said_at = datetime(2026, 5, 17, 18, 3, tzinfo=UTC).timestamp() * 1000
    look_into(file, "INSERT INTO refusal VALUES (?, 'theme', 'canary-theme', ?)", ROBIN, int(said_at))
    return tmp_path


async def test_what_an_earlier_version_had_in_the_clear_is_sealed_at_the_first_start(
    from_before: Path, opened: Opened
) -> None:
    async with opened(url(from_before)) as database:
        rows = await held(database, ROBIN)
        refused = await database.read(lambda records: records.refusals.of(ROBIN))
        await database.write(lambda records: records.refusals.refuse_theme(ROBIN, "canary-theme", NOW))
        again = await held(database, ROBIN)
    (from_before / "a.db.before-0001").unlink()

    assert rows["check_in"][0]["picks"] == PICKS
    assert rows["occurrence"][0]["answer"] == Answer.NOT_OK
    assert refused.themes == {"canary-theme"}
    assert len(again["refusal"]) == 1, "it is recognised as the one that was there"
    assert again["refusal"][0]["refused_at"] == datetime(2026, 5, 1, tzinfo=UTC)
    assert [word for word in (b"canary", b"not_ok") if word in everything_in(from_before)] == []


async def test_sealing_what_many_had_in_the_clear_asks_no_question_a_member(tmp_path: Path) -> None:
    """A community of ten thousand would wait half a minute for its first start after an upgrade."""
    path = tmp_path / "a.db"
    migrate(path)
    fill(path, crowd(150, NOW, "Etc/UTC"))
    asked: list[str] = []
    writer = writing(path, in_a_thread)
    event.listen(writer.sync_engine, "before_cursor_execute", lambda *what: asked.append(what[2]))

    async with KeyRing.open(keys_of(tmp_path), MASTER) as ring, writer.begin() as connection:
        assert await seal_some(connection, ring) == 150
        asked_for_all = len(asked)
        assert await seal_some(connection, ring) == 0
    await writer.dispose()

    assert asked_for_all < 20
