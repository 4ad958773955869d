"""What an operator does from the command line, beside the shipped process and without it."""

from __future__ import annotations

import pytest

from bot.keys import MasterKeys
from bot.store.holdings import member_tables
from tests.support.crowd import just_now, milliseconds, zone_where_it_is_one_o_clock
from tests.support.keys import MASTER, VARIABLE
from tests.wire.double import Double
from tests.wire.mail import MEMBER
from tests.wire.opting_in import opt_in
from tests.wire.process import Bot

BOTH = MASTER.with_next()


def rows_of_anybody(bot: Bot) -> dict[str, int]:
    counted = {table.name: bot.sql(f"SELECT count(*) FROM {table.name}")[0][0] for table in member_tables()}  # noqa: S608 - our names
    return {name: count for name, count in counted.items() if count}


@pytest.mark.parametrize("running", [True, False], ids=["while the bot runs", "while it does not"])
async def test_erasing_somebody_leaves_nothing_and_sends_nothing(bot: Bot, double: Double, running: bool) -> None:
    await bot.start()
    await opt_in(double, zone_where_it_is_one_o_clock())
    if not running:
        await bot.terminate()

    code, said = await bot.command("erase-user", str(MEMBER))

    assert (code, said) == (0, "Everything about them is erased.\n")
    assert rows_of_anybody(bot) == {}
    assert str(MEMBER).encode() not in b"".join(path.read_bytes() for path in bot.folder.glob("porchlight.db*"))
    if not running:
        await bot.start()
    assert (await bot.terminate()).code == 0
    assert len(double.posts) == 1, "the receipt, from before"


async def test_erasing_somebody_of_whom_nothing_is_held_says_so(bot: Bot) -> None:
    await bot.start()

    assert await bot.command("erase-user", str(MEMBER)) == (0, "Nothing is held about them.\n")

    assert (await bot.terminate()).code == 0
    assert await bot.command("erase-user", str(MEMBER)) == (0, "Nothing is held about them.\n")


async def test_erasing_from_a_database_that_is_not_there_is_refused_and_makes_none(bot: Bot) -> None:
    """A wrong path would else be told to whoever asked as "nothing is held about you"."""
    code, said = await bot.command("erase-user", str(MEMBER))

    assert code == 74
    assert "There is no database" in said
    assert "Check storage.url." in said
    assert list(bot.folder.glob("porchlight.db*")) == []


async def test_the_master_key_is_changed_while_the_bot_runs(bot: Bot, double: Double) -> None:
    await bot.start()
    await opt_in(double, zone_where_it_is_one_o_clock())

    too_early = await bot.command("rotate-key", **{VARIABLE: BOTH.text()})
    await bot.terminate()
    bot.settings[VARIABLE] = BOTH.text()
    await bot.start()
    changed = await bot.command("rotate-key")
    again = await bot.command("rotate-key")
    await bot.terminate()

    assert too_early[0] == 79
    assert "The running bot does not know version 2 of the master key yet. Restart it" in too_early[1]
    assert changed == (0, "Keys that were wrapped anew: 2. None has an older version any more.\n")
    assert again == (0, "Keys that were wrapped anew: 0. None has an older version any more.\n")
    bot.settings[VARIABLE] = BOTH.text().splitlines()[1]
    bot.sql("UPDATE plan SET next_due_at = ?", milliseconds(just_now()))
    await bot.start()
    await double.until(lambda: len(double.posts) == 2)
    assert (await bot.terminate()).code == 0


async def test_a_master_key_is_made_named_and_used(bot: Bot) -> None:
    code, said = await bot.command("new-key", "my.key")
    assert (code, said.partition(".")[0]) == (0, "Version 1 of the master key is in my")
    bot.settings |= {VARIABLE: "", "PORCHLIGHT_SEALING__MASTER_KEY_FILE": "my.key"}

    await bot.start()

    assert (await bot.terminate()).code == 0


@pytest.mark.parametrize(
    ("environment", "code", "sentence"),
    [
        ({VARIABLE: MasterKeys.fresh().text()}, 80, "not the one that this database was sealed with."),
        ({VARIABLE: "short"}, 79, "A line in sealing.master_key is no master key"),
        ({VARIABLE: "", "PORCHLIGHT_SEALING__MASTER_KEY_FILE": "gone.key"}, 79, "no master key file gone.key."),
        ({VARIABLE: ""}, 79, "There is no master key in sealing.master_key."),
    ],
)
async def test_without_the_right_master_key_it_ends_with_one_sentence(
    bot: Bot, double: Double, environment: dict[str, str], code: int, sentence: str
) -> None:
    await bot.start()
    await opt_in(double, zone_where_it_is_one_o_clock())
    await bot.terminate()

    ended, said = await bot.command("run", **environment)

    assert ended == code
    assert said.count("porchlight: ") == 1
    assert sentence in said
    assert "Traceback" not in said
