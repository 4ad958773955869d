"""Where what is kept lies, and who may look at it: as an operator meets it at a start of the shipped process."""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path

import pytest

from tests.support.keys import MASTER, VARIABLE
from tests.wire.process import Bot

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such rights")

URL = "PORCHLIGHT_STORAGE__URL"
KEY_FILE = "PORCHLIGHT_SEALING__MASTER_KEY_FILE"


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def without_a_place(bot: Bot) -> dict[str, str]:
    """The environment of somebody who never said where the database is to be."""
    return {name: value for name, value in bot.environment.items() if name != URL}


async def test_who_names_no_place_gets_a_folder_that_is_theirs_alone(bot: Bot) -> None:
    before = bot.double.identified
    await bot.launch_with(without_a_place(bot))
    await bot.double.until(lambda: bot.double.identified > before)

    assert (await bot.terminate()).code == 0
    assert (bot.folder / "data" / "porchlight.db").exists()
    assert rights(bot.folder / "data") == 0o700


async def test_who_named_no_place_before_is_told_where_the_database_lies_and_nothing_begins_anew(bot: Bot) -> None:
    await bot.start()
    await bot.terminate()
    bot.folder.chmod(0o755)
    (bot.folder / "said.txt").unlink()

    await bot.launch_with(without_a_place(bot))
    ended = await bot.ended()

    assert ended.code == 74
    assert ended.said.startswith(f"porchlight: There is no database {bot.folder}/data/porchlight.db, but one of that ")
    assert len(ended.said.splitlines()) == 1
    assert not (bot.folder / "data").exists()


async def test_a_folder_with_more_in_it_that_lies_open_is_refused_in_one_line(bot: Bot) -> None:
    """The folder of the code, for instance, where an older version began its database."""
    await bot.start()
    await bot.terminate()
    bot.folder.chmod(0o755)
    (bot.folder / "said.txt").unlink()

    await bot.launch()
    ended = await bot.ended()

    assert ended.code == 74
    assert len(ended.said.splitlines()) == 1
    assert f"chmod 700 {bot.folder}\n" in ended.said
    assert rights(bot.folder) == 0o755


async def test_backups_that_lie_open_are_closed_at_a_start(bot: Bot) -> None:
    await bot.start()
    assert (await bot.command("backup"))[0] == 0
    await bot.terminate()
    backups = bot.folder / "backups"
    backups.chmod(0o755)
    for path in backups.iterdir():
        path.chmod(0o644)

    await bot.start()

    assert (await bot.terminate()).code == 0
    assert [rights(backups), *(rights(path) for path in backups.iterdir())] == [0o700, 0o600, 0o600]
    assert "rights.folder_closed" in bot.said


async def test_a_master_key_that_its_owner_may_change_is_closed_at_a_start(bot: Bot) -> None:
    key = bot.folder / "my.key"
    key.write_text(MASTER.text())
    key.chmod(0o600)
    bot.settings |= {VARIABLE: "", KEY_FILE: "my.key"}

    await bot.start()

    assert (await bot.terminate()).code == 0
    assert rights(key) == 0o400
    assert "rights.key_file_closed" in bot.said


async def test_what_the_line_says_brings_the_database_back(bot: Bot) -> None:
    """Typed as it stands there."""
    await bot.start()
    await bot.terminate()
    (bot.folder / "said.txt").unlink()
    await bot.launch_with(without_a_place(bot))
    said = (await bot.ended()).said
    (bot.folder / "data").mkdir(mode=0o700)
    assert f"mkdir -p -m 700 {bot.folder}/data && mv {bot.folder}/porchlight.db* {bot.folder}/data/" in said
    for path in bot.folder.glob("porchlight.db*"):
        shutil.move(path, bot.folder / "data")

    before = bot.double.identified
    await bot.launch_with(without_a_place(bot))
    await bot.double.until(lambda: bot.double.identified > before)

    assert (await bot.terminate()).code == 0
