"""How a member's nudges are chosen lies sealed, and only as a whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest

from bot.content.nudges import Theme
from bot.errors import Unsealable
from bot.rules.bearing import Bearing, Step
from bot.rules.choose import Audience, Draw
from bot.rules.held import Unreadable
from bot.rules.seasons import Season
from bot.rules.tickets import Tickets
from bot.store import Database, Records
from bot.store.schema import bearing as table
from bot.store.sealed import sealed
from tests.support.stores import Opened

ROBIN, ALEX = 123_456_789_012_345_678, 223_456_789_012_345_678
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TODAY = date(2026, 6, 1)
KINDS = get_args(Theme)
FULL = Bearing(
    audiences=frozenset(Audience),
    sets=frozenset({"queer"}),
    skips=frozenset({"money", "canary"}),
    tickets=Tickets({"reply": 22.5, "canary": 3.0}, TODAY),
    steps=(Step(TODAY), Step(TODAY, with_someone_new=False)),
    full_steps=12,
    offer_in=1,
    not_todays=1,
    not_ok_on=TODAY,
    season=Season.GRIEF,
    season_until=date(2026, 7, 27),
    draw=Draw("reply-canary", "reply", {"reply": 22.5, "kind": 10.0}, "canary-seed", 9),
)


async def joins(database: Database, *member_ids: int, have: Bearing = FULL) -> None:
    async def work(records: Records) -> None:
        for member_id in member_ids:
            await records.members.put(member_id, None, "en", NOW)
            await records.bearings.put(member_id, have)

    await database.write(work)


async def held(database: Database, *member_ids: int) -> dict[int, Bearing]:
    return dict(await database.read(lambda records: records.bearings.by_ids(member_ids)))


def by_hand(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql, values).fetchall()


async def test_what_was_stored_is_read_as_it_was_and_lies_there_for_nobody_to_read(
    tmp_path: Path, opened: Opened
) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await joins(database, ROBIN)

        assert await held(database, ROBIN) == {ROBIN: FULL}
        assert not any(b"canary" in file.read_bytes() for file in tmp_path.iterdir())


async def test_it_is_stored_over_the_one_before(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await joins(database, ROBIN, ALEX)
        await database.write(lambda records: records.bearings.put(ROBIN, Bearing()))

        assert await held(database, ROBIN, ALEX) == {ROBIN: Bearing(), ALEX: FULL}


async def test_whoever_has_none_yet_is_somebody_new(tmp_path: Path, opened: Opened) -> None:
    """As whoever was there before there were any."""
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        assert await held(database, ROBIN) == {ROBIN: Bearing()}


@pytest.mark.parametrize(
    "moved",
    [
        "UPDATE bearing SET picked = (SELECT picked FROM bearing AS one WHERE one.member_id <> bearing.member_id)",
        "UPDATE bearing SET picked = CAST('{}' AS BLOB)",
    ],
    ids=["from another member", "written in the clear"],
)
async def test_what_somebody_moved_by_hand_is_left_out(tmp_path: Path, opened: Opened, moved: str) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await joins(database, ROBIN, ALEX)
    by_hand(tmp_path / "a.db", moved + f" WHERE bearing.member_id = {ROBIN}")

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        assert await held(database, ROBIN, ALEX) == {ALEX: FULL}
        rows = await database.read(lambda records: records.holdings.of(ROBIN))
        assert [row["picked"] for row in rows["bearing"]] == [Unreadable.UNREADABLE]


async def test_what_a_newer_version_wrote_and_this_one_cannot_read_is_left_out(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await joins(database, ROBIN, ALEX)

        async def work(records: Records) -> bytes:
            key = await records.bearings._seals.key_of(ROBIN)
            return sealed(key, table.c.picked, str(ROBIN), {"season": "a season of its own"})

        newer = await database.write(work)
    by_hand(tmp_path / "a.db", "UPDATE bearing SET picked = ? WHERE member_id = ?", newer, ROBIN)

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        assert await held(database, ROBIN, ALEX) == {ALEX: FULL}


async def test_without_its_key_it_is_neither_read_nor_stored_and_keeps_nobody_else_back(
    tmp_path: Path, opened: Opened
) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await joins(database, ROBIN, ALEX)
    ((key_id,),) = by_hand(tmp_path / "a.db", "SELECT key_id FROM member WHERE member_id = ?", ROBIN)
    by_hand(tmp_path / "a.db.keys", "DELETE FROM wrapped_key WHERE key_id = ?", key_id)

    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        assert await held(database, ROBIN, ALEX) == {ALEX: FULL}
        with pytest.raises(Unsealable):
            await database.write(lambda records: records.bearings.put(ROBIN, Bearing()))
        both = {ROBIN: Bearing(), ALEX: Bearing()}
        assert await database.write(lambda records: records.bearings.put_all(both)) == 1
        assert await held(database, ALEX) == {ALEX: Bearing()}


async def test_how_long_it_is_tells_neither_a_season_nor_what_was_answered(tmp_path: Path, opened: Opened) -> None:
    busy = replace(
        FULL,
        tickets=Tickets(dict.fromkeys(KINDS, 12.3456), TODAY),
        draw=Draw("reply-one-line", "reply", dict.fromkeys(KINDS, 12.3), f"{ROBIN}:2026-06-01", 9),
    )
    lengths = set()
    for member_id, one in enumerate((Bearing(), Bearing().not_ok(TODAY), FULL, busy), start=ROBIN):
        async with opened(f"sqlite:///{tmp_path}/a.db") as database:
            await joins(database, member_id, have=one)
        ((length,),) = by_hand(tmp_path / "a.db", "SELECT length(picked) FROM bearing WHERE member_id = ?", member_id)
        lengths.add(length)

    assert len(lengths) == 1


async def test_who_leaves_takes_it_along(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await joins(database, ROBIN, ALEX)
        await database.write(lambda records: records.holdings.erase(ROBIN, NOW))

    assert by_hand(tmp_path / "a.db", "SELECT member_id FROM bearing") == [(ALEX,)]
