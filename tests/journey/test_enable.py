"""A moderator switches Porchlight on and off."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.consent import Purpose
from tests.support.house import SERVER, House

CHANNEL = 300_000_000_000_000_001


async def test_a_server_that_was_never_set_up_has_no_status(house: House) -> None:
    assert await house.journeys.enable.status(SERVER) is None
    assert not await house.journeys.enable.is_on(SERVER)


async def test_switching_on_is_seen_at_once(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert (status.is_on, status.channel_id, status.since) == (True, CHANNEL, house.clock.now())


async def test_switching_off_is_noted_once(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)
    house.clock.move(days=3)

    assert await house.journeys.enable.switch_off(SERVER)
    assert not await house.journeys.enable.switch_off(SERVER)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert (status.is_on, status.since) == (False, house.clock.now())


async def test_switching_on_again_starts_anew(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)
    await house.journeys.enable.switch_off(SERVER)
    house.clock.move(days=3)
    await house.journeys.enable.switch_on(SERVER, CHANNEL + 1, 2)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert (status.is_on, status.channel_id, status.since) == (True, CHANNEL + 1, house.clock.now())


async def test_moderators_see_a_number_only_from_ten_counted_people_on(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)
    counted = frozenset({Purpose.COUNTS})
    for member_id in range(1, 10):
        await house.start(member_id, purposes=counted, guild_id=SERVER)
    await house.start(98, guild_id=SERVER)
    await house.start(99, purposes=counted)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert status.people is None

    for member_id in range(10, 15):
        await house.start(member_id, purposes=counted, guild_id=SERVER)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert status.people == 10


async def test_a_server_that_is_switched_off_sends_no_more_nudges_and_asks_each_member_once(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)

    await house.to_next_nudge()
    assert house.courier.kinds == ["receipt", "server_off"]
    assert (await house.plan()).next_due_at is None

    house.clock.move(days=30)
    await house.journeys.deliver.run()
    assert house.courier.kinds == ["receipt", "server_off"]


async def test_a_server_that_is_on_again_before_the_question_asks_nothing(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)
    house.clock.move(minutes=5)
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)

    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_member_can_go_on_without_the_server(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL, 1)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)
    await house.to_next_nudge()

    plan = await house.journeys.adjust.go_on_without_server((await house.plan()).member_id)
    assert plan.next_due_at is not None
    assert plan.next_due_at - house.clock.now() < timedelta(days=7)
    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", "server_off", "nudge"]
