"""A second look at the file, past everything of ours: what is really in it, and breaking it on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool


@contextmanager
def looking_into(path: Path) -> Iterator[Connection]:
    """One transaction over that database file, committed at the end."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
