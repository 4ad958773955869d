"""What answers make of the nudges that come after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.errors import CannotSetAside, NoLongerHeld, Unsealable
from bot.journey.answer import Answered
from bot.rules.bearing import GENTLE_FOR, Bearing
from bot.rules.choose import ALONE, CONTACT, FARTHEST, Audience
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind, Occurrence, State
from bot.rules.pace import ceiling_of
from bot.rules.plan import Size
from bot.rules.replies import Question
from bot.rules.schedule import local_date
from bot.store import schema
from tests.support.house import ALEX, EVENING, ROBIN, House
from tests.support.sql import looking_into, lose_key

ZONE = EVENING.zone


async def press(house: House, nudge: Occurrence, answer: Answer = Answer.DID_IT, *, smaller: bool = False) -> Answered:
    return await house.journeys.answer.press(ROBIN, nudge.occurrence_id, answer, "en", smaller=smaller)


async def two_lines(house: House) -> tuple[Occurrence, Occurrence]:
    """Two nudges towards a person that came lately."""
    first, second = [one for one in house.library.language("en").nudges if one.exposure == CONTACT][:2]
    return await house.sent_earlier(first.nudge_id, days=3), await house.sent_earlier(second.nudge_id, days=1)


async def been_long(house: House, **wishes: object) -> None:
    """Somebody to whom everything may come."""
    await house.start(wishes=replace(EVENING, **{"size": Size.BRAVE, **wishes}))
    await house.steps_have_grown()


# ------------------------------------------------------------------ how it was chosen


async def test_how_a_nudge_was_chosen_is_kept_with_it_as_it_was(house: House) -> None:
    await house.start()
    tickets = (await house.bearing()).tickets.did_it("notice", local_date(ZONE, house.clock.now()))
    await house.bear(tickets=tickets)

    came = await house.to_next_nudge()

    draw = (await house.bearing()).draw
    assert draw is not None
    assert (draw.nudge_id, draw.theme, draw.week) == (came.nudge_id, house.nudge(came.nudge_id).theme, 1)
    assert draw.tickets == tickets.of(["kind", "notice", "savour"], local_date(ZONE, house.clock.now()))
    assert draw.tickets["notice"] > draw.tickets["kind"]


async def test_how_one_that_was_asked_for_here_and_now_was_chosen_is_kept_too_and_its_week_counts(house: House) -> None:
    await house.start()

    offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)

    draw, plan = (await house.bearing()).draw, await house.plan()
    assert draw is not None
    assert draw.nudge_id == offer.nudge.nudge_id
    assert (plan.weeks, plan.week_began) == (1, local_date(ZONE, house.clock.now()))


async def test_one_that_was_asked_for_again_was_not_drawn(house: House) -> None:
    await house.start()
    came = await house.to_next_nudge()
    before = (await house.bearing()).draw
    await house.journeys.answer.later(ROBIN, came.occurrence_id, 1, "en")

    await house.to_next_nudge()

    assert (await house.bearing()).draw == before


async def test_what_holds_a_message_back_leaves_everything_as_it_was(house: House) -> None:
    await house.start()
    house.clock.move_to((await house.plan()).next_due_at or house.clock.now())
    house.clock.move(hours=5)
    await house.journeys.deliver.run()

    assert [one.state for one in await house.occurrences() if one.kind is Kind.NUDGE] == [State.DISSOLVED]
    assert (await house.bearing()).draw is None
    assert (await house.plan()).weeks == 0


# ------------------------------------------------------------------ did it


async def test_did_it_gives_its_kind_more_tickets_and_the_smaller_version_does_not(house: House) -> None:
    await house.start()
    kind, notice = house.one(theme="kind").nudge_id, house.one(theme="notice").nudge_id
    await press(house, await house.sent_earlier(kind, days=2))
    await press(house, await house.sent_earlier(notice), smaller=True)

    bearing = await house.bearing()

    assert bearing.tickets.on(local_date(ZONE, house.clock.now())) == {"kind": 15}
    assert bearing.full_steps == 1


async def test_one_nudge_that_was_not_ok_is_one_no_however_often_that_is_pressed(house: House) -> None:
    await house.start()
    came = await house.sent_earlier(house.one(theme="kind").nudge_id)

    for answer in (Answer.NOT_FOR_ME, *[Answer.NOT_OK] * 6):
        await press(house, came, answer)

    assert len((await house.bearing()).noes) == 1


@pytest.mark.parametrize("how", ["start", "agree", "try again"])
async def test_no_earlier_no_stands_against_a_new_yes_of_the_same_day(house: House, how: str) -> None:
    await house.start()
    await house.bear(noes=(local_date(ZONE, house.clock.now()),) * 6)
    match how:
        case "start":
            await house.journeys.leave.stop(ROBIN)
            await house.start()
        case "agree":
            await house.journeys.leave.stop(ROBIN)
            await house.journeys.review.agree(ROBIN, Purpose.NUDGES, press_id=99)
        case _:
            await house.journeys.opt_in.try_again(ROBIN, press_id=99)

    assert (await house.to_next_nudge()).kind is Kind.NUDGE


async def test_after_two_people_it_is_plenty_and_the_next_ones_lead_to_nobody(house: House) -> None:
    await been_long(house)
    first, second = await two_lines(house)
    answers = [await press(house, first), await press(house, second)]

    assert [(one.question, one.is_plenty) for one in answers] == [(None, False), (Question.SAME_PERSON, False)]
    today = local_date(ZONE, house.clock.now())
    while local_date(ZONE, (came := await house.to_next_nudge()).due_at) < today + timedelta(days=14):
        assert house.nudge(came.nudge_id).exposure < CONTACT
        await press(house, came)


async def test_the_same_person_again_is_not_plenty_yet(house: House) -> None:
    await been_long(house)
    first, second = await two_lines(house)
    for one in (first, second):
        await press(house, one)

    await house.journeys.asked_back.same_person(ROBIN, second.occurrence_id)
    await house.journeys.asked_back.same_person(ROBIN, second.occurrence_id)

    assert (await house.bearing()).people_on(local_date(ZONE, house.clock.now())) == 1


async def test_that_it_was_the_same_person_counts_for_the_step_it_was_asked_about_alone(house: House) -> None:
    await been_long(house)
    first, second = await two_lines(house)
    await press(house, first)
    house.clock.move(days=1)
    await press(house, second)
    bearing = await house.bearing()

    await house.journeys.asked_back.same_person(ROBIN, first.occurrence_id)
    unanswered = await house.sent_earlier(house.one(theme="kind").nudge_id, days=9)
    await house.journeys.asked_back.same_person(ROBIN, unanswered.occurrence_id)

    assert await house.bearing() == bearing


async def test_that_it_was_the_same_person_cannot_be_kept_without_their_key(house: House, tmp_path: Path) -> None:
    await house.start()
    first, _ = await two_lines(house)
    await press(house, first)
    lose_key(tmp_path, ROBIN)

    with pytest.raises(Unsealable):
        await house.journeys.asked_back.same_person(ROBIN, first.occurrence_id)


async def test_bigger_is_offered_in_the_same_place_and_comes_only_after_a_yes(house: House) -> None:
    await house.start(wishes=replace(EVENING, size=Size.TINY))
    await house.been_here(3)
    await house.bear(full_steps=5, offer_in=1)
    sent = await house.sent_earlier(house.one(theme="kind").nudge_id)

    assert (await press(house, sent)).question is Question.BIGGER
    assert (await house.plan()).wishes.size is Size.TINY
    await house.bear(had_brave=True)
    for _ in range(2):
        await house.journeys.asked_back.go_bigger(ROBIN, sent.occurrence_id, "en")

    assert (await house.plan()).wishes == EVENING, "said twice, it is one step"


async def test_brave_ones_are_offered_again_after_a_small_one_and_not_after_a_tiny_one(house: House) -> None:
    await house.start()
    await house.been_here(7)
    await house.bear(full_steps=5, offer_in=0, had_brave=True, season=None)
    tiny = await house.sent_earlier(house.one(theme="kind", size=Size.TINY).nudge_id, days=2)
    small = await house.sent_earlier(house.one(size=Size.SMALL, exposure=0, audience=Audience.SELF).nudge_id)

    assert [(await press(house, one)).question for one in (tiny, small)] == [None, Question.BIGGER]


async def test_nobody_answers_a_question_for_somebody_else(house: House) -> None:
    await house.start()
    await house.start(ALEX)
    sent = await house.sent_earlier(house.one(theme="kind").nudge_id)

    for asked in (
        house.journeys.asked_back.go_bigger(ALEX, sent.occurrence_id, "en"),
        house.journeys.asked_back.same_person(ALEX, sent.occurrence_id),
        house.journeys.asked_back.skip_kind(ALEX, sent.occurrence_id, "en"),
    ):
        with pytest.raises(NoLongerHeld):
            await asked


# ------------------------------------------------------------------ not for me, not OK


async def test_not_for_me_said_twice_of_the_same_nudge_takes_half_away_once(house: House) -> None:
    await house.start()
    sent = await house.sent_earlier(house.one(theme="kind").nudge_id)

    answers = [await press(house, sent, Answer.NOT_FOR_ME) for _ in range(3)]

    assert [one.question for one in answers] == [None, None, None]
    assert (await house.bearing()).tickets.on(local_date(ZONE, house.clock.now())) == {"kind": 5}


async def test_the_second_of_a_kind_asks_whether_to_leave_out_the_whole_kind(house: House) -> None:
    await house.start()
    kinds = [one.nudge_id for one in house.library.language("en").nudges if one.theme == "kind"][:2]
    other = house.one(theme="notice").nudge_id
    first, second = [await house.sent_earlier(one, days=n + 1) for n, one in enumerate(kinds)]
    another = await house.sent_earlier(other, days=3)

    asked = [(await press(house, one, Answer.NOT_FOR_ME)).question for one in (first, another, second)]
    assert asked == [None, None, Question.SKIP_KIND]
    left_out = await house.journeys.asked_back.skip_kind(ROBIN, second.occurrence_id, "en")

    assert left_out.nudge_id == kinds[1]
    refused = await house.database.read(lambda records: records.refusals.of(ROBIN))
    assert refused.themes == {"kind"}


async def test_nothing_is_asked_of_a_kind_that_is_off_already(house: House) -> None:
    await house.start()
    first, second = [one.nudge_id for one in house.library.language("en").nudges if one.theme == "kind"][:2]
    await press(house, await house.sent_earlier(first, days=2), Answer.NOT_OK)

    assert (await press(house, await house.sent_earlier(second), Answer.NOT_FOR_ME)).question is None


async def test_a_kind_is_not_left_out_of_what_has_none(house: House) -> None:
    await house.start()
    gone = await house.sent_earlier("left-the-library")

    with pytest.raises(NoLongerHeld):
        await house.journeys.asked_back.skip_kind(ROBIN, gone.occurrence_id, "en")


async def test_without_their_key_no_kind_can_be_left_out(house: House, tmp_path: Path) -> None:
    await house.start()
    sent = await house.sent_earlier(house.one(theme="kind").nudge_id)
    lose_key(tmp_path, ROBIN)

    with pytest.raises(CannotSetAside):
        await house.journeys.asked_back.skip_kind(ROBIN, sent.occurrence_id, "en")
    with pytest.raises(CannotSetAside):
        await press(house, sent, Answer.NOT_FOR_ME)


async def test_after_something_was_not_ok_it_is_gentle_for_days_whatever_size_is_picked_anew(house: House) -> None:
    await been_long(house, per_week=4)
    sent = await house.sent_earlier(house.one(theme="hello").nudge_id)
    await press(house, sent, Answer.NOT_OK)
    plan = await house.plan()
    assert (plan.wishes.size, plan.level) == (Size.TINY, 0)
    until = local_date(ZONE, house.clock.now()) + GENTLE_FOR

    await house.journeys.adjust.change(ROBIN, replace(EVENING, size=Size.BRAVE, per_week=4))

    while local_date(ZONE, (came := await house.to_next_nudge()).due_at) < until:
        nudge = house.nudge(came.nudge_id)
        assert nudge.size is Size.TINY
        assert nudge.exposure <= 1
        assert nudge.theme not in {"share", "repair", "hello"}


async def test_two_not_todays_running_make_the_next_ones_smaller_and_say_nothing(house: House) -> None:
    await been_long(house)
    first, second = await two_lines(house)

    answers = [await press(house, one, Answer.NOT_TODAY) for one in (first, second)]

    assert [one.question for one in answers] == [None, None]
    assert (await house.plan()).wishes.size is Size.SMALL


async def test_one_nudge_is_one_no_however_often_and_in_whichever_words_it_is_said(house: House) -> None:
    await house.start()
    for _ in range(2):
        came = await house.to_next_nudge()
        for answer in (Answer.NOT_TODAY, Answer.NOT_FOR_ME, Answer.NOT_OK, Answer.NOT_OK):
            await press(house, came, answer)

    assert len((await house.bearing()).noes) == 2
    assert (await house.to_next_nudge()).kind is Kind.NUDGE, "six nudges lead to the question, and these are two"


# ------------------------------------------------------------------ later


@pytest.mark.parametrize(
    "wanted",
    [
        {"size": Size.BRAVE, "audience": Audience.SELF},
        {"exposure": 3, "audience": Audience.SELF},
        {"theme": "share", "exposure": 3},
        {"audience": Audience.BESIDE, "exposure": CONTACT},
    ],
    ids=["brave", "deep", "sharing", "beside somebody"],
)
async def test_what_comes_again_is_not_held_back_by_having_come(house: House, wanted: dict[str, object]) -> None:
    """One that was put off for a day was not done: neither 48 hours nor a week have to pass after it."""
    await been_long(house)
    await house.bear(audiences=frozenset(Audience))
    sent = await house.sent_earlier(house.one(**wanted).nudge_id)
    promised = (await house.journeys.answer.later(ROBIN, sent.occurrence_id, 1, "en")).comes_at

    again = await house.to_next_nudge()

    assert (again.nudge_id, again.due_at, again.state) == (sent.nudge_id, promised, State.SENT)


async def test_what_comes_again_is_held_back_by_what_else_came(house: House) -> None:
    await been_long(house)
    nudges = house.library.language("en").nudges
    deep, other = [one for one in nudges if one.exposure == 3 and one.audience is Audience.SELF][:2]
    sent = await house.sent_earlier(deep.nudge_id, days=2)
    await house.journeys.answer.later(ROBIN, sent.occurrence_id, 1, "en")
    await house.sent_earlier(other.nudge_id, days=0.5)

    assert (await house.to_next_nudge()).nudge_id != deep.nudge_id


# ------------------------------------------------------------------ without a key


@pytest.mark.parametrize("answer", [Answer.DID_IT, Answer.NOT_TODAY])
async def test_whose_key_is_gone_is_heard_all_the_same(house: House, tmp_path: Path, answer: Answer) -> None:
    await house.start()
    sent = await house.sent_earlier(house.one(theme="kind").nudge_id)
    lose_key(tmp_path, ROBIN)

    answered = await press(house, sent, answer)

    assert (answered.already, answered.question, answered.is_plenty) == (False, None, False)
    assert (await house.occurrence(sent.occurrence_id)).answered_at is not None


async def test_whose_key_is_gone_and_who_had_no_bearing_yet_is_heard_and_has_a_nudge(
    house: House, tmp_path: Path
) -> None:
    """As whoever was there before there were bearings: nothing is there that could not be read."""
    await house.start()
    sent = await house.sent_earlier(house.one(theme="kind").nudge_id)
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.execute(delete(schema.bearing))
    lose_key(tmp_path, ROBIN)

    await press(house, sent)
    offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)

    assert (await house.occurrence(sent.occurrence_id)).answered_at is not None
    assert offer.occurrence_id is not None
    assert await house.bearing() == Bearing()


# ------------------------------------------------------------------ how far it can go


@pytest.mark.parametrize("member_id", [ROBIN, ALEX])
async def test_whoever_does_everything_and_says_yes_gets_from_alone_to_a_talk_step_by_step(
    house: House, member_id: int
) -> None:
    """In the order of the weeks, and with one done alone between two that lead to a person."""
    await house.start(member_id, wishes=replace(EVENING, size=Size.BRAVE, per_week=4))
    await house.set_plan(member_id, reviewed=8, keeps_pace=True)
    reached, since_alone, last = [0], 0, ""
    while reached[-1] < FARTHEST and len(reached) < 80:
        came = await house.to_next_nudge(member_id)
        nudge, plan = house.nudge(came.nudge_id), await house.plan(member_id)
        ceiling = ceiling_of(plan.weeks)
        assert nudge.exposure <= min(max(reached) + 1, ceiling.most_exposure)
        assert nudge.size <= ceiling.size
        assert nudge.theme in ceiling.themes - {last}
        assert nudge.exposure < CONTACT or since_alone < CONTACT
        since_alone, last = (0 if nudge.exposure == ALONE else max(since_alone, nudge.exposure)), nudge.theme
        reached.append(nudge.exposure)
        answered = await house.journeys.answer.press(member_id, came.occurrence_id, Answer.DID_IT, "en")
        if answered.question is Question.SAME_PERSON:
            await house.journeys.asked_back.same_person(member_id, came.occurrence_id)

    assert set(reached) == {0, 1, 2, 3, 4}
    assert [reached.index(one) for one in range(5)] == sorted(reached.index(one) for one in range(5))


async def test_whoever_stays_tiny_never_gets_more_and_whoever_does_nothing_stays_alone(house: House) -> None:
    await house.start(wishes=replace(EVENING, size=Size.TINY))
    await house.start(ALEX, wishes=replace(EVENING, size=Size.BRAVE))
    for member_id in (ROBIN, ALEX):
        await house.set_plan(member_id, reviewed=8, keeps_pace=True)
    for _ in range(24):
        tiny = await house.to_next_nudge(ROBIN)
        await press(house, tiny)
        assert house.nudge(tiny.nudge_id).size is Size.TINY
    for one in await house.occurrences(ALEX):
        assert one.nudge_id is None or house.nudge(one.nudge_id).exposure <= 1
