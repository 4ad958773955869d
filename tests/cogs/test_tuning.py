"""What may come: about what, for whom, how often each kind."""

from __future__ import annotations

import pytest

from bot.rules.choose import OFF_AT_FIRST, Audience
from bot.store.schema import metadata
from tests.support.pace import bearing_of, set_aside
from tests.support.screen import Screen, controls_in
from tests.support.sql import looking_into
from tests.support.world import World

FAMILY_VOICE_ROMANCE = {"family", "romantic", "voice"}


@pytest.fixture
async def tuning(world: World) -> Screen:
    await world.set_up()
    await world.start()
    await world.robin.slash("nudge settings")
    return await world.robin.press("What may come")


def options_of(screen: Screen, step: str) -> dict[str, dict[str, object]]:
    menu = next(one for one in controls_in(screen.components) if one["custom_id"] == screen.control(step))
    return {option["value"]: option for option in menu["options"]}


def picked_in(screen: Screen, step: str) -> set[str]:
    return {value for value, option in options_of(screen, step).items() if option.get("default")}


async def test_family_romance_and_calls_are_skipped_until_somebody_says_otherwise(world: World, tuning: Screen) -> None:
    assert picked_in(tuning, "skip") == FAMILY_VOICE_ROMANCE == set(OFF_AT_FIRST)
    assert len(options_of(tuning, "skip")) == 11

    changed = await world.robin.pick_all("skip", ["conflict", "voice"])

    assert picked_in(changed, "skip") == {"conflict", "voice"}
    assert (await bearing_of(world)).skips == {"conflict", "voice"}
    nothing = await world.robin.pick_all("skip", [])
    assert picked_in(nothing, "skip") == set()


async def test_it_is_for_oneself_for_being_beside_somebody_or_both(world: World, tuning: Screen) -> None:
    assert picked_in(tuning, "for_whom") == {"self"}
    for value, audiences in (("both", set(Audience)), ("beside", {Audience.BESIDE}), ("self", {Audience.SELF})):
        changed = await world.robin.pick("for_whom", value)

        assert picked_in(changed, "for_whom") == {value}
        assert (await bearing_of(world)).audiences == audiences


async def test_a_set_is_switched_on_and_off(world: World, tuning: Screen) -> None:
    assert "It is off" in tuning.labels
    assert "It is on" in (await world.robin.press("It is off")).labels
    assert (await bearing_of(world)).sets == {"queer"}
    assert "It is off" in (await world.robin.press("It is on")).labels
    assert (await bearing_of(world)).sets == set()


async def test_nothing_of_it_can_be_read_in_the_file(world: World, tuning: Screen) -> None:
    await world.robin.press("It is off")
    await world.robin.pick_all("skip", ["grief", "identity"])

    with looking_into(world.file) as connection:
        rows = [
            row
            for table in metadata.sorted_tables
            for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}")  # noqa: S608
        ]
    assert rows
    assert not [word for word in ("queer", "identity", "grief") if word in str(rows)]


async def test_each_kind_is_listed_with_its_tickets(world: World, tuning: Screen) -> None:
    kinds = options_of(tuning, "kind")
    assert len(kinds) == 12
    assert {option["description"] for option in kinds.values()} == {"10 tickets"}
    assert next(iter(kinds)) == "notice", "in the order of the catalogue"


async def test_a_kind_is_drawn_more_often_less_often_or_as_at_first(world: World, tuning: Screen) -> None:
    shown = await world.robin.pick("kind", "reply")
    assert "It has 10 of 120 tickets today." in shown.text
    assert "It has 15 of 125 tickets today." in (await world.robin.press("More")).text
    assert "It has 7.5 of 117.5 tickets today." in (await world.robin.press("Fewer")).text
    assert "It has 10 of 120 tickets today." in (await world.robin.press("Back to 10")).text
    for _ in range(2):
        await world.robin.press("More")

    listed = options_of(await world.robin.press("Back"), "kind")
    assert listed["reply"]["description"] == "22.5 tickets"
    reset = await world.robin.press("Set all back to 10")
    assert options_of(reset, "kind")["reply"]["description"] == "10 tickets"


