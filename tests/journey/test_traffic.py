"""What we may do towards Discord, and what stops everything."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.journey.traffic import PATIENCE, Heard, Hold, Limits, Traffic
from bot.rules.delivery import WAITS_OF_A_LETTER, Unsure
from bot.rules.occurrence import State
from bot.rules.opens import OPENS_AT_ONCE
from bot.rules.plan import PlanState
from tests.support.clock import MovableClock
from tests.support.house import LIMITS, ROBIN, House

A_MINUTE = timedelta(minutes=1)


def another(house: House, limits: Limits = LIMITS) -> Traffic:
    """As a process that was started anew has it."""
    return Traffic(house.database, house.clock, limits)


def hear_the_time(house: House, off: timedelta = timedelta()) -> None:
    house.traffic.heard(Heard(200, time=house.clock.now() + off))


async def to_due(house: House) -> None:
    due = (await house.plan()).next_due_at
    assert due is not None
    house.clock.move_to(due)


async def nudge_states(house: House) -> list[State]:
    return [one.state for one in await house.occurrences() if one.kind == "nudge"]


# ------------------------------------------------------------------ what stops everything


async def test_a_refused_token_stops_everything_for_good(house: House) -> None:
    await house.start()
    await to_due(house)
    house.traffic.heard(Heard(401))

    assert await house.journeys.deliver.run() == house.clock.now() + timedelta(seconds=15)
    house.clock.move(days=1)
    await house.journeys.deliver.run()

    assert house.traffic.hold() is Hold.TOKEN
    assert house.traffic.token_refused.is_set()
    assert house.courier.kinds == ["receipt"]
    assert await nudge_states(house) == []


async def test_the_refused_token_of_a_press_says_nothing_about_ours(house: House) -> None:
    house.traffic.heard(Heard(401, is_ours=False))

    assert house.traffic.hold() is None


async def test_two_thousand_refusals_in_ten_minutes_stop_sending_until_they_are_over(house: House) -> None:
    await house.start()
    await to_due(house)
    for _ in range(LIMITS.refusals):
        house.traffic.heard(Heard(403))

    assert house.traffic.hold() is Hold.REFUSED
    await house.journeys.deliver.run()
    assert house.courier.kinds == ["receipt"]

    house.clock.move(minutes=10, seconds=10)
    await house.journeys.deliver.run()
    assert house.courier.kinds == ["receipt", "nudge"]


@pytest.mark.parametrize("answer", [Heard(200), Heard(404), Heard(500), Heard(429, is_shared=True)], ids=str)
async def test_other_answers_break_nothing(house: House, answer: Heard) -> None:
    for _ in range(LIMITS.refusals):
        house.traffic.heard(answer)

    assert house.traffic.hold() is None


async def test_after_a_refused_token_nothing_is_looked_for_either(house: House) -> None:
    await house.start()
    await to_due(house)
    house.courier.answers.append(Unsure())
    await house.journeys.deliver.run()
    house.clock.move(minutes=3)
    (claimed,) = (await house.journeys.deliver._claims.take_due(10, 10)).claimed
    house.traffic.heard(Heard(401))

    await house.journeys.deliver._carrier.carry(claimed)

    assert claimed.tried_before
    assert house.courier.looked_for == []
    assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_token_that_is_refused_while_a_letter_is_looked_for_keeps_it_back(house: House) -> None:
    await house.start()
    await to_due(house)
    house.courier.answers.append(Unsure())
    await house.journeys.deliver.run()
    house.clock.move(minutes=3)
    (claimed,) = (await house.journeys.deliver._claims.take_due(10, 10)).claimed
    house.courier.while_looking = lambda: house.traffic.heard(Heard(401))

    await house.journeys.deliver._carrier.carry(claimed)

    assert len(house.courier.looked_for) == 1
    assert house.courier.kinds == ["receipt", "nudge"]
    assert await nudge_states(house) == [State.WAITING]


async def test_what_is_in_hand_when_sending_stops_goes_back_and_goes_out_later(house: House) -> None:
    await house.start()
    await to_due(house)
    claimed = await house.journeys.deliver._claims.take_due(10, 10)
    house.traffic.heard(Heard(403))
    for _ in range(LIMITS.refusals):
        house.traffic.heard(Heard(403))

    await house.journeys.deliver._carrier.carry(claimed.claimed[0])
    assert await nudge_states(house) == [State.WAITING]

    house.clock.move(minutes=11)
    await house.journeys.deliver.run()
    assert await nudge_states(house) == [State.SENT]


# ------------------------------------------------------------------ the clock


@pytest.mark.parametrize("step", [{"hours": 1}, {"hours": -1}, {"days": 365}, {"days": -365}], ids=str)
async def test_a_clock_that_was_set_holds_everything_until_discord_agrees(house: House, step: dict[str, float]) -> None:
    await house.start()
    await to_due(house)
    right = house.clock.now()
    house.clock.set(**step)
    house.courier.tells_time = lambda: house.traffic.heard(Heard(200, time=right))

    await house.journeys.deliver.run()
    assert house.courier.asked_for_time == 1
    assert house.traffic.hold() is Hold.CLOCK
    assert await nudge_states(house) == []

    house.clock.set(**{unit: -by for unit, by in step.items()})
    await house.journeys.deliver.run()
    assert await nudge_states(house) == [State.SENT]


async def test_a_machine_that_slept_asks_discord_and_goes_on(house: House) -> None:
    await house.start()
    await to_due(house)
    house.clock.set(minutes=20)
    house.courier.tells_time = lambda: hear_the_time(house)

    await house.journeys.deliver.run()

    assert await nudge_states(house) == [State.SENT]


async def test_a_clock_that_is_wrong_from_the_start_is_noticed_with_the_first_answer(house: House) -> None:
    await house.start()
    await to_due(house)
    hear_the_time(house, off=3 * A_MINUTE)

    await house.journeys.deliver.run()

    assert house.traffic.hold() is Hold.CLOCK
    assert house.courier.kinds == ["receipt"]


async def test_a_clock_that_is_set_between_claim_and_send_decides_nothing(house: House) -> None:
    """An hour later everything would look over, and would be dissolved."""
    await house.start()
    await to_due(house)
    claimed = await house.journeys.deliver._claims.take_due(10, 10)
    house.clock.set(minutes=-40)

    await house.journeys.deliver._carrier.carry(claimed.claimed[0])

    assert await nudge_states(house) == [State.CLAIMED]
    assert house.courier.kinds == ["receipt"]
    house.clock.set(minutes=40)
    hear_the_time(house)
    house.clock.move(minutes=2)
    await house.journeys.deliver.run()
    assert await nudge_states(house) == [State.SENT]


async def test_what_was_written_by_a_wrong_clock_is_set_right_once_it_is(house: House) -> None:
    """Robin pauses, and starts, while the clock is a year ahead; nobody waits a year for that."""
    await house.start()
    house.clock.set(days=365)
    assert house.traffic.hold() is Hold.CLOCK
    await house.journeys.leave.stop(ROBIN)
    await house.start()
    await house.journeys.adjust.pause(ROBIN, 7)
    waiting = [one for one in await house.occurrences() if one.state is State.WAITING]
    assert waiting, "the receipt of the second start"

    house.clock.set(days=-365)
    hear_the_time(house)
    await house.journeys.deliver.run()

    plan, now = await house.plan(), house.clock.now()
    assert plan.state is PlanState.ACTIVE
    assert plan.since_at <= now
    assert plan.paused_until == now + timedelta(days=30), "the longest pause there is"
    assert plan.next_due_at is not None
    assert now < plan.next_due_at < now + timedelta(days=60)
    assert house.courier.kinds == ["receipt", "receipt"]


async def test_what_a_right_clock_wrote_is_left_as_it_is(house: House) -> None:
    await house.start()
    await house.journeys.adjust.pause(ROBIN, 30)
    before = await house.plan()

    await house.journeys.deliver.run()

    assert await house.plan() == before


async def test_many_are_set_right(house: House) -> None:
    await house.start()
    plan = await house.plan()
    for member_id in range(1, 131):
        await house.start(member_id)
    far = [replace(plan, member_id=one, next_due_at=house.clock.now() + timedelta(days=400)) for one in range(1, 131)]
    await house.database.write(lambda records: records.plans.put_all(far))

    await house.journeys.deliver.run()

    first = await house.journeys.deliver.next_due()
    assert first is not None
    for member_id in (1, 100, 101, 130):
        due = (await house.plan(member_id)).next_due_at
        assert due is not None
        assert due < house.clock.now() + timedelta(days=16)


# ------------------------------------------------------------------ how fast


async def test_when_discord_objects_fewer_letters_are_in_hand_and_they_wait(house: House) -> None:
    """Real time passes here: a fifth of a second."""
    quick = another(house, replace(LIMITS, rate_per_second=4, batch=100))
    assert quick.in_hand_at_most == 80

    quick.heard(Heard(429, wait=timedelta(seconds=0.2)))
    assert quick.in_hand_at_most == 40

    began = time.perf_counter()
    await quick.turn()
    assert time.perf_counter() - began >= 0.2


class AskedClock(MovableClock):
    """Counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def monotonic(self) -> float:
        self.asked += 1
        return super().monotonic()


