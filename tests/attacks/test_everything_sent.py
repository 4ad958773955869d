"""Whatever leaves the bot, on every way there is: it mentions nobody, it is private, and every DM can be stopped.

Law: these are asked of what Discord was sent, past everything of ours that builds it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.attacks import raw
from tests.support.canaries import MARK
from tests.support.screen import controls_in
from tests.support.world import World

STOPS = ("b:n:stop:", "b:n:stop_cover:")


async def live_through_everything(world: World) -> None:
    """A moderator, a member, every command, each kind of DM, and something that goes wrong."""
    robin = world.robin
    await world.sam.slash("community status")
    await world.start(also=("answers", "streak", "check_ins", "counts"))
    await world.to_next_nudge()
    for command in sorted(world.seen.commands - {"setup", "community status", "community disable", "checkin"}):
        await raw.slash(world, robin, command)
    await world.start(discreet=True)
    while await world.app.journeys.deliver.next_due() is not None:
        await world.to_due()
    await robin.slash("nudge resume")
    await world.sam.slash("community disable")
    await world.sam.press("Stop everything")
    await world.to_due()
    await raw.press(world, robin, "b:n:stop_cover:" + "A" * 24)
    await raw.press(world, robin, "b:nowhere:at_all")
    await raw.send_form(world, robin, "f:check_in:send", {"word": {"values": ["calm"]}, "keep": {"value": "yes"}})


def bodies(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Everything that was sent and can be read, with where to."""
    found = []
    for one in world.env.http_requests:
        body = one.json if isinstance(one.json, dict) else {}
        body = body.get("data") if one.path.endswith("/callback") else body
        if body and (body.get("components") or body.get("content")) and "custom_id" not in body:
            found.append((one.path, body))
    return found


@pytest.fixture
async def lived(world: World) -> World:
    await live_through_everything(world)
    return world


async def test_nothing_that_is_sent_mentions_anybody(lived: World) -> None:
    sent = bodies(lived)
    assert len(sent) > 30
    assert len({path.split("/")[1] for path, _ in sent}) == 3, "as answers, as follow-ups, and by itself"

    for path, body in sent:
        assert body.get("allowed_mentions") == {"parse": []}, path
        assert MARK not in json.dumps(body), path


async def test_whatever_is_said_in_a_server_is_said_to_one_person_alone(lived: World) -> None:
    """But for the card."""
    public = []
    for one in lived.env.http_requests:
        body = one.json if isinstance(one.json, dict) else {}
        is_new = one.path.endswith("/callback") and body.get("type") == raw.SAYS
        if is_new or (one.method == "POST" and one.path.startswith("/webhooks/")):
            said = body.get("data", body) if is_new else body
            assert int(said.get("flags") or 0) & raw.EPHEMERAL, one.path
        elif one.path == f"/channels/{lived.channel.id}/messages":
            public.append(body)
    assert len(public) == 1
    assert "b:card:start" in json.dumps(public[0])


async def test_every_dm_carries_stop_in_one_press_and_a_way_to_a_person(lived: World) -> None:
    dms = lived.robin.dms
    kinds = {screen.text[:40] for screen in dms}
    assert len(kinds) >= 3, "a receipt, a cover and a nudge at least"
    sent = [one for one in lived.env.http_requests if one.path == f"/channels/{dm_of(lived)}/messages"]
    assert len(sent) == len(dms)

    for one in sent:
        ids = [control["custom_id"] for control in controls_in(one.json["components"])]
        assert any(custom_id.startswith(STOPS) for custom_id in ids), one.json
        assert any(custom_id.startswith(("b:help:", "b:n:help:")) for custom_id in ids), one.json


def dm_of(world: World) -> int:
    return world.env.backend.dm_channels[world.robin.id]


async def test_no_dm_comes_before_the_members_own_start(world: World) -> None:
    """Whatever else they pressed on the way, and whoever else pressed anything."""
    jo = world.person("jo")
    await jo.press("Try one now", on=world.card)
    await jo.press("What does it store?", on=world.card)
    await jo.press("Start", on=world.card)
    for custom_id in ("b:start:when:s013510", "b:start:last:s013510Europe/Berlin", "b:privacy:agree_nudges"):
        await raw.press(world, jo, custom_id)
    await raw.send_form(world, jo, "f:check_in:send", {"word": {"values": ["calm"]}, "keep": {"value": "yes"}})
    for custom_id in (
        "b:privacy:agree_nudges",
        "b:start:again",
        "b:start:go:c013510Europe/Berlin",
        "b:n:still_wanted:A",
    ):
        await raw.press(world, jo, custom_id)
    assert await world.app.journeys.deliver.next_due() is None

    assert [one for one in world.env.http_requests if one.path == "/users/@me/channels"] == []
    assert jo.dms == []
    answer = await raw.press(world, jo, "b:start:go:s013510Europe/Berlin")
    assert answer.acknowledged
    (receipt,) = jo.dms
    assert "You agree to:" in receipt.text, "the first DM says what they said yes to"
