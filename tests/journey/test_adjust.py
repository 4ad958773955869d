"""A member changes something."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotStarted, NudgesOff, UnknownZone
from bot.rules.choose import Refused
from bot.rules.consent import Purpose
from bot.rules.delivery import Unreachable
from bot.rules.occurrence import Answer
from bot.rules.plan import PlanState, Size
from bot.rules.schedule import Window, next_due
from tests.support.house import EVENING, ROBIN, House

MORNING = replace(EVENING, window=Window(8 * 60, 10 * 60), per_week=1, size=Size.BRAVE, discreet=True)


async def test_somebody_without_a_plan_has_none(house: House) -> None:
    assert not await house.journeys.adjust.is_waiting(ROBIN)
    for change in (
        house.journeys.adjust.outlook(ROBIN),
        house.journeys.adjust.pause(ROBIN, 3),
        house.journeys.adjust.resume(ROBIN),
        house.journeys.adjust.change(ROBIN, EVENING),
    ):
        with pytest.raises(NotStarted):
            await change


async def test_new_wishes_hold_from_now_on(house: House) -> None:
    await house.start()

    plan = (await house.journeys.adjust.change(ROBIN, MORNING)).plan

    assert plan.wishes == MORNING
    assert plan.next_due_at == next_due(plan.schedule, house.clock.now())
    assert await house.plan() == plan


async def test_new_wishes_do_not_end_a_pause_or_begin_what_was_stopped(house: House) -> None:
    await house.start()
    until = (await house.journeys.adjust.pause(ROBIN, 7)).plan.paused_until
    assert until is not None
    plan = (await house.journeys.adjust.change(ROBIN, MORNING)).plan
    assert plan.next_due_at is not None
    assert plan.next_due_at > until

    await house.journeys.leave.stop(ROBIN)
    assert (await house.journeys.adjust.change(ROBIN, MORNING)).plan.next_due_at is None


async def test_a_zone_that_is_none_changes_nothing(house: House) -> None:
    await house.start()

    with pytest.raises(UnknownZone):
        await house.journeys.adjust.change(ROBIN, replace(EVENING, zone="Atlantis"))

    assert (await house.plan()).wishes == EVENING


async def test_a_pause_sends_nothing_for_its_days_and_ends_by_itself(house: House) -> None:
    await house.start()
    until = (await house.journeys.adjust.pause(ROBIN, 7)).plan.paused_until
    assert until is not None

    assert until == house.clock.now() + timedelta(days=7)
    house.clock.move_to(until)
    await house.journeys.deliver.run()
    assert house.courier.kinds == ["receipt"]
    await house.to_next_nudge()
    assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_pause_of_what_is_stopped_plans_nothing(house: House) -> None:
    await house.start()
    await house.journeys.leave.stop(ROBIN)

    await house.journeys.adjust.pause(ROBIN, 3)

    assert (await house.plan()).next_due_at is None


async def test_resume_ends_a_pause_at_once(house: House) -> None:
    await house.start()
    await house.journeys.adjust.pause(ROBIN, 30)

    plan = (await house.journeys.adjust.resume(ROBIN)).plan

    assert plan.paused_until is None
    assert plan.next_due_at == next_due(plan.rhythm(house.clock.now()), house.clock.now())


async def test_resume_after_a_stop_takes_a_new_yes(house: House) -> None:
    await house.start()
    await house.journeys.leave.stop(ROBIN)

    with pytest.raises(NudgesOff):
        await house.journeys.adjust.resume(ROBIN)

    await house.journeys.review.agree(ROBIN, Purpose.NUDGES, press_id=99)
    assert (await house.plan()).state is PlanState.ACTIVE


async def test_closed_dms_are_told_once_each_time_they_are_found(house: House) -> None:
    adjust = house.journeys.adjust
    await adjust.note_told(ROBIN)
    assert not await adjust.is_to_be_told(ROBIN)
    house.courier.answers.append(Unreachable())
    await house.start()

    assert await adjust.is_to_be_told(ROBIN)
    assert await adjust.is_to_be_told(ROBIN), "asking is not telling"
    await adjust.note_told(ROBIN)
    assert not await adjust.is_to_be_told(ROBIN)
    assert (await house.plan()).state is PlanState.UNREACHABLE_TOLD
    await adjust.note_told(ROBIN)
    assert (await house.plan()).state is PlanState.UNREACHABLE_TOLD

    await adjust.resume(ROBIN)
    house.courier.answers.append(Unreachable())
    await house.to_next_nudge()
    assert await adjust.is_to_be_told(ROBIN)


async def test_settings_know_when_nothing_is_left_that_fits(small_house: House) -> None:
    await small_house.start()
    assert (await small_house.journeys.adjust.outlook(ROBIN)).something_fits

    for _ in range(2):
        await small_house.to_next_nudge()

    assert not (await small_house.journeys.adjust.outlook(ROBIN)).something_fits


async def test_what_was_set_aside_can_come_again(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    await house.journeys.adjust.show_all_again(ROBIN)

    assert await house.database.read(lambda records: records.refusals.of(ROBIN)) == Refused()


@pytest.mark.parametrize("member_id", range(1, 15))
async def test_moving_west_to_east_never_brings_two_nudges_within_eight_hours(house: House, member_id: int) -> None:
    """An evening in New York is noon of the next date in Auckland, with an evening of its own six hours later."""
    await house.start(member_id, wishes=replace(EVENING, zone="America/New_York", per_week=4))
    sent = await house.to_next_nudge(member_id)

    outlook = await house.journeys.adjust.change(member_id, replace(EVENING, zone="Pacific/Auckland", per_week=4))

    assert outlook.plan.next_due_at is not None
    assert outlook.plan.next_due_at - sent.due_at >= timedelta(hours=8)


async def test_settings_know_whether_anything_is_set_aside(house: House) -> None:
    await house.start()
    assert not (await house.journeys.adjust.outlook(ROBIN)).has_set_aside
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_FOR_ME, "en")

    assert (await house.journeys.adjust.outlook(ROBIN)).has_set_aside
