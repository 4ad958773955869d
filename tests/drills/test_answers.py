"""What Discord, or something on the way to it, can answer to a message. Drills 4 to 11."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.drills.judge import STAND, due_now, judge, pass_time
from tests.support.crowd import FIRST, crowd, fill, just_now, milliseconds, zone_where_it_is
from tests.wire.double import Double
from tests.wire.faults import Asked, Ending, Fault, refuse, take_and, take_and_say, too_many, web_page
from tests.wire.mail import dm_of, text_of
from tests.wire.process import Bot
from tests.wire.rest import member_asked

LETTERS = 60
# As many as are sent at once: these may be on their way when something is found out.
IN_FLIGHT = 20
PLAN = "SELECT 1 FROM plan WHERE member_id = ? AND state = ?"


def each_their_own(double: Double, faults: list[Fault], times: int = 1) -> None:
    """The first messages to each of the crowd meet the fault in that member's place of the list."""
    left = {FIRST + n: [fault] * times for n, fault in enumerate(faults)}

    def rule(asked: Asked) -> Fault | None:
        mine = left.get(member_asked(asked) or 0) if asked.route == "send" else None
        return mine.pop() if mine else None

    double.faults.always(rule)


async def settle_all(bot: Bot, double: Double, count: int) -> None:
    """Let minutes pass, and let it find out what became of the rest."""
    await bot.kill()
    pass_time(bot, double, 600)
    double.faults.stop()
    await bot.start()
    await bot.until_row(STAND, "sent", count)
    await bot.terminate()


async def answered_with_errors(bot: Bot, double: Double, makes: Callable[[int], Fault], *, times: int) -> None:
    """discord.py tries 500, 502, 504 and 524 again by itself; 503 and 408 are ours."""
    statuses = (500, 502, 504, 524, 503, 408)
    people = due_now(bot, len(statuses))
    each_their_own(double, [makes(status) for status in statuses], times=times)

    await bot.start()
    await bot.until_row(STAND, "sent", 4)
    await bot.until_row(STAND, "unknown", 2)
    await settle_all(bot, double, len(statuses))

    assert judge(bot, double, people).broken == {}


async def test_errors_of_discord_delay_a_nudge_and_neither_lose_nor_double_it(
    bot: Bot, double: Double, long: bool
) -> None:
    await answered_with_errors(bot, double, refuse, times=2 if long else 1)


async def test_a_message_that_was_taken_and_answered_with_an_error_stays_one(
    bot: Bot, double: Double, long: bool
) -> None:
    await answered_with_errors(bot, double, take_and_say, times=2 if long else 1)

    assert double.looked == 2


SPOILT = {
    "silence": Fault(ending=Ending.SILENCE),
    "silence, taken": take_and(Ending.SILENCE),
    "reset": Fault(ending=Ending.RESET),
    "reset, taken": take_and(Ending.RESET),
    "half closed": Fault(ending=Ending.HALF_CLOSED),
    "half closed, taken": take_and(Ending.HALF_CLOSED),
    "cut short, taken": take_and(Ending.CUT),
    "a web page, status 502": web_page(502, taken=True),
    "a web page, status 520": web_page(520),
}
# A whole answer that is no message: the connection is fine, and so is the status.
NONSENSE = {"half a JSON, taken": Fault(taken=True, garbled=True), "a web page, taken": web_page(200, taken=True)}


async def test_a_lost_or_senseless_answer_ends_nothing_and_doubles_nothing(bot: Bot, double: Double) -> None:
    faults = [*SPOILT.values(), *NONSENSE.values()]
    bot.settings["PORCHLIGHT_DELIVERY__SEND_TIMEOUT_SECONDS"] = "2"
    people = due_now(bot, len(faults) + 1)
    each_their_own(double, faults)

    await bot.start()
    await bot.until_row("SELECT 1 FROM occurrence WHERE state = 'sent'")
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state IN ('unknown', 'sent')) >= ?", len(SPOILT))
    assert bot.lives
    await settle_all(bot, double, len(faults) + 1)

    assert judge(bot, double, people).broken == {}


async def test_a_senseless_answer_is_an_outcome_and_no_fault_of_ours(bot: Bot, double: Double) -> None:
    due_now(bot, len(NONSENSE))
    each_their_own(double, list(NONSENSE.values()))

    await bot.start()
    await bot.until_row(STAND, "unknown", len(NONSENSE))

    assert double.counted["send"] == len(NONSENSE)
    assert "delivery.failed" not in bot.said


