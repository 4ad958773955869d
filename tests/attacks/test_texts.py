"""Whatever can be passed in as text, by a member: looked up and forgotten, never run, never repeated, never kept.

Law: an answer is made of the catalogue's sentences, the gazetteer's names and Discord's own marks, and of nothing that
came in.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.content.library import Library
from tests.attacks import raw
from tests.attacks.hostile import INJECTIONS, INSIDES, MENTIONS, TEXTS
from tests.support.canaries import marked
from tests.support.sql import looking_into
from tests.support.world import World, open_world

FORMS = (
    ("f:start:place:s013510", "place"),
    ("f:check_in:send", "word"),
    ("f:check_in:send", "keep"),
    ("f:check_in:send", "{0}"),
)
MENUS = (
    "m:start:zone:s013510",
    "m:start:per_week:s013510",
    "m:start:size:s013510",
    "m:start:window:s013510",
    "m:help:country",
    "m:n:menu:AAAA",
)

# A command that takes too long keeps everybody else waiting; this is far above what they take.


async def is_in_the_file(world: World, text: str) -> bool:
    """Whether those bytes stand anywhere in the database or its log."""
    sought = text.encode(errors="surrogatepass")
    files = await asyncio.to_thread(lambda: [path.read_bytes() for path in world.file.parent.glob("porchlight.db*")])
    return any(sought in held for held in files)


def is_worth_looking_for(text: str) -> bool:
    """Shorter ones stand in many a sentence by themselves."""
    return len(text.strip()) > 4


async def holds(world: World, text: str, answer: raw.Answer) -> None:
    assert answer.acknowledged, text
    assert answer.is_private, text
    assert answer.mentions_nobody, text
    assert "Something went wrong on our side" not in answer.text, text
    assert [inside for inside in INSIDES if inside in answer.text] == [], text
    if is_worth_looking_for(text):
        assert text not in answer.text
        assert not await is_in_the_file(world, text)


@pytest.mark.parametrize("text", [*TEXTS.values()], ids=[*TEXTS])
async def test_a_text_is_neither_run_nor_repeated_nor_kept_wherever_it_comes_in(world: World, text: str) -> None:
    """As an option, while one is typed, in a form, and as a choice that was never offered."""
    robin = world.robin
    for command, option in (("nudge start", "place"), ("helplines show", "country"), ("help", "never_offered")):
        await holds(world, text, await raw.slash(world, robin, command, **{option: text}))
        await holds(world, text, await raw.complete(world, robin, command, option, text))
    for custom_id, field in FORMS:
        fields = {"keep": {"value": "yes"}} | {field.format(text): {"value": text, "values": [text]}}
        await holds(world, text, await raw.send_form(world, robin, custom_id, fields))
    for menu in MENUS:
        await holds(world, text, await raw.press(world, robin, menu, values=[text]))

    assert await world.rows() == {}, "and a yes to keeping nothing keeps nothing"


@pytest.mark.parametrize("value", [5, 1.5, True, None, [], {}, ["Berlin"], {"value": "Berlin"}, 2**70, -1])
async def test_what_is_no_text_at_all_is_answered(world: World, value: object) -> None:
    answers = [
        await raw.slash(world, world.robin, "nudge start", place=value),
        await raw.complete(world, world.robin, "nudge start", "place", value),
        await raw.send_form(world, world.robin, "f:start:place:s013510", {"place": {"value": value}}),
        await raw.send_form(
            world, world.robin, "f:check_in:send", {"word": {"values": value}, "keep": {"value": "yes"}}
        ),
        await raw.press(world, world.robin, "m:help:country", values=[value]),
    ]

    for answer in answers:
        assert answer.acknowledged
        assert "Something went wrong on our side" not in answer.text
    assert await world.rows() == {}


def test_of_a_text_as_long_as_discord_lets_through_only_the_beginning_is_looked_up(library: Library) -> None:
    """A search that bears with typing mistakes takes the longer the longer the text is, and everybody waits for it."""
    for typed, look in (
        ("Berlin", lambda text: library.places.find(text, 25)),
        ("Germany", lambda text: library.helplines.country_of(text, "en")),
        ("Germ", lambda text: library.helplines.beginning(text, "en")),
    ):
        assert look(typed)
        assert look(typed.ljust(100) + "z" * 5_900) == look(typed)


@pytest.mark.parametrize("name", [*MENTIONS.values(), *INJECTIONS.values()], ids=[*MENTIONS, *INJECTIONS])
async def test_no_name_that_discord_tells_us_is_ever_said_kept_or_logged(tmp_path: Path, name: str) -> None:
    """A server, a channel, a role or a person can be called anything."""
    async with open_world(tmp_path) as world:
        backend = world.env.backend
        backend.get_guild(world.guild_id).name = name
        backend.get_channel(world.channel.id).name = name
        await world.set_up()
        robin = world.person("robin")
        user = backend.get_user(robin.id)
        user.name = user.global_name = name
        await world.start(also=("answers", "counts"))
        await robin.press("Did it", on=await world.to_next_nudge())
        for command in ("privacy show", "nudge settings", "help", "privacy export"):
            await robin.slash(command)
        await world.sam.slash("community status")

        said = [one.json for one in world.env.http_requests if isinstance(one.json, dict)]
        assert len(said) > 10
        assert name not in str(said)
        assert not await is_in_the_file(world, name)
        with looking_into(world.file) as connection:
            tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'table'").scalar()
        assert tables
        assert tables > 8, "nothing was dropped"


async def test_what_the_operator_is_called_is_not_said_either(world: World) -> None:
    assert marked("simulated") not in str([one.json for one in world.env.http_requests])
