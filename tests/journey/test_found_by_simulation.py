"""What `python -m bot simulate` found: each as small as it could be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.rules.delivery import NotNow
from bot.rules.occurrence import Kind, State
from bot.rules.schedule import Window, minute_in, next_due, spread_of, weekdays
from tests.support.house import EVENING, House


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