async def test_one_letter_waits_for_its_turn_at_a_time(house: House) -> None:
    """Otherwise a machine that stood still for a moment would let all of them go at its end."""
    clock = AskedClock()
    tenths = Traffic(house.database, clock, replace(LIMITS, rate_per_second=10))
    before = clock.asked
    turns = [asyncio.create_task(tenths.turn()) for _ in range(4)]
    for _ in range(8):
        await asyncio.sleep(0)

    assert clock.asked == before + 2, "one has gone, one waits, and the others have not asked for a time of their own"

    clock.move(seconds=60)
    await asyncio.gather(*turns)


async def test_a_long_wait_is_waited_out_with_nothing_in_hand(house: House) -> None:
    await house.start()
    await to_due(house)
    house.traffic.heard(Heard(429, wait=timedelta(minutes=5)))

    assert house.traffic.hold() is Hold.SLOWED
    await house.journeys.deliver.run()
    assert await nudge_states(house) == []

    house.clock.move(minutes=5)
    await house.journeys.deliver.run()
    assert await nudge_states(house) == [State.SENT]


async def test_an_objection_without_a_wait_is_waited_out_all_the_same(house: House) -> None:
    house.traffic.heard(Heard(429))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(house.traffic.turn(), 0.05)


@pytest.mark.parametrize("answer", [Heard(429, is_shared=True), Heard(429, is_ours=False)], ids=str)
async def test_an_objection_that_is_not_about_us_slows_nothing(house: House, answer: Heard) -> None:
    before = house.traffic.in_hand_at_most
    house.traffic.heard(answer)

    assert house.traffic.in_hand_at_most == before


