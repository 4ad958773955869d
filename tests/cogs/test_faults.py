"""What a person is told when something goes wrong, or comes from an older version."""

from __future__ import annotations

import pytest

from tests.support.sql import looking_into
from tests.support.world import World


async def test_a_fault_of_ours_is_said_kindly_and_not_swallowed(world: World) -> None:
    """Whatever raises, in a command or behind a button, the member is told something."""
    await world.set_up()
    await world.start()
    nudge = await world.to_next_nudge()
    world.break_the_database()

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
        "b:check_in:dance",
        "b:help:dance",
        "b:setup:dance",
        "b:community:dance",
        "b:q:dance:AAAA",
        "b:r:dance:AAAA",
        "b:tune:dance",
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
        ("m:tune:skip", "everything"),
        ("m:plan:season", "monsoon"),
        ("m:nowhere:at_all", "x"),
    ):
        answer = await world.press_crafted(world.robin, custom_id, value=value)
        assert "older version" in answer.text or "Nothing is held" in answer.text, custom_id


async def test_an_answer_that_comes_too_late_is_only_logged(world: World) -> None:
    world.env.inject_error("POST", "/interactions/*", status=404, code=10062, times=None)

    await world.robin.actor.slash(world.channel, "nudge settings")

    world.forgiven = True


async def test_a_command_that_is_not_there_any_more_says_how_to_go_on(world: World) -> None:
    """As when Discord still offers what an earlier version had."""
    world.app.client.tree.remove_command("help")

    assert "older version" in (await world.robin.slash("help")).text
    world.forgiven = True


async def test_a_receipt_is_no_nudge_whatever_is_pressed_on_it(world: World) -> None:
    await world.set_up()
    await world.start()
    receipt = world.robin.dms[0].control("stop").rpartition(":")[2]

    for step, said in (
        ("smaller", "older version"),
        ("did_it", "Nothing is held"),
        ("later_days:1", "Nothing is held"),
    ):
        assert said in (await world.press_crafted(world.robin, f"b:n:{step}:{receipt}")).text


async def test_steps_that_only_a_nudge_knows_are_outdated_elsewhere(world: World) -> None:
    await world.set_up()
    await world.start()
    nudge = (await world.to_next_nudge()).control("did_it").rpartition(":")[2]

    for custom_id in (f"b:n:menu:{nudge}", "b:t:pause:kind-rest", "b:privacy:dance_nudges"):
        assert "older version" in (await world.press_crafted(world.robin, custom_id)).text


async def test_a_nudge_that_left_the_library_can_be_answered_all_the_same(world: World) -> None:
    await world.set_up()
    await world.start()
    did_it = (await world.to_next_nudge()).control("did_it")
    with looking_into(world.file) as connection:
        connection.exec_driver_sql("UPDATE occurrence SET nudge_id = 'left-the-library' WHERE nudge_id IS NOT NULL")

    answer = await world.press_crafted(world.robin, did_it)

    assert "You did it." in answer.text
    assert answer.labels == ["Stop", "Need more than a nudge?"]


async def test_two_flows_of_one_name_are_refused(world: World) -> None:
    async def nothing(_interaction: object, _press: object) -> None: ...

    with pytest.raises(ValueError, match="two flows are called help"):
        world.app.client.answers("help", nothing)
