"""Many at once, and a file that somebody else holds. Drills 22 and 33, of the process."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drills.judge import STAND, due_now, judge
from tests.support.crowd import FIRST
from tests.wire.double import Double
from tests.wire.mail import dm_of, text_of
from tests.wire.process import Bot

RATE = 40
DISCORDS_LIMIT = 50
# Before the first letter the process reads its library; after the last, the row is written.
BESIDE_SENDING_SECONDS = 1.5


async def test_many_due_in_one_second_go_out_at_the_rate_without_a_single_429(
    bot: Bot, double: Double, long: bool, record: Callable[..., None]
) -> None:
    count = 10_000 if long else 200
    double.limits.per_second = DISCORDS_LIMIT
    people = due_now(bot, count)
    bot.sql("UPDATE member SET dm_channel_id = member_id + ?", dm_of(0))
    began = time.monotonic()
    await bot.start()
    early = resident_kilobytes(bot)
    await double.until(lambda: double.counted["send"] >= 10)
    slowest = await answers_meanwhile(double)
    await bot.until_row(STAND, "sent", count, patience=600)
    seconds = time.monotonic() - began
    grown = resident_kilobytes(bot) - early
    await bot.terminate()

    assert double.limits.given == 0
    assert judge(bot, double, people).broken == {}
    assert count / (seconds - BESIDE_SENDING_SECONDS) >= 0.9 * RATE
    assert slowest < 1.0
    assert grown < 60_000, "memory stays flat"
    record(
        due=count,
        per_second=round(count / seconds, 1),
        peak=double.limits.peak,
        slowest_answer_ms=round(slowest * 1000),
        grown_mb=grown // 1024,
    )


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="traffic")
async def test_opening_dms_counts_as_requests_too(bot: Bot, double: Double, record: Callable[..., None]) -> None:
    double.limits.per_second = DISCORDS_LIMIT
    due_now(bot, 100)

    await bot.start()
    await double.until(lambda: double.counted["send"] >= 60 or double.limits.given > 0)

    await bot.terminate()
    record(peak=double.limits.peak, refused=double.limits.given)
    assert (double.limits.given, double.limits.peak <= DISCORDS_LIMIT) == (0, True)


async def answers_meanwhile(double: Double) -> float:
    """The slowest of ten commands, in seconds."""
    slowest = 0.0
    for _ in range(10):
        began = time.monotonic()
        await double.slash("nudge", "settings", user=FIRST)
        slowest = max(slowest, time.monotonic() - began)
        await asyncio.sleep(0.05)
    return slowest


async def test_a_file_that_another_program_locks_stops_nothing_for_good(
    bot: Bot, double: Double, long: bool, record: Callable[..., None]
) -> None:
    """Members are answered where no row is needed, and what was due goes out afterwards."""
    seconds = 60 if long else 6
    people = due_now(bot, 5)
    bot.sql("UPDATE plan SET next_due_at = next_due_at + 3000")
    await bot.start()
    lock = sqlite3.connect(bot.file, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        slowest = 0.0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.monotonic()
            assert text_of(await double.slash("help", "", user=FIRST))
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.25)
        assert double.counted["send"] == 0
    finally:
        lock.rollback()
        lock.close()
    record(slowest_answer_ms=round(slowest * 1000))
    assert slowest < 1.0

    await bot.until_row(STAND, "sent", 5, patience=40)
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


def resident_kilobytes(bot: Bot) -> int:
    assert bot.process is not None
    status = Path(f"/proc/{bot.process.pid}/status")
    if not status.exists():
        pytest.skip("this machine does not tell how much memory a process has")
    return next(int(line.split()[1]) for line in status.read_text("utf-8").splitlines() if line.startswith("VmRSS"))
