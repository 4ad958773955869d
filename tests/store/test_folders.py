"""Nobody but the account that runs Porchlight may look into the folders of what it keeps. So for root, by modes.

What lies in a folder that is open decides whether it is closed or refused: a home or a project is never shut away.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.errors import DatabaseUnusable
from bot.operator import work
from bot.settings import BackupSettings, DiscordSettings, SealingSettings, Settings, StorageSettings
from bot.store import Reserve
from bot.store.backup import back_up, keep_all_backups_private
from bot.store.disk import REAL_DISK
from bot.store.folders import keep_folder_private, of_backups, of_database
from bot.store.refuse import place_of
from tests.support.keys import MASTER
from tests.support.mounts import small_disk
from tests.support.stores import Opened

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such rights")

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
NOBODY = 65_534


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def opening(folder: Path, mode: int = 0o755) -> Path:
    """That folder, made if it is missing, with those rights."""
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)
    return folder


def see_to(folder: Path) -> None:
    keep_folder_private(folder, of_database(folder / "a.db", None))


def refused(folder: Path) -> str:
    """The sentence about it; nothing was changed."""
    before = rights(folder)
    with pytest.raises(DatabaseUnusable) as said:
        see_to(folder)
    assert rights(folder) == before
    return str(said.value)


def settings_in(folder: Path, url: str = "", keys: Path | None = None) -> Settings:
    return Settings(
        discord=DiscordSettings.model_validate({"token": "none"}),
        storage=StorageSettings(url=url or f"sqlite:///{folder}/a.db", ballast_megabytes=0, free_megabytes_at_least=0),
        sealing=SealingSettings(keys=keys),
        backups=BackupSettings(folder=folder / "backups"),
    )


@pytest.fixture
def careless() -> Iterator[None]:
    """An account whose new files and folders everybody may use."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
async def kept(tmp_path: Path, opened: Opened) -> Path:
    """A folder with all that Porchlight has in one: databases, lock, ballast, copies, and backups one deeper."""
    folder = tmp_path / "kept"
    async with opened(f"sqlite:///{folder}/a.db", reserve=Reserve(ballast=100_000)):
        back_up(folder / "a.db", folder / "a.db.keys", folder / "backups", MASTER, NOW)
    for name in ("a.db.before-0001", "a.db.replaced-20261123T040000Z-wal", "porchlight-20261123T040000Z.db.sealed"):
        (folder / name).touch(0o600)
    return folder


# ------------------------------------------------------------------ one that is not there


@pytest.mark.usefixtures("careless")
async def test_folders_that_are_missing_are_made_for_this_account_alone(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/data/a.db", keys=tmp_path / "keys" / "a.keys"):
        back_up(tmp_path / "data/a.db", tmp_path / "keys/a.keys", tmp_path / "backups", MASTER, NOW)

    assert {path.name: oct(rights(path)) for path in tmp_path.iterdir()} == dict.fromkeys(
        ("data", "keys", "backups"), "0o700"
    )


async def test_what_names_a_database_that_is_not_there_makes_no_folder(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data")

    for command in (
        work.back_up_now(settings, MASTER, NOW),
        work.erase_user(settings, MASTER, 1, NOW),
        work.rotate_key(settings, MASTER, lambda _left: None),
    ):
        with pytest.raises(DatabaseUnusable, match="There is no database"):
            await command

    assert list(tmp_path.iterdir()) == []


async def test_a_backup_is_put_back_into_a_folder_that_is_not_there_yet(tmp_path: Path, opened: Opened) -> None:
    """As on a new machine."""
    async with opened(f"sqlite:///{tmp_path}/old/a.db"):
        backup, _keys = back_up(tmp_path / "old/a.db", tmp_path / "old/a.db.keys", tmp_path / "backups", MASTER, NOW)
    settings = settings_in(tmp_path / "new")

    await work.look_into_backup(settings, MASTER, backup.path)
    await work.restore(settings, MASTER, backup.path, NOW)

    assert (tmp_path / "new" / "a.db").exists()
    assert rights(tmp_path / "new") == 0o700


# ------------------------------------------------------------------ one that is open, and holds ours alone


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o770, 0o711, 0o2775, 0o710])
async def test_an_open_folder_with_nothing_in_it_but_ours_is_closed_and_that_is_said_by_its_name(
    kept: Path, opened: Opened, mode: int
) -> None:
    opening(kept, mode)

    with capture_logs() as said:
        async with opened(f"sqlite:///{kept}/a.db"):
            assert rights(kept) & 0o777 == 0o700

    closed = [one for one in said if one["event"] == "rights.folder_closed"]
    assert closed == [{"event": "rights.folder_closed", "folder": "kept", "were": f"{mode:o}", "log_level": "warning"}]
    assert str(kept) not in str(said)


