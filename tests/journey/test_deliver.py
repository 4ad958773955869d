"""What is due goes out: once, on time, or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import literal_column, update

from bot.content.library import Library
from bot.content.nudges import Nudge
from bot.journey.courier import Courier, LastLook, Letter, NudgeNote, SendOutcome
from bot.journey.doubts import WITHDRAWN
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.rules.consent import ON_AT_FIRST, Purpose
from bot.rules.delivery import LEASE, LOOK_AGAIN, NONCE_TRUST, PUT_OFF, Absent, NotNow, Sent, Unreachable, Unsure
from bot.rules.occurrence import Answer, Kind, Occurrence, State
from bot.rules.plan import PlanState, Size, Wishes
from bot.rules.schedule import Window, local_date, next_due, window_end_on
from bot.store import schema
from tests.support.courier import DM_CHANNEL, FakeCourier
from tests.support.house import ALEX, EVENING, LIMITS, ROBIN, House
from tests.support.sql import looking_into

A_MINUTE = timedelta(minutes=1)


def over(
    house: House,
    limits: Limits = LIMITS,
    library: Library | None = None,
    courier: Courier | None = None,
    traffic: Traffic | None = None,
) -> Journeys:
    """Other journeys over the same file."""
    traffic = traffic or Traffic(house.database, house.clock, limits)
    return Journeys.over(house.database, house.clock, library or house.library, courier or house.courier, traffic)


def restarted(house: House) -> Journeys:
    """The same file and courier, in a process that knows nothing of the one before."""
    return over(house)


async def to_due(house: House) -> None:
    due = (await house.plan()).next_due_at
    assert due is not None
    house.clock.move_to(due)


async def nudges(house: House) -> list[Occurrence]:
    return [one for one in await house.occurrences() if one.kind is Kind.NUDGE]


async def test_nothing_goes_out_before_it_is_due(house: House) -> None:
    await house.start()
    due = (await house.plan()).next_due_at
    assert due is not None
    house.clock.move_to(due - timedelta(seconds=1))

    assert await house.journeys.deliver.run() == due
    assert house.courier.kinds == ["receipt"]


async def test_a_due_nudge_goes_out_once_and_the_next_one_is_planned(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    plan = await house.plan()

    await house.journeys.deliver.run()

    assert nudge.state is State.SENT
    assert (nudge.channel_id, nudge.message_id) == (DM_CHANNEL, 2)
    assert house.courier.kinds == ["receipt", "nudge"]
    assert plan.next_due_at == next_due(plan.rhythm(house.clock.now()), house.clock.now())
    assert house.courier.sent[1].channel_id == DM_CHANNEL, "the channel that the receipt opened is used again"


async def test_the_letter_says_all_that_the_courier_needs(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()

    letter = house.courier.sent[-1]
    assert (letter.member_id, letter.occurrence_id) == (ROBIN, nudge.occurrence_id)
    assert isinstance(letter.says, NudgeNote)
    assert letter.says.nudge.nudge_id == nudge.nudge_id
    assert (letter.language, letter.discreet) == ("en", False)


async def test_nobody_gets_two_nudges_of_one_local_date_or_within_eight_hours_however_they_travel(house: House) -> None:
    await house.start()
    for zone in ("Pacific/Auckland", "America/New_York", "Pacific/Apia", "Pacific/Pago_Pago", "Asia/Tokyo") * 3:
        await house.journeys.adjust.change(ROBIN, replace(EVENING, zone=zone, per_week=4, size=Size.BRAVE))
        await to_due(house)
        await house.journeys.deliver.run()
        for one in await nudges(house):
            await house.journeys.answer.press(ROBIN, one.occurrence_id, Answer.DID_IT, "en")

    sent = [one for one in await nudges(house) if one.state is State.SENT]
    gaps = [later.due_at - earlier.due_at for earlier, later in pairwise(sent)]
    assert len(sent) >= 8
    assert len({one.slot for one in sent}) == len(sent)
    assert min(gaps) >= timedelta(hours=8)


async def test_a_nudge_whose_window_has_passed_dissolves_and_nobody_is_told(house: House) -> None:
    await house.start()
    plan = await house.plan()
    assert plan.next_due_at is not None
    end = window_end_on(plan.schedule, local_date(plan.schedule.zone, plan.next_due_at))
    house.clock.move_to(end)

    await house.journeys.deliver.run()

    assert [one.state for one in await nudges(house)] == [State.DISSOLVED]
    assert house.courier.kinds == ["receipt"]


async def test_a_long_outage_leaves_one_dissolved_nudge_and_no_backlog(house: House) -> None:
    await house.start()
    await to_due(house)
    house.clock.move(days=60)

    due = await house.journeys.deliver.run()

    assert [one.state for one in await nudges(house)] == [State.DISSOLVED]
    assert due is not None
    assert due > house.clock.now()


async def test_closed_dms_are_tried_once_and_never_again_by_ourselves(house: House) -> None:
    await house.start()
    house.courier.answers.append(Unreachable())
    nudge = await house.to_next_nudge()
    house.clock.move(days=30)
    await house.journeys.deliver.run()

    assert nudge.state is State.UNREACHABLE
    assert (await house.plan()).state is PlanState.UNREACHABLE
    assert house.courier.kinds == ["receipt", "nudge"]


async def test_what_discord_did_not_take_is_tried_again_with_the_same_nonce(house: House) -> None:
    await house.start()
    house.courier.answers.extend([NotNow(), NotNow()])
    nudge = await house.to_next_nudge()
    assert nudge.state is State.WAITING

    for _ in range(2):
        wake = (await house.occurrence(nudge.occurrence_id)).wake_at
        assert wake is not None
        house.clock.move_to(wake)
        assert await house.journeys.deliver.run() is not None

    after = await house.occurrence(nudge.occurrence_id)
    assert (after.state, after.attempts) == (State.SENT, 3)
    assert {letter.occurrence_id for letter in house.courier.sent[1:]} == {nudge.occurrence_id}
    assert house.courier.looked_for == []


async def test_retries_end_with_the_window(house: House) -> None:
    await house.start()
    house.courier.answers.extend([NotNow()] * 40)
    nudge = await house.to_next_nudge()
    while (wake := (await house.occurrence(nudge.occurrence_id)).wake_at) is not None:
        house.clock.move_to(wake)
        await house.journeys.deliver.run()

    after = await house.occurrence(nudge.occurrence_id)
    assert after.state is State.DISSOLVED
    assert house.clock.now() < nudge.until_at
    assert len(house.courier.sent) > 5


async def test_a_lost_answer_is_looked_up_and_not_sent_again(house: House) -> None:
    await house.start()
    house.courier.answers.append(Unsure())
    nudge = await house.to_next_nudge()
    assert nudge.state is State.UNKNOWN
    house.courier.looks.append(Sent(DM_CHANNEL, 77))
    house.clock.move_to(house.clock.now() + LOOK_AGAIN)

    await house.journeys.deliver.run()

    after = await house.occurrence(nudge.occurrence_id)
    assert (after.state, after.message_id) == (State.SENT, 77)
    assert house.courier.kinds == ["receipt", "nudge"]
    assert house.courier.looked_for[0][1] == nudge.first_tried_at


async def test_a_lost_message_that_is_not_there_is_sent_once_more(house: House) -> None:
    await house.start()
    house.courier.answers.append(Unsure())
    nudge = await house.to_next_nudge()
    house.courier.looks.append(Absent())
    house.clock.move_to(house.clock.now() + LOOK_AGAIN)

    await house.journeys.deliver.run()

    assert (await house.occurrence(nudge.occurrence_id)).state is State.SENT
    assert house.courier.kinds == ["receipt", "nudge", "nudge"]


async def test_as_long_as_nobody_knows_nothing_is_sent(house: House) -> None:
    await house.start()
    house.courier.answers.append(Unsure())
    nudge = await house.to_next_nudge()
    house.courier.looks.extend([Unsure()] * 100)
    while (wake := (await house.occurrence(nudge.occurrence_id)).wake_at) is not None:
        house.clock.move_to(wake)
        await house.journeys.deliver.run()

    assert (await house.occurrence(nudge.occurrence_id)).state is State.UNKNOWN
    assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_refusal_after_a_lost_answer_still_means_looking_before_sending(house: House) -> None:
    """The first try may have arrived; that the second was refused says nothing about it."""
    await house.start()
    house.courier.answers.extend([RuntimeError("the process dies here"), NotNow()])
    nudge = await house.to_next_nudge()
    house.clock.move_to(house.clock.now() + A_MINUTE)
    again = restarted(house)
    await again.deliver.begin()
    await again.deliver.run()
    assert (await house.occurrence(nudge.occurrence_id)).state is State.WAITING
    house.courier.looks.append(Sent(DM_CHANNEL, 5))
    house.clock.move_to(house.clock.now() + NONCE_TRUST)

    await again.deliver.run()

    assert len(house.courier.looked_for) == 1
    assert house.courier.kinds == ["receipt", "nudge", "nudge"]


async def test_a_crash_after_the_claim_is_made_good_with_the_same_nonce(house: House) -> None:
    await house.start()
    house.courier.answers.append(RuntimeError("the process dies here"))
    nudge = await house.to_next_nudge()
    assert nudge.state is State.CLAIMED
    house.clock.move(seconds=5)
    again = restarted(house)
    await again.deliver.begin()

    await again.deliver.run()

    assert (await house.occurrence(nudge.occurrence_id)).state is State.SENT
    assert [letter.occurrence_id for letter in house.courier.sent[1:]] == [nudge.occurrence_id] * 2
    assert house.courier.looked_for == []


async def test_a_crash_long_ago_is_looked_up_first(house: House) -> None:
    await house.start()
    house.courier.answers.append(RuntimeError("the process dies here"))
    nudge = await house.to_next_nudge()
    house.clock.move(minutes=10)
    house.courier.looks.append(Sent(DM_CHANNEL, 5))
    again = restarted(house)
    await again.deliver.begin()

    await again.deliver.run()

    assert (await house.occurrence(nudge.occurrence_id)).state is State.SENT
    assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_claim_that_died_without_a_restart_is_taken_over_when_it_runs_out(house: House) -> None:
    await house.start()
    house.courier.answers.append(RuntimeError("a fault of ours"))
    nudge = await house.to_next_nudge()
    assert await house.journeys.deliver.run() == house.clock.now() + LEASE
    house.clock.move_to(house.clock.now() + LEASE)

    await house.journeys.deliver.run()

    assert (await house.occurrence(nudge.occurrence_id)).state is State.SENT


async def test_one_letter_that_fails_does_not_hurt_the_others(house: House) -> None:
    for member_id in range(1, 9):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.courier.sent.clear()
    house.courier.answers.append(RuntimeError("a fault of ours"))
    house.clock.move(hours=6)

    await house.journeys.deliver.run()

    states = [one.state for member_id in range(1, 9) for one in await house.occurrences(member_id)]
    assert len(house.courier.sent) == 8
    assert states.count(State.CLAIMED) == 1
    assert states.count(State.SENT) == 7 + 8


async def test_more_than_one_batch_goes_out_in_one_wake_up(house: House) -> None:
    for member_id in range(1, 26):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.courier.sent.clear()
    house.clock.move(hours=6)

    await house.journeys.deliver.run()

    assert sorted(letter.member_id for letter in house.courier.sent) == list(range(1, 26))


async def test_after_stop_nothing_more_is_claimed(house: House) -> None:
    await house.start()
    await to_due(house)
    house.journeys.deliver.stop()

    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]
    assert await nudges(house) == []


class Interrupting(FakeCourier):
    """Lets something else happen while a letter is on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.on_the_way = asyncio.Event()
        self.go_on = asyncio.Event()
        self.outcome: Sent | Unreachable | NotNow | Unsure | None = None

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        sent = await super().send(letter, last_look)
        self.on_the_way.set()
        await self.go_on.wait()
        return self.outcome or sent


