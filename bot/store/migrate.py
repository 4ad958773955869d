"""Bringing a database file to today's schema, or refusing it.

A page can be damaged while counting and inserting still work; only a check of the whole file notices. It takes seconds
where there are a million members, so a large file is checked beside the work (bot/store/watch.py), unless it is to be
upgraded.

An upgrade needs care: with foreign keys on, altering a parent table deletes its children.
So: foreign keys off, one immediate transaction, the references checked before it commits, a copy of the file first.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
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
from bot.store.refuse import CHECK, SOUND, damaged, explained
from bot.store.rights import make_private

MIGRATIONS: Final = Path(__file__).parent / "migrations"

# Checked in about a second from a cold disk, and in a fifth of one from a warm one.
CHECKED_FIRST_BYTES: Final = 64 * 1024 * 1024


def migrate(path: Path, migrations: Path = MIGRATIONS) -> bool:
    """Create or upgrade the file. False when it is so large that nobody looked at all of it yet.

    Raises DatabaseUnusable when it is damaged, newer than this program, or not ours; AlreadyRunning when another
    program has it locked.
    """
    engine = _engine(path)
    config = _config(migrations)
    try:
        with engine.connect() as connection:
            # Reading also rolls back what a crash left half done; only then is the file as long as it should be.
            here, wanted = _revisions(connection, path, config)
            _refuse_cut(connection, path)
            is_checked = path.stat().st_size <= CHECKED_FIRST_BYTES or here != wanted
            if is_checked:
                _refuse_damaged(connection, path)
        if here is not None and here != wanted:
            _copy_aside(path, here)
        if here != wanted:
            _upgrade(engine, config)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise explained(error, path) from error
    finally:
        engine.dispose()
    return is_checked


def refuse_newer(path: Path, migrations: Path = MIGRATIONS) -> None:
    """Raises DatabaseUnusable for a file that is newer than this program, or not ours."""
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            _revisions(connection, path, _config(migrations))
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise explained(error, path) from error
    finally:
        engine.dispose()


def _upgrade(engine: Engine, config: Config) -> None:
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _refuse_broken_references(connection)


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


def _refuse_cut(connection: Connection, path: Path) -> None:
    """SQLite reads zeros where the last page ends too early. That is in order only while a log still holds the page."""
    log = path.with_name(f"{path.name}-wal")
    page_size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    if path.stat().st_size % page_size and not (log.exists() and log.stat().st_size):
        raise DatabaseUnusable(damaged(path, "it ends inside a page"))


def _refuse_damaged(connection: Connection, path: Path) -> None:
    verdict = connection.exec_driver_sql(CHECK).scalar()
    if verdict != SOUND:
        raise DatabaseUnusable(damaged(path, str(verdict)))


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
    """Under its name stands a whole copy or none. SQLite fills a file that is there and empty, and keeps its rights."""
    begun = path.with_name(f"{path.name}.copying")
    begun.unlink(missing_ok=True)
    try:
        make_private(begun)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("VACUUM INTO ?", (str(begun),))
        with begun.open("rb+") as copy:
            os.fsync(copy.fileno())
        begun.replace(path.with_name(f"{path.name}.before-{revision}"))
    finally:
        begun.unlink(missing_ok=True)


def _refuse_broken_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise DatabaseUnusable(
            f"An upgrade would have left rows without their parent in {broken[0]}. Nothing was changed."
        )
