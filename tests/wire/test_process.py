"""The shipped process over real sockets: it logs in, delivers, survives kill -9, and ends as it was asked to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.crowd import just_now, milliseconds, zone_where_it_is_one_o_clock
from tests.wire.double import PATIENCE, Double
from tests.wire.mail import APPLICATION, CHANNEL, DM, GUILD, MEMBER, text_of
from tests.wire.opting_in import opt_in
from tests.wire.process import Bot


async def opted_in(bot: Bot, double: Double) -> None:
    """Robin says yes, and gets the receipt."""
    await opt_in(double, zone_where_it_is_one_o_clock())


def make_due(bot: Bot) -> None:
    """While nobody runs: the next nudge is due since a second ago."""
    bot.sql("UPDATE plan SET next_due_at = ?", milliseconds(just_now()))


def nudge(bot: Bot) -> dict[str, Any]:
    names = ("state", "attempts", "message_id", "answered_at")
    ((*values,),) = bot.sql(f"SELECT {', '.join(names)} FROM occurrence WHERE kind = 'nudge'")  # noqa: S608 - our names
    return dict(zip(names, values, strict=True))


async def settled(bot: Bot, state: str) -> None:
    """Wait until the process has written that down."""
    async with asyncio.timeout(PATIENCE):
        while nudge(bot)["state"] != state:  # noqa: ASYNC110 - another process writes it down, and calls nobody
            await asyncio.sleep(0.02)


async def test_from_log_in_to_an_answer_through_two_kills_without_a_second_message(bot: Bot, double: Double) -> None:
    await bot.start()
    assert double.commands_put == 1
    await opted_in(bot, double)
    ended = await bot.terminate()
    assert (ended.code, "Traceback" in ended.said) == (0, False)
    make_due(bot)

    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.posts) == 2)
    await bot.kill()
    assert nudge(bot)["state"] == "claimed"
    assert len(double.dm) == 2

    double.answer_again()
    await bot.start()
    await double.until(lambda: len(double.posts) == 3)
    await settled(bot, "sent")
    assert double.posts[1]["nonce"] == double.posts[2]["nonce"]
    assert len(double.dm) == 2, "the nudge came once"

    card = double.messages[double.dm[-1]]
    assert "You did it" in text_of(await double.press(card, "did_it"))
    assert nudge(bot)["answered_at"] is not None
    await bot.kill()
    await bot.start()
    assert "has its answer already" in text_of(await double.press(card, "did_it"))
    assert double.commands_put == 1, "commands were told once, and had not changed since"
    assert len(double.dm) == 2


async def test_a_crash_that_is_long_ago_is_looked_up_before_anything_is_sent(bot: Bot, double: Double) -> None:
    await bot.start()
    await opted_in(bot, double)
    await bot.terminate()
    make_due(bot)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.posts) == 2)
    await bot.kill()
    double.answer_again()
    long_ago = datetime.now(UTC) - timedelta(minutes=4)
    bot.sql("UPDATE occurrence SET first_tried_at = ? WHERE kind = 'nudge'", milliseconds(long_ago))

    await bot.start()
    await double.until(lambda: double.looked == 1)
    await settled(bot, "sent")

    assert len(double.posts) == 2
    assert nudge(bot)["message_id"] == int(double.dm[-1])


async def test_a_lost_connection_is_resumed_where_the_settings_say_not_where_discord_does(
    bot: Bot, double: Double
) -> None:
    await bot.start()
    await double.drop_connection()

    await double.until(lambda: double.resumed == 1)

    assert "A small nudge by DM" in text_of(await double.slash("nudge", "start"))
    assert double.identified == 1


async def test_sigterm_lets_a_letter_that_is_on_its_way_arrive_and_be_written_down(bot: Bot, double: Double) -> None:
    await bot.start()
    await opted_in(bot, double)
    await bot.terminate()
    make_due(bot)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.posts) == 2)
    assert bot.process is not None
    bot.process.terminate()
    double.answer_again()

    ended = await bot.ended()

    assert ended.code == 0
    assert ended.seconds < 10
    assert nudge(bot)["state"] == "sent"


async def test_sigterm_ends_within_ten_seconds_whatever_discord_does(bot: Bot, double: Double) -> None:
    await bot.start()
    await opted_in(bot, double)
    await bot.terminate()
    make_due(bot)
    double.keep_answers_back()
    await bot.start()
    await double.until(lambda: len(double.posts) == 2)

    ended = await bot.terminate()

    assert ended.code == 0
    assert ended.seconds < 10
    assert "ticker.cut_short" in ended.said
    assert "Traceback" not in ended.said
    assert nudge(bot)["state"] == "claimed", "the next start takes it from there"


async def test_nothing_that_is_logged_says_who_somebody_is(bot: Bot, double: Double) -> None:
    await bot.start()
    await opted_in(bot, double)
    ended = await bot.terminate()

    assert "delivery.settled" in ended.said
    for secret in (
        *map(str, (APPLICATION, GUILD, CHANNEL, MEMBER, DM)),
        "robin",
        "a-token-of-the-double",
        "interaction-",
    ):
        assert secret not in ended.said


@pytest.mark.parametrize(
    ("environment", "code", "sentence"),
    [
        ({"PORCHLIGHT_DISCORD__TOKEN": ""}, 78, "There is no discord.token."),
        ({"PORCHLIGHT_DISCORD__TOKEN": "wrong"}, 77, "Discord refused the token."),
        ({"PORCHLIGHT_DISCORD__TOKN": "x"}, 78, "Did you mean discord.token?"),
        ({"PORCHLIGHT_DELIVERY__BATCH": "0"}, 78, "delivery.batch (given as PORCHLIGHT_DELIVERY__BATCH)"),
        ({"PORCHLIGHT_DISCORD__API_URL": "http://127.0.0.1:9/api/v10"}, 69, "Discord cannot be reached"),
        ({"PORCHLIGHT_STORAGE__URL": "sqlite:////nowhere/at/all.db"}, 74, "Check storage.url and its folder."),
    ],
)
async def test_what_an_operator_can_mend_is_one_sentence_and_an_exit_code_of_its_own(
    bot: Bot, environment: dict[str, str], code: int, sentence: str
) -> None:
    await bot.launch(**environment)

    ended = await bot.ended()

    assert ended.code == code
    said = [line for line in ended.said.splitlines() if line.startswith("porchlight: ")]
    assert len(said) == 1
    assert sentence in said[0]
    assert "Traceback" not in ended.said


async def test_a_file_that_is_not_there_says_what_to_copy(bot: Bot) -> None:
    await bot.launch("--config", "nothing.toml")

    ended = await bot.ended()

    assert ended.code == 66
    assert ended.said == (
        "porchlight: There is no file nothing.toml. Copy config.example.toml to it and fill in discord.token.\n"
    )
