"""/privacy: see it, change it, take it along, delete it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import simcord
from structlog.testing import capture_logs

from bot.app import retention_of
from bot.content.library import Library
from bot.journey.review import Holding
from bot.rules.consent import Purpose
from bot.rules.retention import Retention
from bot.settings import OperatorSettings
from cogs._ui.privacy import REMOVES, held_screen
from tests.support.screen import Screen
from tests.support.world import NOON, World


async def full_member(world: World) -> None:
    await world.set_up()
    await world.start(also=("answers", "check_ins", "streak", "counts"))
    await world.robin.pick("menu", "not_ok", on=await world.to_next_nudge())
    await world.robin.open_form("checkin")
    await world.robin.send(word=["calm"], keep="yes")


async def test_privacy_shows_every_row_in_plain_words(world: World) -> None:
    await full_member(world)

    text = await shown(world)

    assert str(world.robin.id) in text
    titles = ("You", "What you agreed to", "Your nudges", "How your nudges are chosen", "What you set aside")
    for title in (*titles, "Messages to you"):
        assert f"\n{title}\n" in text
    assert "calm" in text
    assert "zone Europe/Berlin" in text
    assert "Yes to nudges by DM" in text
    assert "A nudge by DM, 2026" in text
    assert "this wasn't OK" in text
    assert "The kind: " in text
    assert "“" in text, "nudges are quoted, not named by their ids"
    assert "Weeks with nudges: 1, the last from 2026-" in text
    assert "Something was not OK on 2026-" in text
    assert "drawn by tickets (" in text
    assert text.index("\nYou\n") < text.index("\nYour nudges\n") < text.index("\nMessages to you\n")


async def test_privacy_says_for_how_long_everything_stays_with_the_numbers_that_are_set(world: World) -> None:
    await full_member(world)

    text = await shown(world)

    kept = world.settings.retention
    assert f"Messages to you: {kept.delivery_records} days." in text
    assert f"where you wanted them kept: {kept.answers} days." in text
    assert f"A yes that you took back: {kept.withdrawn_consents} days." in text
    assert f"After {kept.inactive_members} days with nothing from you or to you, all of it is deleted; with" in text


async def test_the_bot_that_runs_keeps_house_by_these_numbers(world: World) -> None:
    app = world.app

    assert app.ticker._keep_house == app.journeys.housekeep.run
    assert app.journeys.housekeep._retention == retention_of(world.settings.retention)


def test_other_settings_are_told_as_they_are(library: Library) -> None:
    days = Retention(*(timedelta(days=some) for some in (91, 92, 61, 93)))
    row = {"picked": {"what": "nudge", "subject": "a"}, "refusal_id": "b", "refused_at": NOON, "member_id": 1}

    for rows in ({"refusal": [row]}, {"refusal": [row] * 100}):
        view, _ = held_screen(Holding(rows, NOON, days), library.languages["en"], OperatorSettings())
        text = " ".join(str(one) for one in view.to_components())
        for said in ("After 91 days", "kept: 92 days", "Messages to you: 61 days", "took back: 93 days"):
            assert said in text


async def test_more_rows_than_one_message_holds_come_as_a_file_with_every_row(world: World) -> None:
    await full_member(world)
    for _ in range(6):
        await world.robin.press("Did it", on=await world.to_next_nudge())

    screen = await world.robin.slash("privacy show")

    text = (await read(screen))["porchlight.txt"]
    for row in (await world.rows())["occurrence"]:
        assert str(row["occurrence_id"]) in text


async def shown(world: World) -> str:
    """What /privacy show says, on the screen or in the file that comes with it."""
    screen = await world.robin.slash("privacy show")
    return "\n".join([screen.text, *(await read(screen)).values()])


async def read(screen: Screen) -> dict[str, str]:
    assert isinstance(screen.shown, simcord.ResponseMessage)
    return {one.filename: (await one.read()).decode() for one in screen.shown.attachments}


async def test_whose_key_is_lost_is_told_so_sees_the_rest_and_can_have_it_all_deleted(world: World) -> None:
    await full_member(world)
    nudge = await world.to_next_nudge()
    world.lose_keys()

    text = await shown(world)
    files = await read(await world.robin.slash("privacy export"))

    for told in (text, files["porchlight.txt"]):
        assert "Some of what you answered or picked cannot be read any more" in told
        assert "/privacy delete removes all of it" in told.replace("`", "")
        assert "zone Europe/Berlin" in told
        assert told.count("what cannot be read any more") == 6, "an answer, the bearing, three set aside, a check-in"
        assert "calm" not in told
    tables = json.loads(files["porchlight.json"])["tables"]
    assert tables["check_in"][0]["picks"] == tables["refusal"][0]["picked"] == {"unreadable": True}
    assert tables["bearing"][0]["picked"] == {"unreadable": True}
    assert tables["plan"][0]["zone"] == "Europe/Berlin"
    assert "key to what you set aside is gone" in (await world.robin.slash("nudge settings")).text
    assert "Something went wrong" not in (await world.robin.press("Did it", on=nudge)).text
    await world.robin.slash("privacy delete")
    assert "Nothing is held about you any more" in (await world.robin.press("Delete everything")).text
    assert await world.rows() == {}
    await world.start()
    assert "cannot be read" not in (await world.robin.slash("privacy show")).text


@pytest.mark.parametrize("command", ["nudge settings", "nudge pause", "nudge resume", "nudge start"])
async def test_no_command_of_whose_key_is_lost_ends_as_a_fault_of_ours(world: World, command: str) -> None:
    await full_member(world)
    world.lose_keys()

    text = (await world.robin.slash(command)).text

    assert "Something went wrong" not in text


@pytest.mark.parametrize("said", ["not_for_me", "not_ok"])
async def test_what_cannot_be_set_aside_is_told_so_with_the_ways_out(world: World, said: str) -> None:
    await world.set_up()
    await world.start()
    nudge = await world.to_next_nudge()
    world.lose_keys()

    text = (await world.robin.pick("menu", said, on=nudge)).text

    assert text.startswith("Thank you for saying so. It could not be kept")
    assert "So this one may come again." in text
    assert "What you set aside" not in text, "nothing was set aside before"
    assert "*Stop*, on every nudge, ends them all at once." in text
    assert await world.messages(answered=True) == []
    await world.robin.slash("privacy delete")
    await world.robin.press("Delete everything")
    await world.start()
    await world.robin.pick("menu", said, on=await world.to_next_nudge())
    assert "refusal" in await world.rows(), "the way that the sentence names is one"


async def test_a_check_in_that_cannot_be_sealed_is_not_kept_and_says_why(world: World) -> None:
    await full_member(world)
    world.lose_keys()

    await world.robin.open_form("checkin")
    with capture_logs() as said:
        screen = await world.robin.send(word=["calm"], keep="yes")

    assert "Its key is gone" in screen.text
    assert [line["error"] for line in said if line["event"] == "interaction.refused"] == ["Unsealable"]
    assert len((await world.rows())["check_in"]) == 1


async def test_nothing_held_is_said_plainly(world: World) -> None:
    for command in ("privacy show", "privacy export", "privacy delete"):
        screen = await world.robin.slash(command)
        assert "Nothing is held about you" in screen.text
        assert screen.labels == [], "and there is nothing to press"


async def test_the_export_is_every_row_to_read_and_as_json(world: World) -> None:
    await full_member(world)

    files = await read(await world.robin.slash("privacy export"))

    exported = json.loads(files["porchlight.json"])
    held = await world.rows()
    assert exported["format"] == "porchlight-export-1"
    assert {name: len(table) for name, table in exported["tables"].items()} == {
        name: len(table) for name, table in held.items()
    }
    assert exported["tables"]["plan"][0]["zone"] == "Europe/Berlin"
    assert exported["tables"]["member"][0]["member_id"] == str(world.robin.id), "numbers that large lose digits"
    assert exported["tables"]["check_in"][0]["picks"] == {"word": "calm"}
    assert str(held["occurrence"][0]["occurrence_id"]) in files["porchlight.txt"]


async def test_the_file_to_read_is_plain_text_and_says_for_how_long_too(world: World) -> None:
    await full_member(world)

    text = (await read(await world.robin.slash("privacy export")))["porchlight.txt"]

    assert text.startswith("All that is held about you\n\nYou\n- Here since")
    assert [mark for mark in ("**", "-# ", "#", "`") if mark in text] == []
    assert "For how long\n- Messages to you: 120 days." in text
    assert "Whoever runs this bot holds the key, and could read it." in text


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_each_choice_can_be_taken_back_and_given_again(world: World, purpose: Purpose) -> None:
    await full_member(world)
    await world.robin.slash("privacy choices")
    if purpose in REMOVES:
        await world.robin.press_id(world.robin.screen.control(f"ask_{purpose}"))

    screen = await world.robin.press_id(world.robin.screen.control(f"withdraw_{purpose}"))
    assert purpose not in await world.app.journeys.review.purposes(world.robin.id)
    assert screen.labels.count("It is off") == 1

    screen = await world.robin.press_id(world.robin.screen.control(f"agree_{purpose}"))
    assert purpose in await world.app.journeys.review.purposes(world.robin.id)
    assert screen.labels.count("It is off") == 0


async def test_what_would_remove_something_is_asked_about_once(world: World) -> None:
    await full_member(world)
    await world.robin.slash("privacy choices")
    asked = await world.robin.press_id(world.robin.screen.control("ask_check_ins"))
    assert "is removed at once" in asked.text

    kept = await world.robin.press("Leave it as it is")

    assert kept.labels.count("It is on") == len(Purpose)
    assert "check_in" in await world.rows()


async def test_agreeing_to_nudges_here_brings_a_receipt(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.robin.slash("nudge stop")
    await world.robin.slash("privacy choices")

    await world.robin.press_id(world.robin.screen.control("agree_nudges"))

    assert ["You agree to:" in dm.text for dm in world.robin.dms] == [True, True]


async def test_agreeing_to_nudges_here_says_when_dms_are_closed(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.robin.slash("nudge stop")
    await world.robin.slash("privacy choices")
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)

    screen = await world.robin.press_id(world.robin.screen.control("agree_nudges"))

    assert "Your DMs are closed to this bot" in screen.text


@pytest.mark.parametrize("in_dm", [False, True])
async def test_choices_of_a_stranger_say_where_to_begin_and_offer_no_switch(world: World, *, in_dm: bool) -> None:
    robin = world.robin
    screen = await (robin.slash_in_dm if in_dm else robin.slash)("privacy choices")

    assert "Nothing is set up, so there is nothing here to switch." in screen.text
    assert "`/nudge start` asks you first, in private." in screen.text
    assert screen.labels == []
    assert await world.rows() == {}


async def test_a_switch_that_a_stranger_was_never_offered_begins_nothing(world: World) -> None:
    for step in ("agree_counts", "agree_check_ins", "agree_nudges"):
        assert "Nothing is set up yet" in (await world.press_crafted(world.robin, f"b:privacy:{step}")).text

    assert await world.rows() == {}


async def test_choices_of_whoever_only_keeps_check_ins_are_about_check_ins(world: World) -> None:
    await world.robin.open_form("checkin")
    await world.robin.send(word=["calm"], keep="yes")

    screen = await world.robin.slash("privacy choices")

    assert "Keep my check-ins" in screen.text
    assert "Nudges by DM" not in screen.text
    assert "one DM" not in screen.text
    assert "`/nudge start` asks the other questions, in private." in screen.text
    assert screen.labels == ["It is on"]
    await world.robin.press_id(screen.control("ask_check_ins"))
    screen = await world.robin.press_id(world.robin.screen.control("withdraw_check_ins"))
    assert screen.labels == ["It is off"]
    assert (await world.robin.press_id(screen.control("agree_check_ins"))).labels == ["It is on"]


async def test_switches_that_were_left_open_are_gone_after_delete(world: World) -> None:
    await full_member(world)
    left_open = await world.robin.slash("privacy choices")
    await world.robin.slash("privacy delete")
    await world.robin.press("Delete everything")

    screen = await world.robin.press_id(left_open.control("withdraw_nudges"), left_open)

    assert "nothing here to switch" in screen.text
    assert screen.labels == []
    assert await world.rows() == {}


async def test_delete_asks_once_and_leaves_nothing(world: World) -> None:
    await full_member(world)
    await world.robin.slash("privacy delete")
    assert "Kept as it is" in (await world.robin.press("Keep it")).text
    assert await world.rows() != {}

    await world.robin.slash_in_dm("privacy delete")
    assert "Nothing is held about you any more" in (await world.robin.press("Delete everything")).text

    assert await world.rows() == {}
    assert "Nothing is held about you" in (await world.robin.slash("privacy show")).text
