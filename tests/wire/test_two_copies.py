"""Two copies of the shipped process on one file, and one file in the hands of two bots."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.wire.conftest import Bot
from tests.wire.double import Double


@pytest.fixture
async def copy(bot: Bot, tmp_path: Path) -> AsyncIterator[Bot]:
    """The same once more, over the same file, with words of its own."""
    folder = tmp_path / "copy"
    folder.mkdir()
    copy = replace(bot, folder=folder, process=None)
    yield copy
    if copy.process is not None and copy.process.returncode is None:
        await copy.kill()


def file_of(bot: Bot) -> dict[str, str]:
    return {"PORCHLIGHT_STORAGE__URL": f"sqlite:///{bot.folder}/porchlight.db"}


async def test_a_second_copy_ends_at_once_and_the_first_goes_on(bot: Bot, copy: Bot, double: Double) -> None:
    await bot.start()

    await copy.launch(**file_of(bot))
    ended = await copy.ended()

    assert ended.code == 75
    assert ended.said.splitlines()[-1] == (
        "porchlight: Another Porchlight is running on porchlight.db. Stop that one first, or give this one a "
        "storage.url of its own."
    )
    assert "Traceback" not in ended.said
    assert double.identified == 1, "it never spoke to Discord"
    assert (await bot.terminate()).code == 0


async def test_the_process_keeps_the_ballast_that_its_settings_say(bot: Bot, double: Double) -> None:
    await bot.launch(PORCHLIGHT_STORAGE__BALLAST_MEGABYTES="2")
    await double.until(lambda: double.identified == 1)

    assert (bot.folder / "porchlight.db.ballast").stat().st_size == 2 * 1024 * 1024


async def test_the_lock_goes_with_the_process_that_was_killed(bot: Bot) -> None:
    await bot.start()
    await bot.kill()

    await bot.start()

    assert (await bot.terminate()).code == 0


async def test_the_first_copy_stops_where_the_lock_did_not_keep_a_second_one_out(
    bot: Bot, copy: Bot, double: Double
) -> None:
    """As when somebody deleted the lock file, or another machine reaches the same disk."""
    await bot.start()
    (bot.folder / "porchlight.db.lock").unlink()
    await copy.launch(**file_of(bot))
    await double.until(lambda: double.identified == 2)

    ended = await bot.ended()

    assert ended.code == 76
    assert ended.said.splitlines()[-1] == (
        "porchlight: Another Porchlight has taken the database over, so this one stops. Let only one of them run."
    )
    assert (await copy.terminate()).code == 0


async def test_a_file_of_another_bot_is_refused(bot: Bot) -> None:
    await bot.start()
    await bot.terminate()
    bot.sql("UPDATE fact SET value = '1' WHERE name = 'application'")

    await bot.launch()
    ended = await bot.ended()

    assert ended.code == 74
    assert "porchlight.db belongs to another bot, application 1." in ended.said
    assert "Traceback" not in ended.said
