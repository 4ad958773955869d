"""What an operator can get wrong, and what is never written down. Drills 30, 31 and 32."""

from __future__ import annotations

import sqlite3

import pytest

from tests.drills.judge import STAND, due_now
from tests.wire.double import Double
from tests.wire.faults import Ending, refuse, take_and, web_page
from tests.wire.gateway import TOKEN
from tests.wire.mail import APPLICATION, dm_of
from tests.wire.process import Bot

WRONG = {
    "not TOML": (b"[discord\ntoken = ", 78),
    "the same key twice": (b'[discord]\ntoken = "a"\ntoken = "b"\n', 78),
    "no text at all": (b"\xff\xfe\x00\x01", 66),
    "a number for a token": (b"[discord]\ntoken = 5\n", 78),
    "another database": (b'[storage]\nurl = "postgresql://here"\n', 78),
    "faster than Discord allows": (b"[delivery]\nrate_per_second = 500\n", 78),
}


@pytest.mark.parametrize(("text", "code"), WRONG.values(), ids=WRONG)
async def test_settings_that_are_wrong_are_one_line_and_nothing_is_sent(
    bot: Bot, double: Double, text: bytes, code: int
) -> None:
    due_now(bot, 1)
    (bot.folder / "config.toml").write_bytes(text)
    only_what_the_file_lacks = {
        name: value
        for name, value in bot.environment.items()
        if not (name.endswith("__TOKEN") and b"token" in text) and not (name.endswith("__URL") and b"storage" in text)
    }
    await bot.launch_with(only_what_the_file_lacks, "--config", "config.toml")

    ended = await bot.ended()

    assert ended.code == code
    assert ended.said.startswith("porchlight: ")
    assert ended.said.count("\n") == 1
    assert not double.log


async def test_the_database_of_another_bot_is_refused_and_nothing_is_sent(bot: Bot, double: Double) -> None:
    """Its DM channels are not ours: each would be an error, and thousands of those get an address banned."""
    await bot.start()
    await bot.terminate()
    due_now(bot, 1)
    assert bot.sql("SELECT value FROM fact WHERE name = 'application'") == [(str(APPLICATION),)]
    bot.sql("UPDATE fact SET value = '200000000000000009' WHERE name = 'application'")
    await bot.launch()

    ended = await bot.ended()

    assert ended.code == 74
    assert "porchlight.db belongs to another bot, application 200000000000000009." in ended.said
    assert double.identified == 1
    assert (double.counted["send"], double.counted["open"]) == (0, 0)


async def test_neither_a_person_nor_a_secret_is_ever_written_to_the_log_whatever_goes_wrong(
    bot: Bot, double: Double
) -> None:
    bot.settings |= {"PORCHLIGHT_LOG__LEVEL": "debug", "PORCHLIGHT_DELIVERY__SEND_TIMEOUT_SECONDS": "1"}
    people = due_now(bot, 8)
    wrong = [
        refuse(403, 50007),
        refuse(500),
        web_page(200),
        take_and(Ending.CUT),
        refuse(400, 50035),
        refuse(404, 10003),
    ]
    double.faults.next("send", *wrong)
    double.faults.next("callback", refuse(500), refuse(404, 10062))
    await bot.start()
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state = 'sent') >= 1")
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state != 'claimed') = ?", len(people))
    card = next(shown for member in people for shown in double.dm_with(member))
    member = int(card["channel_id"]) - dm_of(0)
    await double.members.press(card, "did_it", member)
    await bot.until_row("SELECT 1 FROM occurrence WHERE answered_at IS NOT NULL")
    await bot.terminate()

    ids = [row[0] for row in bot.sql("SELECT occurrence_id FROM occurrence")]
    people_and_places = [str(one) for who in people for one in (who, dm_of(who))]
    tokens = [TOKEN, *(f"interaction-{one}" for one in double.members.interactions)]
    said = bot.said
    assert "delivery.settled" in said
    assert [secret for secret in (*people_and_places, *tokens, *ids) if secret in said] == []


async def test_the_token_is_never_written_to_the_database_or_its_log(bot: Bot, double: Double) -> None:
    due_now(bot, 1)
    await bot.start()
    await bot.until_row(STAND, "sent", 1)
    await bot.kill()

    for file in bot.folder.glob("porchlight.db*"):
        assert TOKEN.encode() not in file.read_bytes()
    copy = bot.folder / "backup.db"
    with sqlite3.connect(bot.file) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    assert TOKEN.encode() not in copy.read_bytes()
