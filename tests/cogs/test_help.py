"""/help and /helplines: where to go, and where a person answers."""

from __future__ import annotations

from tests.support.world import World


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
    for typed in ("UK", "England"):
        assert "Call 116 123" in (await world.robin.slash("helplines show", country=typed)).text
    bhutan = await world.robin.slash("helplines show", country="Bhutan")
    assert "No line for Bhutan is listed here yet" in bhutan.text
    narnia = await world.robin.slash("helplines show", country="Narnia")
    assert "That name is not on the list here" in narnia.text
    for screen in (bhutan, narnia):
        assert "findahelpline.com" in screen.text
        assert "Call 988" not in screen.text


async def test_help_is_one_screen_and_leads_to_a_person(world: World) -> None:
    screen = await world.robin.slash("help")

    assert "`/nudge start`" in screen.text
    assert "findahelpline.com" in (await world.robin.press("Need more than a nudge?")).text
