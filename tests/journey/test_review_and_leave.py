"""What is held, what was agreed to, and the way out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import NotStarted, Unsealable
from bot.rules.consent import Purpose
from bot.rules.held import Unreadable
from bot.rules.occurrence import Answer, State
from bot.rules.plan import PlanState
from bot.rules.schedule import Window, local_date
from tests.support.house import ALEX, EVENING, ROBIN, House
from tests.support.sql import looking_into

EVERYTHING = frozenset(Purpose)


async def full_member(house: House, member_id: int = ROBIN) -> None:
    """A member with a row in every table."""
    await house.start(member_id, purposes=EVERYTHING)
    nudge = await house.to_next_nudge(member_id)
    await house.journeys.answer.press(member_id, nudge.occurrence_id, Answer.NOT_OK, "en")
    await house.journeys.check_in.keep(member_id, member_id, {"word": "calm"}, "en")


async def test_nothing_is_held_about_a_stranger(house: House) -> None:
    assert (await house.journeys.review.holding(ROBIN)).rows == {}
    assert await house.journeys.review.purposes(ROBIN) == frozenset()


async def test_everything_that_is_held_is_shown_and_nothing_of_anybody_else(house: House) -> None:
    await full_member(house, ROBIN)
    await full_member(house, ALEX)

    held = await house.journeys.review.holding(ROBIN)

    assert set(held.rows) == {"member", "consent", "plan", "bearing", "occurrence", "refusal", "check_in", "week"}
    assert all(row["member_id"] == ROBIN for rows in held.rows.values() for row in rows)
    assert str(ALEX) not in str(held.rows)


async def test_whose_key_is_gone_sees_what_is_left_and_goes_on_as_far_as_nothing_sealed_is_needed(
    house: House, tmp_path: Path
) -> None:
    """Stop, pause, an answer, another hour: none of them may depend on a key that is lost."""
    await full_member(house)
    nudge = await house.to_next_nudge()
    before = (await house.journeys.review.holding(ROBIN)).rows
    (keys,) = tmp_path.glob("*.keys")
    with closing(sqlite3.connect(keys)) as connection, connection:
        connection.execute("DELETE FROM wrapped_key WHERE key_id <> 'marker'")

    held = await house.journeys.review.holding(ROBIN)

    assert not held.is_readable
    assert {name: len(rows) for name, rows in held.rows.items()} == {name: len(rows) for name, rows in before.items()}
    assert held.rows["check_in"] == [before["check_in"][0] | {"picks": Unreadable.UNREADABLE}]
    assert held.rows["plan"] == before["plan"]
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
    assert (await house.occurrence(nudge.occurrence_id)).answered_at is not None
    assert await house.kept_answer(nudge.occurrence_id) is None
    await house.journeys.adjust.pause(ROBIN, 3)
    assert not (await house.journeys.adjust.outlook(ROBIN)).is_readable
    await house.journeys.review.withdraw(ROBIN, Purpose.NUDGES)
    await house.journeys.review.agree(ROBIN, Purpose.NUDGES, 1)
    house.clock.move(days=1)
    with pytest.raises(Unsealable):
        await house.journeys.taste.of_today(ROBIN, "en", seed=1)

    assert await house.journeys.leave.delete(ROBIN) > 0
    assert (await house.journeys.review.holding(ROBIN)).rows == {}


@pytest.mark.parametrize(
    ("purpose", "table"),
    [(Purpose.CHECK_INS, "check_in"), (Purpose.STREAK, "week")],
)
async def test_taking_a_purpose_back_removes_what_it_allowed_and_nothing_else(
    house: House, purpose: Purpose, table: str
) -> None:
    await full_member(house)
    before = (await house.journeys.review.holding(ROBIN)).rows

    left = (await house.journeys.review.withdraw(ROBIN, purpose)).purposes

    after = (await house.journeys.review.holding(ROBIN)).rows
    assert left == EVERYTHING - {purpose}
    assert table not in after
    assert {name for name in before if name != table} == set(after)


async def test_taking_answers_back_forgets_which_buttons_were_pressed_but_not_that_one_was(house: House) -> None:
    await full_member(house)

    await house.journeys.review.withdraw(ROBIN, Purpose.ANSWERS)

    answered = [one for one in await house.occurrences() if one.answered_at]
    assert len(answered) == 1
    assert await house.kept_answer(answered[0].occurrence_id) is None


async def test_the_ledger_keeps_every_yes_and_when_it_was_taken_back(house: House) -> None:
    await house.start()
    await house.journeys.review.agree(ROBIN, Purpose.COUNTS, press_id=99)
    house.clock.move(days=1)
    await house.journeys.review.withdraw(ROBIN, Purpose.COUNTS)
    await house.journeys.review.withdraw(ROBIN, Purpose.COUNTS)
    house.clock.move(days=1)
    await house.journeys.review.agree(ROBIN, Purpose.COUNTS, press_id=99)
    await house.journeys.review.agree(ROBIN, Purpose.COUNTS, press_id=99)

    rows = (await house.journeys.review.holding(ROBIN)).rows["consent"]
    entries = [(row["given_at"].day, row["withdrawn_at"] and row["withdrawn_at"].day) for row in rows[1:]]
    assert entries == [(23, 24), (25, None)]
    assert {row["wording"] for row in rows} == {1}


async def test_taking_nudges_back_stops_them_and_saying_yes_again_lets_them_come(house: House) -> None:
    await house.start()
    await house.journeys.review.withdraw(ROBIN, Purpose.NUDGES)
    assert (await house.plan()).next_due_at is None

    await house.journeys.review.agree(ROBIN, Purpose.NUDGES, press_id=99)
    await house.to_next_nudge()

    assert house.courier.kinds == ["receipt", "nudge"]


async def test_choices_come_after_a_first_yes(house: House) -> None:
    with pytest.raises(NotStarted):
        await house.journeys.review.agree(ROBIN, Purpose.COUNTS, press_id=99)
    await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")
    for purpose in set(Purpose) - {Purpose.CHECK_INS}:
        with pytest.raises(NotStarted):
            await house.journeys.review.agree(ROBIN, purpose, press_id=99)


async def test_whoever_kept_only_check_ins_can_take_everything_back_all_the_same(house: House) -> None:
    await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")

    for purpose in Purpose:
        assert purpose not in (await house.journeys.review.withdraw(ROBIN, purpose)).purposes


async def test_a_yes_to_an_older_wording_is_void_and_can_still_be_taken_back(house: House) -> None:
    await house.start(also=frozenset({Purpose.CHECK_INS}))
    await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")
    await house.database.write(lambda records: records.consents.give(ROBIN, {Purpose.CHECK_INS: 0}, house.clock.now()))
    assert Purpose.CHECK_INS not in await house.journeys.review.purposes(ROBIN)

    await house.journeys.review.withdraw(ROBIN, Purpose.CHECK_INS)

    rows = await house.rows()
    assert "check_in" not in rows
    assert all(row["withdrawn_at"] for row in rows["consent"] if row["purpose"] == Purpose.CHECK_INS)


async def test_a_yes_to_nudges_given_here_is_answered_with_a_receipt(house: House) -> None:
    await house.start(purposes=frozenset({Purpose.STREAK}))

    agreed = await house.journeys.review.agree(ROBIN, Purpose.NUDGES, press_id=7)
    assert agreed.receipt_id is not None
    await house.journeys.deliver.send_now(agreed.receipt_id)

    assert house.courier.kinds == ["receipt"]
    assert (await house.journeys.review.agree(ROBIN, Purpose.NUDGES, press_id=8)).receipt_id is None


async def test_stop_sends_nothing_more_and_keeps_what_else_was_agreed_to(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))

    await house.journeys.leave.stop(ROBIN)
    house.clock.move(days=60)
    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"]
    assert (await house.plan()).state is PlanState.STOPPED
    assert await house.journeys.review.purposes(ROBIN) == {Purpose.STREAK}


async def test_stop_lets_go_of_what_was_waiting_to_be_sent(house: House) -> None:
    await house.start()
    await house.journeys.opt_in.start(ROBIN, None, "en", EVERYTHING, EVENING, press_id=5)

    await house.journeys.leave.stop(ROBIN)
    await house.journeys.deliver.run()

    assert house.courier.kinds == ["receipt"], "only the one of the first start"
    assert [one.state for one in await house.occurrences()].count(State.DISSOLVED) == 1


async def test_stop_is_no_trouble_for_a_stranger(house: House) -> None:
    await house.journeys.leave.stop(ROBIN)

    assert (await house.journeys.review.holding(ROBIN)).rows == {}


async def test_delete_removes_everything_of_one_member_and_nothing_of_another(house: House) -> None:
    await full_member(house, ROBIN)
    await full_member(house, ALEX)
    others = (await house.journeys.review.holding(ALEX)).rows

    assert await house.journeys.leave.delete(ROBIN) > 7

    assert (await house.journeys.review.holding(ROBIN)).rows == {}
    assert (await house.journeys.review.holding(ALEX)).rows == others
    assert await house.journeys.leave.delete(ROBIN) == 0


async def test_delete_overwrites_what_is_left_in_the_file_and_its_log(house: House, tmp_path: Path) -> None:
    await full_member(house)
    trace = (await house.occurrences())[0].occurrence_id.encode()
    assert any(trace in path.read_bytes() for path in tmp_path.iterdir())

    await house.journeys.leave.delete(ROBIN)

    assert not any(trace in path.read_bytes() for path in tmp_path.iterdir())


async def test_what_is_left_of_somebody_without_a_key_is_overwritten_as_well(house: House, tmp_path: Path) -> None:
    """No key is buried then, so nothing else asks for it."""
    await full_member(house)
    trace = (await house.occurrences())[0].occurrence_id.encode()
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.exec_driver_sql("UPDATE member SET key_id = NULL")

    await house.journeys.leave.delete(ROBIN)

    assert not any(trace in path.read_bytes() for path in tmp_path.iterdir())


async def test_nothing_is_left_to_tell_of_a_nudge_so_a_new_start_may_have_one_on_that_date(
    house: House,
) -> None:
    """What docs/delivery.md says of it: to know better, something would have to be kept."""
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.leave.delete(ROBIN)

    await house.start(wishes=replace(EVENING, window=Window(20 * 60, 22 * 60)))

    due = (await house.plan()).next_due_at
    assert due is not None
    assert local_date(EVENING.zone, due).isoformat() == nudge.slot


async def test_after_delete_nothing_comes_any_more(house: House) -> None:
    await house.start()
    await house.journeys.leave.delete(ROBIN)

    house.clock.move(days=30)

    assert await house.journeys.deliver.run() is None
    assert house.courier.kinds == ["receipt"]


async def test_a_delete_beside_a_long_reader_is_done_all_the_same(house: House, tmp_path: Path) -> None:
    """Only the overwriting in the write-ahead log waits for the reader to go."""
    await house.start()
    reader = sqlite3.connect(tmp_path / "porchlight.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM member").fetchone()

    await house.journeys.leave.delete(ROBIN)
    reader.close()

    assert (await house.journeys.review.holding(ROBIN)).rows == {}
