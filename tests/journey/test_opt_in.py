"""A member says yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import NotEnabledHere, NotStarted, UnknownZone
from bot.rules.consent import ON_AT_FIRST, Purpose
from bot.rules.delivery import Unreachable
from bot.rules.occurrence import Kind, State
from bot.rules.plan import PlanState
from tests.support.house import EVENING, ROBIN, SERVER, House


async def test_start_stores_the_yes_the_wishes_and_the_next_time(house: House) -> None:
    await house.start()

    plan = await house.plan()
    assert plan.wishes == EVENING
    assert plan.state is PlanState.ACTIVE
    assert plan.next_due_at == house.journeys.opt_in.next_times(ROBIN, EVENING)[0]
    assert await house.journeys.review.purposes(ROBIN) == ON_AT_FIRST


async def test_the_first_dm_is_the_receipt_and_there_is_one(house: House) -> None:
    await house.start(also=frozenset({Purpose.RHYTHM}))
    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]
    letter = house.courier.sent[0]
    assert letter.purposes == {Purpose.NUDGES, Purpose.RHYTHM}
    assert list(letter.next_times) == house.journeys.opt_in.next_times(ROBIN, EVENING)


async def test_the_same_press_delivered_twice_sends_one_receipt(house: House) -> None:
    for _ in range(2):
        started = await house.journeys.opt_in.start(ROBIN, None, "en", ON_AT_FIRST, EVENING, press_id=7)
        assert started.receipt_id is not None
        assert await house.journeys.deliver.send_now(started.receipt_id) is State.SENT

    assert house.courier.kinds == ["receipt"]


async def test_starting_anew_sends_a_new_receipt(house: House) -> None:
    await house.start()
    await house.start()

    assert house.courier.kinds == ["receipt", "receipt"]


async def test_without_nudges_no_dm_is_sent_at_all(house: House) -> None:
    await house.start(purposes=frozenset({Purpose.RHYTHM}))
    house.clock.move(days=30)
    await house.journeys.deliver.run()

    assert house.courier.sent == []
    assert (await house.plan()).next_due_at is None


async def test_starting_anew_with_less_takes_back_what_was_left_out(house: House) -> None:
    await house.start(also=frozenset({Purpose.RHYTHM}))
    await house.journeys.rhythm.rest(ROBIN)

    await house.start()

    assert await house.journeys.review.purposes(ROBIN) == ON_AT_FIRST
    assert "week" not in (await house.journeys.review.held(ROBIN)).rows


async def test_a_server_that_is_not_on_takes_no_yes(house: House) -> None:
    with pytest.raises(NotEnabledHere):
        await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_on(SERVER, 1, 1)
    await house.journeys.enable.switch_off(SERVER)
    with pytest.raises(NotEnabledHere):
        await house.start(guild_id=SERVER)

    assert (await house.journeys.review.held(ROBIN)).rows == {}


async def test_a_zone_that_is_none_stores_nothing(house: House) -> None:
    with pytest.raises(UnknownZone):
        await house.start(wishes=replace(EVENING, zone="Atlantis"))

    assert (await house.journeys.review.held(ROBIN)).rows == {}


async def test_a_receipt_that_a_crash_kept_back_comes_when_the_ticker_wakes(house: House) -> None:
    await house.journeys.opt_in.start(ROBIN, None, "en", ON_AT_FIRST, EVENING, press_id=7)

    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]


async def test_a_receipt_does_not_come_as_a_surprise_much_later(house: House) -> None:
    await house.journeys.opt_in.start(ROBIN, None, "en", ON_AT_FIRST, EVENING, press_id=7)
    house.clock.move(minutes=15)

    await house.journeys.deliver.run()

    assert house.courier.sent == []
    assert [(one.kind, one.state) for one in await house.occurrences()] == [(Kind.RECEIPT, State.DISSOLVED)]


async def test_closed_dms_lose_nothing_and_can_be_tried_again(house: House) -> None:
    house.courier.answers.append(Unreachable())
    await house.start()
    assert (await house.plan()).state is PlanState.UNREACHABLE
    house.clock.move(days=30)
    await house.journeys.deliver.run()
    assert house.courier.kinds == ["receipt"]

    started = await house.journeys.opt_in.try_again(ROBIN, press_id=99)
    assert started.receipt_id is not None
    assert await house.journeys.deliver.send_now(started.receipt_id) is State.SENT

    plan = await house.plan()
    assert plan.state is PlanState.ACTIVE
    assert plan.next_due_at is not None


async def test_trying_again_takes_a_yes_to_nudges(house: House) -> None:
    with pytest.raises(NotStarted):
        await house.journeys.opt_in.try_again(ROBIN, press_id=1)
    await house.start(purposes=frozenset({Purpose.RHYTHM}))
    with pytest.raises(NotStarted):
        await house.journeys.opt_in.try_again(ROBIN, press_id=2)