async def sending(house: House) -> tuple[Interrupting, asyncio.Task[object]]:
    """A nudge that is on its way, and stays there until told to go on."""
    courier = Interrupting()
    journeys = over(house, courier=courier)
    await to_due(house)
    task: asyncio.Task[object] = asyncio.create_task(journeys.deliver.run())
    await courier.on_the_way.wait()
    return courier, task


@pytest.mark.parametrize("minutes", [2, 20])
async def test_what_is_left_out_while_it_waits_does_not_come(house: House, minutes: int) -> None:
    await house.start()
    house.courier.answers.extend([NotNow()])
    waits = await house.to_next_nudge()
    carried = len(house.courier.sent)
    await house.journeys.tune.leave_out(ROBIN, house.nudge(waits.nudge_id).theme)
    for _ in range(minutes):
        house.clock.move(minutes=1)
        await house.journeys.deliver.run()

    assert len(house.courier.sent) == carried
    assert (await house.occurrence(waits.occurrence_id)).state is State.DISSOLVED


async def test_a_member_who_is_deleted_while_a_letter_is_on_its_way_stays_deleted(house: House) -> None:
    await house.start()
    courier, task = await sending(house)

    await house.journeys.leave.delete(ROBIN)
    courier.go_on.set()
    await task

    assert (await house.journeys.review.holding(ROBIN)).rows == {}