TOO_MANY = {
    "of the route": too_many(0.5),
    "shared": too_many(0.5, scope="shared"),
    "without Via": too_many(0.5, via=False),
    "a web page": web_page(429),
}


async def test_every_shape_of_429_delays_and_loses_nobody(bot: Bot, double: Double) -> None:
    people = due_now(bot, len(TOO_MANY) + 4)
    each_their_own(double, list(TOO_MANY.values()))
    await bot.start()
    await bot.until_row(STAND, "sent", 6)
    await bot.until_row(STAND, "waiting", 2)

    await settle_all(bot, double, len(people))

    assert judge(bot, double, people).broken == {}


async def test_a_429_that_asks_for_minutes_holds_everything_and_loses_nobody(bot: Bot, double: Double) -> None:
    bot.settings["PORCHLIGHT_DELIVERY__AT_ONCE"] = "1"
    people = due_now(bot, 5)
    double.faults.next("send", too_many(300))
    await bot.start()
    await bot.until_said("traffic.held")
    with pytest.raises(TimeoutError):
        await double.until(lambda: double.counted["send"] > 1, patience=1)

    await settle_all(bot, double, 5)

    assert judge(bot, double, people).broken == {}


async def test_a_global_429_holds_everything_back_for_as_long_as_it_says(bot: Bot, double: Double, long: bool) -> None:
    """Half a minute is longer than a letter waits for its answer: what was on its way is looked for later."""
    seconds = 30 if long else 2
    people = due_now(bot, LETTERS)
    double.faults.next("send", too_many(seconds, scope="global"))

    def after_the_first() -> list[float]:
        """How many seconds later the rest came, but for those that were on their way when it was said."""
        first, *rest = (asked.at for asked in double.asked("send"))
        return [at - first for at in rest if at - first > 0.5]

    await bot.start()
    await double.until(lambda: double.counted["send"] > 0)
    await double.until(after_the_first, patience=60)
    await settle_all(bot, double, LETTERS)

    assert min(after_the_first()) >= seconds - 0.1
    assert judge(bot, double, people).broken == {}


async def test_what_a_global_429_held_back_does_not_come_all_at_once(
    bot: Bot, double: Double, record: Callable[..., None]
) -> None:
    double.limits.per_second = 50
    bot.settings["PORCHLIGHT_DELIVERY__AT_ONCE"] = "100"
    people = due_now(bot, LETTERS)
    double.faults.next("send", too_many(1, scope="global"))
    await bot.start()
    await bot.until_row(STAND, "sent", LETTERS, patience=60)
    await bot.terminate()

    record(peak_per_second=double.limits.peak)
    assert (double.limits.given, double.limits.peak <= 50) == (0, True)
    assert judge(bot, double, people).broken == {}


@pytest.mark.parametrize("fault", [refuse(500), too_many(3)], ids=["500", "429"])
async def test_no_try_is_made_after_the_end_of_the_window_not_even_one_of_discord_py(
    bot: Bot, double: Double, fault: Fault
) -> None:
    """The row says when its window ends, to the millisecond; so it can end two seconds from now."""
    due_now(bot, 1)
    double.faults.every("send", too_many(60))
    await bot.start()
    await bot.until_row(STAND, "waiting", 1)
    await bot.kill()
    ends = datetime.now(UTC) + timedelta(seconds=2)
    bot.sql("UPDATE occurrence SET until_at = ?, first_tried_at = NULL", milliseconds(ends))
    bot.sql("UPDATE occurrence SET wake_at = ?", milliseconds(just_now()))
    double.faults.stop()
    double.faults.next("send", fault, fault)
    before = double.counted["send"]
    await bot.start()
    await double.until(lambda: double.counted["send"] > before)
    await bot.until_row("SELECT 1 FROM occurrence WHERE settled_at IS NOT NULL OR state = 'unknown'")

    assert [asked.at for asked in double.asked("send") if asked.at > ends.timestamp()] == []


@pytest.mark.parametrize(
    ("route", "status", "code"),
    [("send", 403, 50007), ("send", 403, 50278), ("open", 400, 50007), ("open", 404, 10013)],
)
async def test_closed_dms_cost_one_request_and_the_member_is_told_at_their_next_command(
    bot: Bot, double: Double, route: str, status: int, code: int
) -> None:
    due_now(bot, 1, strangers=True)
    double.faults.every(route, refuse(status, code))
    await bot.start()
    await bot.until_row(PLAN, FIRST, "unreachable")

    pass_time(bot, double, 600)
    told = await double.slash("nudge", "settings", user=FIRST)
    assert "Your DMs are closed to this bot" in text_of(told)
    await bot.until_row(PLAN, FIRST, "unreachable_told")
    await bot.terminate()
    assert double.counted[route] == 1
    assert bot.sql(STAND, "unreachable", 1)


