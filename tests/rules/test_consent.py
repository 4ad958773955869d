"""What a yes is worth."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.rules.consent import NEW_IN, ON_AT_FIRST, QUESTIONS, WORDINGS, Consent, Purpose, Questions, holding

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_every_purpose_is_off_at_first_except_nudges() -> None:
    assert {Purpose.NUDGES} == ON_AT_FIRST


def test_a_yes_that_stands_holds() -> None:
    assert holding([Consent(Purpose.ANSWERS, 1, THEN)]) == {Purpose.ANSWERS}


def test_a_yes_that_was_taken_back_does_not_hold() -> None:
    assert holding([Consent(Purpose.ANSWERS, 1, THEN, withdrawn_at=THEN)]) == set()


def test_a_yes_to_an_older_wording_does_not_hold() -> None:
    today = {**WORDINGS, Purpose.ANSWERS: 2}

    assert holding([Consent(Purpose.ANSWERS, 1, THEN)], today) == set()
    assert holding([Consent(Purpose.ANSWERS, 1, THEN), Consent(Purpose.ANSWERS, 2, THEN)], today) == {Purpose.ANSWERS}


# A version to come: the count of weeks is asked in other words, and rounded counts are new.
CHANGED = Questions({**WORDINGS, Purpose.STREAK: 2, Purpose.COUNTS: 3}, {**NEW_IN, Purpose.COUNTS: 3})


def test_the_numbers_of_today_add_up() -> None:
    assert set(WORDINGS) == set(NEW_IN) == set(Purpose)
    assert all(1 <= NEW_IN[purpose] <= WORDINGS[purpose] for purpose in Purpose)
    assert {*WORDINGS.values(), *NEW_IN.values()} == set(range(1, QUESTIONS.edition + 1)), "one count, without gaps"


def test_a_yes_to_other_words_is_void_until_it_is_taken_back_or_given_anew() -> None:
    earlier = Consent(Purpose.STREAK, 1, THEN)

    assert CHANGED.void([earlier]) == {Purpose.STREAK}
    assert CHANGED.void([Consent(Purpose.STREAK, 1, THEN, withdrawn_at=THEN)]) == set()
    assert CHANGED.void([earlier, Consent(Purpose.STREAK, 2, THEN)]) == set()


def test_what_has_changed_is_asked_of_who_was_not_asked_since() -> None:
    ledger = [Consent(Purpose.STREAK, 1, THEN), Consent(Purpose.NUDGES, 1, THEN)]

    anew = {asked: CHANGED.to_ask_anew(ledger, asked, has_started=True) for asked in (1, 2, 3)}

    assert anew == {1: {Purpose.STREAK, Purpose.COUNTS}, 2: {Purpose.COUNTS}, 3: set()}
    assert CHANGED.to_ask_anew(ledger, None, has_started=False) == {Purpose.STREAK}


def test_a_no_is_not_asked_about_again_because_its_words_changed() -> None:
    assert CHANGED.to_ask_anew([Consent(Purpose.NUDGES, 1, THEN)], 1, has_started=True) == {Purpose.COUNTS}
    taken_back = Consent(Purpose.STREAK, 1, THEN, withdrawn_at=THEN)
    assert CHANGED.to_ask_anew([taken_back], 1, has_started=True) == {Purpose.COUNTS}


def test_what_is_new_is_asked_of_who_has_started() -> None:
    assert CHANGED.to_ask_anew([Consent(Purpose.CHECK_INS, 1, THEN)], None, has_started=False) == set()
    assert CHANGED.to_ask_anew([Consent(Purpose.COUNTS, 3, THEN)], 1, has_started=True) == set()
