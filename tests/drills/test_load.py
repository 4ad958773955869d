"""Many at once, and a file that somebody else holds. Drills 22 and 33, of the process."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.drills.judge import STAND, due_now, judge
from tests.support.crowd import FIRST, crowd, fill, just_now, zone_where_it_is
from tests.wire.double import Double
from tests.wire.mail import dm_of, text_of
from tests.wire.process import Bot

# As the settings have it: thirty a minute, and a few at once after a while without any.
OPENS_AT_ONCE, OPENS_PER_SECOND = 5, 0.5
DISCORDS_LIMIT = 50


async def test_many_due_in_one_second_go_out_without_a_single_429(
    bot: Bot, double: Double, long: bool, record: Callable[..., None]
) -> None:
    count = 10_000 if long else 120
    double.limits.per_second = DISCORDS_LIMIT
    people = due_now(bot, count)
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
    assert double.members.refused == [], "every command was answered in time"
    assert grown < 60_000, "memory stays flat"
    record(
        due=count,
        per_second=round(count / seconds, 1),
        peak=double.limits.peak,
        slowest_answer_ms=round(slowest * 1000),
        grown_mb=grown // 1024,
    )


async def test_dms_are_opened_slowly_and_those_that_are_open_do_not_wait_for_them(
    bot: Bot, double: Double, record: Callable[..., None]
) -> None:
    """A DM that is opened for a letter is a second request, too; both count."""
    double.limits.per_second = DISCORDS_LIMIT
    strangers = due_now(bot, 60, strangers=True)
    known = [
        replace(one, dm_channel_id=dm_of(one.member_id))
        for one in crowd(60, just_now(0), zone_where_it_is(13), first=FIRST + 60)
    ]
    fill(bot.file, known)
    began = time.monotonic()
    await bot.start()
    await double.until(lambda: all(double.dm_with(one.member_id) for one in known))
    await bot.kill()
    seconds = time.monotonic() - began

    opened = double.counted["open"]
    record(opened=opened, peak=double.limits.peak)
    assert 0 < opened <= OPENS_AT_ONCE + OPENS_PER_SECOND * seconds + 1
    assert (double.limits.given, double.limits.peak <= DISCORDS_LIMIT) == (0, True)
    assert opened - 1 <= sum(bool(double.dm_with(member)) for member in strangers) <= opened


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
    seconds = 60 if long else 4
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
    assert double.members.refused == []

    await bot.until_row(STAND, "sent", 5, patience=40)
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


def resident_kilobytes(bot: Bot) -> int:
    assert bot.process is not None
    status = Path(f"/proc/{bot.process.pid}/status")
    if not status.exists():
        pytest.skip("this machine does not tell how much memory a process has")
    return next(int(line.split()[1]) for line in status.read_text("utf-8").splitlines() if line.startswith("VmRSS"))
