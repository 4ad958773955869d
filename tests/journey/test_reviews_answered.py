"""The reviews of the pace, answered; and how a nudge was drawn, while that is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NoLongerHeld
from bot.journey.courier import Question
from bot.rules.occurrence import Kind, Occurrence
from bot.rules.schedule import local_date
from tests.support.house import ALEX, EVENING, ROBIN, House


async def review(house: House, weeks: int) -> Occurrence:
    """The review after so many weeks comes."""
    await house.start()
    plan = await house.plan()
    began = local_date(plan.schedule.zone, house.clock.now()) - timedelta(days=8)
    await house.database.write(lambda records: records.plans.put(replace(plan, weeks=weeks, week_began=began)))
    return await house.to_next_nudge()


@pytest.mark.parametrize(("weeks", "kind", "fewer"), [(4, Kind.REVIEW_4, 2), (8, Kind.REVIEW_8, 1)])
async def test_a_review_knows_how_many_there_were_and_what_fewer_means(
    house: House, weeks: int, kind: Kind, fewer: int
) -> None:
    asked = await review(house, weeks)

    message = await house.journeys.answer.look(ROBIN, asked.occurrence_id, "en")

    assert message.says == Question(kind, EVENING.per_week, fewer)
    assert message.draw is None


async def test_keep_and_fewer_are_heard_as_an_answer_and_twice_as_once(house: House) -> None:
    asked = await review(house, 8)
    assert asked.kind is Kind.REVIEW_8
    for _ in range(2):
        kept = await house.journeys.adjust.keep_pace(ROBIN, asked.occurrence_id)
        assert kept.plan.rhythm(house.clock.now()).per_week == 3
    for _ in range(2):
        slowed = await house.journeys.adjust.slow_down(ROBIN, asked.occurrence_id, 1)
        assert slowed.plan.rhythm(house.clock.now()).per_week == 1

    assert (await house.occurrence(asked.occurrence_id)).answered_at is not None


async def test_the_review_of_somebody_else_is_none(house: House) -> None:
    asked = await review(house, 4)
    await house.start(ALEX)
    before = await house.plan(ALEX)
    for press in (
        house.journeys.adjust.keep_pace(ALEX, asked.occurrence_id),
        house.journeys.adjust.slow_down(ALEX, asked.occurrence_id, 1),
        house.journeys.adjust.keep_pace(ALEX, "A" * 24),
        house.journeys.adjust.keep_pace(ALEX, "nonsense"),
    ):
        with pytest.raises(NoLongerHeld):
            await press
    assert await house.plan(ALEX) == before


async def test_the_draw_is_told_of_the_latest_nudge_alone(house: House) -> None:
    await house.start()
    first = await house.to_next_nudge()
    drawn = (await house.journeys.answer.look(ROBIN, first.occurrence_id, "en")).draw
    assert drawn is not None
    assert drawn.nudge_id == first.nudge_id
    assert drawn.week == 1
    assert drawn.because

    second = await house.to_next_nudge()

    assert (await house.journeys.answer.look(ROBIN, first.occurrence_id, "en")).draw is None
    assert (await house.journeys.answer.look(ROBIN, second.occurrence_id, "en")).draw is not None
