"""What goes wrong between two steps that are next to each other: a clock that is set there, a claim that ends there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.journey.courier import LastLook, Letter, SendOutcome
from bot.journey.journeys import Journeys
from bot.journey.traffic import Heard, Hold, Limits, Traffic
from bot.rules.consent import Purpose
from bot.rules.delivery import LEASE, LOOK_AGAIN, PUT_OFF, RETRY_FIRST, Absent, Fate, NotNow, Sent, Unreachable, Unsure
from bot.rules.occurrence import Kind, Occurrence, State
from bot.rules.plan import PlanState
from bot.rules.schedule import Window, local_minute, next_due
from bot.store import schema
from bot.store.occurrences import Settled
from tests.support.courier import DM_CHANNEL, FakeCourier
from tests.support.house import ALEX, EVENING, LIMITS, ROBIN, SERVER, House
from tests.support.sql import looking_into, lose_key

CHANNEL = 300_000_000_000_000_001


class Meanwhile(FakeCourier):
    """Something else happens while a letter is sent, or looked for."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        outcome = await super().send(letter, last_look)
        self._happens()
        return outcome

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        self._happens()
        return await super().find(letter, since)


def over(house: House, courier: FakeCourier, traffic: Traffic | None = None) -> Journeys:
    """Other journeys over the same file."""
    return Journeys.over(house.database, house.clock, house.library, courier, traffic or house.traffic)


async def to_due(house: House, member_id: int = ROBIN) -> None:
    due = (await house.plan(member_id)).next_due_at
    assert due is not None
    house.clock.move_to(due)


async def nudges(house: House, member_id: int = ROBIN) -> list[Occurrence]:
    return [one for one in await house.occurrences(member_id) if one.kind is Kind.NUDGE]


# ------------------------------------------------------------------ the clock


async def test_a_clock_that_is_set_while_claiming_waits_for_room_decides_nothing(house: House) -> None:
    """A year later everything would look over, and would be dissolved."""
    for member_id in (ROBIN, ALEX):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    house.clock.move(hours=6)
    traffic = Traffic(house.database, house.clock, replace(LIMITS, batch=1))

    await over(house, Meanwhile(lambda: house.clock.set(days=365)), traffic).deliver.run()

    states = [one.state for member_id in (ROBIN, ALEX) for one in await nudges(house, member_id)]
    assert State.DISSOLVED not in states


async def test_what_a_wrong_clock_wrote_is_set_right_also_when_nobody_woke_up_meanwhile(house: House) -> None:
    """The answer to the member's own press says that the clock is wrong, and the next one that it is right again."""
    await house.start()
    await house.journeys.deliver.run()
    right = house.clock.now()
    house.clock.set(days=365)
    await house.journeys.adjust.pause(ROBIN, 7)
    house.traffic.heard(Heard(200, time=right))
    house.clock.set(days=-365)
    house.traffic.heard(Heard(200, time=right))

    await house.journeys.deliver.run()

    due = (await house.plan()).next_due_at
    assert due is not None
    assert due < house.clock.now() + timedelta(days=60)


async def test_a_plan_that_cannot_be_set_right_keeps_nobody_else_back(house: House, tmp_path: Path) -> None:
    """It was put off by a clock that stood a year ahead, and its zone is gone from tzdata."""
    for member_id in (ALEX, ROBIN):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    await house.set_due(ALEX, house.clock.now() + timedelta(days=365))
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.execute(update(schema.plan).where(schema.plan.c.member_id == ALEX).values(zone="US/Pacific-New"))
    house.courier.sent.clear()
    house.clock.move(hours=6)

    await house.journeys.deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]


async def test_a_start_by_a_clock_that_is_hours_ahead_keeps_no_letter_back_once_it_is_right(house: House) -> None:
    """Claims are released before Discord has said what time it is."""
    await house.start()
    await to_due(house)
    house.courier.answers.append(RuntimeError("the process dies here"))
    await house.journeys.deliver.run()
    right = house.clock.now()
    house.clock.set(hours=20)
    journeys = over(house, house.courier)
    await journeys.deliver.begin()
    house.traffic.heard(Heard(200, time=right))
    house.clock.set(hours=-20)
    house.traffic.heard(Heard(200, time=right))

    house.clock.move(seconds=LEASE.total_seconds())
    await journeys.deliver.run()

    assert [one.state for one in await nudges(house)] == [State.SENT]


@pytest.mark.parametrize("ahead", [{"hours": 20}, {"days": 20}, {"days": 365}], ids=str)
async def test_whoever_starts_by_a_clock_that_is_ahead_waits_no_longer_than_others(
    house: House, ahead: dict[str, float]
) -> None:
    """Neither for the receipt, which is no surprise hours later, nor for the first nudge."""
    await house.journeys.deliver.run()
    right = house.clock.now()
    house.clock.set(**ahead)
    assert house.traffic.hold() is Hold.CLOCK
    await house.start()
    house.clock.set(**{unit: -by for unit, by in ahead.items()})
    house.traffic.heard(Heard(200, time=right))

    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]
    plan = await house.plan()
    assert plan.next_due_at == next_due(plan.rhythm(right), right)


