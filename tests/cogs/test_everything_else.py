"""Check-ins, weeks, privacy, help lines, help, and what happens when something goes wrong."""

from __future__ import annotations

import json

import pytest
import simcord

from bot.rules.consent import Purpose
from tests.support.world import Screen, World


async def rows(world: World) -> dict[str, list[dict[str, object]]]:
    return (await world.app.journeys.review.held(world.robin.id)).rows


async def test_a_check_in_is_one_form_of_picks_and_asks_for_no_words(world: World) -> None:
    await world.robin.actor.slash(world.channel, "checkin")
    result = await world.robin.actor.slash(world.channel, "checkin")

    kinds = [label["component"]["type"] for label in result.modal["components"]]
    assert kinds == [21, 21, 3, 21, 21], "radio groups and one menu; no text input"
    keep = result.modal["components"][-1]["component"]["options"]
    assert [option["value"] for option in keep if option.get("default")] == ["no"]


async def test_a_check_in_is_gone_unless_it_is_to_be_kept(world: World) -> None:
    await world.robin.open_form("checkin")
    screen = await world.robin.send(wanted="space", word=["tired"], pace="slower", keep="no")

    assert "Wanting space is fine" in screen.text
    assert "`/nudge pause` makes it quiet" in screen.text
    assert "Nothing of this was stored" in screen.text
    assert await rows(world) == {}


async def test_an_empty_check_in_is_fine_and_keeps_nothing(world: World) -> None:
    await world.robin.open_form("checkin")
    screen = await world.robin.send(keep="yes")

    assert "Thank you for looking in" in screen.text
    assert await rows(world) == {}


async def test_a_kept_check_in_is_kept_and_the_next_one_remembers_that(world: World) -> None:
    await world.robin.open_form("checkin")
    screen = await world.robin.send(quiet="a_bit", wanted="both", keep="yes")
    assert "Kept, for you alone" in screen.text
    kept = await rows(world)
    assert kept["check_in"][0]["picks"] == '{"quiet": "a_bit", "wanted": "both"}'
    assert [row["purpose"] for row in kept["consent"]] == [Purpose.CHECK_INS]

    result = await world.robin.actor.slash(world.channel, "checkin")
    keep = result.modal["components"][-1]["component"]["options"]
    assert [option["value"] for option in keep if option.get("default")] == ["yes"]


async def test_a_form_that_was_open_during_a_restart_is_answered_all_the_same(world: World) -> None:
    await world.robin.open_form("checkin")
    await world.restart()

    assert "Wanting company" in (await world.robin.send(wanted="company", keep="no")).text


async def test_weeks_are_counted_only_when_asked_and_never_fall(world: World) -> None:
    await world.set_up()
    await world.start()
    assert "Nothing is counted" in (await world.robin.slash("streak show")).text
    assert "Weeks you showed up: **0**" in (await world.robin.slash("streak on")).text
    assert "This week counts" in (await world.robin.slash("streak rest")).text
    assert "Weeks you showed up: **1**" in (await world.robin.slash("streak show")).text
    assert "will not be mentioned" in (await world.robin.slash("streak hide")).text
    assert "Weeks you showed up: **1**" in (await world.robin.slash("streak show")).text
    assert "Forgotten" in (await world.robin.slash("streak forget")).text
    assert "Nothing is counted" in (await world.robin.slash("streak show")).text


async def full_member(world: World) -> None:
    await world.set_up()
    await world.start(also=("answers", "check_ins", "rhythm", "counts"))
    await world.robin.pick("menu", "not_ok", on=await world.to_next_nudge())
    await world.robin.open_form("checkin")
    await world.robin.send(word=["calm"], keep="yes")


async def test_privacy_shows_every_row_in_plain_words(world: World) -> None:
    await full_member(world)

    text = (await world.robin.slash("privacy show")).text

    assert str(world.robin.id) in text
    for title in ("You", "What you agreed to", "Your nudges", "Messages to you", "What you set aside"):
        assert f"**{title}**" in text
    assert "calm" in text
    assert "zone Europe/Berlin" in text


async def test_more_rows_than_one_message_holds_come_as_a_file_with_every_row(world: World) -> None:
    await full_member(world)
    for _ in range(15):
        await world.robin.press("Not today", on=await world.to_next_nudge())

    screen = await world.robin.slash("privacy show")

    text = (await read(screen))["porchlight.txt"]
    for row in (await rows(world))["occurrence"]:
        assert str(row["occurrence_id"]) in text


async def read(screen: Screen) -> dict[str, str]:
    assert isinstance(screen.shown, simcord.ResponseMessage)
    return {one.filename: (await one.read()).decode() for one in screen.shown.attachments}


async def test_nothing_held_is_said_plainly(world: World) -> None:
    for command in ("privacy show", "privacy export"):
        assert "Nothing is held about you" in (await world.robin.slash(command)).text


