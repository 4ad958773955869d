"""Nobody but the account that runs Porchlight may read what lies on the disk. Held by modes, so for root as well."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.errors import DatabaseUnusable
from bot.store import Reserve
from bot.store.migrate import _copy_aside, migrate
from bot.store.rights import BESIDE, keep_all_private, keep_private, make_private
from bot.tryout import _own_folder
from tests.support.stores import Opened

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such rights")

A_LITTLE = Reserve(ballast=100_000)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def careless() -> Iterator[None]:
    """An account whose new files everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def open_file(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    path.write_bytes(b"somebody")
    path.chmod(0o644)
    return path


# ------------------------------------------------------------------ from the beginning


@pytest.mark.usefixtures("careless")
async def test_all_that_is_made_is_private_from_the_beginning(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db", reserve=A_LITTLE) as database:
        await database.write(lambda records: records.facts.put("a", "b"))

        made = {path.name: oct(rights(path)) for path in tmp_path.iterdir()}

    assert made == dict.fromkeys(
        ("a.db", "a.db-wal", "a.db-shm", "a.db.lock", "a.db.ballast", "a.db.keys", "a.db.keys-wal", "a.db.keys-shm"),
        "0o600",
    )


@pytest.mark.usefixtures("careless")
def test_a_copy_can_be_read_by_nobody_while_it_is_being_made(tmp_path: Path) -> None:
    """SQLite would make it for everybody. It fills one that is there; nobody changes its rights afterwards."""
    migrate(tmp_path / "a.db")

    _copy_aside(tmp_path / "a.db", "0001")

    assert rights(tmp_path / "a.db.before-0001") == 0o600
    assert (tmp_path / "a.db.before-0001").stat().st_size > 0
    assert not (tmp_path / "a.db.copying").exists()


def test_a_file_that_is_there_already_is_not_made_anew(open_file: Path) -> None:
    with pytest.raises(FileExistsError):
        make_private(open_file)

    assert open_file.read_bytes() == b"somebody"


# ------------------------------------------------------------------ what is there already


async def test_rights_that_are_too_open_are_repaired_at_the_start_and_said_by_name_only(
    tmp_path: Path, opened: Opened
) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db", reserve=A_LITTLE):
        pass
    (tmp_path / "a.db.before-0001").write_bytes(b"a copy")
    (tmp_path / "a.db.something-else").write_bytes(b"not ours")
    for path in tmp_path.iterdir():
        path.chmod(0o666)

    with capture_logs() as said:
        async with opened(f"sqlite:///{tmp_path}/a.db", reserve=A_LITTLE):
            now = {path.name: oct(rights(path)) for path in tmp_path.iterdir()}

    ours = ("a.db", "a.db.keys", "a.db.lock", "a.db.ballast", "a.db.before-0001")
    assert {name: mode for name, mode in now.items() if mode != "0o600"} == {"a.db.something-else": "0o666"}
    repaired = [one for one in said if one["event"] == "rights.repaired"]
    assert {one["file"] for one in repaired} == set(ours)
    assert {(one["log_level"], one["were"]) for one in repaired} == {("warning", "666")}
    assert str(tmp_path) not in str(said)


@pytest.mark.parametrize("ending", ["", *BESIDE, ".before-0007", ".replaced-20261123", ".keys.replaced-20261123"])
def test_whatever_lies_beside_a_database_and_belongs_to_it_is_kept_private(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.db{ending}"
    path.touch()
    path.chmod(0o640)

    keep_all_private(tmp_path / "a.db")

    assert rights(path) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_what_is_private_is_left_as_it_is_and_nothing_is_said(open_file: Path, mode: int) -> None:
    open_file.chmod(mode)

    with capture_logs() as said:
        keep_private(open_file)
        keep_private(open_file.with_name("not there"))

    assert (rights(open_file), said) == (mode, [])


def test_a_file_of_another_account_is_refused_and_the_command_named(open_file: Path) -> None:
    open_file.chmod(0o600)

    with pytest.raises(DatabaseUnusable) as refused:
        keep_private(open_file, account=os.geteuid() + 1)

    assert str(refused.value) == (
        "The file a.db belongs to another account, which could read it. Run Porchlight as that account, or give the "
        f'file to this one: chown "$(id -un)" {open_file}'
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
async def test_a_log_that_somebody_else_has_put_beside_a_database_is_refused(tmp_path: Path, opened: Opened) -> None:
    """SQLite would read it into the database."""
    async with opened(f"sqlite:///{tmp_path}/a.db"):
        pass
    planted = tmp_path / "a.db-wal"
    planted.write_bytes(b"whatever they like")
    os.chown(planted, 65_534, 65_534)
    before = (tmp_path / "a.db").read_bytes()

    with pytest.raises(DatabaseUnusable, match=r"The file a\.db-wal belongs to another account"):
        async with opened(f"sqlite:///{tmp_path}/a.db"):
            pass

    assert (tmp_path / "a.db").read_bytes() == before
    assert planted.read_bytes() == b"whatever they like"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
async def test_a_log_beside_a_key_database_that_lies_elsewhere_is_looked_at_as_well(
    tmp_path: Path, opened: Opened
) -> None:
    keys = tmp_path / "keys" / "a.keys"
    keys.parent.mkdir(mode=0o700)
    async with opened(f"sqlite:///{tmp_path}/a.db", keys=keys):
        pass
    planted = tmp_path / "keys" / "a.keys-wal"
    planted.write_bytes(b"whatever they like")
    os.chown(planted, 65_534, 65_534)

    with pytest.raises(DatabaseUnusable, match=r"The file a\.keys-wal belongs to another account"):
        async with opened(f"sqlite:///{tmp_path}/a.db", keys=keys):
            pass

    assert planted.read_bytes() == b"whatever they like"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a link away")
def test_a_link_of_somebody_else_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "mine").touch(0o600)
    link = tmp_path / "a.db.lock"
    link.symlink_to(tmp_path / "mine")
    os.chown(link, 65_534, 65_534, follow_symlinks=False)

    with pytest.raises(DatabaseUnusable, match="belongs to another account"):
        keep_all_private(tmp_path / "a.db")


def test_rights_that_cannot_be_changed_are_refused_and_the_command_named(open_file: Path) -> None:
    def refused(_path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    with pytest.raises(DatabaseUnusable) as said:
        keep_private(open_file, change=refused)

    assert str(said.value) == (
        "Others may read a.db, and that cannot be changed (Operation not permitted). Mend it with chmod 600 "
        f"{open_file}, or move it to a disk that knows whose a file is."
    )


def test_a_disk_that_knows_no_rights_is_noticed(open_file: Path) -> None:
    """It says yes, and nothing has changed: as a stick from another system does."""
    with pytest.raises(DatabaseUnusable, match="its disk knows no rights"):
        keep_private(open_file, change=lambda _path, _mode: None)


# ------------------------------------------------------------------ the try-out


@pytest.mark.usefixtures("careless")
def test_the_folder_that_the_try_out_makes_for_itself_is_its_own() -> None:
    with _own_folder() as folder:
        assert rights(folder) == 0o700
    assert not folder.exists()
