"""A question that is new, or whose words have changed, is asked again: once, of those whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.rules.consent import NEW_IN, QUESTIONS, WORDINGS, Purpose, Questions
from bot.rules.occurrence import Answer
from bot.rules.plan import PlanState
from tests.support.house import ROBIN, House, open_house

EVERYTHING = frozenset(Purpose)


def other_words(*purposes: Purpose, version: int = 2) -> Questions:
    """A version to come, in which these are asked in other words."""
    return Questions({**WORDINGS, **dict.fromkeys(purposes, version)}, NEW_IN)


def new_purpose(purpose: Purpose) -> Questions:
    """A version to come, in which this is asked for the first time."""
    return Questions({**WORDINGS, purpose: 2}, {**NEW_IN, purpose: 2})


Upgraded = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def upgraded(tmp_path: Path, library: Library) -> Upgraded:
    """Opens the house, over the file that there is, in a version that asks these questions."""

    @asynccontextmanager
    async def opened(questions: Questions = QUESTIONS) -> AsyncIterator[House]:
        async with open_house(tmp_path, library, questions=questions) as house:
            yield house

    return opened


async def full_member(house: House) -> None:
    """A member who agreed to everything, with a row in every table."""
    await house.start(purposes=EVERYTHING)
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en")
    await house.journeys.check_in.keep(ROBIN, ROBIN, {"word": "calm"}, "en")
    await house.journeys.streak.hide(ROBIN)


async def test_words_that_changed_are_asked_about_once(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.start(also=frozenset({Purpose.STREAK}))
        assert await house.journeys.review.ask_anew(ROBIN) == set()

    for version in (2, 3):
        async with upgraded(other_words(Purpose.STREAK, version=version)) as house:
            assert await house.journeys.review.purposes(ROBIN) == {Purpose.NUDGES}
            assert await house.journeys.review.ask_anew(ROBIN) == {Purpose.STREAK}
            assert await house.journeys.review.ask_anew(ROBIN) == set(), "unanswered, and not asked again"
            assert (await house.journeys.review.choices(ROBIN)).void == {Purpose.STREAK}


async def test_saying_yes_anew_makes_it_hold_in_todays_words(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.start(also=frozenset({Purpose.STREAK}))
        await house.journeys.streak.rest(ROBIN)

    async with upgraded(other_words(Purpose.STREAK)) as house:
        agreed = await house.journeys.review.agree(ROBIN, Purpose.STREAK, press_id=9)

        assert (agreed.purposes, agreed.void) == ({Purpose.NUDGES, Purpose.STREAK}, set())
        assert (await house.journeys.streak.show(ROBIN)).weeks == 1, "what the earlier yes kept is still there"
        ledger = [row for row in (await house.rows())["consent"] if row["purpose"] == Purpose.STREAK]
        assert [(row["wording"], row["withdrawn_at"] is None) for row in ledger] == [(1, False), (2, True)]


async def test_whoever_starts_now_has_been_asked_everything(upgraded: Upgraded) -> None:
    async with upgraded(other_words(Purpose.STREAK)) as house:
        await house.start(also=frozenset({Purpose.STREAK}))

        assert await house.journeys.review.ask_anew(ROBIN) == set()


async def test_a_new_purpose_is_asked_once_of_who_has_started(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.start()

    async with upgraded(new_purpose(Purpose.COUNTS)) as house:
        assert await house.journeys.review.ask_anew(ROBIN) == {Purpose.COUNTS}
        assert await house.journeys.review.ask_anew(ROBIN) == set()


async def test_a_stranger_and_who_only_kept_a_check_in_are_not_asked_about_what_is_new(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")

    async with upgraded(new_purpose(Purpose.COUNTS)) as house:
        assert await house.journeys.review.ask_anew(ROBIN) == set()
        assert await house.journeys.review.ask_anew(ROBIN + 1) == set()


async def test_who_only_kept_a_check_in_is_asked_when_its_words_change(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")

    async with upgraded(other_words(Purpose.CHECK_INS)) as house:
        assert not (await house.journeys.check_in.prefill(ROBIN)).keeps
        assert await house.journeys.review.ask_anew(ROBIN) == {Purpose.CHECK_INS}


async def test_whoever_looked_at_all_choices_has_been_asked(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.start(also=frozenset({Purpose.STREAK}))

    async with upgraded(other_words(Purpose.STREAK)) as house:
        agreed = await house.journeys.review.choices(ROBIN)

        assert (agreed.purposes, agreed.void) == ({Purpose.NUDGES}, {Purpose.STREAK})
        assert await house.journeys.review.ask_anew(ROBIN) == set()


async def test_looking_at_the_choices_stores_nothing_about_a_stranger(house: House) -> None:
    assert (await house.journeys.review.choices(ROBIN)).purposes == set()
    assert await house.rows() == {}


async def test_nudges_in_other_words_stop_until_there_is_a_new_yes_and_no_dm_asks_for_one(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.start()
        due = (await house.plan()).next_due_at

    async with upgraded(other_words(Purpose.NUDGES)) as house:
        house.clock.move_to(due)
        await house.journeys.deliver.run()
        house.clock.move(days=60)
        await house.journeys.deliver.run()
        assert house.courier.kinds == []
        assert (await house.plan()).state is PlanState.OFF

        agreed = await house.journeys.review.agree(ROBIN, Purpose.NUDGES, press_id=9)
        assert agreed.receipt_id is not None
        await house.journeys.deliver.send_now(agreed.receipt_id)
        await house.to_next_nudge()
        assert house.courier.kinds == ["receipt", "nudge"]


async def test_a_start_ends_what_is_left_out_also_where_its_words_changed(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await house.start(also=frozenset({Purpose.STREAK}))

    async with upgraded(other_words(Purpose.STREAK)) as house:
        before = await house.journeys.opt_in.before(ROBIN)

        assert (before.purposes, before.void) == ({Purpose.NUDGES}, {Purpose.STREAK})
        assert before.given == {Purpose.NUDGES, Purpose.STREAK}


# What taking each purpose back changes, by table; every other row stays as it was.
CHANGES = {
    Purpose.NUDGES: {"plan"},
    Purpose.ANSWERS: {"occurrence"},
    Purpose.CHECK_INS: {"check_in"},
    Purpose.STREAK: {"week", "member"},
    Purpose.COUNTS: set(),
}


@pytest.mark.parametrize("questions", [QUESTIONS, other_words(*Purpose)], ids=["that holds", "to other words"])
@pytest.mark.parametrize("purpose", list(Purpose))
async def test_taking_a_yes_back_changes_the_rows_it_allowed_and_no_other(
    upgraded: Upgraded, purpose: Purpose, questions: Questions
) -> None:
    async with upgraded() as house:
        await full_member(house)
        before = await house.rows()

    async with upgraded(questions) as house:
        await house.journeys.review.withdraw(ROBIN, purpose)
        after = await house.rows()

    assert {table for table in before if after.get(table) != before[table]} == CHANGES[purpose] | {"consent"}
    closed = [row for row in after["consent"] if row["withdrawn_at"] is not None]
    assert [row["purpose"] for row in closed] == [purpose]
    assert [{**row, "withdrawn_at": None} for row in after["consent"]] == before["consent"]


async def test_taking_answers_back_leaves_everything_else_of_a_message(upgraded: Upgraded) -> None:
    async with upgraded() as house:
        await full_member(house)
        before = (await house.rows())["occurrence"]
        await house.journeys.review.withdraw(ROBIN, Purpose.ANSWERS)

        assert (await house.rows())["occurrence"] == [{**row, "answer": None} for row in before]


async def test_forgetting_the_count_forgets_that_it_was_hidden(house: House) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    await house.journeys.streak.hide(ROBIN)

    await house.journeys.streak.forget(ROBIN)

    assert not (await house.rows())["member"][0]["streak_hidden"]