def test_an_open_folder_with_nothing_in_it_is_closed(tmp_path: Path) -> None:
    see_to(opening(tmp_path / "empty"))

    assert rights(tmp_path / "empty") == 0o700


@pytest.mark.parametrize("mode", [0o700, 0o500, 0o2700, 0o1700])
def test_a_closed_folder_is_left_as_it_is_whatever_is_in_it(tmp_path: Path, mode: int) -> None:
    (tmp_path / "diary.txt").touch()
    tmp_path.chmod(mode)

    with capture_logs() as said:
        see_to(tmp_path)
        see_to(tmp_path / "not there")

    assert (rights(tmp_path), said) == (mode, [])
    tmp_path.chmod(0o700)


async def test_a_folder_of_the_keys_is_closed_as_well(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/a.db", keys=tmp_path / "keys" / "a.keys"):
        pass
    opening(tmp_path / "keys")

    async with opened(f"sqlite:///{tmp_path}/a.db", keys=tmp_path / "keys" / "a.keys"):
        assert rights(tmp_path / "keys") == 0o700


async def test_keys_with_a_name_of_their_own_are_ours_also_beside_the_database(tmp_path: Path, opened: Opened) -> None:
    url = f"sqlite:///{tmp_path}/kept/a.db"
    async with opened(url, keys=tmp_path / "kept" / "members"):
        pass
    opening(tmp_path / "kept")

    async with opened(url, keys=tmp_path / "kept" / "members"):
        assert rights(tmp_path / "kept") == 0o700


def test_a_folder_that_a_link_leads_to_is_the_one_that_is_looked_at(tmp_path: Path) -> None:
    """Whether the link is one of the folder or of the file."""
    real, keys = opening(tmp_path / "real"), opening(tmp_path / "keys")
    (keys / "a.keys").touch(0o600)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "a.keys").symlink_to("keys/a.keys")

    path = place_of(f"sqlite:///{tmp_path}/link/a.db", REAL_DISK, tmp_path / "a.keys")

    assert path == (real / "a.db").resolve()
    assert (rights(real), rights(keys)) == (0o700, 0o700)


# ------------------------------------------------------------------ one that is open, and not ours alone


@pytest.mark.parametrize("other", ["README.md", ".git/HEAD", "a.db.txt", "b.db", "photos", "old/a.db", "backups/list"])
async def test_an_open_folder_with_anything_else_in_it_is_refused_and_never_shut_away(kept: Path, other: str) -> None:
    opening(kept)
    if other == "photos":
        (kept / other).mkdir()
    else:
        (kept / other).parent.mkdir(exist_ok=True)
        (kept / other).touch()

    assert refused(kept) == (
        f"Others on this machine may look into {kept} (rights 755), where the database would lie. It is not "
        f"Porchlight's alone. Give it a folder of its own, while no bot runs: mkdir -p -m 700 {kept}/data && mv "
        f'{kept}/a.db* {kept}/data/ and then storage.url = "sqlite:///{kept}/data/a.db". Or, where nobody else needs '
        f"it, close it: chmod 700 {kept}"
    )


