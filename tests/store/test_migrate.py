"""Bringing a file to today's schema, or refusing it."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.errors import DatabaseUnusable
from bot.store import migrate as module
from bot.store.migrate import migrate
from bot.store.schema import metadata


def test_the_migrations_add_up_to_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    migrate(path)
    engine = module._engine(path)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_migration_follows_the_one_before() -> None:
    revisions = list(module.ScriptDirectory.from_config(module._config()).walk_revisions())

    assert [revision.revision for revision in reversed(revisions)] == [f"{n + 1:04}" for n in range(len(revisions))]
    for revision in revisions:
        assert Path(revision.path).name.startswith(f"{revision.revision}_")
        assert revision.doc


def test_a_file_of_today_is_left_alone(tmp_path: Path) -> None:
    migrate(tmp_path / "a.db")
    before = (tmp_path / "a.db").read_bytes()

    migrate(tmp_path / "a.db")

    assert (tmp_path / "a.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()

    with pytest.raises(DatabaseUnusable, match="belongs to another program"):
        migrate(tmp_path / "a.db")


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    migrate(tmp_path / "a.db")
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(DatabaseUnusable, match="newer Porchlight"):
        migrate(tmp_path / "a.db")


def test_something_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("dear diary, " * 1_000)

    with pytest.raises(DatabaseUnusable, match="file is not a database"):
        migrate(tmp_path / "a.db")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    migrate(path)
    with sqlite3.connect(path) as connection:
        connection.executemany("INSERT INTO fact VALUES (?, ?)", [(f"{n:05}", "x" * 200) for n in range(2_000)])
    connection.close()
    pages = bytearray(path.read_bytes())
    for at in range(len(pages) - 8 * 4096, len(pages) - 2 * 4096, 4096):
        pages[at : at + 64] = b"\xff" * 64
    path.write_bytes(pages)

    with pytest.raises(DatabaseUnusable, match="is damaged|cannot be used"):
        migrate(path)


def test_an_upgrade_keeps_a_private_copy_of_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    migrate(path)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO fact VALUES ('kept', 'yes')")
    connection.close()

    module._copy_aside(path, "0001")

    copy = tmp_path / "a.db.before-0001"
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT value FROM fact").fetchall() == [("yes",)]
    connection.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_an_upgrade_that_would_orphan_rows_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    migrate(path)
    engine = module._engine(path)

    def orphan() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO week VALUES (1, '2026-06-01')")
            module._refuse_broken_references(connection)

    with pytest.raises(DatabaseUnusable, match="without their parent in week"):
        orphan()

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM week").scalar() == 0
    engine.dispose()
