"""The tables of the key database, and making or refusing its file.

Law: nothing here says whose a key is. A missing key database is never replaced by an empty one where members were
sealed with it, and no refusal changes a byte.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseUnusable
from bot.keys import Wrapped
from bot.keys.files import new_private
from bot.store.refuse import CHECK, SOUND, damaged, explained
from bot.store.schema import Instant

# Stands in the file's header, where a newer version of Porchlight would have a larger one.
VERSION: Final = 1

ring: Final = MetaData()

wrapped_key: Final = Table(
    "wrapped_key",
    ring,
    Column("key_id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_wrapped_key_version", "version"),
)
# What may have stayed half done, because two files cannot be committed together.
errand: Final = Table(
    "errand",
    ring,
    Column("key_id", Text, primary_key=True),
    Column("what", Text, nullable=False),
)
# The marks of keys that were destroyed: of members who deleted everything. Numbered, so that a database that was
# restored knows which of them it has not heard of; a number is never given twice.
tombstone: Final = Table(
    "tombstone",
    ring,
    Column("number", Integer, primary_key=True),
    Column("mark", LargeBinary, nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
# Which versions of the master key the process knows that has this open.
known_version: Final = Table("known_version", ring, Column("version", Integer, primary_key=True))

# Wrapped beside the members' keys: it makes the marks, and shows whether a master key fits.
MARKER: Final = "marker"

# Facts in the other database: which ring this is, and the last tombstone whose member was erased there.
RING: Final = "key ring"
TOMBSTONES: Final = "tombstones"


def named_in(path: Path) -> str | None:
    """The ring that this database was sealed with, by name; None when nothing is sealed in it yet."""
    with _looking_into(path) as connection:
        row: tuple[str] | None = connection.execute("SELECT value FROM fact WHERE name = ?", (RING,)).fetchone()
    return None if row is None else row[0]


def make_ready(path: Path, *, may_be_new: bool) -> None:
    """Make an empty file where there is none and `may_be_new`; refuse one that is not a key database of ours.

    Raises DatabaseUnusable when it is missing, damaged, newer, or of another program.
    """
    if not path.exists() and may_be_new:
        _make(path)
    elif not path.exists() or (path.stat().st_size == 0 and not may_be_new):
        raise _missing(path)
    with _looking_into(path) as connection:
        ((verdict,), *_) = connection.execute(CHECK).fetchall()
        ((version,),) = connection.execute("PRAGMA user_version").fetchall()
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    if verdict != SOUND:
        raise DatabaseUnusable(damaged(path, verdict))
    if version > VERSION:
        raise DatabaseUnusable(f"The key database {path.name} is of a newer version of Porchlight. Run that one.")
    if version == 0 and tables:
        raise DatabaseUnusable(f"The key database {path.name} belongs to another program. Check sealing.keys.")


async def marker(engine: AsyncEngine, path: Path, first: Wrapped | None) -> Wrapped:
    """The wrapped marker of that file; `first` where it is new. Raises DatabaseUnusable when there has to be one."""
    async with engine.begin() as connection:
        version: int = (await connection.exec_driver_sql("PRAGMA user_version")).scalar_one()
        if version == 0 and first is not None:
            await connection.run_sync(ring.create_all)
            await connection.execute(
                insert(wrapped_key).values(key_id=MARKER, version=first.version, sealed=first.sealed)
            )
            await connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
            return first
        statement = select(wrapped_key.c.version, wrapped_key.c.sealed).where(wrapped_key.c.key_id == MARKER)
        row = None if version == 0 else (await connection.execute(statement)).first()
    if row is None:
        raise _missing(path)
    return Wrapped(*row)


@contextmanager
def _looking_into(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error


def _make(path: Path) -> None:
    try:
        with new_private(path):
            pass
    except OSError as error:
        raise DatabaseUnusable(
            f"The key database {path} cannot be made: {error.strerror}. Check sealing.keys and its folder."
        ) from error


def _missing(path: Path) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"The key database {path.name} is missing or empty, and without it nothing that members picked can be read. "
        "Put it back, or restore both databases from one backup."
    )
