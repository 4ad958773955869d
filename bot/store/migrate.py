"""Bringing a database file to today's schema, or refusing it.

SQLite needs care here: with foreign keys on, altering a parent table deletes its children.
So: foreign keys off, one immediate transaction, the references checked before it commits, a copy of the file first.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from bot.errors import DatabaseUnusable

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrate(path: Path, migrations: Path = MIGRATIONS) -> None:
    """Create or upgrade the file. Raises DatabaseUnusable when it is damaged, newer than this program, or not ours."""
    engine = _engine(path)
    config = _config(migrations)
    try:
        with engine.connect() as connection:
            _refuse_damaged(connection, path)
            here, wanted = _revisions(connection, path, config)
        if here == wanted:
            return
        if here is not None:
            _copy_aside(path, here)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _refuse_broken_references(connection)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise DatabaseUnusable(f"The database {path.name} cannot be used: {_first_line(error)}.") from error
    finally:
        engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _take_over_transactions(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return config


def _refuse_damaged(connection: Connection, path: Path) -> None:
    """A page can be corrupt while counting and inserting still work; only a check notices."""
    verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise DatabaseUnusable(
            f"The database {path.name} is damaged ({verdict}). Put a backup in its place; do not delete it yet."
        )


def _revisions(connection: Connection, path: Path, config: Config) -> tuple[str | None, str | None]:
    script = ScriptDirectory.from_config(config)
    here = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if here is not None and here not in known:
        raise DatabaseUnusable(
            f"The database {path.name} was written by a newer Porchlight. Run that version, or restore an older backup."
        )
    if here is None and inspect(connection).get_table_names():
        raise DatabaseUnusable(f"The database {path.name} belongs to another program. Point storage.url to a new file.")
    return here, script.get_current_head()


def _copy_aside(path: Path, revision: str) -> None:
    copy = path.with_name(f"{path.name}.before-{revision}")
    copy.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    copy.chmod(0o600)


def _refuse_broken_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise DatabaseUnusable(
            f"An upgrade would have left rows without their parent in {broken[0]}. Nothing was changed."
        )


def _first_line(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).splitlines()[0]
