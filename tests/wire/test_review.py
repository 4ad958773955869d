"""Which texts are out of circulation, and putting one back, from the command line."""

from __future__ import annotations

import pytest

from bot.content.library import Library
from bot.journey.doubts import WITHDRAWN, Doubts
from bot.rules.occurrence import Answer
from tests.support.house import ALEX, ROBIN, open_house
from tests.wire.process import Bot

ODD = "reply-one-line"


@pytest.fixture
async def withdrawn(bot: Bot, library: Library) -> None:
    """Two members objected to one text, and one of them to another that has left the library since."""
    async with open_house(bot.folder, library) as house:
        for member_id, nudge_ids in ((ROBIN, (ODD, "gone-since")), (ALEX, (ODD,))):
            await house.start(member_id)
            for days, nudge_id in enumerate(nudge_ids, start=1):
                had = await house.sent_earlier(nudge_id, member_id, days)
                await house.journeys.answer.press(member_id, had.occurrence_id, Answer.NOT_OK, "en")
            await house.journeys.leave.stop(member_id)
        await Doubts(house.database).count()


@pytest.mark.usefixtures("withdrawn")
async def test_what_is_out_of_circulation_is_listed_while_the_bot_runs_and_put_back_while_it_does_not(
    bot: Bot, library: Library
) -> None:
    text = library.language("en").nudge_by_id[ODD].text
    line = f"{ODD} · bot/content/en/nudges/reply.toml · {text}\n"
    await bot.start()

    assert await bot.command("content", "review") == (0, line)
    code, said = await bot.command("content", "review", "--keep", ODD)
    assert (code, said.startswith("porchlight: The bot is running. Stop it, run this again")) == (75, True)

    assert (await bot.terminate()).code == 0
    assert await bot.command("content", "review", "--keep", ODD) == (
        0,
        f"Back in circulation: {ODD}.\nNo text is out of circulation.\n",
    )
    assert await bot.command("content", "review") == (0, "No text is out of circulation.\n")


@pytest.mark.usefixtures("withdrawn")
async def test_a_text_that_is_in_circulation_cannot_be_put_back(bot: Bot) -> None:
    code, said = await bot.command("content", "review", "--keep", "reply-react")

    assert code == 2
    assert "reply-react is in circulation." in said


@pytest.mark.usefixtures("withdrawn")
async def test_one_that_has_left_the_library_is_listed_by_its_name(bot: Bot) -> None:
    bot.sql("UPDATE fact SET value = ? WHERE name = ?", "gone-since", WITHDRAWN)

    assert await bot.command("content", "review") == (0, "gone-since · no longer in the library\n")


async def test_without_a_database_nothing_is_said_to_be_in_order(bot: Bot) -> None:
    code, said = await bot.command("content", "review")

    assert code == 74
    assert "There is no database" in said
