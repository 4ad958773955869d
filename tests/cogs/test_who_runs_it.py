"""Where somebody says yes: who it is for, who runs it, and the way to the privacy policy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.journey.review import Holding
from bot.rules.consent import Purpose
from bot.rules.retention import UNLESS_SET_OTHERWISE
from bot.settings import OperatorSettings
from bot.store.schema import metadata
from cogs._ui.draft import Draft
from cogs._ui.privacy import held_screen
from cogs._ui.start import what_screen
from tests.support.world import NOON, Seen, World, open_world

POLICY = "https://example.org/porchlight/privacy"
TERMS = "https://example.org/porchlight/terms"
AGE = "For people of 13 and older. Where your country asks for a higher age, that one counts."
OPERATOR = OperatorSettings.model_validate(
    {"name": "Lantern_House_", "contact": "privacy@example.org", "privacy_policy_url": POLICY, "terms_url": TERMS}
)

# The ways to what is asked, what is stored, and what is held.
WAYS = ("nudge start", "help", "privacy show", "Start", "What does it store?")


@pytest.fixture
async def named(tmp_path: Path, seen: Seen) -> AsyncIterator[World]:
    """A world whose operator said who they are."""
    async with open_world(tmp_path, seen, operator=OPERATOR) as world:
        await world.set_up()
        yield world


async def shown(world: World, way: str) -> str:
    """What that command says, or that button of the card."""
    if way[0].isupper():
        return (await world.robin.press(way, on=world.card)).text
    return (await world.robin.slash(way)).text


@pytest.mark.parametrize("way", WAYS)
async def test_the_policy_is_one_press_away_and_its_operator_has_a_name(named: World, way: str) -> None:
    text = await shown(named, way)

    assert f"[Privacy policy]({POLICY})" in text
    assert f"[Terms]({TERMS})" in text
    assert r"Lantern\_House\_ runs this bot: privacy@example.org" in text, "names are shown as they are written"
    assert "In short" not in text


@pytest.mark.parametrize("way", WAYS)
async def test_without_an_address_the_bot_says_its_own_short_version(world: World, way: str) -> None:
    await world.set_up()
    text = await shown(world, way)

    says_all_of_it = way in {"privacy show", "What does it store?"}
    assert ("In short: it stores what you choose and which nudges went out when." in text) is not says_all_of_it
    assert "runs this bot:" not in text
    assert "Privacy policy" not in text


async def test_the_policy_is_beside_what_is_held_whether_or_not_it_fits_one_message(named: World) -> None:
    await named.start()
    assert POLICY in (await named.robin.slash("privacy show")).text
    for _ in range(15):
        dm = await named.to_next_nudge()
        await named.robin.press("Did it" if "Did it" in dm.labels else "Keep it as it is", on=dm)

    await named.robin.slash("privacy show")

    answers = [one for one in named.robin.result.followups if one.attachments]
    assert answers, "by now it takes a file"
    assert POLICY in str(named.robin.result.response.components)


async def test_who_it_is_for_is_said_on_the_card_and_where_start_stands(world: World) -> None:
    await world.sam.slash("setup")
    await world.sam.pick("channel", world.channel)
    assert AGE in world.sam.screen.text, "a moderator sees the card as members will"
    await world.sam.press("Post it")
    assert AGE in world.card.text

    assert AGE in (await world.robin.press("Start", on=world.card)).text
    await world.robin.slash("nudge start", place="Europe/Berlin")
    for _ in range(3):
        await world.robin.press("Next")

    assert "Start" in world.robin.screen.labels
    assert AGE in world.robin.screen.text


async def test_who_it_is_for_is_said_where_a_check_in_is_kept(world: World) -> None:
    await world.robin.open_form("checkin")

    keep = world.robin.form["components"][-1]["component"]

    assert keep["custom_id"] == "keep"
    assert [option.get("description") for option in keep["options"]] == [
        None,
        "For people of 13 and older, or your country's higher age",
    ]


async def test_nobody_is_asked_how_old_they_are_and_nothing_about_it_is_stored(world: World) -> None:
    about_age = ("age", "birth", "born", "years_old", "adult", "minor")
    columns = {column.name for table in metadata.sorted_tables for column in table.columns}
    assert not [name for name in columns if set(name.split("_")) & set(about_age)]

    for command in world.app.client.tree.walk_commands():
        for option in getattr(command, "parameters", ()):
            assert option.name not in about_age
    await world.robin.open_form("checkin")
    asked = [label["component"]["custom_id"] for label in world.robin.form["components"]]
    assert asked == ["quiet", "wanted", "word", "keep"]


LONGEST = OperatorSettings.model_validate(
    {
        "name": "_" * 200,
        "contact": "*" * 200,
        "privacy_policy_url": f"https://example.org/{'p' * 180}",
        "terms_url": f"https://example.org/{'t' * 180}",
    }
)


def test_however_much_an_operator_says_every_screen_holds_what_discord_takes(library: Library) -> None:
    language, in_files = library.language("en"), 0
    for weeks in range(1, 80):
        held = {"week": [{"monday": f"week {number}", "member_id": 1} for number in range(weeks)]}
        view, file = held_screen(Holding(held, NOON, UNLESS_SET_OTHERWISE), language, LONGEST)
        shown = str(view.to_components())

        assert view.content_length() <= 4_000
        assert (file is None) is (f"week {weeks - 1}." in shown), "all of it, or all of it in a file"
        in_files += file is not None
    assert 0 < in_files < 70, "both were seen"
    assert what_screen(Draft(frozenset(Purpose)), LONGEST, language.words).content_length() <= 4_000