def test_a_link_to_something_else_is_not_looked_through(tmp_path: Path) -> None:
    folder = opening(tmp_path / "open")
    (folder / "elsewhere").symlink_to(tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "porchlight-20261123T040000Z.db.sealed").touch()

    assert "It is not Porchlight's alone." in refused(folder)


def test_where_nothing_would_have_to_move_no_move_is_asked_for(tmp_path: Path) -> None:
    folder = opening(tmp_path / "project")
    (folder / "README.md").touch()

    assert (
        f'Give it a folder of its own, which Porchlight makes: storage.url = "sqlite:///{folder}/data/a.db". Or,'
    ) in refused(folder)


async def test_what_is_refused_goes_on_with_what_the_line_says(kept: Path, opened: Opened) -> None:
    """Typed as it stands there, into a shell."""
    async with opened(f"sqlite:///{kept}/a.db") as database:
        await database.write(lambda records: records.facts.put("fact", "there"))
    (opening(kept) / "README.md").touch()
    typed = refused(kept).partition("while no bot runs: ")[2].partition(" and then")[0]

    await asyncio.to_thread(subprocess.run, ["/bin/sh", "-c", typed], check=True)

    async with opened(f"sqlite:///{kept}/data/a.db") as database:
        assert await database.read(lambda records: records.facts.get("fact")) == "there"
    assert rights(kept) == 0o755


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o757])
async def test_a_folder_that_everybody_may_write_to_is_refused_before_anything_is_written(
    tmp_path: Path, opened: Opened, mode: int
) -> None:
    """However empty: what was in it may have been put there, or put in the place of another."""
    folder = opening(tmp_path / "open", mode)

    with pytest.raises(DatabaseUnusable, match="Anybody may put files into it"):
        async with opened(f"sqlite:///{folder}/a.db"):
            pass

    assert list(folder.iterdir()) == []
    assert rights(folder) == mode


async def test_a_folder_of_the_keys_that_is_not_ours_alone_is_refused_before_anything_is_written(
    tmp_path: Path, opened: Opened
) -> None:
    elsewhere = opening(tmp_path / "keys")
    (elsewhere / "diary.txt").touch()

    with pytest.raises(DatabaseUnusable) as said:
        async with opened(f"sqlite:///{tmp_path}/a.db", keys=elsewhere / "a.keys"):
            pass

    assert "where the key database would lie." in str(said.value)
    assert f'sealing.keys = "{elsewhere}/keys/a.keys"' in str(said.value)
    assert list(tmp_path.iterdir()) == [elsewhere]


def test_a_folder_of_the_whole_machine_is_not_closed_however_empty_it_is(tmp_path: Path) -> None:
    """Such as /srv, for root: others will need it tomorrow."""
    folder = opening(tmp_path / "srv")

    with pytest.raises(DatabaseUnusable, match="It is not Porchlight's alone"):
        keep_folder_private(folder, of_database(folder / "a.db", None), top=tmp_path)

    assert rights(folder) == 0o755


def test_a_disk_of_our_own_that_is_mounted_there_is_closed(tmp_path: Path) -> None:
    """Such as the volume of a container."""
    with small_disk(tmp_path / "volume", "1m") as disk:
        opening(disk)

        keep_folder_private(disk, of_database(disk / "a.db", None), top=tmp_path)

        assert rights(disk) == 0o700


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("mode", [0o755, 0o2770, 0o2775])
async def test_a_folder_of_another_account_is_not_touched_and_a_way_that_works_is_named(
    tmp_path: Path, opened: Opened, mode: int
) -> None:
    """As a volume that a container was given, with a group that may write to it."""
    volume = tmp_path / "volume"
    volume.mkdir()
    os.chown(volume, NOBODY, NOBODY)
    volume.chmod(mode)

    assert refused(volume) == (
        f"Others on this machine may look into {volume} (rights {mode:o}), where the database would lie. It belongs to "
        "another account (it has the number 65534). Give it a folder of its own, which Porchlight makes: storage.url = "
        f'"sqlite:///{volume}/data/a.db". Or let root type: chown 0 {volume} && chmod 700 {volume}'
    )

    async with opened(f"sqlite:///{volume}/data/a.db"):
        assert rights(volume / "data") & 0o777 == 0o700
    assert (volume.stat().st_uid, rights(volume)) == (NOBODY, mode)