async def test_a_worker_that_slept_past_its_claim_cannot_overwrite_what_was_found_since(house: House) -> None:
    await house.start()
    courier, task = await sending(house)
    house.clock.move_to(house.clock.now() + NONCE_TRUST)
    house.courier.looks.append(Sent(DM_CHANNEL, 42))
    await restarted(house).deliver.run()
    courier.go_on.set()
    await task

    (nudge,) = await nudges(house)
    assert (nudge.state, nudge.message_id) == (State.SENT, 42)


async def claimed_but_not_sent(house: House) -> Journeys:
    """A process that died between claim and send, so that the next one carries what is there."""
    await house.start()
    house.courier.answers.append(RuntimeError("the process dies here"))
    await house.to_next_nudge()
    house.courier.sent.clear()
    again = restarted(house)
    await again.deliver.begin()
    return again


@pytest.mark.parametrize("change", ["stop", "pause", "withdraw", "night"])
async def test_what_changes_between_claim_and_send_is_respected(house: House, change: str) -> None:
    again = await claimed_but_not_sent(house)
    match change:
        case "stop":
            await house.journeys.leave.stop(ROBIN)
        case "pause":
            await house.journeys.adjust.pause(ROBIN, 3)
        case "withdraw":
            await house.journeys.review.withdraw(ROBIN, Purpose.NUDGES)
        case "night":
            house.clock.move(hours=5)
            house.courier.looks.append(Absent())

    await again.deliver.run()
    house.clock.move_to(house.clock.now() + LOOK_AGAIN)
    await again.deliver.run()

    assert house.courier.sent == []
    assert len(house.courier.looked_for) == 1, "what may have arrived is looked for, whatever was decided since"
    assert [one.state for one in await nudges(house)] == [State.DISSOLVED]