# ------------------------------------------------------------------ claims


async def test_a_claim_that_runs_out_while_its_letter_is_looked_for_sends_nothing(house: House) -> None:
    """Before looking, and after it, a letter waits for its turn; under a 429 that takes a while."""
    await house.start()
    await to_due(house)
    house.courier.answers.append(Unsure())
    await house.journeys.deliver.run()
    house.clock.move_to(house.clock.now() + LOOK_AGAIN)
    courier = Meanwhile(lambda: house.clock.move(seconds=LEASE.total_seconds()))

    journeys = over(house, courier)
    claimed = await journeys.deliver._claims.take_due(10, 10)
    await journeys.deliver._carrier.carry(claimed.claimed[0])

    assert courier.sent == []


async def test_of_two_that_settle_the_same_at_once_only_who_holds_the_claim_counts(house: House) -> None:
    """A worker that slept past its claim, and the one that took it over, meet in one transaction."""
    await house.start()
    await to_due(house)
    slept = (await house.journeys.deliver._claims.take_due(1, 1)).claimed[0].occurrence
    house.clock.move(seconds=LEASE.total_seconds())
    holds = (await house.journeys.deliver._claims.take_due(1, 1)).claimed[0].occurrence
    now = house.clock.now()
    both = [
        Settled(slept, Fate(State.UNREACHABLE), None, now),
        Settled(holds, Fate(State.SENT), (DM_CHANNEL, 1), now),
    ]

    ours = await house.database.write(lambda records: records.occurrences.settle_all(both))

    assert ours == [False, True]
    assert [one.state for one in await nudges(house)] == [State.SENT]


# ------------------------------------------------------------------ what may have arrived


async def test_a_stop_does_not_write_off_a_nudge_that_may_have_arrived(house: House) -> None:
    """discord.py's last try was refused, an earlier one arrived; the member sees it, and presses Stop."""
    await house.start()
    await to_due(house)
    house.courier.answers.append(NotNow(posted=True))
    await house.journeys.deliver.run()

    await house.journeys.leave.stop(ROBIN)
    house.courier.looks.append(Sent(DM_CHANNEL, 1))
    for wait in (RETRY_FIRST, LOOK_AGAIN):
        house.clock.move_to(house.clock.now() + wait)
        await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt", "nudge"]
    assert [one.state for one in await nudges(house)] == [State.SENT]
    assert (await house.plan()).state is PlanState.STOPPED


async def test_closed_dms_after_a_try_that_may_have_arrived_write_nothing_off(house: House) -> None:
    await house.start()
    await to_due(house)
    house.courier.answers.append(Unreachable(posted=True))

    await house.journeys.deliver.run()

    assert [one.state for one in await nudges(house)] == [State.UNKNOWN]
    assert (await house.plan()).state is PlanState.UNREACHABLE


# ------------------------------------------------------------------ the watch


async def test_catching_up_without_a_letter_is_a_sign_of_life_too(house: House) -> None:
    """After a long outage many plans are let go, and nothing hangs."""
    for member_id in range(1, 5):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() - timedelta(days=2))
    signs: list[None] = []
    limits = Limits(rate_per_second=1_000, at_once=5, batch=2)

    traffic = Traffic(house.database, house.clock, limits)
    await over(house, house.courier, traffic).deliver.run(lambda: signs.append(None))

    assert len(signs) == 2


# ------------------------------------------------------------------ nobody starves


@pytest.mark.parametrize("broken", [{"size": 9}, {"window_end": EVENING.window.start}, {"per_week": 9}], ids=str)
async def test_a_plan_that_cannot_be_read_keeps_nobody_else_back(
    house: House, tmp_path: Path, broken: dict[str, int]
) -> None:
    """As after somebody mended the database by hand, or went back to a version that knows fewer sizes."""
    for member_id in (ALEX, ROBIN):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.execute(update(schema.plan).where(schema.plan.c.member_id == ALEX).values(**broken))
    house.courier.sent.clear()
    house.clock.move(hours=6)

    due = await house.journeys.deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]
    assert due == house.clock.now() + PUT_OFF


async def test_a_plan_that_cannot_be_read_is_left_alone_when_others_are_set_right(house: House, tmp_path: Path) -> None:
    """Its member began by a clock that stood a year ahead. That must not make each wake-up fail for everybody."""
    for member_id in (ALEX, ROBIN):
        await house.start(member_id)
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    ahead = house.clock.now() + timedelta(days=365)
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.execute(update(schema.plan).where(schema.plan.c.member_id == ALEX).values(size=9, next_due_at=ahead))
    house.courier.sent.clear()
    house.clock.move(hours=6)

    await over(house, house.courier, Traffic(house.database, house.clock, LIMITS)).deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]


