"""What only a moderator may do, asked for by everybody else; and a moderator who would like to know more.

Law: who may manage a server is what Discord says at the press, never what was shown, and never what a message carries.
"""

from __future__ import annotations

import pytest

from tests.attacks import raw
from tests.attacks.hostile import TEXTS
from tests.attacks.victim import Victim
from tests.support.canaries import MARK
from tests.support.world import World

COMMANDS = ("setup", "community status", "community disable")
PRESSES = (
    "b:setup:post:{channel}",
    "b:setup:back",
    "b:setup:no",
    "m:setup:channel",
    "b:community:keep",
    "b:community:disable",
)


@pytest.mark.parametrize("in_dm", [False, True], ids=["in the server", "in a DM"])
@pytest.mark.parametrize("command", COMMANDS)
async def test_a_member_gets_nothing_from_a_moderators_command(world: World, command: str, in_dm: bool) -> None:
    answer = await raw.slash(world, world.robin, command, in_dm=in_dm)

    assert "Discord says that you do not have it here" in answer.text
    assert answer.is_private
    assert await world.app.journeys.enable.is_on(world.guild_id)


@pytest.mark.parametrize("in_dm", [False, True], ids=["in the server", "in a DM"])
@pytest.mark.parametrize("custom_id", PRESSES)
async def test_a_member_gets_nothing_from_a_moderators_button(world: World, custom_id: str, in_dm: bool) -> None:
    values = [str(world.channel.id)] if custom_id.startswith("m") else None

    answer = await raw.press(world, world.robin, custom_id.format(channel=world.channel.id), values=values, in_dm=in_dm)

    assert "Discord says that you do not have it here" in answer.text
    assert answer.to_channels == []
    assert await world.app.journeys.enable.is_on(world.guild_id)


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_moderator_is_nobody_in_a_dm(world: World, command: str) -> None:
    """A DM is no server, whoever writes in it."""
    assert "Discord says that you do not have it here" in (await raw.slash(world, world.sam, command, in_dm=True)).text


@pytest.mark.parametrize("custom_id", ["b:setup:post:{channel}", "b:community:disable"])
async def test_who_loses_the_right_between_screen_and_press_has_lost_it(world: World, custom_id: str) -> None:
    casey = world.person("casey", manages=True)
    await casey.slash("setup")
    world.env.backend.get_guild(world.guild_id).members[casey.id].role_ids.clear()

    answer = await raw.press(world, casey, custom_id.format(channel=world.channel.id))

    assert "Discord says that you do not have it here" in answer.text
    assert await world.app.journeys.enable.is_on(world.guild_id)


async def test_the_card_goes_into_a_channel_of_this_server_and_nowhere_else(world: World) -> None:
    """The channel's id stands in the button, where anything could stand."""
    elsewhere = world.env.create_guild("elsewhere").create_text_channel("theirs")
    await world.env.settle()
    for channel in (elsewhere.id, world.robin.actor.user.dm_channel.id, world.sam.id, 0, 2**64):
        answer = await raw.press(world, world.sam, f"b:setup:post:{channel}")

        assert "may not post in that channel" in answer.text
        assert answer.to_channels == []


async def test_a_channel_that_is_none_is_answered(world: World) -> None:
    for values in (["x"], ["-1"], [""], ["9" * 5_000], ["\ud800"], [str(2**70)], [None], [{}], []):
        for kind, prefix in ((raw.CHANNELS, "c"), (raw.MENU, "m")):
            answer = await raw.press(world, world.sam, f"{prefix}:setup:channel", values=values, kind=kind)

            assert answer.acknowledged, values
            assert "Something went wrong on our side" not in answer.text, values


async def test_whatever_a_moderator_passes_in_is_neither_run_nor_repeated(world: World) -> None:
    """They type nothing; so it comes in where a choice would."""
    before = await world.app.journeys.enable.status(world.guild_id)
    for name, text in TEXTS.items():
        for answer in (
            await raw.slash(world, world.sam, "setup", channel=text),
            await raw.slash(world, world.sam, "community status", guild=text),
            await raw.press(world, world.sam, "m:setup:channel", values=[text]),
            await raw.press(world, world.sam, f"b:community:{text}"[:100]),
        ):
            assert answer.acknowledged, name
            assert answer.mentions_nobody, name
            assert len(text.strip()) < 5 or text not in answer.raw, name
            assert "Something went wrong on our side" not in answer.text, name
    assert await world.app.journeys.enable.status(world.guild_id) == before


async def test_a_moderator_who_looks_into_everything_finds_no_member(world: World, alex: Victim) -> None:
    seen = [
        await raw.slash(world, world.sam, "community status"),
        await raw.slash(world, world.sam, "setup"),
        await raw.slash(world, world.sam, "community disable"),
        await raw.slash(world, world.sam, "privacy show", member=str(alex.person.id)),
        await raw.slash(world, world.sam, "privacy export", user=str(alex.person.id)),
        await raw.slash(world, world.sam, "streak show", user=str(alex.person.id)),
        await raw.press(world, world.sam, "b:setup:back"),
    ]

    for answer in seen:
        assert answer.acknowledged
        assert not [secret for secret in alex.secrets if secret in answer.raw]
        assert MARK not in answer.raw, "not even the names that Discord tells us"
