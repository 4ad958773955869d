"""Connections that break, events that make no sense, answers that come too late. Drills 12 to 15."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from tests.drills.judge import STAND, due_now, judge
from tests.support.crowd import FIRST, crowd, fill, just_now, zone_where_it_is
from tests.wire.double import Double
from tests.wire.faults import refuse
from tests.wire.mail import CHANNEL, dm_of, text_of
from tests.wire.process import Bot

ANSWERED = "SELECT count(*) FROM occurrence HAVING sum(answered_at IS NOT NULL) = ?"


async def with_a_card(bot: Bot, double: Double) -> dict[str, object]:
    """It runs, and the first of the crowd has a nudge in their DM."""
    due_now(bot, 1)
    await bot.start()
    await bot.until_row(STAND, "sent", 1)
    return double.dm_with(FIRST)[0]


async def test_every_way_to_lose_a_connection_ends_in_a_resumed_one_and_loses_no_press(
    bot: Bot, double: Double
) -> None:
    card = await with_a_card(bot, double)
    gateway = double.gateway

    began = await double.members.press(card, "smaller", FIRST)
    await gateway.close(1012)
    assert (await asyncio.wait_for(began.answer, 10))["id"] == card["id"], "it was answered by the other way"
    await double.until(lambda: double.resumed == 1)
    await gateway.reconnect()
    await double.until(lambda: double.resumed == 2)
    await gateway.invalidate(resumable=True)
    await double.until(lambda: double.resumed == 3)
    assert gateway.current is not None
    session = gateway.current
    await gateway.close(4000)
    missed = await double.members.press(card, "did_it", FIRST)
    await double.until(lambda: double.resumed == 4)
    assert "You did it" in text_of(await asyncio.wait_for(missed.answer, 10)), "what was missed is replayed"

    assert gateway.current is session
    assert double.identified == 1
    assert (await bot.terminate()).code == 0
    assert "Traceback" not in bot.said


async def test_a_session_that_cannot_be_resumed_is_begun_anew(bot: Bot, double: Double, long: bool) -> None:
    if not long:
        pytest.skip("discord.py waits five seconds before it identifies again; make drills runs it")
    card = await with_a_card(bot, double)

    await double.gateway.invalidate(resumable=False)
    await double.until(lambda: double.identified == 2)

    assert "You did it" in text_of(await double.press(card, "did_it", FIRST))


async def test_a_connection_that_is_dead_and_does_not_say_so_is_left_for_a_new_one(
    bot: Bot, double: Double, long: bool
) -> None:
    """No heartbeat is acknowledged any more, and nothing else comes either."""
    if not long:
        pytest.skip("discord.py gives a connection a minute; make drills runs it")
    double.gateway.heartbeat_ms = 5_000
    due_now(bot, 1)
    await bot.start()
    double.gateway.acknowledges = False

    await double.until(lambda: double.resumed + double.identified > 1, patience=150)

    double.gateway.acknowledges = True
    assert bot.lives
    assert len(double.dm_with(FIRST)) == 1


async def test_without_a_gateway_nudges_go_on(bot: Bot, double: Double) -> None:
    soon = just_now(-2)
    fill(bot.file, crowd(5, soon, zone_where_it_is(13)))
    await bot.start()
    await double.gateway.shut()
    assert datetime.now(UTC) < soon, "nothing was due while the gateway was there"

    await bot.until_row(STAND, "sent", 5)
    await double.until(lambda: double.turned_away > 0)

    assert bot.lives


async def test_when_all_of_discord_is_gone_for_a_while_everything_is_caught_up_once(bot: Bot, double: Double) -> None:
    soon = just_now(-1.5)
    people = crowd(5, soon, zone_where_it_is(13))
    fill(bot.file, people)
    await bot.start()
    await double.vanish()
    await bot.until_row(STAND, "waiting", 5)
    assert bot.lives
    assert double.counted["send"] == 0
    await bot.kill()

    await double.appear()
    bot.sql("UPDATE occurrence SET wake_at = 0")
    await bot.start()
    await bot.until_row(STAND, "sent", 5)
    await bot.terminate()
    assert judge(bot, double, {one.member_id: one for one in people}).broken == {}


@pytest.mark.parametrize(("code", "exit_code"), [(4004, 77), (4013, 71), (4014, 71)])
async def test_a_connection_that_discord_refuses_for_good_ends_the_process_and_loses_nothing(
    bot: Bot, double: Double, code: int, exit_code: int
) -> None:
    """A supervisor starts it again, or an operator reads why not."""
    people = due_now(bot, 3)
    double.gateway.close_next_with = code
    await bot.launch()
    ended = await bot.ended()
    assert ended.code == exit_code
    assert ("Discord refused the token." in ended.said) is (code == 4004)

    await bot.start()
    await bot.until_row(STAND, "sent", 3)
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


async def test_events_that_nobody_knows_do_no_harm(bot: Bot, double: Double) -> None:
    card = await with_a_card(bot, double)
    gateway = double.gateway

    await gateway.dispatch("SOMETHING_NEW", {"a": None})
    await gateway.dispatch("GUILD_DELETE", {"id": "7", "unavailable": None})
    await gateway.dispatch("SOMETHING_HUGE", {"text": "x" * (8 * 1024 * 1024)})
    await gateway.say({"op": 99, "d": None})
    await gateway.dispatch("INTERACTION_CREATE", _interaction() | {"type": 99, "data": None})

    assert "You did it" in text_of(await double.press(card, "did_it", FIRST))
    assert bot.lives


MALFORMED = {
    "half a JSON": '{"op": 0, "t": "GUILD_CREATE", "d": {',
    "a server without its parts": '{"op": 0, "t": "GUILD_CREATE", "s": 9, "d": {"id": null}}',
}


async def test_an_interaction_that_makes_no_sense_ends_nothing(bot: Bot, double: Double) -> None:
    """Anybody can press, so of all events this one is told apart."""
    card = await with_a_card(bot, double)
    whole = _interaction() | {"type": 3, "data": {"custom_id": 5}, "message": {"id": None}}
    for nonsense in ({"id": "5"}, {}, None, [], whole, whole | {"type": 2}, whole | {"type": {}}, whole | {"user": 7}):
        await double.gateway.dispatch("INTERACTION_CREATE", nonsense)

    assert "You did it" in text_of(await double.press(card, "did_it", FIRST))
    assert bot.lives
    assert bot.said.count("interaction.malformed") >= 5
    assert "Traceback" not in bot.said


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_event_may_end_the_process_and_the_next_one_goes_on_where_it_was(
    bot: Bot, double: Double, raw: str
) -> None:
    """discord.py ends the whole bot over it (docs/running.md asks for a supervisor because of that)."""
    people = due_now(bot, 3)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.mail.taken) == 3)
    await double.gateway.say_raw(raw)
    double.answer_again()
    ended = await bot.ended()
    assert ended.code == 1

    await bot.start()
    await bot.until_row(STAND, "sent", 3)
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_an_answer_that_discord_does_not_take_is_saved_once_and_can_be_pressed_again(
    bot: Bot, double: Double, status: int, code: int
) -> None:
    card = await with_a_card(bot, double)
    double.faults.next("callback", refuse(status, code), refuse(status, code))

    await double.members.press(card, "did_it", FIRST)
    await bot.until_row(ANSWERED, 1)
    at = bot.sql("SELECT answered_at FROM occurrence")
    await bot.until_said("interaction.unanswered")

    assert "has its answer already" in text_of(await double.press(card, "did_it", FIRST))
    assert bot.sql("SELECT answered_at FROM occurrence") == at


async def test_twenty_presses_at_once_are_one_answer_and_every_one_of_them_is_answered(
    bot: Bot, double: Double
) -> None:
    card = await with_a_card(bot, double)

    pressed = [await double.members.press(card, "did_it", FIRST) for _ in range(20)]
    texts = [text_of(await asyncio.wait_for(one.answer, 10)) for one in pressed]

    assert sum("You did it" in text for text in texts) == 1
    assert sum("has its answer already" in text for text in texts) == 19
    assert bot.sql(ANSWERED, 1)
    assert double.members.refused == []


async def test_the_same_press_that_discord_tells_twice_is_one_answer(bot: Bot, double: Double) -> None:
    card = await with_a_card(bot, double)
    began = await double.members.press(card, "did_it", FIRST)
    assert double.gateway.current is not None
    again = double.gateway.current.sent[-1]["d"]
    await double.gateway.dispatch("INTERACTION_CREATE", again)

    assert "You did it" in text_of(await asyncio.wait_for(began.answer, 10))
    await double.until(lambda: bool(double.members.refused))
    assert set(double.members.refused) == {40060}
    assert bot.sql(ANSWERED, 1)


def _interaction() -> dict[str, object]:
    """One of a type that does not exist (yet)."""
    return {
        "id": "77",
        "application_id": "1",
        "token": "t",
        "version": 1,
        "channel_id": str(CHANNEL),
        "channel": {"id": str(CHANNEL), "type": 0},
        "attachment_size_limit": 1,
        "user": {"id": str(dm_of(1)), "username": "x", "discriminator": "0", "avatar": None},
    }
