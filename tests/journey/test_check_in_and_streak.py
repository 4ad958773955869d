"""How things are, and weeks that were shown up in."""

from __future__ import annotations

import pytest

from bot.errors import NotCounted, NotStarted
from bot.journey.check_in import Prefill
from bot.journey.streak import Count
from bot.rules.consent import Purpose
from tests.support.house import ROBIN, House

PICKS = {"wanted": "space", "word": "tired"}


async def test_a_check_in_that_is_kept_is_a_yes_to_keeping_it(house: House) -> None:
    assert await house.journeys.check_in.prefill(ROBIN) == Prefill(keeps=False, has_plan=False)

    await house.journeys.check_in.keep(ROBIN, 1, PICKS, "en")

    assert (await house.journeys.check_in.prefill(ROBIN)).keeps
    held = await house.journeys.review.holding(ROBIN)
    assert [row["picks"] for row in held.rows["check_in"]] == [PICKS]
    assert [row["purpose"] for row in held.rows["consent"]] == ["check_ins"]


async def test_the_same_form_sent_twice_is_kept_once(house: House) -> None:
    for _ in range(2):
        await house.journeys.check_in.keep(ROBIN, 1, PICKS, "en")
    await house.journeys.check_in.keep(ROBIN, 2, PICKS, "en")

    held = await house.journeys.review.holding(ROBIN)
    assert len(held.rows["check_in"]) == 2
    assert len(held.rows["consent"]) == 1


async def test_a_check_in_is_dated_by_the_members_own_calendar(house: House) -> None:
    await house.start()
    house.clock.move(hours=11, minutes=30)
    await house.journeys.check_in.keep(ROBIN, 1, PICKS, "en")

    held = await house.journeys.review.holding(ROBIN)
    assert held.rows["check_in"][0]["day"].isoformat() == "2026-11-24"


async def test_a_count_of_weeks_is_off_until_it_is_asked_for(house: House) -> None:
    assert await house.journeys.streak.show(ROBIN) == Count(is_on=False, is_hidden=False, weeks=0, has_plan=False)
    with pytest.raises(NotStarted):
        await house.journeys.streak.on(ROBIN)
    await house.start()
    assert not (await house.journeys.streak.show(ROBIN)).is_on
    with pytest.raises(NotCounted):
        await house.journeys.streak.rest(ROBIN)

    assert (await house.journeys.streak.on(ROBIN)).is_on
    assert (await house.journeys.streak.on(ROBIN)).is_on
    assert Purpose.STREAK in await house.journeys.review.purposes(ROBIN)


async def test_choosing_rest_counts_and_counts_a_week_once(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))

    for _ in range(3):
        count = await house.journeys.streak.rest(ROBIN)
    assert count.weeks == 1

    house.clock.move(days=21)
    assert (await house.journeys.streak.rest(ROBIN)).weeks == 2


async def test_a_count_never_falls_while_nothing_is_answered(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    await house.journeys.streak.rest(ROBIN)

    house.clock.move(days=300)

    assert (await house.journeys.streak.show(ROBIN)).weeks == 1


async def test_hiding_keeps_counting_and_turning_it_on_shows_it_again(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    assert (await house.journeys.streak.hide(ROBIN)).is_on
    assert (await house.journeys.streak.rest(ROBIN)) == Count(is_on=True, is_hidden=True, weeks=1)

    assert (await house.journeys.streak.on(ROBIN)) == Count(is_on=True, is_hidden=False, weeks=1)


async def test_forgetting_removes_the_weeks_and_the_yes(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    await house.journeys.streak.rest(ROBIN)

    await house.journeys.streak.forget(ROBIN)

    assert await house.journeys.streak.show(ROBIN) == Count(is_on=False, is_hidden=False, weeks=0)
    assert "week" not in (await house.journeys.review.holding(ROBIN)).rows
