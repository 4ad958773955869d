"""The letters about the pace: after four and eight weeks with nudges, and when every nudge was had."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.rules.plan import PlanState
from tests.support.pace import bearing_of, change_plan, plan_of, set_aside, weeks_have_passed
from tests.support.screen import Screen
from tests.support.world import World

EXITS = ["Stop", "Need more than a nudge?"]
WAYS_ON = ["Keep it as it is", "Fewer", "Pause", "Finish and delete"]


async def review(world: World, weeks: int, *, discreet: bool = False) -> Screen:
    """The review after so many weeks comes."""
    await world.set_up()
    await world.start(discreet=discreet)
    await weeks_have_passed(world, weeks)
    return await world.to_next_nudge()


async def per_week(world: World) -> int:
    return (await plan_of(world)).rhythm(world.env.now()).per_week


async def test_after_four_weeks_it_is_asked_how_the_pace_is_and_counted_is_nothing(world: World) -> None:
    asked = await review(world, 4)

    assert "How is this pace?" in asked.text
    assert "It is 3 a week now. No answer is fine, and then it stays like that." in asked.text
    assert asked.labels == [*WAYS_ON, *EXITS]
    assert await per_week(world) == 3


async def test_it_is_asked_once_and_the_next_ones_come_as_before(world: World) -> None:
    await review(world, 4)

    assert "Did it" in (await world.to_next_nudge()).labels


async def test_at_four_weeks_keep_changes_nothing_and_fewer_takes_one_away_once(world: World) -> None:
    asked = await review(world, 4)
    keep, fewer = asked.control("keep"), asked.control("fewer")

    said = await world.robin.press("Keep it as it is", on=asked)
    assert "It is 3 a week from here on" in said.text
    assert said.labels == EXITS
    assert not (await plan_of(world)).keeps_pace
    for _ in range(2):
        assert "It is 2 a week from here on" in (await world.press_crafted(world.robin, fewer)).text
    assert "It is 2 a week from here on" in (await world.press_crafted(world.robin, keep)).text
    assert "2 a week" in (await world.robin.slash("nudge settings")).text


async def test_fewer_is_one_press(world: World) -> None:
    asked = await review(world, 4)

    assert "It is 2 a week from here on" in (await world.robin.press("Fewer", on=asked)).text


async def test_after_eight_weeks_it_becomes_one_a_week_unless_they_keep_it(world: World) -> None:
    asked = await review(world, 8)
    assert "From now on it is 1 a week." in asked.text
    assert "*Keep it as it is* leaves it at 3 a week." in asked.text
    assert await per_week(world) == 1
    assert "- 1 a week" in (await world.robin.slash("nudge settings")).text

    assert "It is 3 a week from here on" in (await world.robin.press("Keep it as it is", on=asked)).text

    assert await per_week(world) == 3


async def test_after_eight_weeks_fewer_says_what_is_so_already(world: World) -> None:
    asked = await review(world, 8)

    assert "It is 1 a week from here on" in (await world.robin.press("Fewer", on=asked)).text
    assert await per_week(world) == 1


async def test_after_eight_weeks_the_settings_can_ask_for_more_again_and_only_by_a_pick(world: World) -> None:
    await review(world, 8)
    await world.robin.slash("nudge settings")
    await world.robin.press("Change")
    await world.robin.pick("window", "0")
    await world.robin.press("Next")
    await world.robin.press("Save")
    assert await per_week(world) == 1, "who changes the hours has not asked for more"

    await world.robin.slash("nudge settings")
    await world.robin.press("Change")
    await world.robin.pick("per_week", "2")
    await world.robin.press("Next")
    await world.robin.press("Save")
    assert await per_week(world) == 2


async def test_where_it_is_one_a_week_there_are_none_fewer(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.robin.slash("nudge settings")
    await world.robin.press("Change")
    await world.robin.pick("per_week", "1")
    await world.robin.press("Next")
    await world.robin.press("Save")
    await weeks_have_passed(world, 8)

    asked = await world.to_next_nudge()

    assert "It is 1 a week now." in asked.text
    assert asked.labels == ["Keep it as it is", "Pause", "Finish and delete", *EXITS]


@pytest.mark.parametrize("label", ["3 days", "7 days", "30 days"])
async def test_a_pause_on_a_review(world: World, label: str) -> None:
    asked = await review(world, 4)
    pausing = await world.robin.press("Pause", on=asked)
    assert pausing.labels == ["3 days", "7 days", "30 days", "Back", *EXITS]
    assert (await world.robin.press("Back")).labels == [*WAYS_ON, *EXITS]
    await world.robin.press("Pause")

    said = await world.robin.press(label)

    assert "Paused until" in said.text
    assert said.labels == EXITS
    assert (await plan_of(world)).is_paused(world.env.now())


async def test_a_quieter_time_on_a_review(world: World) -> None:
    asked = await review(world, 4)
    await world.robin.press("Pause", on=asked)

    assert "Nothing comes until" in (await world.robin.pick("season", "break_up")).text
    assert (await bearing_of(world)).season is not None


async def test_finish_and_delete_leads_to_the_one_question_in_private(world: World) -> None:
    asked = await review(world, 8)

    question = await world.robin.press("Finish and delete", on=asked)
    assert "Delete everything that is held about you?" in question.text
    assert world.robin.dms[-1].labels == [*WAYS_ON, *EXITS], "the letter stays as it is"
    assert await world.rows() != {}

    assert "Nothing is held about you any more" in (await world.robin.press("Delete everything")).text
    assert await world.rows() == {}
    assert "Nothing is held about this message" in (await world.robin.press("Fewer", on=asked)).text


async def test_stop_on_a_review_is_one_press(world: World) -> None:
    asked = await review(world, 4)
    keep = asked.control("keep")
    assert "Nothing more will come" in (await world.robin.press("Stop", on=asked)).text

    assert "You stopped the nudges" in (await world.press_crafted(world.robin, keep)).text
    assert (await plan_of(world)).state is PlanState.STOPPED


async def test_a_review_is_behind_the_cover_too(world: World) -> None:
    cover = await review(world, 4, discreet=True)
    assert "pace" not in cover.text
    opened = await world.robin.press("Open", on=cover)
    assert opened.labels == [*WAYS_ON, *EXITS]

    assert "2 a week" in (await world.robin.press("Fewer")).text
    assert "week" not in world.robin.dms[-1].text


async def test_an_answer_to_a_review_ends_a_silence(world: World) -> None:
    await world.set_up()
    await world.start()
    for _ in range(2):
        await world.to_next_nudge()
    await weeks_have_passed(world, 4)
    await world.robin.press("Keep it as it is", on=await world.to_next_nudge())
    await weeks_have_passed(world, 5, reviewed=4)
    await world.to_next_nudge()
    before = (await plan_of(world)).next_due_at
    assert before is not None

    assert before - world.env.now() < timedelta(days=4), "it has not halved"


async def test_when_no_nudge_is_left_that_fits_it_is_said_once_and_there_is_nothing_to_do(world: World) -> None:
    await world.set_up()
    await world.start()
    kinds = tuple((await world.app.journeys.tune.look(world.robin.id)).on)
    await set_aside(world, themes=kinds)

    told = await world.to_next_nudge()

    assert "No nudge is left that fits for now." in told.text
    assert "There is nothing to do." in told.text
    assert told.labels == ["What may come", *EXITS]
    await world.to_due()
    assert len(world.robin.dms) == 2, "it is said once"
    opened = await world.robin.press("What may come", on=told)
    assert "### What may come" in opened.text
    assert world.robin.dms[-1].labels == ["What may come", *EXITS]


async def test_what_no_review_offers_is_of_an_older_version_and_anothers_is_none(world: World) -> None:
    asked = await review(world, 4)
    own, receipt = (one.control("stop").rpartition(":")[2] for one in (asked, world.robin.dms[0]))
    for custom_id in (
        f"b:r:dance:{own}",
        f"b:r:fewer:{own}",
        f"b:r:fewer:9:{own}",
        f"b:r:pause_days:4:{own}",
        f"b:r:season:{own}",
        f"b:r:keep:{receipt}",
    ):
        assert "older version" in (await world.press_crafted(world.robin, custom_id)).text, custom_id
    for step in ("keep", "finish", "tune", "back", "pause", f"fewer:2:{own}", f"pause_days:3:{own}"):
        custom_id = f"b:r:{step}" if ":" in step else f"b:r:{step}:{own}"
        said = await world.press_crafted(world.person("jo"), custom_id)
        assert "Nothing is held about this message" in said.text, step
    assert (await plan_of(world)).wishes.per_week == 3


async def test_steps_of_a_review_are_none_of_the_other_letters(world: World) -> None:
    await world.set_up()
    await world.start()
    await set_aside(world, themes=tuple((await world.app.journeys.tune.look(world.robin.id)).on))
    own = (await world.to_next_nudge()).control("stop").rpartition(":")[2]

    for step in ("keep", "finish", "pause", "back", "fewer:2"):
        assert "older version" in (await world.press_crafted(world.robin, f"b:r:{step}:{own}")).text, step


async def test_a_review_waits_where_nothing_is_due(world: World) -> None:
    """In a pause, and after a stop."""
    await world.set_up()
    await world.start()
    await weeks_have_passed(world, 4)
    await change_plan(world, lambda plan: plan.ended(PlanState.STOPPED))
    await world.move(timedelta(days=10))

    assert len(world.robin.dms) == 1
