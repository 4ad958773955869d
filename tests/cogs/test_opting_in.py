"""A member looks, picks, and says yes. Until Start, nothing is stored."""

from __future__ import annotations

import pytest

from bot.rules.plan import Size
from tests.support.pace import set_aside
from tests.support.world import World


async def test_try_one_now_answers_everything_and_stores_nothing(world: World) -> None:
    await world.set_up()
    for step in ("Did it", "Later", "Not today"):
        taste = await world.robin.press("Try one now", on=world.card)
        assert taste.labels[:4] == ["Did it", "Smaller", "Later", "Not today"]
        assert "tored" in (await world.robin.press(step)).text or step == "Later"
    for choice in ("not_for_me", "not_ok", "why", "help"):
        await world.robin.press("Try one now", on=world.card)
        await world.robin.pick("menu", choice)
    await world.robin.press("Try one now", on=world.card)
    assert "A smaller version" in (await world.robin.press("Smaller")).text
    assert "nothing is stored" in (await world.robin.press("Did it")).text

    assert await world.rows() == {}


async def test_what_it_stores_is_told_before_anything_is(world: World) -> None:
    await world.set_up()

    text = (await world.robin.press("What does it store?", on=world.card)).text

    assert "Until you press Start on the fourth screen:** nothing." in text
    assert "Moderators cannot, unless they run it" in text


async def test_all_purposes_are_off_but_nudges(world: World) -> None:
    screen = await world.robin_starts()

    assert screen.labels == ["It is on", *["It is off"] * 4, "Not now", "Next"]


async def test_each_purpose_is_a_question_of_its_own(world: World) -> None:
    await world.robin_starts()
    for purpose in ("nudges", "answers", "check_ins", "streak", "counts"):
        await world.robin.press_id(world.robin.screen.control(f"flip_{purpose}"))

    assert world.robin.screen.labels[:5] == ["It is off", *["It is on"] * 4]


async def test_not_now_stores_nothing(world: World) -> None:
    await world.robin_starts()

    assert "Nothing was changed" in (await world.robin.press("Not now")).text
    assert await world.rows() == {}


async def test_picking_everything_stores_nothing_until_start(world: World) -> None:
    await world.robin_starts()
    await world.robin.press("Next")
    await world.robin.pick("per_week", "2")
    await world.robin.pick("window", "0")
    await world.robin.press("Find my place")
    assert world.robin.form["title"] == "Find my place"
    found = await world.robin.send(place="leeds")
    assert "Which of these is your place?" in found.text
    when = await world.robin.pick("zone", "Europe/London")
    assert "Do they fall between 08:00 and 10:00 (8 AM to 10 AM)?" in when.text
    assert when.text.count("<t:") == 3
    await world.robin.press("Next")
    await world.robin.pick("size", "SMALL")
    await world.robin.press_id(world.robin.screen.control("discreet"))
    last = await world.robin.press("Next")
    assert "nudges by DM" in last.text
    assert await world.rows() == {}

    await world.robin.press("Start")

    plan = (await world.app.journeys.adjust.outlook(world.robin.id)).plan
    assert plan is not None
    assert (plan.schedule.zone, plan.schedule.window.start, plan.schedule.per_week) == ("Europe/London", 480, 2)
    assert (plan.wishes.size, plan.wishes.discreet) == (Size.SMALL, True)


async def test_every_screen_can_be_walked_back_without_forgetting(world: World) -> None:
    await world.robin_starts(place="Asia/Tokyo")
    await world.robin.press("Next")
    await world.robin.pick("per_week", "1")
    await world.robin.press("Next")
    await world.robin.press("Next")
    await world.robin.press("Back")
    await world.robin.press("Back")
    when = await world.robin.press("Back")
    assert "What do you agree to?" in when.text

    when = await world.robin.press("Next")
    assert "Tokyo" in when.text


async def test_without_a_place_there_is_no_way_on(world: World) -> None:
    await world.robin_starts()
    screen = await world.robin.press("Next")

    assert "Where are you?" in screen.text
    with pytest.raises(Exception, match="disabled"):
        await world.robin.press("Next")


