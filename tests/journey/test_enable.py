"""A moderator switches Porchlight on and off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import NudgesOff
from bot.journey.courier import Receipt
from bot.rules.consent import WORDINGS, Purpose
from bot.rules.plan import PlanState
from tests.support.house import ROBIN, SERVER, House

CHANNEL = 300_000_000_000_000_001


async def test_a_server_that_was_never_set_up_has_no_status(house: House) -> None:
    assert await house.journeys.enable.status(SERVER) is None
    assert not await house.journeys.enable.is_on(SERVER)


async def test_switching_on_is_seen_at_once(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert (status.is_on, status.channel_id, status.since) == (True, CHANNEL, house.clock.now())


async def test_switching_off_is_noted_once(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    house.clock.move(days=3)

    assert await house.journeys.enable.switch_off(SERVER)
    assert not await house.journeys.enable.switch_off(SERVER)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert (status.is_on, status.since) == (False, house.clock.now())


async def test_switching_on_again_starts_anew(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.journeys.enable.switch_off(SERVER)
    house.clock.move(days=3)
    await house.journeys.enable.switch_on(SERVER, CHANNEL + 1)

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert (status.is_on, status.channel_id, status.since) == (True, CHANNEL + 1, house.clock.now())


async def test_moderators_see_a_number_only_from_ten_counted_people_on(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
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

    house.clock.move(days=7)
    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert status.people == 10


async def test_nobody_can_watch_the_number_change_when_somebody_joins_or_leaves(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    counted = frozenset({Purpose.COUNTS})
    for member_id in range(1, 11):
        await house.start(member_id, purposes=counted, guild_id=SERVER)
    first = await house.journeys.enable.status(SERVER)

    await house.journeys.leave.delete(1)
    house.clock.move(days=6, hours=23)
    assert await house.journeys.enable.status(SERVER) == first
    house.clock.move(hours=1)
    after = await house.journeys.enable.status(SERVER)

    assert first is not None
    assert after is not None
    assert (first.people, after.people) == (10, None)
    assert after.counted_at == house.clock.now()


async def test_only_who_agreed_to_todays_wording_is_counted(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    for member_id in range(1, 11):
        await house.start(member_id, guild_id=SERVER)
        await house.database.write(
            lambda records, member_id=member_id: records.consents.give(
                member_id, {Purpose.COUNTS: WORDINGS[Purpose.COUNTS] - 1}, house.clock.now()
            )
        )

    status = await house.journeys.enable.status(SERVER)
    assert status is not None
    assert status.people is None


async def test_a_server_that_is_switched_off_sends_no_more_nudges_and_asks_each_member_once(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)

    await house.to_next_nudge()
    assert house.courier.kinds == ["receipt", "guild_off"]
    assert (await house.plan()).next_due_at is None

    house.clock.move(days=30)
    await house.journeys.deliver.run()
    assert house.courier.kinds == ["receipt", "guild_off"]


async def test_a_server_that_is_on_again_before_the_question_asks_nothing(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)
    house.clock.move(minutes=5)
    await house.journeys.enable.switch_on(SERVER, CHANNEL)

    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_member_can_go_on_without_the_server(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)
    await house.to_next_nudge()

    outlook = await house.journeys.adjust.go_on_without_guild((await house.plan()).member_id)
    assert outlook.guild_on
    assert outlook.plan.next_due_at is not None
    assert outlook.plan.next_due_at - house.clock.now() < timedelta(days=7)
    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", "guild_off", "nudge"]


async def test_a_server_that_is_off_lets_nothing_come_whatever_its_member_presses(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)
    await house.to_next_nudge()

    outlook = await house.journeys.adjust.resume(ROBIN)
    assert (outlook.plan.state, outlook.guild_on) == (PlanState.GUILD_OFF, False)
    assert not (await house.journeys.adjust.outlook(ROBIN)).guild_on

    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    assert (await house.journeys.adjust.resume(ROBIN)).plan.state is PlanState.ACTIVE


async def test_going_on_without_the_server_takes_a_yes_to_nudges(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER)
    await house.journeys.leave.stop(ROBIN)

    with pytest.raises(NudgesOff):
        await house.journeys.adjust.go_on_without_guild(ROBIN)

    member = (await house.rows())["member"][0]
    assert member["guild_id"] == SERVER, "nothing was changed by half"


async def test_whoever_goes_on_without_the_server_is_counted_in_it_no_more(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER, also=frozenset({Purpose.COUNTS}))
    await house.journeys.enable.switch_off(SERVER)

    await house.journeys.adjust.go_on_without_guild(ROBIN)

    assert await house.journeys.review.purposes(ROBIN) == {Purpose.NUDGES}


async def test_a_receipt_for_somebody_whose_server_is_off_promises_no_times(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER)
    await house.journeys.leave.stop(ROBIN)
    await house.journeys.enable.switch_off(SERVER)

    agreed = await house.journeys.review.agree(ROBIN, Purpose.NUDGES, press_id=9)
    assert agreed.receipt_id is not None
    await house.journeys.deliver.send_now(agreed.receipt_id)

    says = house.courier.sent[-1].says
    assert isinstance(says, Receipt)
    assert says.next_times == ()