def no_change(_path: Path, _mode: int) -> None:
    """A disk that says yes to everything, as a stick from another system does."""


def no_leave(_path: Path, _mode: int) -> None:
    raise PermissionError(30, "Read-only file system")


@pytest.mark.parametrize(("change", "why"), [(no_change, "its disk knows no rights"), (no_leave, "Read-only file")])
def test_a_folder_that_cannot_be_closed_is_refused_and_what_mends_it_is_named(
    tmp_path: Path, change: Callable[[Path, int], None], why: str
) -> None:
    folder = opening(tmp_path / "stick")

    with pytest.raises(DatabaseUnusable) as said:
        keep_folder_private(folder, of_backups(), change=change)

    assert f"that cannot be changed ({why}" in str(said.value)
    assert "Mount that disk for this account alone (uid=" in str(said.value)
    assert "backups.folder" in str(said.value)


# ------------------------------------------------------------------ one that the database was moved away from


async def test_a_database_that_was_left_a_folder_higher_is_found_and_no_new_one_is_begun(
    tmp_path: Path, opened: Opened
) -> None:
    """So it is for whoever never named a place, and kept it where Porchlight was started."""
    async with opened(f"sqlite:///{tmp_path}/a.db") as database:
        await database.write(lambda records: records.facts.put("fact", "there"))
    before = sorted(path.name for path in tmp_path.iterdir())

    with pytest.raises(DatabaseUnusable) as said:
        async with opened(f"sqlite:///{tmp_path}/data/a.db"):
            pass

    assert sorted(path.name for path in tmp_path.iterdir()) == before
    typed = str(said.value).partition("while no bot runs: ")[2].partition(" Or ")[0]
    assert typed == f"mkdir -p -m 700 {tmp_path}/data && mv {tmp_path}/a.db* {tmp_path}/data/"
    assert f'storage.url = "sqlite:///{tmp_path}/a.db"' in str(said.value)
    await asyncio.to_thread(subprocess.run, ["/bin/sh", "-c", typed], check=True)
    async with opened(f"sqlite:///{tmp_path}/data/a.db") as database:
        assert await database.read(lambda records: records.facts.get("fact")) == "there"


async def test_no_command_goes_past_a_database_that_was_left_a_folder_higher(tmp_path: Path, opened: Opened) -> None:
    """Least of all a restore: the key database up there knows who has left since."""
    async with opened(f"sqlite:///{tmp_path}/a.db"):
        backup, _keys = back_up(tmp_path / "a.db", tmp_path / "a.db.keys", tmp_path / "backups", MASTER, NOW)
    settings = settings_in(tmp_path, f"sqlite:///{tmp_path}/data/a.db")

    for command in (
        work.back_up_now(settings, MASTER, NOW),
        work.erase_user(settings, MASTER, 1, NOW),
        work.rotate_key(settings, MASTER, lambda _left: None),
        work.look_into_backup(settings, MASTER, backup.path),
        work.restore(settings, MASTER, backup.path, NOW),
    ):
        with pytest.raises(DatabaseUnusable, match="lies a folder higher"):
            await command

    assert not (tmp_path / "data").exists()


async def test_beside_one_that_is_there_nothing_is_looked_for_a_folder_higher(tmp_path: Path, opened: Opened) -> None:
    async with opened(f"sqlite:///{tmp_path}/data/a.db"):
        pass
    (tmp_path / "a.db").write_bytes(b"another")

    async with opened(f"sqlite:///{tmp_path}/data/a.db"):
        pass


