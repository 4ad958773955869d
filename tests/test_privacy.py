"""Deleted means gone, for every table there will ever be; and the file holds nothing of it afterwards."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, insert, select

from bot.content.library import Library
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer
from bot.store import Database
from bot.store.schema import Instant, LocalDate, Sealed, member_tables, metadata
from bot.store.upkeep import SIGNS
from cogs._ui.privacy import ORDER
from tests.support.code import ROOT
from tests.support.house import open_house
from tests.support.keys import MASTER
from tests.support.sql import looking_into

ROBIN, ALEX = 123_456_789_012_345_678, 223_456_789_012_345_678
NOW = datetime(2026, 6, 1, tzinfo=UTC)

# Tables that hold nothing about members, and why.
ABOUT_NOBODY = {
    "fact": "about this installation",
    "guild": "about a server; its number of people is rounded, and none below ten",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "porchlight.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    async with Database.open(f"sqlite:///{file}", MASTER) as database:
        yield database


def example(column: Column[Any], member_id: int) -> object:
    """Some value that fits the column, and that can be found again in the file where it is text."""
    if column.name == "member_id":
        return member_id
    kind = column.type
    if isinstance(kind, Instant):
        return NOW
    if isinstance(kind, LocalDate):
        return date(2026, 6, 1)
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Sealed):
        return None if column.nullable else canary(column, member_id).encode()
    if isinstance(kind, BigInteger | Integer):
        return member_id // 1_000_000_000_000
    assert isinstance(kind, Text), f"{column}: say here what a {kind!r} looks like"
    return canary(column, member_id)


def is_text(column: Column[Any]) -> bool:
    """Whether it could hold words. A date of ours could not."""
    return isinstance(column.type, Text) or (isinstance(column.type, Sealed) and not column.nullable)


def canary(column: Column[Any], member_id: int) -> str:
    return f"canary-{column.table.name}-{column.name}-{member_id}"


def fill(file: Path, member_id: int) -> None:
    """One row about the member in every table that has rows about members."""
    with looking_into(file) as connection:
        for table in member_tables():
            row = {column.name: example(column, member_id) for column in table.columns}
            connection.execute(insert(table).values(row))


def count(file: Path, table: Table, member_id: int) -> int:
    with looking_into(file) as connection:
        return len(connection.execute(select(table).where(table.c.member_id == member_id)).all())


def test_every_table_is_about_members_or_says_why_not() -> None:
    assert {table.name for table in metadata.sorted_tables} - {table.name for table in member_tables()} == set(
        ABOUT_NOBODY
    )


def test_whatever_is_about_a_member_hangs_on_the_member() -> None:
    for table in member_tables():
        if table.name != "member":
            (key,) = table.c.member_id.foreign_keys
            assert key.column.table.name == "member"
            assert key.ondelete == "CASCADE"


async def test_after_delete_no_table_holds_a_row_of_the_member(database: Database, file: Path) -> None:
    fill(file, ROBIN)
    fill(file, ALEX)
    for table in member_tables():
        assert count(file, table, ROBIN) == 1

    erased = await database.write(lambda records: records.holdings.erase(ROBIN, NOW))

    assert erased == len(member_tables())
    for table in member_tables():
        assert count(file, table, ROBIN) == 0, table.name
        assert count(file, table, ALEX) == 1, table.name


async def test_after_delete_the_file_and_its_log_hold_no_trace_of_the_member(
    database: Database, tmp_path: Path, file: Path
) -> None:
    fill(file, ROBIN)
    fill(file, ALEX)
    texts = [canary(column, ROBIN) for table in member_tables() for column in table.columns if is_text(column)]
    assert all(any(text.encode() in path.read_bytes() for path in tmp_path.iterdir()) for text in texts)

    await database.write(lambda records: records.holdings.erase(ROBIN, NOW))
    await database.finish_errands()
    assert await database.scrub()

    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [text for text in texts if text.encode() in left] == []
    assert canary(member_tables()[1].c[0], ALEX).encode() in left or b"canary" in left, (
        "the other member is still there"
    )


async def test_all_that_is_held_is_shown_row_by_row(tmp_path: Path, library: Library) -> None:
    async with open_house(tmp_path, library) as house:
        await house.start(ROBIN, purposes=frozenset(Purpose))
        nudge = await house.to_next_nudge(ROBIN)
        await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")
        await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")

        held = await house.database.read(lambda records: records.holdings.of(ROBIN))

    assert set(held) == {table.name for table in member_tables()}
    assert held["check_in"][0]["picks"] == {"word": "calm"}


def test_every_column_that_is_held_is_told_in_plain_words(library: Library) -> None:
    for language in library.languages.values():
        for table in member_tables():
            assert language.words(f"held.{table.name}.title")
            said = dict(language.words)
            sentence = said[f"held.{table.name}.row"] + said[f"held.{table.name}.facts"]
            assert set(re.findall(r"{(\w+)}", sentence)) == set(table.columns.keys()), table.name


def test_the_page_that_tells_what_is_stored_has_a_row_for_every_table() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    told = re.findall(r"^\| (?:its )?([a-z-]+):", page, re.MULTILINE)

    assert [one.replace("-", "_") for one in told if one != "answer"] == [
        table.name for table in sorted(member_tables(), key=lambda table: ORDER.index(table.name))
    ]


def test_what_a_member_answered_or_picked_stands_in_sealed_columns_only() -> None:
    columns = [column for table in member_tables() for column in table.columns]

    assert {f"{column.table.name}.{column.name}" for column in columns if isinstance(column.type, Sealed)} == {
        "occurrence.answer",
        "bearing.picked",
        "refusal.picked",
        "check_in.picks",
    }


def test_no_column_could_hold_what_a_member_writes() -> None:
    """Every text column holds a name from a list of ours, an id of ours, or a date. Think before adding one."""
    columns = [column for table in member_tables() for column in table.columns]
    texts = {f"{column.table.name}.{column.name}" for column in columns if isinstance(column.type, Text)}

    assert texts == {
        "member.language",
        "consent.purpose",
        "plan.state",
        "plan.zone",
        "plan.again_nudge_id",
        "occurrence.occurrence_id",
        "occurrence.kind",
        "occurrence.slot",
        "occurrence.state",
        "occurrence.nudge_id",
        "occurrence.claim",
        "refusal.refusal_id",
        "check_in.check_in_id",
        "member.key_id",
    }


# How the rows of each table come to go by themselves. A table that is added has to be thought about.
GOES = {
    "member": "with their member, who was not there for long",
    "plan": "with their member",
    "bearing": "with their member; what no choice looks at any more goes out of it with the next nudge",
    "refusal": "with their member; it keeps away what was not OK",
    "week": "with their member; a count of weeks never falls",
    "consent": "some time after it was taken back",
    "occurrence": "after some months, but for a handful",
    "check_in": "after its time",
}
# Times that tell nothing of whether a member is there.
NO_SIGN = {
    "plan.next_due_at",
    "plan.week_began",  # of the nudge that began it, its own row tells as well
    "occurrence.until_at",
    "occurrence.wake_at",
    "occurrence.first_tried_at",
    "occurrence.settled_at",
}


def test_every_row_about_a_member_comes_to_go_by_itself() -> None:
    assert {table.name for table in member_tables()} == set(GOES)


def test_every_time_that_tells_that_a_member_is_there_is_looked_at_before_they_are_deleted() -> None:
    """A new table of theirs that nobody asks would let somebody go who used nothing else."""
    times = {
        f"{table.name}.{column.name}"
        for table in member_tables()
        for column in table.columns
        if isinstance(column.type, Instant | LocalDate)
    }

    assert {time for time in times if time in str(SIGNS)} == times - NO_SIGN
