"""One press answers a nudge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import NoLongerHeld
from bot.journey.courier import NudgeNote, Receipt
from bot.rules.choose import Refused
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer
from bot.rules.plan import Size
from bot.rules.schedule import local_date, next_dues
from tests.support.house import ALEX, EVENING, ROBIN, House
from tests.support.sql import lose_key

STREAK = frozenset({Purpose.STREAK})
ANSWERS = frozenset({Purpose.ANSWERS})


async def test_the_first_answer_counts_and_the_second_is_told_so(house: House) -> None:
    await house.start(also=ANSWERS)
    nudge = await house.to_next_nudge()

    first = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
    house.clock.move(minutes=1)
    second = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_TODAY, "en")
    third = await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")

    assert (first.already, second.already, third.already) == (False, True, True)
    kept = await house.occurrence(nudge.occurrence_id)
    assert await house.kept_answer(nudge.occurrence_id) == Answer.DID_IT
    assert kept.answered_at == house.clock.now() - timedelta(minutes=1)
    assert (await house.plan()).again_nudge_id is None


@pytest.mark.parametrize("regret", [Answer.NOT_OK, Answer.NOT_FOR_ME])
async def test_that_something_was_not_right_is_heard_even_after_another_answer(house: House, regret: Answer) -> None:
    await house.start(also=ANSWERS)
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")

    heard = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, regret, "en")

    assert not heard.already
    assert await house.kept_answer(nudge.occurrence_id) == regret
    refused = await house.database.read(lambda records: records.refusals.of(ROBIN))
    assert nudge.nudge_id in refused.nudges


async def test_a_second_thought_is_not_kept_where_answers_are_not(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    assert await house.kept_answer(nudge.occurrence_id) is None


async def test_which_button_it_was_is_kept_only_where_that_was_agreed_to(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_TODAY, "en")

    kept = await house.occurrence(nudge.occurrence_id)
    assert kept.answered_at is not None
    assert await house.kept_answer(nudge.occurrence_id) is None


async def test_somebody_elses_button_answers_nothing(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    with pytest.raises(NoLongerHeld):
        await house.journeys.answer.press(ALEX, nudge.occurrence_id, Answer.DID_IT, "en")
    with pytest.raises(NoLongerHeld):
        await house.journeys.answer.look(ALEX, nudge.occurrence_id, "en")

    assert (await house.occurrence(nudge.occurrence_id)).answered_at is None


async def test_a_message_of_which_nothing_is_held_says_so(house: House) -> None:
    with pytest.raises(NoLongerHeld):
        await house.journeys.answer.press(ROBIN, "GONE", Answer.DID_IT, "en")


async def test_looking_changes_nothing(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    seen = await house.journeys.answer.look(ROBIN, nudge.occurrence_id, "en")

    assert isinstance(seen.says, NudgeNote)
    assert seen.says.nudge.nudge_id == nudge.nudge_id
    assert not seen.is_answered
    assert seen.plan == await house.plan()
    assert await house.occurrence(nudge.occurrence_id) == nudge


async def test_not_for_me_takes_that_nudge_away(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_FOR_ME, "en")

    refused = await house.database.read(lambda records: records.refusals.of(ROBIN))
    assert refused == Refused({nudge.nudge_id}, set())
    assert (await house.plan()).wishes.size is Size.SMALL


async def test_this_was_not_ok_takes_the_kind_away_and_makes_steps_tiny(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    answered = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    refused = await house.database.read(lambda records: records.refusals.of(ROBIN))
    assert answered.nudge is not None
    assert refused == Refused({nudge.nudge_id}, {answered.nudge.theme}, not_ok={nudge.nudge_id})
    assert (await house.plan()).wishes.size is Size.TINY


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


async def test_later_says_when_it_really_comes(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    answered = await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 2, "en")

    assert answered.comes_at == (await house.plan()).next_due_at
    assert answered.paused_until is None


async def test_later_in_a_pause_comes_after_it_and_says_so(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    until = (await house.journeys.adjust.pause(ROBIN, 7)).plan.paused_until

    answered = await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")

    assert until is not None
    assert answered.paused_until == until
    assert answered.comes_at is not None
    assert answered.comes_at > until
    assert (await house.to_next_nudge()).nudge_id == nudge.nudge_id


async def test_a_pause_that_is_over_is_no_reason_to_wait(house: House) -> None:
    await house.start()
    await house.journeys.adjust.pause(ROBIN, 3)
    nudge = await house.to_next_nudge()

    answered = await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")

    assert answered.paused_until is None
    assert answered.comes_at is not None
    assert answered.comes_at - nudge.due_at < timedelta(days=1.2)


async def test_later_on_a_stopped_plan_starts_nothing_and_says_so(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.leave.stop(ROBIN)

    answered = await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")

    assert answered.comes_at is None
    assert (await house.plan()).next_due_at is None


@pytest.mark.parametrize("per_week", [1, 2, 3, 4])
async def test_later_takes_the_place_of_the_next_one_and_adds_none(house: House, per_week: int) -> None:
    await house.start(wishes=replace(EVENING, per_week=per_week))
    await house.steps_have_grown()
    first = await house.to_next_nudge()
    _, after_next = next_dues((await house.plan()).schedule, house.clock.now(), 2)

    await house.journeys.answer.later(ROBIN, first.occurrence_id, 1, "en")
    again = await house.to_next_nudge()

    assert again.again
    assert (await house.plan()).next_due_at == after_next


async def test_one_that_was_not_ok_is_not_shown_again_even_if_it_was_asked_for(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    assert (await house.plan()).again_nudge_id is None
    assert (await house.to_next_nudge()).nudge_id != nudge.nudge_id


async def test_only_a_did_it_lets_steps_grow_and_not_ok_takes_them_back(house: House) -> None:
    await house.start()
    await house.steps_have_grown(level=1)
    for answer in (Answer.NOT_TODAY, Answer.NOT_FOR_ME):
        nudge = await house.to_next_nudge()
        await house.journeys.answer.press(ROBIN, nudge.occurrence_id, answer, "en")
        assert (await house.plan()).level == 1
    await house.steps_have_grown(level=0)
    exposures = []
    for _ in range(8):
        nudge = await house.to_next_nudge()
        exposures.append(house.library.language("en").nudge_by_id[nudge.nudge_id or ""].exposure)
        await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
    assert (await house.plan()).level == max(exposures) > 0

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")

    assert (await house.plan()).level == 0


async def test_a_pause_is_an_answer_and_pauses_in_one_go(house: House) -> None:
    await house.start(also=ANSWERS)
    nudge = await house.to_next_nudge()

    answered = await house.journeys.answer.pause(ROBIN, nudge.occurrence_id, 7, "en")

    until = house.clock.now() + timedelta(days=7)
    plan = await house.plan()
    assert (answered.paused_until, plan.paused_until) == (until, until)
    assert plan.next_due_at is not None
    assert plan.next_due_at > until
    assert await house.kept_answer(nudge.occurrence_id) == Answer.PAUSE


async def test_whose_key_is_gone_can_still_pause(house: House, tmp_path: Path) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    lose_key(tmp_path, ROBIN)

    answered = await house.journeys.answer.pause(ROBIN, nudge.occurrence_id, 7, "en")

    assert answered.paused_until == house.clock.now() + timedelta(days=7)
    assert (await house.plan()).paused_until == answered.paused_until


async def test_a_pause_after_another_answer_still_pauses_and_says_so(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_TODAY, "en")

    answered = await house.journeys.answer.pause(ROBIN, nudge.occurrence_id, 3, "en")

    assert not answered.already
    assert (await house.plan()).paused_until == answered.paused_until == house.clock.now() + timedelta(days=3)


async def test_what_is_no_nudge_takes_no_answer(house: House) -> None:
    await house.start()
    (receipt,) = await house.occurrences()

    with pytest.raises(NoLongerHeld):
        await house.journeys.answer.press(ROBIN, receipt.occurrence_id, Answer.DID_IT, "en")


async def test_any_answer_counts_the_week_once_and_milestones_are_said_once(house: House) -> None:
    await house.start(also=STREAK)
    said = []
    for answer in (Answer.NOT_TODAY, Answer.NOT_FOR_ME, Answer.DID_IT):
        nudge = await house.to_next_nudge()
        said.append((await house.journeys.answer.press(ROBIN, nudge.occurrence_id, answer, "en")).weeks)

    assert said[0] == 1
    assert said[1:] == [None, None]


async def test_a_hidden_count_is_counted_and_not_mentioned(house: House) -> None:
    await house.start(also=STREAK)
    await house.journeys.streak.hide(ROBIN)
    nudge = await house.to_next_nudge()

    answered = await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")

    assert answered.weeks is None
    assert (await house.journeys.streak.show(ROBIN)).weeks == 1


async def test_nothing_is_counted_without_a_yes_to_that(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    assert (await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")).weeks is None
    assert "week" not in (await house.journeys.review.holding(ROBIN)).rows


@pytest.mark.parametrize("answer", [Answer.DID_IT, Answer.NOT_OK])
async def test_a_nudge_that_has_left_the_library_can_still_be_answered(house: House, answer: Answer) -> None:
    await house.start(also=STREAK)
    gone = await house.sent_earlier("left-the-library")

    answered = await house.journeys.answer.press(ROBIN, gone.occurrence_id, answer, "en")

    assert answered.nudge is None
    assert not answered.already
    assert (await house.plan()).wishes.size is (Size.TINY if answer is Answer.NOT_OK else Size.SMALL)


async def test_a_nudge_that_has_left_the_library_cannot_be_looked_at_any_more(house: House) -> None:
    await house.start()
    gone = await house.sent_earlier("left-the-library")

    with pytest.raises(NoLongerHeld):
        await house.journeys.answer.look(ROBIN, gone.occurrence_id, "en")


async def test_a_receipt_that_is_opened_after_a_stop_promises_no_times(house: House) -> None:
    await house.start()
    (receipt,) = await house.occurrences()
    before = (await house.journeys.answer.look(ROBIN, receipt.occurrence_id, "en")).says
    await house.journeys.leave.stop(ROBIN)
    after = (await house.journeys.answer.look(ROBIN, receipt.occurrence_id, "en")).says

    assert isinstance(before, Receipt)
    assert isinstance(after, Receipt)
    assert len(before.next_times) == 3
    assert after.next_times == ()


async def test_having_done_the_smaller_version_is_an_answer_that_lets_nothing_grow(house: House) -> None:
    await house.start(also=ANSWERS)
    nudge = await house.sent_earlier("reply-one-line")

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en", smaller=True)

    assert await house.kept_answer(nudge.occurrence_id) == Answer.DID_IT
    assert (await house.plan()).level == 0


async def test_a_pause_of_what_is_stopped_says_that_there_is_nothing_to_pause(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.leave.stop(ROBIN)

    answered = await house.journeys.answer.pause(ROBIN, nudge.occurrence_id, 3, "en")

    assert answered.paused_until is None
    assert (await house.plan()).paused_until is None


@pytest.mark.parametrize("regret", [Answer.NOT_OK, Answer.NOT_FOR_ME])
async def test_what_was_asked_for_again_and_then_refused_brings_nothing_else_on_that_day(
    house: House, regret: Answer
) -> None:
    await house.start(wishes=replace(EVENING, per_week=1))
    nudge = await house.to_next_nudge()
    regular = (await house.plan()).next_due_at
    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, regret, "en")

    assert (await house.plan()).next_due_at == regular


async def test_one_that_was_asked_for_again_and_left_the_library_brings_nothing_else_on_that_day(house: House) -> None:
    await house.start(wishes=replace(EVENING, per_week=1))
    nudge = await house.to_next_nudge()
    regular = (await house.plan()).next_due_at
    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")
    plan = await house.plan()
    await house.database.write(lambda records: records.plans.put(replace(plan, again_nudge_id="left-the-library")))

    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", "nudge"]
    assert (await house.plan()).next_due_at == regular


async def test_one_that_left_the_library_on_a_regular_day_leaves_that_day_to_another(house: House) -> None:
    await house.start()
    await house.to_next_nudge()
    plan = await house.plan()
    await house.database.write(lambda records: records.plans.put(replace(plan, again_nudge_id="left-the-library")))

    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", "nudge", "nudge"]
