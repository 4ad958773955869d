"""At the end every key has its member, and what is sealed has its key; what does not is seen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.simulate.evidence import Evidence
from bot.simulate.faults import DAY, Faults
from bot.simulate.history import History
from bot.simulate.judge import judge
from bot.simulate.promises import Promise
from bot.simulate.sealed import SEALED, astray
from bot.simulate.world import World
from bot.store import Database
from bot.store.holdings import member_tables
from bot.store.keyring import beside
from bot.store.sealed import sealed_columns
from tests.store.test_sealing import NOW, both_join, leaves
from tests.support.keys import MASTER

MEMBER_3 = 323_456_789_012_345_678
STRAY = "INSERT INTO wrapped_key SELECT 'stray', version, sealed FROM wrapped_key LIMIT 1"
LOST = "DELETE FROM wrapped_key WHERE key_id <> 'marker'"


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def broken(found: list[str]) -> set[Promise]:
    return {one.promise for one in judge(Evidence(History(astray=found), {}, {}, ended=DAY))}


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """Three members came, and one has left."""
    async with Database.open(f"sqlite:///{tmp_path}/a.db", MASTER) as database:
        await both_join(database)
        await database.write(lambda records: records.members.put(MEMBER_3, None, "en", NOW))
        await leaves(database, MEMBER_3)
        await database.finish_errands()
    return tmp_path / "a.db"


async def test_a_key_without_a_member_and_a_row_without_its_key_are_seen(file: Path) -> None:
    assert list(astray(file)) == []
    assert broken([]) == set()

    change(beside(file), STRAY)
    assert list(astray(file)) == ["stray key"]
    assert broken(list(astray(file))) == {Promise.ASTRAY}

    change(beside(file), LOST)
    assert list(astray(file)) == ["missing key"] * 2


def test_a_year_that_goes_wrong_is_looked_at_in_its_files(library: Library, tmp_path: Path) -> None:
    """Members leave in it and come back, and the process dies between the two files."""
    world = World(tmp_path, library, 6, 1, Faults(kill_every=1))
    world.advance(40 * DAY)
    world.finish()
    assert world.history.astray == []
    assert list(astray(tmp_path / "porchlight.db")) == []

    change(tmp_path / "porchlight.db.keys", STRAY)
    assert list(astray(tmp_path / "porchlight.db")) == ["stray key"]


def test_every_table_with_something_sealed_is_looked_at() -> None:
    for table in member_tables():
        assert (f"FROM {table.name}" in SEALED) == bool(sealed_columns(table))
