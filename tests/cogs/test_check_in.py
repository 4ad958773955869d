"""/checkin: picks only, and gone unless it is to be kept."""

from __future__ import annotations

import pytest

from bot.rules.consent import Purpose
from tests.support.world import World


async def test_a_check_in_is_one_form_of_picks_and_asks_for_no_words(world: World) -> None:
    await world.set_up()
    await world.start()
    result = await world.robin.actor.slash(world.channel, "checkin")

    kinds = [label["component"]["type"] for label in result.modal["components"]]
    assert kinds == [21, 21, 3, 21, 21], "radio groups and one menu; no text input"
    keep = result.modal["components"][-1]["component"]["options"]
    assert [option["value"] for option in keep if option.get("default")] == ["no"]


@pytest.mark.parametrize(("pace", "said"), [("slower", "`/nudge pause` makes it quiet"), ("faster", "more often")])
async def test_what_is_said_of_the_pace_is_heard(world: World, pace: str, said: str) -> None:
    await world.set_up()
    await world.start()
    await world.robin.open_form("checkin")

    assert said in (await world.robin.send(pace=pace, keep="no")).text


async def test_nobody_without_a_pace_is_asked_about_it(world: World) -> None:
    await world.robin.open_form("checkin")

    asked = [label["component"]["custom_id"] for label in world.robin.form["components"]]
    assert asked == ["quiet", "wanted", "word", "keep"]


async def test_a_check_in_is_gone_unless_it_is_to_be_kept(world: World) -> None:
    await world.robin.open_form("checkin")
    screen = await world.robin.send(wanted="space", word=["tired"], keep="no")

    assert "Wanting space is fine" in screen.text
    assert "Nothing of this was stored" in screen.text
    assert await world.rows() == {}


async def test_an_empty_check_in_is_fine_and_keeps_nothing(world: World) -> None:
    await world.robin.open_form("checkin")
    screen = await world.robin.send(keep="yes")

    assert "Thank you for looking in" in screen.text
    assert await world.rows() == {}


async def test_a_kept_check_in_is_kept_and_the_next_one_remembers_that(world: World) -> None:
    await world.robin.open_form("checkin")
    screen = await world.robin.send(quiet="a_bit", wanted="both", keep="yes")
    assert "Kept. The next check-in has yes picked already" in screen.text
    kept = await world.rows()
    assert kept["check_in"][0]["picks"] == {"quiet": "a_bit", "wanted": "both"}
    assert [row["purpose"] for row in kept["consent"]] == [Purpose.CHECK_INS]

    result = await world.robin.actor.slash(world.channel, "checkin")
    keep = result.modal["components"][-1]["component"]["options"]
    assert [option["value"] for option in keep if option.get("default")] == ["yes"]


async def test_a_form_that_was_open_during_a_restart_is_answered_all_the_same(world: World) -> None:
    await world.robin.open_form("checkin")
    await world.restart()

    assert "Wanting company" in (await world.robin.send(wanted="company", keep="no")).text


async def test_keeping_is_asked_in_the_words_of_the_consent_that_it_gives(world: World) -> None:
    result = await world.robin.actor.slash(world.channel, "checkin")
    words = world.app.client.library.languages["en"].words

    keep = result.modal["components"][-1]
    assert keep["label"] == words("consent.check_ins.title")
    assert keep["description"] == words("consent.check_ins.about")


async def test_a_check_in_leads_to_a_person_too(world: World) -> None:
    await world.robin.open_form("checkin")
    await world.robin.send(word=["low"], keep="no")

    assert "findahelpline.com" in (await world.robin.press("Need more than a nudge?")).text
