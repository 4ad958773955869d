"""A member says yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import NotEnabledHere, NotStarted, NudgesOff, UnknownZone
from bot.journey.courier import Receipt
from bot.journey.opt_in import Before
from bot.rules.consent import ON_AT_FIRST, Purpose
from bot.rules.delivery import Unreachable
from bot.rules.due import LEAST_GAP
from bot.rules.occurrence import Kind, State
from bot.rules.plan import PlanState
from tests.support.house import EVENING, ROBIN, SERVER, House

OTHER_SERVER = SERVER + 1


async def test_start_stores_the_yes_the_wishes_and_the_next_time(house: House) -> None:
    await house.start()

    plan = await house.plan()
    assert plan.wishes == EVENING
    assert plan.state is PlanState.ACTIVE
    assert plan.next_due_at == (await house.journeys.opt_in.next_times(ROBIN, EVENING)).next[0]
    assert await house.journeys.review.purposes(ROBIN) == ON_AT_FIRST


async def test_the_first_dm_is_the_receipt_and_there_is_one(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]
    letter = house.courier.sent[0]
    assert isinstance(letter.says, Receipt)
    assert letter.says.purposes == {Purpose.NUDGES, Purpose.STREAK}
    assert letter.says.next_times == (await house.journeys.opt_in.next_times(ROBIN, EVENING)).next


async def test_whoever_stops_while_their_dm_is_opened_gets_no_receipt(house: House) -> None:
    house.courier.while_opening = lambda: house.journeys.leave.stop(ROBIN)

    await house.start()

    assert house.courier.kinds == []
    assert [one.state for one in await house.occurrences()] == [State.DISSOLVED]


async def test_the_same_press_delivered_twice_sends_one_receipt(house: House) -> None:
    for _ in range(2):
        started = await house.journeys.opt_in.start(ROBIN, None, "en", ON_AT_FIRST, EVENING, press_id=7)
        assert started.receipt_id is not None
        assert await house.journeys.deliver.send_now(started.receipt_id) is State.SENT

    assert house.courier.kinds == ["receipt"]


async def test_starting_anew_sends_a_new_receipt(house: House) -> None:
    await house.start()
    await house.start()

    assert house.courier.kinds == ["receipt", "receipt"]


async def test_without_nudges_no_dm_is_sent_at_all(house: House) -> None:
    await house.start(purposes=frozenset({Purpose.STREAK}))
    house.clock.move(days=30)
    await house.journeys.deliver.run()

    assert house.courier.sent == []
    assert (await house.plan()).next_due_at is None


async def test_starting_anew_with_less_takes_back_what_was_left_out(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    await house.journeys.streak.rest(ROBIN)

    await house.start()

    assert await house.journeys.review.purposes(ROBIN) == ON_AT_FIRST
    assert "week" not in (await house.rows())


async def test_a_server_that_is_not_on_takes_no_yes(house: House) -> None:
    with pytest.raises(NotEnabledHere):
        await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_on(SERVER, 1)
    await house.journeys.enable.switch_off(SERVER)
    with pytest.raises(NotEnabledHere):
        await house.start(guild_id=SERVER)

    assert (await house.rows()) == {}


async def test_a_zone_that_is_none_stores_nothing(house: House) -> None:
    with pytest.raises(UnknownZone):
        await house.start(wishes=replace(EVENING, zone="Atlantis"))

    assert (await house.rows()) == {}


async def test_a_receipt_that_a_crash_kept_back_comes_when_the_ticker_wakes(house: House) -> None:
    await house.journeys.opt_in.start(ROBIN, None, "en", ON_AT_FIRST, EVENING, press_id=7)
    house.clock.move(seconds=15)

    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]


async def test_a_receipt_does_not_come_as_a_surprise_much_later(house: House) -> None:
    await house.journeys.opt_in.start(ROBIN, None, "en", ON_AT_FIRST, EVENING, press_id=7)
    house.clock.move(minutes=15)

    await house.journeys.deliver.run()

    assert house.courier.sent == []
    assert [(one.kind, one.state) for one in await house.occurrences()] == [(Kind.RECEIPT, State.DISSOLVED)]


async def test_closed_dms_lose_nothing_and_can_be_tried_again(house: House) -> None:
    house.courier.answers.append(Unreachable())
    await house.start()
    assert (await house.plan()).state is PlanState.UNREACHABLE
    house.clock.move(days=30)
    await house.journeys.deliver.run()
    assert house.courier.kinds == ["receipt"]

    started = await house.journeys.opt_in.try_again(ROBIN, press_id=99)
    assert started.receipt_id is not None
    assert await house.journeys.deliver.send_now(started.receipt_id) is State.SENT

    plan = await house.plan()
    assert plan.state is PlanState.ACTIVE
    assert plan.next_due_at is not None


async def test_trying_again_takes_a_yes_to_nudges(house: House) -> None:
    with pytest.raises(NotStarted):
        await house.journeys.opt_in.try_again(ROBIN, press_id=1)
    await house.start(purposes=frozenset({Purpose.STREAK}))
    with pytest.raises(NudgesOff):
        await house.journeys.opt_in.try_again(ROBIN, press_id=2)


async def test_a_pause_stays_when_dms_are_tried_again(house: House) -> None:
    house.courier.answers.append(Unreachable())
    await house.start()
    until = (await house.journeys.adjust.pause(ROBIN, 7)).plan.paused_until
    assert until is not None

    started = await house.journeys.opt_in.try_again(ROBIN, press_id=99)
    assert started.receipt_id is not None
    await house.journeys.deliver.send_now(started.receipt_id)

    plan = await house.plan()
    assert plan.paused_until == until
    assert plan.next_due_at is not None
    assert plan.next_due_at > until
    says = house.courier.sent[-1].says
    assert isinstance(says, Receipt)
    assert says.next_times[0] == plan.next_due_at, "the receipt tells times that really come"


async def test_agreeing_to_nothing_keeps_nothing_of_somebody_new(house: House) -> None:
    started = await house.journeys.opt_in.start(ROBIN, None, "en", frozenset(), EVENING, press_id=1)

    assert not started.is_kept
    assert await house.rows() == {}


async def test_agreeing_to_nothing_takes_everything_back_of_who_agreed_before(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))

    started = await house.journeys.opt_in.start(ROBIN, None, "en", frozenset(), EVENING, press_id=9)

    assert started.is_kept
    assert await house.journeys.review.purposes(ROBIN) == frozenset()
    assert (await house.plan()).state is PlanState.OFF


async def test_what_was_chosen_before_is_known_when_somebody_starts_anew(house: House) -> None:
    assert await house.journeys.opt_in.before(ROBIN) == Before()
    await house.start(also=frozenset({Purpose.STREAK}))

    assert await house.journeys.opt_in.before(ROBIN) == Before(ON_AT_FIRST | {Purpose.STREAK}, EVENING)


async def home(house: House) -> int | None:
    guild_id: int | None = (await house.rows())["member"][0]["guild_id"]
    return guild_id


async def test_whoever_starts_anew_elsewhere_keeps_the_server_they_came_from(house: House) -> None:
    for guild_id in (SERVER, OTHER_SERVER):
        await house.journeys.enable.switch_on(guild_id, 1)
    await house.start(guild_id=SERVER)

    for elsewhere in (OTHER_SERVER, None):
        await house.start(guild_id=elsewhere)
        assert await home(house) == SERVER


async def test_a_server_that_is_off_by_then_is_left_by_starting_anew(house: House) -> None:
    for guild_id in (SERVER, OTHER_SERVER):
        await house.journeys.enable.switch_on(guild_id, 1)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)

    await house.start(guild_id=OTHER_SERVER)

    assert await home(house) == OTHER_SERVER


async def test_whoever_only_kept_a_check_in_comes_from_the_server_they_start_in(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, 1)
    await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")

    await house.start(guild_id=SERVER)

    assert await home(house) == SERVER


async def test_starting_anew_keeps_how_far_steps_have_grown_and_eight_hours_from_the_last_nudge(house: House) -> None:
    await house.start()
    await house.steps_have_grown(level=2)
    sent = await house.to_next_nudge()

    await house.start(wishes=replace(EVENING, zone="Pacific/Auckland", per_week=4))

    plan = await house.plan()
    assert plan.level == 2
    assert plan.next_due_at is not None
    assert plan.next_due_at - sent.due_at >= LEAST_GAP


async def test_a_void_yes_that_is_left_out_is_taken_back_with_what_it_allowed(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    await house.journeys.streak.rest(ROBIN)
    await house.database.write(lambda records: records.consents.give(ROBIN, {Purpose.STREAK: 0}, house.clock.now()))

    await house.start()

    rows = await house.rows()
    assert "week" not in rows
    assert all(row["withdrawn_at"] for row in rows["consent"] if row["purpose"] == Purpose.STREAK)


async def test_starting_anew_keeps_a_pause_and_what_was_asked_for_again(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en")
    until = (await house.journeys.adjust.pause(ROBIN, 30)).plan.paused_until
    assert until is not None

    times = await house.journeys.opt_in.next_times(ROBIN, EVENING)
    await house.start()

    plan = await house.plan()
    assert (times.paused_until, plan.paused_until, plan.again_nudge_id) == (until, until, nudge.nudge_id)
    assert min(times.next) > until
    assert plan.next_due_at is not None
    assert plan.next_due_at > until


async def test_a_pause_that_is_over_holds_no_times_back(house: House) -> None:
    await house.start()
    await house.journeys.adjust.pause(ROBIN, 3)
    house.clock.move(days=4)

    assert (await house.journeys.opt_in.next_times(ROBIN, EVENING)).paused_until is None