# ------------------------------------------------------------------ opening DMs


async def test_a_few_dms_may_be_opened_at_once_and_then_they_wait_for_each_other(house: House) -> None:
    slow = another(house, replace(LIMITS, opens_per_minute=6))
    for _ in range(OPENS_AT_ONCE):
        assert await slow.ask_to_open() == timedelta()

    assert await slow.ask_to_open() == timedelta(seconds=10)
    house.clock.move(seconds=10)
    assert await slow.ask_to_open() == timedelta()


async def test_a_wait_of_seconds_is_waited_for(house: House) -> None:
    """Real time passes here: a tenth of a second."""
    brisk = another(house, replace(LIMITS, opens_per_minute=600))
    began = time.perf_counter()
    for _ in range(OPENS_AT_ONCE + 1):
        assert await brisk.ask_to_open() == timedelta()

    assert time.perf_counter() - began >= 0.1


async def test_how_many_were_opened_today_outlives_the_process(house: House) -> None:
    two = replace(LIMITS, opens_per_day=2)
    traffic = another(house, two)
    assert await traffic.ask_to_open() == timedelta()
    assert await traffic.ask_to_open() == timedelta()

    assert await another(house, two).ask_to_open() == timedelta(hours=12)


async def test_dms_that_are_opened_too_fast_are_not_opened_for_ten_minutes(house: House) -> None:
    house.traffic.opened_too_fast()

    assert await house.traffic.ask_to_open() == timedelta(minutes=10)
    assert house.traffic.hold() is None, "sending to those that are open goes on"
    house.clock.move(minutes=10)
    assert await house.traffic.ask_to_open() == timedelta()


def test_a_claim_outlasts_what_a_letter_can_wait_for_a_dm_to_be_opened() -> None:
    """It may be opened twice: the channel that was known can be gone."""
    assert 2 * PATIENCE < WAITS_OF_A_LETTER


async def test_a_clock_that_was_ahead_when_dms_were_opened_too_fast_closes_them_no_longer_than_that(
    house: House,
) -> None:
    """Discord's answer came just while the clock stood a year ahead."""
    house.clock.set(days=365)
    house.traffic.opened_too_fast()
    house.clock.set(days=-365)

    house.clock.move(minutes=10)

    assert await house.traffic.ask_to_open() == timedelta()


async def test_an_objection_is_heard_also_by_those_who_wait_for_their_turn_already(house: House) -> None:
    """Real time passes here: less than half a second."""
    slow = another(house, replace(LIMITS, rate_per_second=10))
    await slow.turn()
    began = time.perf_counter()
    waiting = asyncio.create_task(slow.turn())
    await asyncio.sleep(0)

    slow.heard(Heard(429, wait=timedelta(seconds=0.3)))
    await waiting

    assert time.perf_counter() - began >= 0.3