async def test_a_place_that_is_not_known_can_be_looked_for_again(world: World) -> None:
    await world.robin_starts()
    await world.robin.press("Next")
    await world.robin.press("Find my place")
    screen = await world.robin.send(place="zzzzzz")
    assert "Nothing like that is known here" in screen.text

    await world.robin.press("Look again")
    await world.robin.send(place="Germany")
    assert "Berlin" in (await world.robin.pick("zone", "Europe/Berlin")).text


async def test_the_way_back_from_looking_leads_to_where_it_began(world: World) -> None:
    await world.robin_starts()
    await world.robin.press("Next")
    await world.robin.press("Find my place")
    await world.robin.send(place="Germany")

    assert "How often" in (await world.robin.press("Back")).text


async def test_a_place_can_be_given_with_the_command_as_it_was_picked_or_as_it_was_typed(world: World) -> None:
    await world.set_up()
    for place in ("Europe/Berlin", "berlin"):
        await world.robin.slash("nudge start", place=place)
        assert "Europe/Berlin" in (await world.robin.press("Next")).text
    await world.robin.slash("nudge start", place="zzzzzz")
    assert "Where are you?" in (await world.robin.press("Next")).text


async def test_places_are_offered_while_they_are_typed_with_the_time_there(world: World) -> None:
    choices = await world.robin.actor.autocomplete(world.channel, "nudge start", "place", "berl")

    assert choices[0]["value"] == "Europe/Berlin"
    assert choices[0]["name"].startswith("Berlin, Germany - now 13:0")
    assert len(await world.robin.actor.autocomplete(world.channel, "nudge start", "place", "")) == 25


async def test_after_start_one_dm_follows_the_receipt(world: World) -> None:
    await world.set_up()
    screen = await world.start(also=("streak",))

    assert "Your receipt is in your DMs" in screen.text
    (receipt,) = world.robin.dms
    assert "You agree to:" in receipt.text
    assert receipt.text.index("**Nudges by DM**\nAt hours you pick.") < receipt.text.index("**Count my weeks**")
    assert "**Be part of the server's count**" not in receipt.text
    assert receipt.text.count("<t:") == 3
    assert receipt.labels == ["Stop", "Need more than a nudge?"]


async def test_without_nudges_no_dm_comes_at_all(world: World) -> None:
    await world.robin_starts(place="Europe/Berlin")
    for purpose in ("nudges", "streak"):
        await world.robin.press_id(world.robin.screen.control(f"flip_{purpose}"))
    for _ in range(3):
        await world.robin.press("Next")
    assert "Start sends no DM" in world.robin.screen.text

    assert "No DM will come" in (await world.robin.press("Start")).text
    assert world.robin.dms == []


async def test_closed_dms_are_said_kindly_and_lose_nothing(world: World) -> None:
    await world.set_up()
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    screen = await world.start()
    assert "nothing is lost" in screen.text
    assert "Privacy Settings" in screen.text

    nudge = await world.robin.slash("nudge now")
    assert "Did it" in nudge.labels
    assert "You did it" in (await world.robin.press("Did it")).text

    again = await world.robin.press("Try a DM again", on=screen)
    assert "Your receipt is in your DMs" in again.text
    assert len(world.robin.dms) == 1


async def test_dms_that_close_later_are_told_once_beside_a_command_that_fits(world: World) -> None:
    await world.set_up()
    await world.start()
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50278)
    await world.to_due()

    for unfitting in ("helplines show", "privacy show", "help"):
        assert "Your DMs are closed" not in (await world.robin.slash(unfitting)).text
    first = await world.robin.slash("streak show")
    second = await world.robin.slash("streak show")

    assert "Your DMs are closed to this bot" in first.text
    assert "Need more than a nudge?" in first.labels
    assert "Your DMs are closed" not in second.text
    assert "Your DMs are closed to this bot" in (await world.robin.slash("nudge settings")).text


