"""Bringing a file to today's schema, or refusing it."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import DatabaseUnusable
from bot.store.migrate import MIGRATIONS, migrate
from bot.store.schema import metadata
from tests.support.sql import looking_into

HEAD: Final = ScriptDirectory(str(MIGRATIONS)).get_current_head()
NEXT: Final = f"{int(HEAD or 0) + 1:04}"


def test_the_migrations_add_up_to_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    migrate(path)

    with looking_into(path) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_migration_follows_the_one_before() -> None:
    revisions = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())

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


@pytest.fixture
def next_version(tmp_path: Path) -> Callable[[str], Path]:
    """The migrations of a version to come, whose one more does that statement."""

    def written(statement: str) -> Path:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder)
        (folder / "versions" / f"{NEXT}_next.py").write_text(
            "from alembic import op\n"
            f"revision, down_revision, branch_labels, depends_on = '{NEXT}', '{HEAD}', None, None\n"
            "def upgrade():\n"
            f"    op.execute({statement!r})\n",
            "utf-8",
        )
        return folder

    return written


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A file of today with a member in it, who kept a week."""
    path = tmp_path / "a.db"
    migrate(path)
    with looking_into(path) as connection:
        connection.exec_driver_sql(
            "INSERT INTO member (member_id, language, joined_at, streak_hidden) VALUES (1, 'en', 0, 0)"
        )
        connection.exec_driver_sql("INSERT INTO week VALUES (1, '2026-06-01')")
    return path


def revision_of(path: Path) -> object:
    with looking_into(path) as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def test_an_upgrade_keeps_a_private_copy_of_the_file_as_it_was(used: Path, next_version: Callable[[str], Path]) -> None:
    migrate(used, next_version("UPDATE member SET language = 'de'"))

    copy = used.with_name(f"a.db.before-{HEAD}")
    assert (revision_of(used), revision_of(copy)) == (NEXT, HEAD)
    with looking_into(copy) as connection:
        assert connection.exec_driver_sql("SELECT language FROM member").scalar() == "en"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_an_upgrade_that_would_orphan_rows_is_undone(used: Path, next_version: Callable[[str], Path]) -> None:
    with pytest.raises(DatabaseUnusable, match="without their parent in week"):
        migrate(used, next_version("DELETE FROM member"))

    assert revision_of(used) == HEAD
    with looking_into(used) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM member").scalar() == 1


def test_an_upgrade_that_fails_half_way_changes_nothing(used: Path, next_version: Callable[[str], Path]) -> None:
    with pytest.raises(DatabaseUnusable, match="no such table"):
        migrate(used, next_version("UPDATE gone SET x = 1"))

    assert revision_of(used) == HEAD


def test_whoever_had_started_before_questions_were_numbered_was_asked_the_first_ones(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.db", tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    for version in folder.glob("versions/*.py"):
        if not version.name.startswith("0001"):
            version.unlink()
    migrate(path, folder)
    with looking_into(path) as connection:
        connection.exec_driver_sql(
            "INSERT INTO member (member_id, language, joined_at, streak_hidden) VALUES (1, 'en', 0, 0), (2, 'en', 0, 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO plan (member_id, state, zone, window_start, window_end, per_week, size, discreet, since_at,"
            " level) VALUES (1, 'off', 'UTC', 0, 60, 3, 1, 0, 0, 0)"
        )

    migrate(path)

    with looking_into(path) as connection:
        asked = connection.exec_driver_sql("SELECT member_id, asked FROM member ORDER BY member_id").fetchall()
    assert asked == [(1, 1), (2, None)]
