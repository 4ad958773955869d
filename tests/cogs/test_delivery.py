"""What becomes of a nudge when Discord says no, says nothing, or has lost the way to a DM."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.world import World


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_lost_answer_the_dm_is_looked_at_before_anything_is_sent_again(
    world: World, arrived: bool
) -> None:
    await world.set_up()
    await world.start()
    world.env.inject_error("POST", "/channels/*/messages", status=503)
    await world.to_due()
    (lost,) = [row for row in await world.messages() if row["state"] == "unknown"]
    if arrived:
        await world.arrive_anyway(str(lost["occurrence_id"]))

    await world.move(timedelta(minutes=4))

    assert len(world.robin.dms) == 2
    assert [row["state"] for row in await world.messages()] == ["sent", "sent"]
    looked = [one for one in world.env.http_requests if one.method == "GET" and one.path.endswith("/messages")]
    assert len(looked) == 1


async def test_as_long_as_the_dm_cannot_be_looked_at_nothing_is_sent(world: World) -> None:
    await world.set_up()
    await world.start()
    world.env.inject_error("POST", "/channels/*/messages", status=503)
    world.env.inject_error("GET", "/channels/*/messages", status=503, times=None)
    await world.to_due()

    for _ in range(5):
        await world.move(timedelta(minutes=4))

    assert len(world.robin.dms) == 1
    assert [row["state"] for row in await world.messages()] == ["sent", "unknown"]


async def test_a_channel_that_is_gone_is_opened_anew(world: World) -> None:
    await world.set_up()
    await world.start()
    world.env.inject_error("POST", "/channels/*/messages", status=404, code=10003)

    await world.to_due()

    assert len(world.robin.dms) == 2


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (403, 50007, "unreachable"),
        (403, 50278, "unreachable"),
        (404, 10013, "unreachable"),
        (403, 50001, "waiting"),
        (403, 40003, "waiting"),
        (429, 0, "waiting"),
        (400, 50035, "dissolved"),
        (404, 10008, "sent"),
        (503, 0, "unknown"),
    ],
)
async def test_what_discord_answers_decides_what_becomes_of_a_nudge(
    world: World, status: int, code: int, state: str
) -> None:
    await world.set_up()
    await world.start()
    world.env.inject_error("POST", "/channels/*/messages", status=status, code=code)

    await world.to_due()

    rows = await world.messages()
    assert [row["state"] for row in rows if row["kind"] == "nudge"] == [state]


@pytest.mark.parametrize(("status", "code", "state"), [(403, 50007, "unreachable"), (503, 0, "waiting")])
async def test_a_dm_that_cannot_be_opened_decides_it_too(world: World, status: int, code: int, state: str) -> None:
    await world.set_up()
    world.env.inject_error("POST", "/users/@me/channels", status=status, code=code)
    await world.start()

    assert [row["state"] for row in await world.messages()] == [state]
