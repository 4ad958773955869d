"""What `python -m bot simulate` found: each as small as it could be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.journey.journeys import Journeys
from bot.journey.traffic import Traffic
from bot.rules.delivery import NotNow, Unreachable, Unsure
from bot.rules.occurrence import Answer, Kind, Occurrence, State
from bot.rules.plan import PlanState
from bot.rules.schedule import Window, local_date, minute_in, next_due, spread_of, weekdays, window_end_on
from tests.support.house import EVENING, LIMITS, ROBIN, SERVER, House


async def test_a_refusal_after_a_try_that_may_have_arrived_is_never_written_down_as_dissolved(house: House) -> None:
    """discord.py tries by itself: its last answer is a no, and an earlier try of the same call may have arrived.

    Where there is no time left for another try, that is still not known; it is looked for before it is let go.
    """
    await house.start()
    due = (await house.plan()).next_due_at
    assert due is not None
    house.clock.move_to(due)
    house.courier.answers.append(NotNow(timedelta(days=1), posted=True))

    await house.journeys.deliver.run()

    (nudge,) = [one for one in await house.occurrences() if one.kind is Kind.NUDGE]
    assert nudge.state is State.UNKNOWN


async def test_eight_hours_lie_between_two_nudges_also_when_the_first_one_came_late(house: House) -> None:
    """The distance is kept from when a nudge came, not from when it should have come."""
    evening, morning = Window(18 * 60, 20 * 60), Window(8 * 60, 10 * 60)
    early = next(one for one in range(1, 1_000) if minute_in(evening, spread_of(one)) < evening.start + 10)
    berlin = replace(EVENING, window=evening, per_week=4)
    await house.start(early, wishes=berlin)
    await house.been_here(3, early)  # the first week has two at most, which keeps them apart by itself
    due = (await house.plan(early)).next_due_at
    assert due is not None
    while (due + timedelta(days=1)).weekday() not in weekdays(berlin.schedule(early)):
        due = next_due(berlin.schedule(early), due)
    await house.set_due(early, due)
    house.clock.move_to(due)
    house.courier.answers.append(NotNow(timedelta(minutes=90)))
    await house.journeys.deliver.run()
    house.clock.move(minutes=91)
    await house.journeys.deliver.run()
    assert house.courier.kinds[-1] == "nudge"

    dhaka = replace(berlin, zone="Asia/Dhaka", window=morning)
    outlook = await house.journeys.adjust.change(early, dhaka)

    assert outlook.plan.next_due_at is not None
    assert outlook.plan.next_due_at - house.clock.now() >= timedelta(hours=8)


async def test_an_answer_by_a_clock_that_was_wrong_does_not_hide_the_silence_after_it(house: House) -> None:
    """The machine's clock stood a year ahead when a button was pressed; nobody hears of it for a year otherwise."""
    await house.start()
    first = await house.to_next_nudge()
    house.clock.set(days=365)
    await house.journeys.answer.press(ROBIN, first.occurrence_id, Answer.NOT_TODAY, "en")
    house.clock.set(days=-365)
    house.journeys.deliver.stop()
    journeys = Journeys.over(
        house.database, house.clock, house.library, house.courier, Traffic(house.database, house.clock, LIMITS)
    )

    for _ in range(8):
        due = (await house.plan()).next_due_at
        assert due is not None
        house.clock.move_to(due)
        await journeys.deliver.run()
        if house.courier.kinds[-1] == "still_wanted":
            return

    assert house.courier.kinds[-1] == "still_wanted", house.courier.kinds


async def test_one_that_may_not_have_arrived_does_not_hide_how_long_the_silence_is(house: House) -> None:
    """At half the pace, the six that surely arrived lie further back than a nudge rests, with one more between them."""
    await house.start(wishes=replace(EVENING, per_week=1))
    for _ in range(4):
        await house.to_next_nudge()
    house.courier.answers.append(Unsure())
    house.courier.looks.extend([Unsure()] * 100)
    may_have_arrived = await house.to_next_nudge()
    for _ in range(2):
        await house.to_next_nudge()
    assert (await house.occurrence(may_have_arrived.occurrence_id)).state is State.UNKNOWN

    question = await house.to_next_nudge()

    assert question.kind is Kind.STILL_WANTED


async def is_not_due_again_on_that_date(house: House, let_go: Occurrence) -> None:
    """Not even where the member chooses a window that is still to come."""
    later = replace(EVENING, window=Window(20 * 60, 22 * 60))

    outlook = await house.journeys.adjust.change(ROBIN, later)

    assert outlook.plan.next_due_at is not None
    assert local_date(later.zone, outlook.plan.next_due_at).isoformat() != let_go.slot


async def test_a_question_that_was_let_go_is_not_due_again_on_the_same_date(house: House) -> None:
    """As with nudges. Its id is taken, so nothing would go out, and an error is logged instead."""
    await house.start()
    for _ in range(6):
        await house.to_next_nudge()
    due = (await house.plan()).next_due_at
    assert due is not None
    house.clock.move_to(window_end_on(EVENING.schedule(ROBIN), due.date()) + timedelta(minutes=5))
    await house.journeys.deliver.run()
    (question,) = [one for one in await house.occurrences() if one.kind is Kind.STILL_WANTED]
    assert question.state is State.DISSOLVED
    await is_not_due_again_on_that_date(house, question)


async def test_closed_dms_end_a_plan_also_for_a_nudge_that_was_due_before_its_members_last_yes(
    house: House,
) -> None:
    """It was tried before and after that. Otherwise closed DMs would be written to again and again."""
    await house.start()
    due = (await house.plan()).next_due_at
    assert due is not None
    house.clock.move_to(due)
    house.courier.answers.extend([NotNow(timedelta(minutes=10)), Unreachable()])
    await house.journeys.deliver.run()
    house.clock.move(minutes=5)
    await house.journeys.adjust.resume(ROBIN)
    house.clock.move(minutes=5)

    await house.journeys.deliver.run()

    assert (await house.plan()).state is PlanState.UNREACHABLE


async def test_the_choice_after_a_server_went_off_is_not_due_again_on_the_same_date_either(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, SERVER + 1)
    await house.start(guild_id=SERVER)
    plan = await house.plan()
    assert plan.next_due_at is not None
    await house.journeys.enable.switch_off(SERVER)
    house.clock.move_to(window_end_on(plan.schedule, plan.next_due_at.date()) + timedelta(minutes=5))
    await house.journeys.deliver.run()
    (choice,) = [one for one in await house.occurrences() if one.kind is Kind.GUILD_OFF]
    assert choice.state is State.DISSOLVED
    await is_not_due_again_on_that_date(house, choice)
