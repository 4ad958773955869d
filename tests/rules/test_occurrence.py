"""The states a message can be in."""

from __future__ import annotations

import re

from bot.rules.occurrence import TRANSITIONS, Kind, State, occurrence_id


def test_every_state_says_what_may_follow() -> None:
    assert set(TRANSITIONS) == set(State)


def test_what_is_settled_stays_settled() -> None:
    for state in (State.SENT, State.UNREACHABLE, State.DISSOLVED):
        assert not TRANSITIONS[state]


def test_nothing_is_sent_or_lost_without_having_been_claimed() -> None:
    for outcome in (State.SENT, State.UNREACHABLE, State.UNKNOWN):
        assert [state for state in State if outcome in TRANSITIONS[state]] == [State.CLAIMED]


def test_an_id_is_the_same_for_the_same_message_and_fits_a_nonce() -> None:
    one = occurrence_id(1, Kind.NUDGE, "2026-11-22")

    assert one == occurrence_id(1, Kind.NUDGE, "2026-11-22")
    assert re.fullmatch(r"[A-Z2-7]{24}", one)
    assert len(one) <= 25


def test_ids_of_different_messages_differ() -> None:
    ids = {
        occurrence_id(member, kind, slot)
        for member in (1, 11)
        for kind in Kind
        for slot in ("2026-11-22", "2026-11-23")
    }

    assert len(ids) == 2 * len(Kind) * 2
