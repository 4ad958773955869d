"""What is said once, beside something that a member did: questions that are new or whose words have changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rules.consent import NEW_IN, Purpose, Questions
from tests.support.world import Seen, World, open_world

CHANGED = "its words have changed"

# A version to come, which asks everything in its second wording.
SECOND = Questions(dict.fromkeys(Purpose, 2), NEW_IN)


@pytest.fixture
async def world(tmp_path: Path, seen: Seen) -> AsyncIterator[World]:
    async with open_world(tmp_path, seen, questions=SECOND) as world:
        yield world


async def started(world: World, *also: str) -> None:
    """Robin said yes to nudges and to these; the words of the count of weeks have changed since."""
    await world.set_up()
    await world.start(also=("streak", *also))
    world.as_asked_earlier("streak", 1)


async def test_words_that_changed_are_asked_about_once_beside_the_next_command(world: World) -> None:
    await started(world)

    first = await world.robin.slash("nudge settings")
    second = await world.robin.slash("nudge settings")

    assert CHANGED in first.text
    assert "**Count my weeks**\nA count for you alone." in first.text
    assert "**Nudges by DM**" not in first.text, "nothing is asked about that did not change"
    assert first.labels == ["It is off", "Take it back, remove what it kept"]
    assert CHANGED not in second.text
    assert len(world.robin.dms) == 1, "only the receipt"


async def test_they_are_asked_about_after_an_answer_to_a_nudge_too(world: World) -> None:
    await started(world)
    nudge = await world.to_next_nudge()
    dms = len(world.robin.dms)

    assert CHANGED in (await world.robin.press("Did it", on=nudge)).text

    assert len(world.robin.dms) == dms, "asked in private, where it was answered, and in no DM of its own"
    later = await world.to_next_nudge()
    assert CHANGED not in (await world.robin.press("Not today", on=later)).text


async def test_they_are_asked_about_after_a_check_in_too(world: World) -> None:
    await started(world)
    await world.robin.open_form("checkin")

    assert CHANGED in (await world.robin.send(word=["calm"], keep="no")).text


@pytest.mark.parametrize(
    "command",
    ["help", "helplines show", "nudge start", "nudge stop", "streak forget", "privacy delete", "privacy export"],
)
async def test_they_are_no_part_of_a_goodbye_a_help_line_or_a_screen_that_asks_anyway(
    world: World, command: str
) -> None:
    await started(world)

    assert CHANGED not in (await world.robin.slash(command)).text


async def test_saying_that_something_was_not_ok_is_answered_with_no_question(world: World) -> None:
    await started(world)
    nudge = await world.to_next_nudge()

    assert CHANGED not in (await world.robin.pick("menu", "not_ok", on=nudge)).text


async def test_a_moderator_is_asked_nothing_beside_their_own_commands(world: World) -> None:
    await world.set_up()
    await world.start(world.sam, also=("streak",))
    world.as_asked_earlier("streak", 1)

    assert CHANGED not in (await world.sam.slash("community status")).text


async def test_a_new_yes_is_one_press_and_holds(world: World) -> None:
    await started(world)
    await world.robin.slash("nudge settings")

    choices = await world.robin.press("It is off")

    assert "in other words" not in choices.text
    assert Purpose.STREAK in await world.app.journeys.review.purposes(world.robin.id)


async def test_a_yes_to_other_words_can_be_ended_with_what_it_kept(world: World) -> None:
    await world.set_up()
    await world.start(also=("streak",))
    await world.robin.slash("streak rest")
    world.as_asked_earlier("streak", 1)
    choices = await world.robin.slash("privacy choices")
    assert "You said yes to this in other words." in choices.text
    assert "week" in await world.rows()
    await world.robin.press("Take it back, remove what it kept")

    choices = await world.robin.press("Take it back")

    assert "in other words" not in choices.text
    assert "week" not in await world.rows()


async def test_whoever_looks_at_their_choices_is_not_asked_again(world: World) -> None:
    await started(world)
    await world.robin.slash("privacy choices")

    assert CHANGED not in (await world.robin.slash("nudge settings")).text


async def test_a_start_says_that_it_ends_a_yes_to_other_words(world: World) -> None:
    await started(world)
    await world.robin.slash("nudge start")
    for _ in range(3):
        await world.robin.press("Next")

    assert "these end, and what they kept is removed:\n- a private count of weeks" in world.robin.screen.text.replace(
        "**", ""
    )


async def test_nudges_in_other_words_bring_no_dm_until_there_is_a_new_yes(world: World) -> None:
    await world.set_up()
    await world.start()
    world.as_asked_earlier("nudges", 1)
    await world.move(timedelta(days=9))
    assert len(world.robin.dms) == 1, "only the receipt of the first yes"

    assert "**Nudges by DM**" in (await world.robin.slash("nudge settings")).text
    assert world.robin.screen.labels == ["It is off", "Take that yes back"]
    await world.robin.press("It is off")

    assert "You agree to:" in world.robin.dms[-1].text
    assert len(world.robin.dms) == 2


async def test_closed_dms_come_first_and_the_question_beside_the_next_command(world: World) -> None:
    await started(world)
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    await world.to_due()

    first = await world.robin.slash("streak show")
    second = await world.robin.slash("streak show")

    assert "Your DMs are closed" in first.text
    assert CHANGED not in first.text
    assert CHANGED in second.text


async def test_the_receipt_and_the_choices_say_the_same_words(world: World) -> None:
    await world.set_up()
    await world.start(also=("answers", "counts"))
    (receipt,) = world.robin.dms
    choices = await world.robin.slash("privacy choices")
    words = world.app.client.library.language("en").words

    for purpose in Purpose:
        asked = f"**{words(f'consent.{purpose}.title')}**\n{words(f'consent.{purpose}.about')}"
        assert asked in choices.text
        assert (asked in receipt.text) is (purpose in {Purpose.NUDGES, Purpose.ANSWERS, Purpose.COUNTS}), purpose
