"""One process per file: the lock that keeps a second one out, and the token that makes the first one stop."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bot.errors import AlreadyRunning, DatabaseUnusable, Superseded
from bot.store import Database
from bot.store.lock import alone_with
from bot.store.owner import OWNER
from tests.support.keys import MASTER
from tests.support.processes import OPENS, another, let_go
from tests.support.sql import looking_into
from tests.support.stores import Opened


def url(path: Path) -> str:
    return f"sqlite:///{path}"


async def refused(opened: Opened, path: Path) -> str:
    with pytest.raises(AlreadyRunning) as raised:
        async with opened(url(path)):
            pass
    return str(raised.value)


async def opens(opened: Opened, path: Path) -> bool:
    async with opened(url(path)) as database:
        await database.write(lambda records: records.facts.put("fact", "there"))
    return True


async def test_while_one_process_has_the_file_another_is_told_to_stay_away(tmp_path: Path, opened: Opened) -> None:
    async with another(OPENS, tmp_path / "a.db") as first:
        said = await refused(opened, tmp_path / "a.db")
        await let_go(first)

    assert said == (
        "Another Porchlight is running on a.db. Stop that one first, or give this one a storage.url of its own."
    )
    assert await opens(opened, tmp_path / "a.db")


async def test_a_process_that_was_killed_holds_nothing(tmp_path: Path, opened: Opened) -> None:
    async with another(OPENS, tmp_path / "a.db") as first:
        first.kill()
        await first.wait()

        assert await opens(opened, tmp_path / "a.db")


async def test_a_process_that_was_stopped_for_a_while_still_holds_the_file(tmp_path: Path, opened: Opened) -> None:
    async with another(OPENS, tmp_path / "a.db") as first:
        first.send_signal(signal.SIGSTOP)

        assert await refused(opened, tmp_path / "a.db")


async def test_two_in_one_process_are_kept_apart_as_well(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path / "a.db")) as database:
        assert await refused(opened, tmp_path / "a.db")
        await database.write(lambda records: records.facts.put("fact", "there"))


async def test_another_way_to_the_same_file_meets_the_same_lock(tmp_path: Path, opened: Opened) -> None:
    (tmp_path / "way").symlink_to(tmp_path)
    (tmp_path / "b.db").symlink_to(tmp_path / "a.db")
    async with opened(url(tmp_path / "a.db")):
        for other in (tmp_path / "way" / "a.db", tmp_path / "b.db"):
            assert await refused(opened, other)

    assert {path.name for path in tmp_path.iterdir()} == {"a.db", "a.db.keys", "a.db.lock", "b.db", "way"}


async def test_a_file_with_two_names_is_refused(tmp_path: Path, opened: Opened) -> None:
    """Each name would have a lock and a log of its own."""
    assert await opens(opened, tmp_path / "a.db")
    (tmp_path / "b.db").hardlink_to(tmp_path / "a.db")

    with pytest.raises(DatabaseUnusable, match="has a second name"):
        async with opened(url(tmp_path / "b.db")):
            pass


def test_the_lock_is_given_back_whatever_happens(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), alone_with(tmp_path / "a.db"):
            raise ZeroDivisionError


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists a process's open files there")
def test_who_shares_the_lock_does_not_keep_it(tmp_path: Path) -> None:
    """As a process does that was forked off."""
    with alone_with(tmp_path / "a.db"):
        held = [int(one.name) for one in Path("/proc/self/fd").iterdir() if is_link_to(one, tmp_path / "a.db.lock")]
        shared = os.dup(held[0])
    try:
        with alone_with(tmp_path / "a.db"):
            pass
    finally:
        os.close(shared)


def is_link_to(one: Path, target: Path) -> bool:
    return one.is_symlink() and one.readlink() == target


def test_a_lock_file_that_cannot_be_had_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "a.db.lock").mkdir()

    with (
        pytest.raises(DatabaseUnusable, match=r"a\.db\.lock beside it cannot be written.*storage\.url"),
        alone_with(tmp_path / "a.db"),
    ):
        pass


async def test_one_that_was_superseded_writes_nothing_more_and_says_so(tmp_path: Path, opened: Opened) -> None:
    """As when somebody deleted the lock file, or another machine reaches the same disk."""
    async with opened(url(tmp_path / "a.db")) as first:
        await first.write(lambda records: records.facts.put("fact", "the first"))
        (tmp_path / "a.db.lock").unlink()
        async with opened(url(tmp_path / "a.db")) as second:
            for _ in range(2):
                with pytest.raises(Superseded):
                    await first.write(lambda records: records.facts.put("fact", "the first again"))

            await second.write(lambda records: records.facts.put("other", "the second"))
            assert await second.read(lambda records: records.facts.get("fact")) == "the first"
        assert isinstance(await first.trouble(), Superseded)


async def test_without_a_lock_the_token_alone_keeps_two_apart(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path / "a.db"), alone=False) as first:
        async with opened(url(tmp_path / "a.db"), alone=False):
            pass
        with pytest.raises(Superseded):
            await first.write(lambda records: records.facts.put("fact", "there"))


async def test_a_file_without_any_owner_is_not_ours_either(tmp_path: Path, opened: Opened) -> None:
    """As when another file was put in its place."""
    async with opened(url(tmp_path / "a.db")) as database:
        with looking_into(tmp_path / "a.db") as connection:
            connection.exec_driver_sql("DELETE FROM fact WHERE name = ?", (OWNER,))

        with pytest.raises(Superseded):
            await database.write(lambda records: records.facts.put("fact", "there"))


async def test_a_database_stays_with_the_bot_it_was_made_for(tmp_path: Path, opened: Opened) -> None:
    async with opened(url(tmp_path / "a.db")) as database:
        await database.belong_to(1)
    async with opened(url(tmp_path / "a.db")) as database:
        await database.belong_to(1)

        with pytest.raises(DatabaseUnusable, match=r"a\.db belongs to another bot, application 1\."):
            await database.belong_to(2)
        await database.belong_to(1)


async def test_nothing_waits_for_trouble_that_does_not_come(tmp_path: Path) -> None:
    async with Database.open(url(tmp_path / "a.db"), MASTER) as database:
        assert not database._units._trouble.done()