# ------------------------------------------------------------------ every command


@pytest.mark.parametrize("which", ["kept", "keys"])
async def test_every_command_that_opens_a_folder_closes_or_refuses_it(
    tmp_path: Path, opened: Opened, which: str
) -> None:
    keys = tmp_path / "keys" / "a.keys"
    async with opened(f"sqlite:///{tmp_path}/kept/a.db", keys=keys):
        backup, _keys = back_up(tmp_path / "kept/a.db", keys, tmp_path / "backups", MASTER, NOW)
    settings = settings_in(tmp_path, f"sqlite:///{tmp_path}/kept/a.db", keys)
    commands = (
        lambda: work.back_up_now(settings, MASTER, NOW),
        lambda: work.erase_user(settings, MASTER, 1, NOW),
        lambda: work.rotate_key(settings, MASTER, lambda _left: None),
        lambda: work.look_into_backup(settings, MASTER, backup.path),
        lambda: work.restore(settings, MASTER, backup.path, NOW),
    )

    for command in commands:
        opening(tmp_path / which)
        await command()
        assert rights(tmp_path / which) == 0o700

    (opening(tmp_path / which) / "diary.txt").touch()
    for command in commands:
        with pytest.raises(DatabaseUnusable, match="Others on this machine may look into"):
            await command()


# ------------------------------------------------------------------ the backups


async def test_backups_that_lie_open_are_closed_with_their_folder(kept: Path) -> None:
    for path in opening(kept / "backups").iterdir():
        path.chmod(0o644)

    with capture_logs() as said:
        keep_all_backups_private(kept / "backups")

    assert rights(kept / "backups") == 0o700
    assert {rights(path) for path in (kept / "backups").iterdir()} == {0o600}
    assert [one["event"] for one in said] == ["rights.folder_closed", "rights.repaired", "rights.repaired"]


async def test_a_backup_goes_into_no_folder_that_others_look_into(kept: Path) -> None:
    shared = opening(kept / "shared")
    (shared / "list.txt").touch()

    with pytest.raises(DatabaseUnusable) as said:
        back_up(kept / "a.db", kept / "a.db.keys", shared, MASTER, NOW)

    assert f'backups.folder = "{shared}/porchlight"' in str(said.value)
    assert [path.name for path in shared.iterdir()] == ["list.txt"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
async def test_a_backup_of_another_account_in_a_closed_folder_holds_nobody_up(kept: Path) -> None:
    """As one that root fetched back from another machine: it is sealed, and nobody else gets at it."""
    fetched = next((kept / "backups").iterdir())
    os.chown(fetched, NOBODY, NOBODY)
    fetched.chmod(0o644)

    keep_all_backups_private(kept / "backups")

    assert rights(fetched) == 0o644


def test_a_folder_of_that_name_without_a_backup_in_it_is_nothing_of_ours(tmp_path: Path) -> None:
    (opening(tmp_path / "backups") / "photos.tar").touch()

    keep_all_backups_private(tmp_path / "backups")
    keep_all_backups_private(tmp_path / "not there")

    assert rights(tmp_path / "backups") == 0o755
    assert not (tmp_path / "not there").exists()


def test_a_database_is_named_in_its_folder_wherever_it_is_asked_for(tmp_path: Path) -> None:
    """What looks at a folder comes with the path, so nobody can have the one without the other."""
    folder = opening(tmp_path / "project")
    (folder / "README.md").touch()

    with pytest.raises(DatabaseUnusable, match="may look into"):
        place_of(f"sqlite:///{folder}/a.db", REAL_DISK)

    shutil.rmtree(folder)
    assert place_of(f"sqlite:///{folder}/a.db", REAL_DISK) == (folder / "a.db").resolve()
