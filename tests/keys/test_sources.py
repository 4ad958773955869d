"""Where the master key comes from, and what is said when it does not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.errors import MasterKeyUnusable
from bot.keys import MasterKeys
from bot.keys.sources import close_file, make_file, master_keys, read_file
from tests.support.keys import MASTER

NAME = "porchlight-master-key"
WRAPPED = MASTER.wrap("name", bytes(32))


def opens(keys: MasterKeys) -> bool:
    return keys.unwrap("name", WRAPPED) == bytes(32)


def kept(path: Path, keys: MasterKeys, mode: int = 0o400) -> Path:
    path.write_text(keys.text())
    path.chmod(mode)
    return path


def test_a_credential_comes_before_a_file_and_a_file_before_what_was_given(tmp_path: Path) -> None:
    other = SecretStr(MasterKeys.fresh().text())
    ours, theirs = kept(tmp_path / "ours.key", MASTER), kept(tmp_path / "theirs.key", MasterKeys.fresh())
    kept(tmp_path / NAME, MASTER, 0o440)

    assert opens(master_keys(theirs, other, {"CREDENTIALS_DIRECTORY": str(tmp_path)}))
    assert opens(master_keys(ours, other, {"CREDENTIALS_DIRECTORY": str(tmp_path / "elsewhere")}))
    assert opens(master_keys(None, SecretStr(MASTER.text()), {}))


def test_without_any_the_error_says_how_to_make_one() -> None:
    with pytest.raises(MasterKeyUnusable, match=r"`python -m bot new-key` makes one.*sealing\.master_key_file"):
        master_keys(None, None, {})


def test_a_file_that_is_missing_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnusable, match="If there was one, put it back"):
        master_keys(tmp_path / "gone.key", None, {})

    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644, 0o420])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(MasterKeyUnusable, match="chmod 400"):
        read_file(kept(tmp_path / "a.key", MASTER, mode))


def test_a_new_file_is_its_owners_alone_from_the_beginning(tmp_path: Path) -> None:
    made = make_file(tmp_path / "a.key")

    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o400
    assert read_file(tmp_path / "a.key").text() == made.text()


def test_a_file_that_has_some_gets_one_version_more_and_loses_none(tmp_path: Path) -> None:
    first = make_file(tmp_path / "a.key")

    second = make_file(tmp_path / "a.key")

    assert (first.newest, second.newest) == (1, 2)
    assert second.text().startswith(first.text())
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]


def test_a_file_that_is_no_key_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("dear diary")
    (tmp_path / "diary.txt").chmod(0o600)

    with pytest.raises(MasterKeyUnusable, match="is no master key"):
        make_file(tmp_path / "diary.txt")

    assert (tmp_path / "diary.txt").read_text() == "dear diary"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnusable, match="cannot be written: No such file or directory"):
        make_file(tmp_path / "nowhere" / "a.key")


@pytest.mark.parametrize("mode", [0o600, 0o700, 0o500])
def test_a_file_that_its_owner_may_change_is_closed_to_reading_alone_and_that_is_said(
    tmp_path: Path, mode: int
) -> None:
    path = kept(tmp_path / "a.key", MASTER, mode)

    with capture_logs() as said:
        close_file(path, {})
        close_file(path, {})

    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert said == [{"event": "rights.key_file_closed", "file": "a.key", "were": f"{mode:o}", "log_level": "info"}]
    assert opens(read_file(path))


def test_a_file_that_is_not_where_the_key_came_from_is_left_alone(tmp_path: Path) -> None:
    path = kept(tmp_path / "a.key", MASTER, 0o600)
    kept(tmp_path / NAME, MASTER)

    close_file(path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    close_file(None, {})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_disk_that_cannot_be_written_to_holds_no_start_up(tmp_path: Path) -> None:
    def read_only(_path: Path, _mode: int) -> None:
        raise OSError(30, "Read-only file system")

    path = kept(tmp_path / "a.key", MASTER, 0o600)

    with capture_logs() as said:
        close_file(path, {}, read_only)

    assert said == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_account_is_not_changed(tmp_path: Path) -> None:
    path = kept(tmp_path / "a.key", MASTER, 0o600)
    os.chown(path, 65_534, 65_534)

    close_file(path, {})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
