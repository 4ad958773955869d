"""The process dies at the worst moments, and sleeps through them. Drills 1, 2, 3, 16, 18 and 19."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Callable

import pytest

from tests.drills.judge import STAND, due_now, judge, pass_time
from tests.drills.storm import Storm, run_storm, several_storms
from tests.support.crowd import Someone, just_now, milliseconds
from tests.wire.double import PATIENCE, Double
from tests.wire.faults import Ending, Fault, refuse
from tests.wire.nursery import Nursery
from tests.wire.process import Bot

AT_ONCE = 20


async def killed_with_letters_on_their_way(bot: Bot, double: Double, count: int = AT_ONCE) -> dict[int, Someone]:
    """The double took that many, and answered none of them, when the process was killed."""
    people = due_now(bot, count)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.mail.taken) == count)
    await bot.kill()
    double.answer_again()
    assert bot.sql(STAND, "claimed", count)
    return people


async def test_a_kill_before_the_answer_leaves_one_message_by_its_nonce(bot: Bot, double: Double) -> None:
    people = await killed_with_letters_on_their_way(bot, double)

    await bot.start()
    await bot.until_row(STAND, "sent", AT_ONCE)

    assert (double.counted["send"], double.looked) == (2 * AT_ONCE, 0)
    assert (await bot.terminate()).code == 0
    assert judge(bot, double, people).broken == {}


async def test_a_kill_ten_minutes_ago_is_looked_up_and_not_sent_again(bot: Bot, double: Double) -> None:
    people = await killed_with_letters_on_their_way(bot, double)
    pass_time(bot, double, 600)

    await bot.start()
    await bot.until_row(STAND, "sent", AT_ONCE)

    assert (double.counted["send"], double.looked) == (AT_ONCE, AT_ONCE)
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


async def test_while_the_dm_cannot_be_read_nothing_is_sent_and_the_fate_stays_unknown(bot: Bot, double: Double) -> None:
    bot.settings["PORCHLIGHT_DELIVERY__SEND_TIMEOUT_SECONDS"] = "1"
    people = await killed_with_letters_on_their_way(bot, double, 4)
    arrived, gone = sorted(people)[:2], sorted(people)[2:]
    for member in gone:
        double.mail.delete(int(double.dm_with(member)[0]["id"]))
    pass_time(bot, double, 600)
    double.faults.every("history", refuse(500))

    await bot.start()
    await bot.until_row(STAND, "unknown", 4)
    await bot.kill()
    assert double.counted["send"] == 4, "nothing went out on a guess"

    pass_time(bot, double, 600)
    double.faults.stop()
    await bot.start()
    await bot.until_row(STAND, "sent", 4)
    await bot.terminate()
    assert double.counted["send"] == 4 + len(gone), "what was not there was sent once more"
    assert [len(double.dm_with(member)) for member in arrived + gone] == [1] * 4
    assert judge(bot, double, people).broken == {}


async def test_sigterm_with_many_on_their_way_ends_in_time_and_loses_none(
    bot: Bot, double: Double, long: bool, record: Callable[..., None]
) -> None:
    count = 500 if long else 60
    bot.settings |= {"PORCHLIGHT_DELIVERY__AT_ONCE": "200", "PORCHLIGHT_DELIVERY__BATCH": "1000"}
    people = due_now(bot, count)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.mail.taken) >= min(count, 200))

    await bot.send(signal.SIGTERM)
    if not long:
        double.answer_again()
    ended = await bot.ended()
    assert (ended.code, ended.seconds < 10) == (0, True)
    record(exit_seconds=round(ended.seconds, 1))

    double.answer_again()
    pass_time(bot, double, 600)
    await bot.start()
    await bot.until_row(STAND, "sent", count, patience=120)
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


async def test_sigterm_that_cuts_a_wake_up_short_says_so_without_a_traceback(
    bot: Bot, double: Double, long: bool
) -> None:
    if not long:
        pytest.skip("takes as long as a process may take to end; make drills runs it")
    due_now(bot, 1)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.mail.taken) == 1)

    ended = await bot.terminate()

    assert "ticker.cut_short" in ended.said
    assert "Traceback" not in ended.said


def settled_in_vain(bot: Bot) -> int:
    """How many letters it wanted to settle that were not its own any more."""
    return sum(int(how_many) for how_many in re.findall(r"how_many=(\d+) .*ours=False", bot.said))


async def test_a_process_that_slept_past_its_claim_cannot_write_over_another(bot: Bot, double: Double) -> None:
    """SIGSTOP stands for a laptop's lid or a stalled machine; what another process would have claimed meanwhile is put
    into the file."""
    people = due_now(bot, 5)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.mail.taken) == 5)
    await bot.send(signal.SIGSTOP)
    pass_time(bot, double, 600)
    until = milliseconds(just_now(-90))
    bot.sql("UPDATE occurrence SET claim = 'somebody else', wake_at = ?", until)

    double.answer_again()
    await bot.send(signal.SIGCONT)
    async with asyncio.timeout(PATIENCE):
        while settled_in_vain(bot) < 5:  # noqa: ASYNC110 - another process says it, and calls nobody
            await asyncio.sleep(0.02)
    assert bot.sql(STAND, "claimed", 5)
    assert bot.sql("SELECT DISTINCT claim FROM occurrence") == [("somebody else",)]

    await bot.kill()
    pass_time(bot, double, 600)
    await bot.start()
    await bot.until_row(STAND, "sent", 5)
    await bot.terminate()
    assert (double.counted["send"], double.looked) == (5, 5)
    assert judge(bot, double, people).broken == {}


async def test_a_process_that_slept_ten_minutes_goes_on_with_what_is_still_its_own(bot: Bot, double: Double) -> None:
    people = due_now(bot, 5)
    double.faults.next("send", *[Fault(ending=Ending.RESET, slow=0.2)] * 5)
    bot.settings["PORCHLIGHT_DELIVERY__SEND_TIMEOUT_SECONDS"] = "2"
    await bot.start()
    await double.until(lambda: double.counted["send"] == 5)
    await bot.send(signal.SIGSTOP)
    pass_time(bot, double, 600)

    await bot.send(signal.SIGCONT)
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state IN ('sent', 'unknown')) = 5")
    await bot.kill()
    pass_time(bot, double, 600)
    await bot.start()
    await bot.until_row(STAND, "sent", 5)
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


async def test_kills_at_random_moments_under_load_lose_and_double_nothing(
    bot: Bot, double: Double, long: bool, record: Callable[..., None], nursery: Nursery
) -> None:
    if long:
        verdicts = await several_storms(bot.folder, seeds=(1, 2), kills=500)
    else:
        verdicts = [await run_storm(Storm(bot, double, seed=7, kills=6, fresh=25))]

    counted = ("due", "arrived", "dissolved", "presses", "duplicates", "lost", "outside", "untrue", "forgotten")
    record(kills=1000 if long else 6, **{name: sum(getattr(one, name) for one in verdicts) for name in counted})
    assert [verdict.broken for verdict in verdicts] == [{}] * len(verdicts)
    assert sum(verdict.arrived for verdict in verdicts) > 0
