"""One press answers a nudge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NoLongerHeld, NotYours
from bot.rules.choose import Tastes
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind
from bot.rules.plan import Size
from bot.rules.schedule import local_date
from tests.support.house import ALEX, ROBIN, House

RHYTHM = frozenset({Purpose.RHYTHM})
ANSWERS = frozenset({Purpose.ANSWERS})


async def test_the_first_answer_counts_and_the_second_is_told_so(house: House) -> None:
    await house.start(also=ANSWERS)
    nudge = await house.to_next_nudge()

    first = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
    house.clock.move(minutes=1)
    second = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    assert (first.already, second.already) == (False, True)
    kept = await house.occurrence(nudge.occurrence_id)
    assert kept.answer is Answer.DID_IT
    assert kept.answered_at == house.clock.now() - timedelta(minutes=1)
    assert (await house.plan()).size is Size.SMALL


async def test_which_button_it_was_is_kept_only_where_that_was_agreed_to(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_TODAY, "en")

    kept = await house.occurrence(nudge.occurrence_id)
    assert kept.answered_at is not None
    assert kept.answer is None


async def test_somebody_elses_button_answers_nothing(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    with pytest.raises(NotYours):
        await house.journeys.answer.press(ALEX, nudge.occurrence_id, Answer.DID_IT, "en")
    with pytest.raises(NotYours):
        await house.journeys.answer.look(ALEX, nudge.occurrence_id, "en")

    assert (await house.occurrence(nudge.occurrence_id)).answered_at is None


async def test_a_message_of_which_nothing_is_held_says_so(house: House) -> None:
    with pytest.raises(NoLongerHeld):
        await house.journeys.answer.press(ROBIN, "GONE", Answer.DID_IT, "en")


async def test_looking_changes_nothing(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    seen = await house.journeys.answer.look(ROBIN, nudge.occurrence_id, "en")

    assert seen.kind is Kind.NUDGE
    assert seen.nudge is not None
    assert seen.nudge.nudge_id == nudge.nudge_id
    assert seen.plan == await house.plan()
    assert await house.occurrence(nudge.occurrence_id) == nudge


async def test_not_for_me_takes_that_nudge_away(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_FOR_ME, "en")

    tastes = await house.database.read(lambda records: records.refusals.of(ROBIN))
    assert tastes == Tastes({nudge.nudge_id}, set())
    assert (await house.plan()).size is Size.SMALL


async def test_this_was_not_ok_takes_the_kind_away_and_makes_steps_tiny(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    answered = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    tastes = await house.database.read(lambda records: records.refusals.of(ROBIN))
    assert answered.nudge is not None
    assert tastes == Tastes({nudge.nudge_id}, {answered.nudge.theme})
    assert (await house.plan()).size is Size.TINY


@pytest.mark.parametrize("days", [1, 2, 3])
async def test_later_brings_the_same_nudge_in_place_of_the_next_one(house: House, days: int) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, days, "en")

    plan = await house.plan()
    assert plan.next_due_at is not None
    today = local_date("Europe/Berlin", house.clock.now())
    assert local_date("Europe/Berlin", plan.next_due_at) == today + timedelta(days=days)
    again = await house.to_next_nudge()
    assert again.nudge_id == nudge.nudge_id
    assert again.occurrence_id != nudge.occurrence_id
    assert (await house.plan()).again_nudge_id is None
    assert house.courier.kinds == ["receipt", "nudge", "nudge"]


async def test_later_on_a_stopped_plan_starts_nothing(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.leave.stop(ROBIN)

    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")

    assert (await house.plan()).next_due_at is None


async def test_any_answer_counts_the_week_once_and_milestones_are_said_once(house: House) -> None:
    await house.start(also=RHYTHM)
    said = []
    for answer in (Answer.NOT_TODAY, Answer.NOT_FOR_ME, Answer.DID_IT):
        nudge = await house.to_next_nudge()
        said.append((await house.journeys.answer.press(ROBIN, nudge.occurrence_id, answer, "en")).weeks)

    assert said[0] == 1
    assert said[1:] == [None, None]


async def test_a_hidden_count_is_counted_and_not_mentioned(house: House) -> None:
    await house.start(also=RHYTHM)
    await house.journeys.rhythm.hide(ROBIN)
    nudge = await house.to_next_nudge()

    answered = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")

    assert answered.weeks is None
    assert (await house.journeys.rhythm.show(ROBIN)).weeks == 1


async def test_nothing_is_counted_without_a_yes_to_that(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    assert (await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")).weeks is None
    assert "week" not in (await house.journeys.review.held(ROBIN)).rows


async def test_a_nudge_that_has_left_the_library_can_still_be_answered(house: House) -> None:
    await house.start(also=RHYTHM)
    nudge = await house.to_next_nudge()
    gone = replace(nudge, occurrence_id="OLD", slot="2020-01-01", nudge_id="left-the-library")
    await house.database.write(lambda records: records.occurrences.add([gone]))

    answered = await house.journeys.answer.press(ROBIN, "OLD", Answer.NOT_OK, "en")

    assert answered.nudge is None
    assert not answered.already
    assert (await house.plan()).size is Size.SMALL


async def test_an_answer_of_somebody_without_a_plan_is_taken_all_the_same(house: House) -> None:
    await house.start(also=RHYTHM)
    nudge = await house.to_next_nudge()
    await house.forget_plan()

    answered = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    assert not answered.already
    assert answered.weeks is None