async def test_closed_dms_are_no_part_of_a_goodbye(world: World) -> None:
    await world.set_up()
    await world.start()
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50278)
    await world.to_due()

    assert "Nothing more will come" in (await world.robin.slash("nudge stop")).text


async def test_agreeing_to_nothing_keeps_nothing_and_says_so(world: World) -> None:
    await world.robin_starts(place="Europe/Berlin")
    await world.robin.press_id(world.robin.screen.control("flip_nudges"))
    for _ in range(3):
        await world.robin.press("Next")
    assert "- nothing" in world.robin.screen.text
    assert "Start keeps nothing" in world.robin.screen.text

    assert "nothing was kept" in (await world.robin.press("Start")).text
    assert await world.rows() == {}


@pytest.mark.parametrize("way", ["command", "card"])
async def test_whoever_starts_anew_begins_with_what_they_chose_and_sees_what_would_end(world: World, way: str) -> None:
    await world.set_up()
    await world.start(also=("streak", "check_ins"))
    screen = (
        await world.robin.slash("nudge start") if way == "command" else await world.robin.press("Start", on=world.card)
    )
    assert screen.labels[:5] == ["It is on", "It is off", "It is on", "It is on", "It is off"]
    await world.robin.press_id(screen.control("flip_streak"))
    assert "Berlin" in (await world.robin.press("Next")).text
    await world.robin.press("Next")

    last = await world.robin.press("Next")

    assert "these end, and what they kept is removed:\n- a private count of weeks" in last.text.replace("**", "")


async def test_starting_anew_with_everything_ends_nothing(world: World) -> None:
    await world.set_up()
    await world.start(also=("streak",))
    await world.robin.slash("nudge start")
    for _ in range(3):
        await world.robin.press("Next")

    assert "these end" not in world.robin.screen.text


async def test_a_receipt_that_discord_is_slow_to_take_is_on_its_way(world: World) -> None:
    await world.set_up()
    world.env.inject_error("POST", "/channels/*/messages", status=503)

    assert "Discord is slow" in (await world.start()).text


async def test_somebody_can_start_in_the_bots_dm_without_any_server(world: World) -> None:
    await world.robin.slash_in_dm("nudge start", place="Europe/Berlin")
    for label in ("Next", "Next", "Next", "Start"):
        await world.robin.press(label)

    member = (await world.rows())["member"]
    assert member[0]["guild_id"] is None
    assert len(world.robin.dms) == 1


async def test_a_known_member_who_agrees_to_nothing_is_told_what_stays(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.robin.slash("nudge start")
    await world.robin.press_id(world.robin.screen.control("flip_nudges"))
    for _ in range(3):
        await world.robin.press("Next")

    assert "All taken back" in (await world.robin.press("Start")).text


async def test_times_during_a_pause_are_the_ones_after_it(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.robin.slash("nudge pause")
    await world.robin.press("30 days")
    await world.robin.slash("nudge start")

    assert "You are paused until <t:" in (await world.robin.press("Next")).text


async def test_a_discreet_start_says_where_the_receipt_is(world: World) -> None:
    await world.set_up()

    assert "behind *Open*" in (await world.start(discreet=True)).text


@pytest.mark.parametrize(
    ("left", "said"), [(2, "### As they could come"), (0, "With what you left out, none fits for now.")]
)
async def test_whoever_left_out_nearly_everything_can_start_all_the_same(world: World, left: int, said: str) -> None:
    await world.set_up()
    await world.start()
    nudges = world.app.client.library.language("en").nudges
    kept = [one.nudge_id for one in nudges if one.theme in ("kind", "savour") and not one.flags and not one.exposure]
    await set_aside(world, nudges=tuple(one.nudge_id for one in nudges if one.nudge_id not in kept[:left]))
    await world.robin.slash("nudge stop")

    await world.robin.slash("nudge start", place="Europe/Berlin")
    for _ in range(3):
        last = (await world.robin.press("Next")).text
    started = await world.robin.press("Start")

    assert said in last
    assert last.count("\n> ") == left
    assert "Your receipt is in your DMs." in started.text
