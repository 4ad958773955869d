"""After four weeks with nudges and after eight they are asked how it is, once; and told once that all is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.journey.past import past_of
from bot.rules.bearing import Bearing
from bot.rules.delivery import NotNow
from bot.rules.occurrence import Answer, Kind, Occurrence, State
from bot.rules.plan import PlanState
from bot.rules.schedule import local_date, next_dues
from bot.rules.seasons import Season
from tests.support.house import EVENING, ROBIN, House

ZONE = EVENING.zone


async def answered(house: House, answer: Answer = Answer.DID_IT) -> Occurrence:
    """The next message, answered where it is a nudge that came."""
    came = await house.to_next_nudge()
    if came.kind is Kind.NUDGE and came.state is State.SENT:
        await house.journeys.answer.press(ROBIN, came.occurrence_id, answer, "en")
    return came


@pytest.mark.parametrize(("weeks", "kind"), [(4, Kind.REVIEW_4), (8, Kind.REVIEW_8)])
async def test_a_review_comes_once_in_the_place_of_a_nudge_when_its_weeks_are_over(
    house: House, weeks: int, kind: Kind
) -> None:
    await house.start()
    await house.been_here(weeks, reviewed=weeks - 4)
    over = local_date(ZONE, house.clock.now()) + timedelta(days=7)

    came = [await answered(house) for _ in range(8)]

    (review,) = [one for one in came if one.kind is not Kind.NUDGE]
    assert (review.kind, review.state) == (kind, State.SENT)
    before = came[: came.index(review)]
    assert before
    assert all(local_date(ZONE, one.due_at) < over for one in before)
    assert local_date(ZONE, review.due_at) >= over
    plan = await house.plan()
    assert (plan.reviewed, plan.state) == (weeks, PlanState.ACTIVE)


async def test_without_an_answer_there_is_one_a_week_after_week_eight(house: House) -> None:
    await house.start()
    await house.been_here(8, reviewed=4)
    while (await answered(house)).kind is not Kind.REVIEW_8:
        pass

    dates = [local_date(ZONE, (await answered(house)).due_at) for _ in range(5)]

    assert {(later - earlier).days for earlier, later in pairwise(dates)} == {7}


async def test_no_review_is_asked_in_a_silence_and_it_is_asked_after_it(house: House) -> None:
    await house.start()
    await house.been_here(4, reviewed=0)

    came = [(await house.to_next_nudge()).kind for _ in range(7)]
    assert came == [*[Kind.NUDGE] * 6, Kind.STILL_WANTED]
    await house.journeys.adjust.resume(ROBIN)

    assert (await house.to_next_nudge()).kind is Kind.REVIEW_4


async def test_no_review_is_asked_in_a_season_in_which_fewer_come_and_it_is_asked_after_it(house: House) -> None:
    await house.start()
    today = local_date(ZONE, house.clock.now())
    until = today + timedelta(days=40)
    await house.been_here(4, reviewed=0)
    await house.bear(season=Season.GRIEF, season_until=until)

    came = [await answered(house)]
    while came[-1].kind is Kind.NUDGE:
        came.append(await answered(house))

    assert came[-1].kind is Kind.REVIEW_4
    assert local_date(ZONE, came[-1].due_at) >= until
    in_it = [one for one in came if local_date(ZONE, one.due_at) < until]
    assert len(in_it) <= 40 / 7 * EVENING.per_week / 2 + 2
    exposures = {house.nudge(one.nudge_id).exposure for one in in_it}
    assert exposures <= {0, 1}


async def test_what_was_asked_for_again_comes_on_its_date_and_the_review_after_it(house: House) -> None:
    await house.start()
    began = local_date(ZONE, house.clock.now()) - timedelta(days=7)
    await house.been_here(4, reviewed=0, week_began=began)
    sent = await house.sent_earlier(house.one(theme="kind", exposure=0).nudge_id)
    promised = (await house.journeys.answer.later(ROBIN, sent.occurrence_id, 1, "en")).comes_at

    again = await answered(house)

    assert (again.due_at, again.nudge_id, again.state) == (promised, sent.nudge_id, State.SENT)
    assert [(await answered(house)).kind for _ in range(2)] != [Kind.NUDGE] * 2
    assert (await house.plan()).reviewed == 4


async def test_a_review_takes_its_place_in_the_week_and_in_what_later_stands_for(house: House) -> None:
    await house.start()
    await house.been_here(6, reviewed=0)
    sent = await house.sent_earlier(house.one(theme="kind", exposure=0).nudge_id)
    review = await house.to_next_nudge()
    assert review.kind is Kind.REVIEW_4
    past = await house.database.read(lambda records: past_of(records, ROBIN, house.clock.now()))
    assert review.due_at in past.lately.sent
    following, after_it = next_dues((await house.plan()).schedule, review.due_at, 2)

    await house.journeys.answer.later(ROBIN, sent.occurrence_id, 1, "en")
    again = await house.to_next_nudge()

    assert (again.nudge_id, again.again) == (sent.nudge_id, True)
    assert again.due_at < following
    assert (await house.plan()).next_due_at == after_it


async def is_lost_with_its_window(house: House) -> Occurrence:
    """The next message, for which Discord is away until it is too late."""
    house.courier.answers.append(NotNow())
    lost = await house.to_next_nudge()
    house.clock.move_to(lost.until_at)
    await house.journeys.deliver.run()
    after = await house.occurrence(lost.occurrence_id)
    assert after.state is State.DISSOLVED
    return after


@pytest.mark.parametrize(("weeks", "kind"), [(4, Kind.REVIEW_4), (8, Kind.REVIEW_8)])
async def test_a_review_that_could_not_be_sent_is_asked_on_the_next_date(house: House, weeks: int, kind: Kind) -> None:
    """After week eight there would be fewer, and nobody would have said so."""
    await house.start()
    await house.been_here(weeks + 1, reviewed=weeks - 4)

    lost = await is_lost_with_its_window(house)
    asked = await house.to_next_nudge()

    assert (lost.kind, asked.kind, asked.state) == (kind, kind, State.SENT)
    assert (await house.plan()).reviewed == weeks
    assert (await house.to_next_nudge()).kind is Kind.NUDGE


async def test_that_all_is_seen_is_said_on_the_next_date_where_it_could_not_be_sent(small_house: House) -> None:
    await small_house.start()
    await small_house.been_here(3)
    for _ in range(2):
        await answered(small_house)

    lost = await is_lost_with_its_window(small_house)
    said = await small_house.to_next_nudge()

    assert (lost.kind, said.kind, said.state) == (Kind.ALL_SEEN, Kind.ALL_SEEN, State.SENT)
    assert (await small_house.to_next_nudge()).state is State.DISSOLVED


async def test_a_review_says_what_it_is_when_it_is_opened_later(house: House) -> None:
    await house.start()
    await house.been_here(6, reviewed=0)
    review = await house.to_next_nudge()

    says = (await house.journeys.answer.look(ROBIN, review.occurrence_id, "en")).says

    assert says == house.courier.sent[-1].says


async def test_that_all_is_seen_is_said_once_and_anew_only_after_they_say_again_that_nudges_may_come(
    small_house: House,
) -> None:
    """Each nudge that has rested comes back by itself; to say the same after each of them would be a nag."""
    await small_house.start()
    await small_house.been_here(3)
    came = [await answered(small_house) for _ in range(6)]

    assert [one.kind for one in came if one.state is State.SENT] == [Kind.NUDGE, Kind.NUDGE, Kind.ALL_SEEN]
    assert [one.state for one in came[3:]] == [State.DISSOLVED] * 3
    assert (await small_house.plan()).all_seen

    small_house.clock.move(days=56)
    while (await answered(small_house)).state is not State.SENT:
        pass
    assert small_house.courier.kinds[-1] == Kind.NUDGE, "it has rested for eight weeks"
    for _ in range(8):
        await answered(small_house)
    assert small_house.courier.kinds.count(Kind.ALL_SEEN) == 1

    await small_house.journeys.adjust.resume(ROBIN)
    assert not (await small_house.plan()).all_seen


async def test_in_a_season_nobody_is_told_that_all_is_seen(small_house: House) -> None:
    await small_house.start()
    until = local_date(ZONE, small_house.clock.now()) + timedelta(days=30)
    await small_house.bear(season=Season.BREAK_UP, season_until=until)

    came = [await answered(small_house)]
    while came[-1].kind is not Kind.ALL_SEEN:
        came.append(await answered(small_house))

    assert [one.kind for one in came if one.state is State.SENT] == [Kind.NUDGE, Kind.NUDGE, Kind.ALL_SEEN]
    assert local_date(ZONE, came[-1].due_at) >= until


async def test_whoever_was_there_before_weeks_were_counted_begins_with_the_first(house: House) -> None:
    """As after an update: steps had grown, nothing of the rest was there."""
    await house.start(wishes=replace(EVENING, per_week=4))
    await house.set_plan(level=3, weeks=0, week_began=None)

    came = [await answered(house) for _ in range(3)]

    assert (came[2].due_at - came[0].due_at).days >= 7, "two in the first week"
    assert {house.nudge(one.nudge_id).exposure for one in came[:2]} <= {0, 1}
    assert await house.bearing() != Bearing()
