"""A disk without room, and a process without files. Drills 20 and 21, of the process."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store.migrate import migrate
from tests.drills.judge import STAND, due_now, judge
from tests.support.crowd import FIRST, just_now, milliseconds
from tests.support.mounts import fill_up, small_disk
from tests.wire.double import Double
from tests.wire.nursery import Nursery
from tests.wire.process import Bot

if sys.platform == "linux":
    import resource

AT_ONCE = 5


@pytest.fixture
async def on_a_small_disk(tmp_path: Path, double: Double, nursery: Nursery) -> AsyncIterator[Bot]:
    """Its database is on a disk of 12 MB, what it says is not."""
    with small_disk(tmp_path / "disk", "12m") as disk:
        (tmp_path / "said.txt").touch()
        (disk / "said.txt").symlink_to(tmp_path / "said.txt")
        bot = Bot(disk, double, nursery)
        bot.settings |= {
            "PORCHLIGHT_STORAGE__BALLAST_MEGABYTES": "1",
            "PORCHLIGHT_STORAGE__FREE_MEGABYTES_AT_LEAST": "3",
        }
        migrate(bot.file)
        yield bot
        if bot.lives:
            await bot.kill()


async def test_on_a_full_disk_what_was_sent_is_written_down_and_nothing_else_is_begun(
    on_a_small_disk: Bot, double: Double, long: bool
) -> None:
    bot = on_a_small_disk
    bot.settings["PORCHLIGHT_DELIVERY__BATCH"] = str(AT_ONCE)
    people = due_now(bot, 2 * AT_ONCE)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.mail.taken) == AT_ONCE)
    other = bot.folder / "log of somebody else"
    fill_up(other)

    double.answer_again()
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state = 'sent') = ?", AT_ONCE)
    await bot.until_said("why=room")
    with pytest.raises(TimeoutError):
        await double.until(lambda: double.counted["send"] > AT_ONCE, patience=1)
    assert bot.lives
    assert "delivery.failed" not in bot.said

    other.unlink()
    if not long:
        # It looks again within a quarter of a minute; a new process looks at once.
        assert (await bot.terminate()).code == 0
        bot.sql("UPDATE occurrence SET wake_at = 0 WHERE state = 'waiting'")
        await bot.start()
    await bot.until_row(STAND, "sent", 2 * AT_ONCE, patience=60)
    assert (await bot.terminate()).code == 0
    assert "Traceback" not in bot.said
    assert judge(bot, double, people).broken == {}


async def test_a_process_that_may_open_no_more_files_lives_on_and_loses_nothing(bot: Bot, double: Double) -> None:
    """What is open stays open: its database, its gateway, and the connection that the first nudge went out by."""
    people = due_now(bot, 1 + AT_ONCE)
    bot.sql("UPDATE plan SET next_due_at = next_due_at + 3600000 WHERE member_id > ?", FIRST)
    await bot.start()
    await bot.until_row(STAND, "sent", 1)
    double.keep_answers_back()
    with no_more_files(bot):
        bot.sql("UPDATE plan SET next_due_at = ? WHERE member_id > ?", milliseconds(just_now()), FIRST)
        # One of them has the connection there is; the others get none.
        await bot.until_row(STAND, "waiting", AT_ONCE - 1)
        assert bot.lives

    double.answer_again()
    bot.sql("UPDATE occurrence SET wake_at = 0 WHERE state = 'waiting'")
    await bot.until_row(STAND, "sent", 1 + AT_ONCE)

    assert (await bot.terminate()).code == 0
    assert "Traceback" not in bot.said
    assert double.counted["send"] == 1 + AT_ONCE
    assert judge(bot, double, people).broken == {}


@contextmanager
def no_more_files(bot: Bot) -> Iterator[None]:
    """For as long as it lasts, the process may open none."""
    if sys.platform != "linux":
        pytest.skip("only Linux lets the limits of another process be changed")
    assert bot.process is not None
    before = resource.prlimit(bot.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_NOFILE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(bot.process.pid, resource.RLIMIT_NOFILE, before)