async def left_out(house: House, waiting: Nudge) -> None:
    await house.journeys.tune.leave_out(ROBIN, waiting.theme)


async def set_aside(house: House, waiting: Nudge) -> None:
    """The same one, which came long ago."""
    before = await house.sent_earlier(waiting.nudge_id, days=70)
    await house.journeys.answer.press(ROBIN, before.occurrence_id, Answer.NOT_FOR_ME, "en")


async def was_not_ok(house: House, waiting: Nudge) -> None:
    """Another one of its kind."""
    others = [one for one in house.library.language("en").nudges if one.theme == waiting.theme and one is not waiting]
    before = await house.sent_earlier(others[0].nudge_id, days=3)
    await house.journeys.answer.press(ROBIN, before.occurrence_id, Answer.NOT_OK, "en")


async def two_objected(house: House, waiting: Nudge) -> None:
    await house.database.write(lambda records: records.facts.put(WITHDRAWN, waiting.nudge_id))


@pytest.mark.parametrize("change", [left_out, set_aside, was_not_ok, two_objected])
async def test_a_nudge_that_waits_for_another_try_does_not_come_once_it_may_not(
    house: House, change: Callable[[House, Nudge], Awaitable[None]]
) -> None:
    await house.start()
    house.courier.answers.append(NotNow())
    waiting = await house.to_next_nudge()
    house.courier.sent.clear()

    await change(house, house.nudge(waiting.nudge_id))
    house.clock.move(minutes=30)
    await house.journeys.deliver.run()

    assert house.courier.sent == []
    assert (await house.occurrence(waiting.occurrence_id)).state is State.DISSOLVED


async def test_a_nudge_that_waits_for_another_try_comes_where_nothing_speaks_against_it(house: House) -> None:
    """Neither that it is the newest of what came, nor what was done meanwhile."""
    await house.start()
    house.courier.answers.append(NotNow())
    waiting = await house.to_next_nudge()
    await house.journeys.taste.of_today(ROBIN, "en", seed=1)

    house.clock.move(minutes=30)
    await house.journeys.deliver.run()

    assert (await house.occurrence(waiting.occurrence_id)).state is State.SENT


async def test_a_member_deleted_between_claim_and_send_gets_nothing(house: House) -> None:
    again = await claimed_but_not_sent(house)
    await house.journeys.leave.delete(ROBIN)

    await again.deliver.run()

    assert house.courier.sent == []


async def test_a_pause_moves_the_next_nudge_behind_it_and_keeps_one_to_be_shown_again(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")
    await house.journeys.adjust.pause(ROBIN, 7)

    plan = await house.plan()
    assert plan.next_due_at is not None
    assert plan.paused_until is not None
    assert plan.next_due_at > plan.paused_until
    assert plan.again_nudge_id == nudge.nudge_id


async def test_a_due_plan_that_is_paused_waits_for_the_end_of_its_pause(house: House) -> None:
    """As when a pause and the ticker meet: the plan is due, and paused by then."""
    await house.start()
    await house.journeys.adjust.pause(ROBIN, 7)
    await house.set_due(ROBIN, house.clock.now())

    await house.journeys.deliver.run()

    plan = await house.plan()
    assert house.courier.kinds == ["receipt"]
    assert plan.next_due_at is not None
    assert plan.paused_until is not None
    assert plan.next_due_at > plan.paused_until


async def test_a_due_plan_whose_yes_is_void_is_let_go(house: House) -> None:
    """As after a new wording: nobody took anything back, and the old yes is worth nothing."""
    await house.start()
    await house.database.write(lambda records: records.consents.give(ROBIN, {Purpose.NUDGES: 0}, house.clock.now()))

    await to_due(house)
    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]
    plan = await house.plan()
    assert (plan.state, plan.next_due_at) == (PlanState.OFF, None)