async def test_tickets_stay_between_three_and_forty_and_a_press_that_comes_twice_counts_once(
    world: World, tuning: Screen
) -> None:
    more = (await world.robin.pick("kind", "reply")).control("more")
    for _ in range(2):
        assert "It has 15 of 125 tickets" in (await world.press_crafted(world.robin, more)).text
    for custom_id, said in (("b:tune:more:reply:99", "40 of"), ("b:tune:fewer:reply:0.1", "3 of")):
        assert f"It has {said}" in (await world.press_crafted(world.robin, custom_id)).text
    await world.press_crafted(world.robin, "b:tune:more:reply:40")
    disabled = {one["label"] for one in controls_in(world.robin.screen.components) if one.get("disabled")}
    assert disabled == {"More"}


async def test_a_kind_is_left_out_and_let_in_again_and_what_was_set_aside_alone_stays_so(
    world: World, tuning: Screen
) -> None:
    await set_aside(world, nudges=("reply-react",))
    await world.robin.pick("kind", "reply")
    left_out = await world.robin.press("Leave out")
    assert "It is left out" in left_out.text
    assert options_of(await world.robin.press("Back"), "kind")["reply"]["description"] == "left out"
    await world.robin.pick("kind", "reply")

    assert "10 of 120 tickets" in (await world.robin.press("Let it come again")).text
    refused = await world.app.database.read(lambda records: records.refusals.of(world.robin.id))
    assert (refused.themes, refused.nudges) == (set(), {"reply-react"})


async def test_what_was_not_ok_can_be_let_in_again_by_its_kind(world: World) -> None:
    await world.set_up()
    await world.start()
    nudge = await world.to_next_nudge()
    await world.robin.pick("menu", "not_ok", on=nudge)
    (off,) = (await world.app.journeys.tune.look(world.robin.id)).off
    await world.robin.slash("nudge settings")
    await world.robin.press("What may come")
    await world.robin.pick("kind", off)
    await world.robin.press("Let it come again")

    assert (await world.app.journeys.tune.look(world.robin.id)).off == ()


async def test_the_way_back_leads_to_the_settings(world: World, tuning: Screen) -> None:
    assert "### Your nudges" in (await world.robin.press("Back")).text


async def test_with_every_kind_left_out_nothing_comes_and_the_settings_say_so(world: World, tuning: Screen) -> None:
    for theme in options_of(tuning, "kind"):
        await world.app.journeys.tune.leave_out(world.robin.id, theme)

    assert "No nudge is left that fits" in (await world.robin.slash("nudge settings")).text


async def test_what_no_screen_offers_is_of_an_older_version(world: World, tuning: Screen) -> None:
    before = await bearing_of(world)
    for custom_id, value in (
        ("m:tune:skip", "everything"),
        ("m:tune:for_whom", "nobody"),
        ("m:tune:kind", "dancing"),
        ("m:tune:kind", "beside_open"),
        ("b:tune:set_on:everything", None),
        ("b:tune:more:dancing:15", None),
        ("b:tune:more:reply", None),
        ("b:tune:more:reply:nan", None),
        ("b:tune:leave_out:dancing", None),
        ("b:tune:let_in:dancing", None),
        ("b:tune:kind:reply", None),
        ("b:tune:for_whom", None),
        ("b:tune:dance", None),
    ):
        assert "older version" in (await world.press_crafted(world.robin, custom_id, value)).text, custom_id
    assert await bearing_of(world) == before


async def test_without_a_plan_there_is_nothing_to_set(world: World) -> None:
    await world.set_up()
    for custom_id in ("b:tune:back", "b:tune:reset", "b:tune:set_on:queer", "b:tune:leave_out:reply", "b:plan:tune"):
        assert "Nothing is set up yet" in (await world.press_crafted(world.robin, custom_id)).text
    assert await world.rows() == {}


async def test_whose_key_is_gone_is_told_so_and_nothing_changes(world: World, tuning: Screen) -> None:
    world.lose_keys()
    await world.restart()
    before = await world.rows()

    for custom_id in ("b:tune:back", "b:tune:reset", "b:tune:leave_out:reply", "b:tune:let_in:reply"):
        assert "Its key is gone" in (await world.press_crafted(world.robin, custom_id)).text

    assert await world.rows() == before
    world.forgiven = True
