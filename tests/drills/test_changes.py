"""What members, servers and time zones change between claim and send. Drills 26, 27, 34 and 35."""

from __future__ import annotations

import pytest

from tests.drills.judge import STAND, due_now, pass_time
from tests.support.crowd import FIRST, crowd, fill, just_now, milliseconds, switch_on, zone_where_it_is
from tests.wire.double import Double
from tests.wire.faults import refuse
from tests.wire.mail import GUILD, dm_of, text_of
from tests.wire.opting_in import opt_in
from tests.wire.process import Bot

NUDGES = "SELECT count(*) FROM occurrence WHERE kind = 'nudge' HAVING sum(state = ?) = ?"


async def claimed_and_not_taken(bot: Bot, double: Double) -> None:
    """A nudge was claimed, Discord said not now, and the process is still there."""
    due_now(bot, 1)
    double.faults.next("send", refuse(403, 50001))
    await bot.start()
    await bot.until_row(STAND, "waiting", 1)


async def try_again_in_a_new_process(bot: Bot, double: Double, *, state: str) -> None:
    await bot.kill()
    pass_time(bot, double, 600)
    await bot.start()
    await bot.until_row(NUDGES, state, 1)


@pytest.mark.parametrize("change", ["tzdata", "zone", "window", "pause"])
async def test_a_nudge_that_no_longer_fits_its_members_clock_dissolves(bot: Bot, double: Double, change: str) -> None:
    """A zone whose rules a new tzdata changed is, to a row, a zone whose clocks show another hour."""
    await claimed_and_not_taken(bot, double)
    await bot.kill()
    night, elsewhere = zone_where_it_is(3), zone_where_it_is(20)
    match change:
        case "tzdata":
            bot.sql("UPDATE plan SET zone = ?", night)
        case "zone":
            bot.sql("UPDATE plan SET zone = ?, window_start = 480, window_end = 600", elsewhere)
        case "window":
            bot.sql("UPDATE plan SET window_start = 1200, window_end = 1320")
        case "pause":
            bot.sql("UPDATE plan SET paused_until = next_due_at")
    await bot.start()

    await try_again_in_a_new_process(bot, double, state="dissolved")

    await bot.terminate()
    assert double.dm_with(FIRST) == []


async def test_stop_is_heard_while_a_nudge_waits_to_be_tried_again(bot: Bot, double: Double) -> None:
    await claimed_and_not_taken(bot, double)
    assert "Nothing more will come" in text_of(await double.slash("nudge", "stop", user=FIRST))

    await try_again_in_a_new_process(bot, double, state="dissolved")

    await bot.terminate()
    assert double.dm_with(FIRST) == []


async def test_leaving_and_coming_back_between_claim_and_send_brings_no_second_nudge_of_that_date(
    bot: Bot, double: Double
) -> None:
    await claimed_and_not_taken(bot, double)
    await double.slash("nudge", "stop", user=FIRST)
    await opt_in(double, zone_where_it_is(13), FIRST)

    await try_again_in_a_new_process(bot, double, state="dissolved")

    await bot.terminate()
    assert len(double.dm_with(FIRST)) == 1, "the receipt of the new yes, and nothing else"
    ((due,),) = bot.sql("SELECT next_due_at FROM plan")
    assert due > milliseconds(just_now(-8 * 3600)), "the date has had its chance"


@pytest.mark.parametrize("moment", ["claimed", "in flight", "unknown"])
async def test_deleting_oneself_is_final_at_whatever_moment_of_a_nudge(bot: Bot, double: Double, moment: str) -> None:
    """And nothing of it is left in the file or its log."""
    bot.settings["PORCHLIGHT_DELIVERY__SEND_TIMEOUT_SECONDS"] = "1" if moment == "unknown" else "20"
    if moment == "claimed":
        await claimed_and_not_taken(bot, double)
    else:
        due_now(bot, 1)
        double.keep_answers_back()
        await bot.start()
        await double.until(lambda: len(double.mail.taken) == 1)
    if moment == "unknown":
        await bot.until_row(STAND, "unknown", 1)
    ((nudge,),) = bot.sql("SELECT occurrence_id FROM occurrence")

    asked = await double.slash("privacy", "delete", user=FIRST)
    assert "Deleted. Nothing is held" in text_of(await double.press(asked, "delete", FIRST))
    double.answer_again()
    await bot.terminate()
    pass_time(bot, double, 600)
    await bot.start()
    await bot.terminate()

    assert bot.sql("SELECT count(*) FROM member") == [(0,)]
    assert len(double.dm_with(FIRST)) == (0 if moment == "claimed" else 1)
    for file in bot.folder.glob("porchlight.db*"):
        held = file.read_bytes()
        assert nudge.encode() not in held, file.name
        assert FIRST.to_bytes(8, "big") not in held, file.name


async def test_a_server_that_sends_the_bot_away_stops_what_was_claimed_and_not_yet_sent(
    bot: Bot, double: Double
) -> None:
    switch_on(bot.file, GUILD)
    fill(bot.file, crowd(10, just_now(), zone_where_it_is(13), guild_id=GUILD))
    bot.sql("UPDATE member SET dm_channel_id = member_id + ?", dm_of(0))
    bot.settings["PORCHLIGHT_DELIVERY__RATE_PER_SECOND"] = "4"
    double.gateway.guilds.append(GUILD)
    await bot.start()
    await double.until(lambda: double.counted["send"] >= 2)

    await double.gateway.dispatch("GUILD_DELETE", {"id": str(GUILD)})
    await bot.until_row("SELECT 1 FROM guild WHERE disabled_at IS NOT NULL")
    sent = double.counted["send"]
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state IN ('sent', 'dissolved')) = 10")

    await bot.terminate()
    assert sent < 10
    assert double.counted["send"] <= sent + 1, "one may have been on its way"