async def test_the_export_is_every_row_to_read_and_as_json(world: World) -> None:
    await full_member(world)

    files = await read(await world.robin.slash("privacy export"))

    exported = json.loads(files["porchlight.json"])
    held = await rows(world)
    assert exported["format"] == "porchlight-export-1"
    assert {name: len(table) for name, table in exported["tables"].items()} == {
        name: len(table) for name, table in held.items()
    }
    assert exported["tables"]["plan"][0]["zone"] == "Europe/Berlin"
    assert str(held["occurrence"][0]["occurrence_id"]) in files["porchlight.txt"]


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_each_choice_can_be_taken_back_and_given_again(world: World, purpose: Purpose) -> None:
    await full_member(world)
    await world.robin.slash("privacy choices")

    screen = await world.robin.press_id(world.robin._last().control(f"withdraw_{purpose}"))
    assert purpose not in await world.app.journeys.review.purposes(world.robin.id)
    assert screen.labels.count("Off") == 1

    screen = await world.robin.press_id(world.robin._last().control(f"agree_{purpose}"))
    assert purpose in await world.app.journeys.review.purposes(world.robin.id)
    assert screen.labels.count("Off") == 0


async def test_choices_before_a_first_yes_say_where_to_begin(world: World) -> None:
    await world.robin.slash("privacy choices")
    screen = await world.robin.press_id(world.robin._last().control("agree_counts"))

    assert "after a first yes" in screen.text


async def test_delete_asks_once_and_leaves_nothing(world: World) -> None:
    await full_member(world)
    await world.robin.slash("privacy delete")
    assert "Kept as it is" in (await world.robin.press("Keep it")).text
    assert await rows(world) != {}

    await world.robin.slash_in_dm("privacy delete")
    assert "Nothing is held about you any more" in (await world.robin.press("Delete everything")).text

    assert await rows(world) == {}
    assert "Nothing is held about you" in (await world.robin.slash("privacy show")).text


async def test_help_lines_begin_without_a_country_and_show_the_one_that_is_picked(world: World) -> None:
    screen = await world.robin.slash("helplines show")
    assert "findahelpline.com" in screen.text
    assert "Call 988" not in screen.text

    germany = await world.robin.pick("country", "DE")
    assert "0800 111 0 111" in germany.text
    assert "Checked on 2026-" in germany.text
    assert "Source: https://" in germany.text
    assert "findahelpline.com" in germany.text


async def test_a_country_can_be_given_with_the_command(world: World) -> None:
    choices = await world.robin.actor.autocomplete(world.channel, "helplines show", "country", "ger")
    assert [choice["value"] for choice in choices] == ["DE"]

    assert "0800 111 0 111" in (await world.robin.slash("helplines show", country="DE")).text
    assert "Call 988" not in (await world.robin.slash("helplines show", country="Narnia")).text


async def test_help_is_one_screen_and_leads_to_a_person(world: World) -> None:
    screen = await world.robin.slash("help")

    assert "`/nudge start`" in screen.text
    assert "findahelpline.com" in (await world.robin.press("Need more than a nudge?")).text


async def test_a_fault_of_ours_is_said_kindly_and_not_swallowed(world: World) -> None:
    """Whatever raises, in a command or behind a button, the member is told something."""
    await world.set_up()
    await world.start()
    nudge = await world.to_next_nudge()
    await world.break_the_database()

    for answer in (await world.robin.slash("streak show"), await world.robin.press("Did it", on=nudge)):
        assert "Something went wrong on our side" in answer.text
    world.forgiven = True


async def test_a_press_of_an_older_version_says_how_to_go_on(world: World) -> None:
    await world.set_up()
    for custom_id in (
        "b:n:dance:AAAA",
        "b:t:dance:kind-rest",
        "b:t:did_it:left-the-library",
        "b:n:later_days:9:AAAA",
        "b:n:pause_days:x:AAAA",
        "b:start:when:nonsense",
        "b:start:dance:s013511",
        "b:card:dance",
        "b:plan:dance",
        "b:plan:pause_days:4",
        "b:privacy:dance",
        "b:privacy:agree_everything",
        "b:checkin:dance",
        "b:help:dance",
        "b:setup:dance",
        "b:setup:post:x",
        "b:community:dance",
        "b:nowhere:at_all",
    ):
        person = world.sam if custom_id.startswith(("b:setup", "b:community")) else world.robin
        answer = await world.press_crafted(person, custom_id)
        assert "older version" in answer.text or "Nothing is held" in answer.text, custom_id


async def test_menus_and_forms_of_an_older_version_say_so_too(world: World) -> None:
    await world.set_up()
    for custom_id, value in (
        ("m:n:menu:AAAA", "dance"),
        ("m:help:country", "ZZ"),
        ("m:start:size:s013511", "HUGE"),
        ("m:start:per_week:s013511", "9"),
        ("m:start:window:s013511", "99"),
        ("m:start:zone:s013511", "Atlantis"),
        ("m:nowhere:at_all", "x"),
    ):
        answer = await world.press_crafted(world.robin, custom_id, value=value)
        assert "older version" in answer.text or "Nothing is held" in answer.text, custom_id


async def test_an_answer_that_comes_too_late_is_only_logged(world: World) -> None:
    world.env.inject_error("POST", "/interactions/*", status=404, code=10062, times=None)

    await world.robin.actor.slash(world.channel, "nudge settings")

    world.forgiven = True