async def test_three_silent_nudges_halve_the_pace(house: House) -> None:
    await house.start()
    await house.steps_have_grown()
    gaps = []
    for _ in range(5):
        await house.to_next_nudge()
        plan = await house.plan()
        assert plan.next_due_at is not None
        first = next_due(plan.schedule, house.clock.now())
        gaps.append(plan.next_due_at == first)

    assert gaps == [True, True, True, False, False]
    assert plan.next_due_at == next_due(plan.schedule, first)


async def test_six_silent_nudges_lead_to_one_question_and_then_to_quiet(house: House) -> None:
    await house.start()
    for _ in range(7):
        await house.to_next_nudge()
    assert house.courier.kinds == ["receipt", *["nudge"] * 6, "still_wanted"]
    assert (await house.plan()).state is PlanState.QUIET

    house.clock.move(days=90)
    assert await house.journeys.deliver.run() is None
    assert len(house.courier.sent) == 8


async def test_after_a_yes_silence_is_counted_anew(house: House) -> None:
    await house.start()
    for _ in range(7):
        await house.to_next_nudge()
    await house.journeys.adjust.resume(ROBIN)

    for _ in range(3):
        await house.to_next_nudge()

    assert house.courier.kinds[8:] == ["nudge"] * 3


async def test_any_answer_ends_the_silence(house: House) -> None:
    await house.start()
    for round_ in range(8):
        nudge = await house.to_next_nudge()
        if round_ == 4:
            await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_TODAY, "en")

    assert house.courier.kinds == ["receipt", *["nudge"] * 8]


async def test_when_nothing_fits_nothing_is_sent_and_the_plan_goes_on(small_house: House) -> None:
    await small_house.start()
    for _ in range(5):
        await small_house.to_next_nudge()

    assert small_house.courier.kinds == ["receipt", "nudge", "nudge", "all_seen"], "said once"
    assert [one.state for one in await small_house.occurrences()][-2:] == [State.DISSOLVED] * 2
    assert (await small_house.plan()).next_due_at is not None


async def test_a_nudge_to_be_shown_again_that_was_refused_since_is_not_shown(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")
    await house.database.write(
        lambda records: records.refusals.refuse_nudge(ROBIN, nudge.nudge_id or "", house.clock.now())
    )

    assert (await house.to_next_nudge()).nudge_id != nudge.nudge_id


async def test_members_do_not_wait_for_each_other(house: House) -> None:
    await house.start(ROBIN)
    await house.start(ALEX)
    for member_id in (ROBIN, ALEX):
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.clock.move(hours=6)

    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt", "receipt", "nudge", "nudge"]


async def test_a_claim_that_ran_out_in_the_queue_is_left_to_the_next_wake_up(house: House) -> None:
    await house.start()
    await to_due(house)

    limits = Limits(rate_per_second=0.5, at_once=1, batch=10)
    journeys = over(house, traffic=Crowded(house, limits))

    await journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]
    assert [one.state for one in await nudges(house)] == [State.CLAIMED]


class Crowded(Traffic):
    """Every request has to wait that long for its turn."""

    def __init__(self, house: House, limits: Limits, takes: timedelta = 2 * A_MINUTE) -> None:
        super().__init__(house.database, house.clock, limits)
        self._house = house
        self._takes = takes

    async def turn(self) -> None:
        self._house.clock.move_to(self._house.clock.now() + self._takes)


async def test_letters_keep_to_the_rate(house: House) -> None:
    """Real time passes here, a tenth of a second of it: four letters may go at once, and four have to wait."""
    for member_id in range(1, 9):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.clock.move(hours=6)
    slow = Limits(rate_per_second=40, at_once=8, batch=10)
    journeys = over(house, slow)

    began = time.perf_counter()
    await journeys.deliver.run()

    assert time.perf_counter() - began >= 4 / slow.rate_per_second
    assert house.courier.kinds == ["receipt"] * 8 + ["nudge"] * 8


async def test_each_letter_waits_for_a_turn_of_its_own(house: House) -> None:
    """Counted rather than timed: a machine that is slow by itself would keep to any rate."""

    class Counting(Traffic):
        turns = 0

        async def turn(self) -> None:
            self.turns += 1
            await super().turn()

    for member_id in range(1, 9):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.clock.move(hours=6)
    traffic = Counting(house.database, house.clock, LIMITS)
    await Journeys.over(house.database, house.clock, house.library, house.courier, traffic).deliver.run()

    assert house.courier.kinds == ["receipt"] * 8 + ["nudge"] * 8
    assert traffic.turns == 8


async def test_sending_now_what_is_gone_says_that_it_dissolved(house: House) -> None:
    assert await house.journeys.deliver.send_now("GONE") is State.DISSOLVED


