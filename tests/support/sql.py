"""A second look at the file, past everything of ours: what is really in it, and breaking it on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, delete, select
from sqlalchemy.pool import NullPool

from bot.store import key_schema, schema


@contextmanager
def looking_into(path: Path) -> Iterator[Connection]:
    """One transaction over that database file, committed at the end."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def lose_key(folder: Path, member_id: int) -> None:
    """As after a key database that is older than the member."""
    with looking_into(folder / "porchlight.db") as connection:
        key_id = connection.execute(select(schema.member.c.key_id).where(schema.member.c.member_id == member_id))
        lost = delete(key_schema.wrapped_key).where(key_schema.wrapped_key.c.key_id == key_id.scalar())
    with looking_into(folder / "porchlight.db.keys") as connection:
        connection.execute(lost)
