"""What is asked back after an answer, why a nudge is this one, and quieter times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rules.bearing import Step
from bot.rules.occurrence import Answer
from bot.rules.plan import Size
from bot.rules.schedule import local_date
from bot.rules.seasons import Season
from bot.rules.tickets import Tickets
from tests.support.pace import (
    bearing_of,
    change_bearing,
    change_plan,
    nudge_is,
    plan_of,
    set_aside,
    weeks_have_passed,
)
from tests.support.screen import Screen
from tests.support.world import World

EXITS = ["This wasn't OK", "Stop", "Need more than a nudge?"]


@pytest.fixture
async def member(world: World) -> World:
    """Robin, who has said yes."""
    await world.set_up()
    await world.start(also=("answers",))
    return world


async def ready_for_more(world: World) -> None:
    """Some weeks in, with two full steps done."""
    await weeks_have_passed(world, 3)
    await change_bearing(world, lambda bearing: replace(bearing, full_steps=2, offer_in=1))


async def had_company(world: World, days_ago: int, *, new: bool = True) -> None:
    """A step towards somebody was done then."""
    day = local_date("Europe/Berlin", world.env.now()) - timedelta(days=days_ago)
    await change_bearing(world, lambda bearing: replace(bearing, steps=(*bearing.steps, Step(day, new))))


async def test_after_some_steps_a_bigger_size_is_offered_and_comes_only_on_a_yes(member: World) -> None:
    await ready_for_more(member)
    nudge = await nudge_is(member, "kind-rest")

    asked = await member.robin.press("Did it", on=nudge)

    assert "A bit bigger, or stay here?" in asked.text
    assert asked.labels == ["A bit bigger", "Stay here", *EXITS]
    assert (await plan_of(member)).wishes.size is Size.TINY, "an offer is none yet"
    said = await member.robin.press("A bit bigger")
    assert "bigger ones can come too" in said.text
    assert said.labels == EXITS
    assert (await plan_of(member)).wishes.size is Size.SMALL


async def test_to_stay_here_changes_nothing_and_neither_does_no_answer(member: World) -> None:
    await ready_for_more(member)
    await member.robin.press("Did it", on=await nudge_is(member, "kind-rest"))
    before = await plan_of(member)

    assert "It stays as it is" in (await member.robin.press("Stay here")).text
    assert await plan_of(member) == before


async def test_after_a_step_with_somebody_it_is_asked_whether_they_are_new_and_never_who(member: World) -> None:
    await had_company(member, days_ago=5)
    nudge = await nudge_is(member, "hello-current")

    asked = await member.robin.press("Did it", on=nudge)
    assert "The same person as last time, or someone new?" in asked.text
    assert "Thank you. No name is kept." in (await member.robin.press("Same person")).text

    assert [step.with_someone_new for step in (await bearing_of(member)).steps] == [True, False]


async def test_someone_new_is_what_counts_already(member: World) -> None:
    await had_company(member, days_ago=5)
    await member.robin.press("Did it", on=await nudge_is(member, "hello-current"))
    before = await bearing_of(member)

    assert "No name is kept" in (await member.robin.press("Someone new")).text
    assert await bearing_of(member) == before


async def test_after_three_steps_towards_people_in_a_week_it_is_said_that_this_is_plenty(member: World) -> None:
    for days_ago in (4, 2):
        await had_company(member, days_ago, new=False)

    said = await member.robin.press("Did it", on=await nudge_is(member, "hello-current"))

    assert "That is plenty for now" in said.text


async def test_plenty_is_said_when_it_is_and_what_comes_is_quiet(member: World) -> None:
    await had_company(member, days_ago=5)
    await member.robin.press("Did it", on=await nudge_is(member, "hello-current"))
    assert "Two people are plenty for now" in (await member.robin.press("Someone new")).text

    why = await member.robin.pick("menu", "why", on=await member.to_next_nudge())

    assert "You did a lot with people lately" in why.text


async def test_after_the_second_of_a_kind_that_is_not_for_them_the_kind_can_be_left_out(member: World) -> None:
    await set_aside(member, nudges=("kind-friend",))
    nudge = await nudge_is(member, "kind-rest")

    asked = await member.robin.pick("menu", "not_for_me", on=nudge)
    assert "Leave out this whole kind?" in asked.text
    assert "being kind to yourself" in asked.text
    assert "It is left out" in (await member.robin.press("Leave it out")).text

    assert "kind" in (await member.app.journeys.tune.look(member.robin.id)).off


async def test_a_kind_that_is_kept_stays_with_fewer_tickets(member: World) -> None:
    await set_aside(member, nudges=("kind-friend",))
    await member.robin.pick("menu", "not_for_me", on=await nudge_is(member, "kind-rest"))

    assert "It stays in" in (await member.robin.press("Keep it")).text
    assert (await member.app.journeys.tune.look(member.robin.id)).on["kind"] == 5


async def test_what_is_asked_back_is_asked_behind_the_cover_too(world: World) -> None:
    await world.set_up()
    await world.start(discreet=True)
    await ready_for_more(world)
    cover = await world.to_next_nudge()
    await world.robin.press("Open", on=cover)

    asked = await world.robin.press("Did it")

    assert "A bit bigger" in asked.labels
    assert "bigger" not in world.robin.dms[-1].text.lower(), "the cover stays a cover"


async def test_a_yes_that_comes_twice_counts_once_and_another_members_is_none(member: World) -> None:
    await ready_for_more(member)
    nudge = await nudge_is(member, "kind-rest")
    yes = (await member.robin.press("Did it", on=nudge)).control("bigger")
    for _ in range(2):
        assert "bigger ones can come too" in (await member.press_crafted(member.robin, yes)).text
    assert (await plan_of(member)).wishes.size is Size.SMALL

    assert "Nothing is held about this message" in (await member.press_crafted(member.person("jo"), yes)).text


async def test_an_answer_that_nothing_asked_for_is_of_an_older_version(member: World) -> None:
    receipt = member.robin.dms[0].control("stop").rpartition(":")[2]

    assert "older version" in (await member.press_crafted(member.robin, f"b:q:dance:{receipt}")).text
    assert "Nothing is held" in (await member.press_crafted(member.robin, f"b:q:bigger:{receipt}")).text


async def why(world: World, nudge: Screen) -> list[str]:
    return (await world.robin.pick("menu", "why", on=nudge)).text.strip().splitlines()


async def test_why_this_one_tells_the_draw_as_it_was(member: World) -> None:
    today = local_date("Europe/Berlin", member.env.now())
    await change_bearing(member, lambda bearing: replace(bearing, tickets=Tickets({"kind": 15.0}, today)))
    nudge = await member.to_next_nudge()
    draw = (await bearing_of(member)).draw
    assert draw is not None

    told = await why(member, nudge)

    had, all_of_them = draw.tickets[draw.theme], sum(draw.tickets.values())
    assert len(draw.tickets) == 3, "noticing, savouring and being kind are what a first week has"
    assert f"3 kinds were in the draw. This kind had {had:g} of {round(all_of_them, 1):g} tickets." in told
    assert "It was week 1 with nudges, and *tiny* is the most then." in told
    assert "In your settings, *tiny* is the most." in told
    assert "Anything bigger than *tiny* waits until three were done." in told
    assert len(told) <= 10, "it stays short"


async def test_why_this_one_never_says_that_they_picked_what_an_answer_made_smaller(member: World) -> None:
    small = replace((await plan_of(member)).wishes, size=Size.SMALL)
    await member.app.journeys.adjust.change(member.robin.id, small)
    for _ in range(2):
        await member.robin.press("Not today", on=await member.to_next_nudge())

    told = await why(member, await member.to_next_nudge())

    assert "In your settings, *tiny* is the most." in told
    assert "picked" not in "\n".join(told)


async def test_why_this_one_of_an_older_nudge_says_that_its_numbers_are_not_held_any_more(member: World) -> None:
    older = await member.to_next_nudge()
    newer = await member.to_next_nudge()

    assert "How it was drawn is not held any more." in "\n".join(await why(member, older))
    assert "in the draw" in "\n".join(await why(member, newer))


async def test_why_this_one_of_nudge_now_tells_its_draw_too(member: World) -> None:
    shown = await member.robin.slash("nudge now")

    assert "in the draw" in "\n".join(await why(member, shown))


async def test_one_that_was_asked_for_again_was_not_drawn(member: World) -> None:
    await member.robin.press("Later", on=await member.to_next_nudge())
    await member.robin.press("Tomorrow")

    told = "\n".join(await why(member, await member.to_next_nudge()))

    assert "asked for it again. So nothing was drawn." in told
    assert "tickets" not in told


async def test_after_what_was_not_ok_the_next_ones_say_why_they_are_tiny(member: World) -> None:
    await member.robin.pick("menu", "not_ok", on=await member.to_next_nudge())

    await member.move(timedelta(days=1))
    told = await why(member, await member.robin.slash("nudge now"))

    assert "Something wasn't OK lately. So for 4 days, all of them are *tiny*." in told


async def test_a_brave_one_asks_first(member: World) -> None:
    await weeks_have_passed(member, 8, reviewed=8)
    brave = lambda plan: replace(plan.with_wishes(replace(plan.wishes, size=Size.BRAVE), member.env.now()), level=4)  # noqa: E731
    await change_plan(member, lambda plan: replace(brave(plan), again_nudge_id="share-heavy"))
    await change_bearing(member, lambda bearing: replace(bearing, full_steps=9))

    nudge = await member.to_next_nudge()

    assert nudge.text.strip().startswith("-# A bigger one, if today allows. *Smaller* shows it in small.")
    assert "A bigger one" not in (await member.robin.press("Smaller", on=nudge)).text
    assert "A bigger one" in (await member.robin.press("Back")).text
    assert "A bigger one" not in member.robin.dms[0].text


@pytest.mark.parametrize(
    ("season", "days", "said"),
    [
        ("low_battery", 7, "The first one after that is gentle, and for you alone"),
        ("grief", 7, "None is about conflict or holidays"),
        ("break_up", 3, "None is about conflict, romance or grief"),
    ],
)
async def test_a_quieter_time_is_picked_on_a_nudge_and_says_what_comes(
    member: World, season: str, days: int, said: str
) -> None:
    nudge = await member.to_next_nudge()
    pausing = await member.robin.pick("menu", "pause", on=nudge)
    assert pausing.labels == ["3 days", "7 days", "30 days", "Back", "Stop", "Need more than a nudge?"]

    begun = await member.robin.pick("season", season)

    assert said in begun.text
    assert "Nothing comes until <t:" in begun.text
    assert begun.labels == EXITS
    (row,) = await member.messages(answered=True)
    assert row["answer"] == Answer.PAUSE, "it is an answer too, and no reason is asked"
    before = len(member.robin.dms)
    await member.move(timedelta(days=days) - timedelta(minutes=1))
    assert len(member.robin.dms) == before


async def test_a_quieter_time_that_is_picked_on_a_nudge_shortens_no_pause(member: World) -> None:
    nudge = await member.to_next_nudge()
    await member.robin.pick("menu", "pause", on=nudge)
    await member.robin.press("30 days")
    until = (await plan_of(member)).paused_until

    await member.press_crafted(member.robin, f"m:n:season:{nudge.control('stop').rpartition(':')[2]}", value="break_up")

    assert (await plan_of(member)).paused_until == until


async def test_after_a_low_battery_the_first_one_is_gentle_whenever_it_comes(member: World) -> None:
    await member.to_next_nudge()
    await member.robin.slash("nudge pause")
    await member.robin.pick("season", "low_battery")
    settings = await member.robin.slash("nudge settings")
    assert "**Low battery**, until <t:" in settings.text

    nudge = await member.to_next_nudge()
    told = await why(member, nudge)

    assert "It is *tiny*, about *being kind to yourself*." in told
    assert "You picked a quieter time, so only quiet kinds were in the draw." in told
    await member.move(timedelta(days=1))
    assert "Low battery" not in (await member.robin.slash("nudge settings")).text, "then it is over"


async def test_resume_ends_a_quieter_time_and_yes_go_on_does_not(member: World) -> None:
    await member.robin.slash("nudge pause")
    await member.robin.pick("season", "grief")
    await member.app.journeys.adjust.go_on(member.robin.id)
    assert (await bearing_of(member)).season is Season.GRIEF

    await member.robin.slash("nudge resume")

    assert (await bearing_of(member)).season is None
    assert "Grief" not in (await member.robin.slash("nudge settings")).text


async def test_a_quieter_time_that_takes_the_place_of_another_says_so(member: World) -> None:
    said = []
    for season in ("grief", "grief", "low_battery"):
        await member.robin.slash("nudge pause")
        said.append((await member.robin.pick("season", season)).text)

    assert "It takes the place of *Grief*, which is over with this." in said[-1]
    assert not any("takes the place" in one for one in said[:-1])


async def test_after_a_stop_nothing_is_said_of_a_resume_that_could_end_a_quieter_time(member: World) -> None:
    await member.robin.slash("nudge pause")
    await member.robin.pick("season", "grief")
    assert "`/nudge resume` ends it sooner." in (await member.robin.slash("nudge settings")).text
    await member.robin.slash("nudge stop")

    settings = (await member.robin.slash("nudge settings")).text

    assert "**Grief**, until <t:" in settings
    assert "resume" not in settings
    assert "/nudge start" in (await member.robin.slash("nudge resume")).text


async def test_a_quieter_time_where_nothing_comes_says_so(member: World) -> None:
    await member.robin.slash("nudge pause")
    pausing = member.robin.screen
    await member.robin.slash("nudge stop")

    assert "Nothing comes by itself now" in (await member.robin.pick("season", "grief", on=pausing)).text


async def test_a_quieter_time_that_there_is_not_is_of_an_older_version(member: World) -> None:
    nudge = (await member.to_next_nudge()).control("stop").rpartition(":")[2]
    for custom_id in (f"m:n:season:{nudge}", "m:plan:season"):
        assert "older version" in (await member.press_crafted(member.robin, custom_id, value="monsoon")).text
    assert "older version" in (await member.press_crafted(member.robin, f"b:n:season:{nudge}")).text


async def test_whose_key_is_gone_is_told_plainly_and_loses_nothing(member: World) -> None:
    nudge = await member.to_next_nudge()
    why_shown = await member.robin.pick("menu", "why", on=nudge)
    assert "in the draw" in why_shown.text
    member.lose_keys()
    await member.restart()
    before = await plan_of(member)

    assert "not held any more" in (await member.robin.pick("menu", "why", on=nudge)).text
    await member.robin.slash("nudge pause")
    assert "Its key is gone" in (await member.robin.pick("season", "grief")).text
    assert await plan_of(member) == before
    await member.robin.slash("nudge resume")
    member.forgiven = True


async def test_start_and_the_receipt_say_how_it_becomes_less(world: World) -> None:
    await world.robin_starts(place="Europe/Berlin")
    assert "The first week has 2 at most. After 8 weeks it is 1 a week" in (await world.robin.press("Next")).text
    for label in ("Next", "Next", "Start"):
        await world.robin.press(label)

    assert "The first week has 2 at most. After 8 weeks it is 1 a week" in world.robin.dms[0].text
    assert "In the first week it is 2 a week." in (await world.robin.slash("nudge settings")).text