async def test_a_receipt_is_sent_at_night_because_its_press_was(house: House) -> None:
    house.clock.move(hours=12)
    await house.journeys.opt_in.start(ROBIN, None, "en", ON_AT_FIRST, EVENING, press_id=1)
    house.clock.move(seconds=15)

    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]


async def test_a_receipt_whose_process_died_after_its_claim_is_taken_over_like_any_other(house: House) -> None:
    """Its first try is noted by the claim itself; a value that cannot be read back would stop everybody's delivery."""
    house.courier.answers.append(RuntimeError("the process dies here"))
    await house.start()
    house.clock.move(seconds=30)
    again = restarted(house)
    await again.deliver.begin()

    await again.deliver.run()

    assert [one.state for one in await house.occurrences()] == [State.SENT]


async def test_silence_is_heard_also_at_one_nudge_a_week(house: House) -> None:
    """At half the pace, six of them take longer than a nudge rests."""
    await house.start(wishes=replace(EVENING, per_week=1))
    for _ in range(7):
        await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", *["nudge"] * 6, "still_wanted"]


async def test_a_nudge_that_left_the_library_after_its_claim_dissolves(house: House) -> None:
    again = await claimed_but_not_sent(house)
    (nudge,) = await nudges(house)
    english = house.library.languages["en"]
    left = replace(english, nudges=tuple(one for one in english.nudges if one.nudge_id != nudge.nudge_id))
    smaller = replace(house.library, languages={"en": left})
    again = over(house, library=smaller)

    await again.deliver.run()
    house.clock.move_to(house.clock.now() + LOOK_AGAIN)
    await again.deliver.run()

    assert house.courier.sent == []
    assert [one.state for one in await nudges(house)] == [State.UNKNOWN], "and cannot be looked for any more"


class Busy(FakeCourier):
    """Something else happens while it looks for a letter."""

    def __init__(self, house: House, meanwhile: Callable[[House], Awaitable[object]]) -> None:
        super().__init__()
        self._house = house
        self._meanwhile = meanwhile

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        await self._meanwhile(self._house)
        return await super().find(letter, since)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda house: house.journeys.leave.stop(ROBIN),
        lambda house: house.journeys.adjust.pause(ROBIN, 3),
        lambda house: house.journeys.leave.delete(ROBIN),
    ],
    ids=["stop", "pause", "delete"],
)
async def test_what_changes_while_a_letter_is_looked_for_is_respected(
    house: House, meanwhile: Callable[[House], Awaitable[object]]
) -> None:
    await claimed_but_not_sent(house)
    courier = Busy(house, meanwhile)
    house.clock.move(minutes=5)
    again = over(house, courier=courier)
    await again.deliver.begin()

    await again.deliver.run()

    assert len(courier.looked_for) == 1
    assert courier.sent == []


async def test_a_member_who_stops_while_their_dms_turn_out_closed_stays_stopped(house: House) -> None:
    await house.start()
    courier, task = await sending(house)
    courier.outcome = Unreachable()

    await house.journeys.leave.stop(ROBIN)
    courier.go_on.set()
    await task

    assert (await house.plan()).state is PlanState.STOPPED


async def test_a_batch_of_plans_that_lead_nowhere_does_not_keep_back_those_behind_it(house: House) -> None:
    """Ten of them are over by now, which fills a batch without a single letter in it."""
    for member_id in range(1, 11):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() - timedelta(days=2))
    await house.start(ROBIN)
    await house.set_due(ROBIN, house.clock.now() + timedelta(hours=6))
    house.courier.sent.clear()
    house.clock.move(hours=6)

    await house.journeys.deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]


async def test_a_letter_is_carried_only_while_its_claim_outlasts_the_carrying(house: House) -> None:
    await house.start()
    await to_due(house)
    call = timedelta(seconds=30)
    limits = Limits(rate_per_second=0.5, at_once=1, batch=10, call=call)
    journeys = over(house, traffic=Crowded(house, limits, LEASE - 2 * call))

    await journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]


async def test_no_more_letters_are_on_their_way_at_once_than_the_limit_says(house: House) -> None:
    for member_id in range(1, 9):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.clock.move(hours=6)
    courier = Counting(house)
    journeys = over(house, Limits(100_000, 3, 10), courier=courier)

    await journeys.deliver.run()

    assert len(courier.sent) == 8
    assert courier.most_at_once == 3