async def test_thousands_of_closed_dms_trip_a_breaker_before_discord_bans_the_address(
    bot: Bot, double: Double, long: bool, record: Callable[..., None]
) -> None:
    refusals = 2_000 if long else 60
    due_now(bot, refusals + 200)
    bot.settings |= {
        "PORCHLIGHT_DELIVERY__RATE_PER_SECOND": "45",
        "PORCHLIGHT_DELIVERY__REFUSALS_IN_TEN_MINUTES": str(refusals),
    }
    double.faults.every("send", refuse(403, 50007))
    await bot.start()
    await bot.until_said("traffic.held", patience=120)
    with pytest.raises(TimeoutError):
        await double.until(lambda: double.counted["send"] > refusals + IN_FLIGHT, patience=3 if long else 1)

    record(refusals=double.counted["send"])
    assert double.counted["send"] >= refusals


async def test_opening_dms_too_fast_pauses_all_opening_and_known_channels_go_on(bot: Bot, double: Double) -> None:
    zone = zone_where_it_is(13)
    strangers, known = crowd(4, just_now(5), zone), crowd(10, just_now(), zone, first=FIRST + 4)
    fill(bot.file, [*strangers, *known])
    for one in known:
        bot.sql("UPDATE member SET dm_channel_id = ? WHERE member_id = ?", dm_of(one.member_id), one.member_id)
    bot.settings["PORCHLIGHT_DELIVERY__AT_ONCE"] = "1"
    double.faults.every("open", refuse(403, 40003))

    await bot.start()
    await bot.until_row(STAND, "sent", 10)
    await bot.until_row(STAND, "waiting", 4)

    assert double.counted["open"] == 1
    soonest = bot.sql("SELECT min(wake_at) / 1000 - strftime('%s', 'now') FROM occurrence WHERE state = 'waiting'")
    assert soonest[0][0] > 570


async def test_a_token_that_is_revoked_stops_everything_at_once(bot: Bot, double: Double) -> None:
    due_now(bot, 10)
    bot.settings["PORCHLIGHT_DELIVERY__AT_ONCE"] = "1"
    double.faults.always(lambda asked: refuse(401) if asked.route in ("send", "open", "history") else None)

    await bot.start()
    ended = await bot.ended(within=5)

    assert ended.code == 77
    assert double.counted["send"] + double.counted["open"] == 1
    assert "Discord refused the token." in ended.said
    assert "Traceback" not in ended.said


async def test_a_message_that_was_deleted_before_its_answer_counts_as_sent(bot: Bot, double: Double) -> None:
    due_now(bot, 1)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.mail.taken) == 1)
    await bot.kill()
    double.mail.delete(next(iter(double.mail.taken)))
    double.answer_again()

    await bot.start()
    await bot.until_row(STAND, "sent", 1)

    await bot.terminate()
    assert double.counted["send"] == 2
    assert double.mail.taken == {}, "Discord knew the nonce, and we took its word"


async def test_a_dm_channel_that_is_gone_is_opened_anew_once(bot: Bot, double: Double) -> None:
    people = due_now(bot, 1)
    double.rest.gone.add(dm_of(FIRST))

    await bot.start()
    await bot.until_row(STAND, "sent", 1)

    await bot.terminate()
    assert (double.counted["open"], double.counted["send"]) == (1, 2)
    assert judge(bot, double, people).broken == {}


async def test_a_member_whose_access_is_missing_for_a_while_is_tried_again(bot: Bot, double: Double) -> None:
    people = due_now(bot, 1)
    double.faults.next("send", refuse(403, 50001))
    await bot.start()
    await bot.until_row(STAND, "waiting", 1)

    await settle_all(bot, double, 1)

    assert judge(bot, double, people).broken == {}


async def test_what_discord_calls_malformed_is_let_go_and_not_tried_again(bot: Bot, double: Double) -> None:
    due_now(bot, 1)
    double.faults.every("send", refuse(400, 50035))

    await bot.start()
    await bot.until_row(STAND, "dissolved", 1)

    await bot.terminate()
    assert double.counted["send"] == 1