class Hanging(FakeCourier):
    """Looking gets no answer until it is over; sending works, and says so."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()
        self.has_sent = asyncio.Event()

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        self.has_sent.set()
        return await super().send(letter, last_look)

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        await self.over.wait()
        await super().find(letter, since)
        return Unsure()


@pytest.mark.parametrize("batch", [4, 16], ids=["as many in hand as on their way", "more in hand"])
async def test_letters_that_hang_while_they_are_looked_for_do_not_keep_back_those_that_are_new(
    house: House, batch: int
) -> None:
    """As when a part of Discord is down: each look takes as long as it may, and is due again in three minutes."""
    now = house.clock.now()
    for member_id in range(1, 9):
        await house.start(member_id)
        await house.set_due(member_id, now + timedelta(hours=6))
    await house.start(ROBIN)
    await house.set_due(ROBIN, now + timedelta(hours=6) + LOOK_AGAIN)
    house.clock.move(hours=6)
    house.courier.answers.extend([Unsure()] * 8)
    await house.journeys.deliver.run()
    house.clock.move_to(house.clock.now() + LOOK_AGAIN)
    courier = Hanging()

    traffic = Traffic(house.database, house.clock, replace(LIMITS, at_once=4, batch=batch))
    running = asyncio.create_task(over(house, courier, traffic).deliver.run())
    await asyncio.wait_for(courier.has_sent.wait(), 5)
    assert [letter.member_id for letter in courier.sent] == [ROBIN]
    courier.over.set()
    await running

    assert len(courier.looked_for) == 8


async def test_whose_key_is_gone_gets_nothing_and_keeps_nobody_else_back(house: House, tmp_path: Path) -> None:
    """As after an older key database was put back by hand. What they set aside must not come; nobody can read it."""
    for member_id in (ALEX, ROBIN):
        await house.start(member_id)
        await house.database.write(
            lambda records, one=member_id: records.refusals.refuse_theme(one, "rest", house.clock.now())
        )
        await house.set_due(member_id, house.clock.now() + timedelta(hours=6))
    lose_key(tmp_path, ALEX)
    house.courier.sent.clear()
    house.clock.move(hours=6)

    await house.journeys.deliver.run()

    assert [letter.member_id for letter in house.courier.sent] == [ROBIN]
    assert [one.state for one in await nudges(house, ALEX)] == [State.DISSOLVED]
    due = (await house.plan(ALEX)).next_due_at
    assert due is not None, "and as soon as it can be read, nudges come again"
    assert due > house.clock.now()


async def test_whose_key_is_gone_still_hears_that_their_server_was_switched_off(house: House, tmp_path: Path) -> None:
    """A question needs nothing of what they set aside."""
    await house.journeys.enable.switch_on(SERVER, CHANNEL)
    await house.start(guild_id=SERVER)
    await house.database.write(lambda records: records.refusals.refuse_theme(ROBIN, "rest", house.clock.now()))
    lose_key(tmp_path, ROBIN)
    await house.journeys.enable.switch_off(SERVER)
    await to_due(house)

    await house.journeys.deliver.run()

    assert house.courier.kinds[-1] == Kind.GUILD_OFF


async def test_whoever_moves_a_day_back_while_a_letter_waits_gets_no_second_one_on_one_date(house: House) -> None:
    """From the first zone of the calendar to one that shows the date of yesterday's nudge, at an hour that suits it."""
    await house.start(wishes=replace(EVENING, zone="Pacific/Kiritimati", window=Window(8 * 60, 10 * 60)))
    await to_due(house)
    house.courier.answers.append(NotNow())
    await house.journeys.deliver.run()
    await house.journeys.adjust.change(
        ROBIN, replace(EVENING, zone="Etc/UTC", window=Window(18 * 60, 20 * 60), per_week=1)
    )
    assert local_minute("Etc/UTC", house.clock.now()) < 20 * 60 - 1
    tried = len(house.courier.sent)

    house.clock.move_to(house.clock.now() + RETRY_FIRST)
    await house.journeys.deliver.run()

    assert len(house.courier.sent) == tried
    assert [one.state for one in await nudges(house)] == [State.DISSOLVED]


async def test_a_wake_up_beside_a_start_leaves_the_receipt_to_the_start(house: House) -> None:
    """Who has just pressed Start would be told that Discord is slow, of a receipt that is there."""
    started = await house.journeys.opt_in.start(ROBIN, None, "en", frozenset({Purpose.NUDGES}), EVENING, 7)
    assert started.receipt_id is not None

    await house.journeys.deliver.run()

    assert house.courier.sent == []
    assert await house.journeys.deliver.send_now(started.receipt_id) is State.SENT