class Counting(FakeCourier):
    """Knows how many letters it ever had in hand at once."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house
        self.in_hand = self.most_at_once = 0

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        self.in_hand += 1
        self.most_at_once = max(self.most_at_once, self.in_hand)
        for _ in range(20):
            await self._house.plan(letter.member_id)  # long enough for everybody else to begin
        self.in_hand -= 1
        return await super().send(letter, last_look)


async def test_every_letter_is_a_sign_of_life(house: House) -> None:
    for member_id in range(1, 4):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.clock.move(hours=6)
    signs: list[None] = []

    await house.journeys.deliver.run(lambda: signs.append(None))

    assert len(signs) == 3


async def test_one_that_is_asked_for_again_is_bounded_like_any_other(house: House) -> None:
    """Steps that have become smaller since do not let a larger one through."""
    await house.start(wishes=replace(EVENING, size=Size.BRAVE))
    await house.steps_have_grown()
    brave = next(one for one in house.library.language("en").nudges if one.size is Size.BRAVE)
    sent = await house.sent_earlier(brave.nudge_id)
    await house.journeys.answer.later(ROBIN, sent.occurrence_id, 1, "en")
    assert (await house.plan()).again_nudge_id == brave.nudge_id

    await house.journeys.adjust.change(ROBIN, EVENING)

    assert (await house.to_next_nudge()).nudge_id != brave.nudge_id


async def test_a_member_who_leaves_while_their_letter_waits_for_its_turn_gets_nothing(house: House) -> None:
    await house.start(ROBIN)
    await house.start(ALEX)
    due = house.clock.now() + timedelta(hours=6)
    await house.set_due(ROBIN, due)
    await house.set_due(ALEX, due + timedelta(seconds=1))
    house.clock.move_to(due + timedelta(seconds=1))
    courier = Interrupting()
    journeys = over(house, Limits(1_000, 1, 10), courier=courier)
    task = asyncio.create_task(journeys.deliver.run())
    await courier.on_the_way.wait()

    await house.journeys.leave.delete(ALEX)
    courier.go_on.set()
    await task

    assert [letter.member_id for letter in courier.sent] == [ROBIN]


async def test_a_question_that_discord_did_not_take_yet_leaves_the_plan_as_it_is(house: House) -> None:
    await house.start()
    for _ in range(6):
        await house.to_next_nudge()
    house.courier.answers.append(NotNow())

    question = await house.to_next_nudge()

    assert (question.kind, question.state) == (Kind.STILL_WANTED, State.WAITING)
    assert (await house.plan()).state is PlanState.ACTIVE


async def with_the_question_on_its_way(house: House) -> None:
    """Six nudges in silence, and a question whose answer was lost."""
    await house.start()
    for _ in range(6):
        await house.to_next_nudge()
    house.courier.answers.append(Unsure())
    await house.to_next_nudge()


async def test_a_yes_is_not_overruled_by_its_own_question_that_is_found_later(house: House) -> None:
    await with_the_question_on_its_way(house)
    house.clock.move(seconds=60)
    await house.journeys.adjust.resume(ROBIN)
    house.courier.looks.append(Sent(DM_CHANNEL, 9))
    house.clock.move(minutes=3)

    await house.journeys.deliver.run()

    assert (await house.plan()).state is PlanState.ACTIVE


async def test_a_question_that_may_have_arrived_is_not_asked_again(house: House) -> None:
    await with_the_question_on_its_way(house)
    house.courier.looks.extend([Unsure()] * 100)
    while (due := await house.journeys.deliver.run()) is not None:
        house.clock.move_to(due)

    assert house.courier.kinds.count("still_wanted") == 1
    assert (await house.plan()).state is PlanState.QUIET


async def test_a_question_that_waits_is_let_go_when_the_silence_ends(house: House) -> None:
    await house.start()
    for _ in range(6):
        nudge = await house.to_next_nudge()
    house.courier.answers.append(NotNow())
    question = await house.to_next_nudge()
    assert (question.kind, question.state) == (Kind.STILL_WANTED, State.WAITING)

    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
    house.clock.move(minutes=1)
    await house.journeys.deliver.run()

    assert (await house.occurrence(question.occurrence_id)).state is State.DISSOLVED
    assert (await house.plan()).state is PlanState.ACTIVE


async def test_an_answer_to_an_older_nudge_ends_the_silence_too(house: House) -> None:
    await house.start()
    first = await house.to_next_nudge()
    for _ in range(5):
        await house.to_next_nudge()

    await house.journeys.answer.press(ROBIN, first.occurrence_id, Answer.NOT_TODAY, "en")
    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", *["nudge"] * 7]


@pytest.mark.parametrize("lost", [NotNow(), Unsure()])
@pytest.mark.parametrize(
    "moved",
    [replace(EVENING, window=Window(480, 600)), replace(EVENING, zone="America/New_York")],
    ids=["window", "zone"],
)
async def test_a_retry_keeps_to_the_window_that_holds_by_then(
    house: House, lost: NotNow | Unsure, moved: Wishes
) -> None:
    await house.start()
    house.courier.answers.append(lost)
    await house.to_next_nudge()
    await house.journeys.adjust.change(ROBIN, moved)
    house.clock.move(minutes=4)

    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_nudge_that_may_have_arrived_counts_as_seen_whatever_was_decided_since(house: House) -> None:
    again = await claimed_but_not_sent(house)
    (nudge,) = await nudges(house)
    await house.journeys.answer.pause(ROBIN, nudge.occurrence_id, 3, "en")
    await again.deliver.run()

    history = await house.database.read(lambda records: records.occurrences.history([ROBIN], nudge.due_at))
    assert [one.nudge_id for one in history[ROBIN].seen] == [nudge.nudge_id]


async def test_a_zone_that_is_gone_from_tzdata_keeps_nobody_else_back(house: House, tmp_path: Path) -> None:
    for member_id in (ALEX, ROBIN):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.execute(update(schema.plan).where(schema.plan.c.member_id == ALEX).values(zone="US/Pacific-New"))
    house.courier.sent.clear()
    house.clock.move(hours=6)

    due = await house.journeys.deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]
    assert due == house.clock.now() + PUT_OFF


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("week_began", "'soon'"), ("since_at", "'soon'"), ("paused_until", "1000000000000000000"), ("size", "9")],
)
async def test_a_plan_that_makes_no_sense_keeps_nobody_else_back(
    house: House, tmp_path: Path, column: str, wrong: str
) -> None:
    """As after somebody mended the database by hand."""
    for member_id in (ALEX, ROBIN):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    by_hand = update(schema.plan).where(schema.plan.c.member_id == ALEX).values({column: literal_column(wrong)})
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.execute(by_hand)
    house.courier.sent.clear()
    house.clock.move(hours=6)

    due = await house.journeys.deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]
    assert due == house.clock.now() + PUT_OFF


async def test_what_a_newer_version_set_aside_keeps_nobody_else_back(house: House) -> None:
    """Whoever it is gets none: nobody could know what must not come."""
    for member_id in (ALEX, ROBIN):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    now = house.clock.now()
    await house.database.write(lambda records: records.refusals._refuse(ALEX, "a kind of its own", "hello", now))
    house.courier.sent.clear()
    house.clock.move(hours=6)

    await house.journeys.deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]
    assert [one.state for one in await house.occurrences(ALEX) if one.kind is Kind.NUDGE] == [State.DISSOLVED]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (replace(EVENING, zone="Asia/Tokyo", window=Window(480, 600), per_week=4), replace(EVENING, per_week=4)),
        (replace(EVENING, window=Window(480, 600), per_week=4), replace(EVENING, per_week=4)),
    ],
    ids=["moving west", "another window"],
)
@pytest.mark.parametrize("outcome", ["sent", "not sent"])
async def test_whatever_time_is_promised_brings_a_nudge(
    house: House, earlier: Wishes, later: Wishes, outcome: str
) -> None:
    """A date that had its nudge is not promised again, in whatever zone it was, and though nobody saw it."""
    for member_id in range(1, 9):
        await house.start(member_id, wishes=earlier)
        plan = await house.plan(member_id)
        assert plan.next_due_at is not None
        if outcome == "not sent":
            house.clock.move_to(window_end_on(plan.schedule, local_date(plan.schedule.zone, plan.next_due_at)))
            await house.journeys.deliver.run()
        else:
            await house.to_next_nudge(member_id)

        promised = (await house.journeys.adjust.change(member_id, later)).plan.next_due_at
        assert promised is not None
        house.clock.move_to(promised)
        await house.journeys.deliver.run()

        came = [one for one in await house.occurrences(member_id) if one.due_at == promised]
        assert [one.state for one in came] == [State.SENT]


async def test_a_date_that_has_its_nudge_gets_no_second_one_even_from_a_plan_that_says_so(house: House) -> None:
    """The last guard: as after an error of ours, or a database that was mended by hand."""
    await house.start()
    await house.to_next_nudge()
    await house.set_due(ROBIN, house.clock.now() + A_MINUTE)
    house.clock.move(minutes=1)

    due = await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt", "nudge"]
    assert due is not None
    assert due > house.clock.now() + timedelta(hours=8)


async def test_what_was_answered_was_seen_even_if_it_is_not_found_any_more(house: House) -> None:
    """As when its member pressed a button, and then deleted the message."""
    again = await claimed_but_not_sent(house)
    (nudge,) = await nudges(house)
    await house.journeys.answer.pause(ROBIN, nudge.occurrence_id, 3, "en")
    house.courier.looks.append(Absent())
    house.clock.move(minutes=5)
    await again.deliver.begin()
    await again.deliver.run()
    assert (await house.occurrence(nudge.occurrence_id)).state is State.DISSOLVED

    history = await house.database.read(lambda records: records.occurrences.history([ROBIN], nudge.due_at))

    assert [one.nudge_id for one in history[ROBIN].seen] == [nudge.nudge_id]
