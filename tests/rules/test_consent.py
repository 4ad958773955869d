"""What a yes is worth."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.rules.consent import ON_AT_FIRST, WORDINGS, Consent, Purpose, holding

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
