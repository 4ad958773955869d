"""Whether a message may go out, and what its fate means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.consent import Purpose
from bot.rules.delivery import (
    CALLS_OF_A_LETTER,
    CHECKS,
    LEASE,
    LONGEST_CALL,
    LOOK_AGAIN,
    NONCE_TRUST,
    RETRY_MOST,
    WAITS_OF_A_LETTER,
    Fate,
    HeldBack,
    NotNow,
    Obstacle,
    Outcome,
    Sent,
    Standing,
    Unreachable,
    Unsure,
    fate_of,
    has_time,
    is_on_its_date,
    must_look_first,
    retry_wait,
    why_not,
)
from bot.rules.occurrence import OF_A_DATE, TRANSITIONS, Kind, Occurrence, State
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import Window

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=2)
PLAN = Plan(
    member_id=1,
    wishes=Wishes("UTC", Window(720, 840), 3, Size.TINY, discreet=False),
    state=PlanState.ACTIVE,
    since_at=NOON,
    paused_until=None,
    next_due_at=NOON,
)
STANDING = Standing(PLAN, frozenset({Purpose.NUDGES}), guild_on=True)
OCCURRENCE = Occurrence(
    occurrence_id="X",
    member_id=1,
    kind=Kind.NUDGE,
    slot="2026-06-01",
    state=State.CLAIMED,
    nudge_id="kind-rest",
    due_at=NOON,
    until_at=LATER,
    attempts=1,
    first_tried_at=NOON,
)


def test_nothing_speaks_against_a_nudge_to_somebody_who_wants_it() -> None:
    assert why_not(STANDING, Kind.NUDGE, LATER, NOON) is None


@pytest.mark.parametrize("state", [state for state in PlanState if state is not PlanState.ACTIVE])
def test_a_plan_that_is_not_active_holds_everything_back(state: PlanState) -> None:
    standing = replace(STANDING, plan=PLAN.ended(state))

    for kind in CHECKS:
        assert why_not(standing, kind, LATER, NOON) is Obstacle.STOPPED


def test_without_consent_nothing_is_sent_not_even_a_receipt() -> None:
    standing = replace(STANDING, purposes=frozenset(Purpose) - {Purpose.NUDGES})

    for kind in CHECKS:
        assert why_not(standing, kind, LATER, NOON) is Obstacle.NO_CONSENT


def test_a_pause_holds_nudges_back_until_it_ends() -> None:
    standing = replace(STANDING, plan=replace(PLAN, paused_until=NOON + timedelta(minutes=1)))

    assert why_not(standing, Kind.NUDGE, LATER, NOON) is Obstacle.PAUSED
    assert why_not(standing, Kind.NUDGE, LATER, NOON + timedelta(minutes=1)) is None


def test_a_server_that_is_off_gets_one_question_and_no_nudge() -> None:
    standing = replace(STANDING, guild_on=False)

    assert why_not(standing, Kind.NUDGE, LATER, NOON) is Obstacle.GUILD_OFF
    assert why_not(standing, Kind.GUILD_OFF, LATER, NOON) is None
    assert why_not(STANDING, Kind.GUILD_OFF, LATER, NOON) is Obstacle.GUILD_ON


def test_nothing_goes_out_at_night_but_the_receipt_of_a_press_made_at_night() -> None:
    night = datetime(2026, 6, 1, 3, tzinfo=UTC)

    assert why_not(STANDING, Kind.NUDGE, LATER, night) is Obstacle.NIGHT
    assert why_not(STANDING, Kind.STILL_WANTED, LATER, night) is Obstacle.NIGHT
    assert why_not(STANDING, Kind.RECEIPT, LATER, night) is None


def test_the_end_of_the_window_is_a_hard_stop() -> None:
    for kind in CHECKS:
        standing = replace(STANDING, guild_on=kind is not Kind.GUILD_OFF)

        assert why_not(standing, kind, NOON, NOON) is Obstacle.OVER


def test_a_window_that_was_changed_meanwhile_holds_everything_back_but_the_receipt() -> None:
    moved = replace(STANDING, plan=replace(PLAN, wishes=replace(PLAN.wishes, window=Window(480, 600))))

    assert why_not(moved, Kind.NUDGE, LATER, NOON) is Obstacle.OUTSIDE
    assert why_not(moved, Kind.STILL_WANTED, LATER, NOON) is Obstacle.OUTSIDE
    assert why_not(replace(moved, guild_on=False), Kind.GUILD_OFF, LATER, NOON) is Obstacle.OUTSIDE
    assert why_not(moved, Kind.RECEIPT, LATER, NOON) is None


@pytest.mark.parametrize("kind", Kind)
def test_whatever_is_for_a_date_goes_out_on_no_other(kind: Kind) -> None:
    message = replace(OCCURRENCE, kind=kind)

    assert is_on_its_date(message, "UTC", NOON)
    assert is_on_its_date(message, "Pacific/Kiritimati", NOON) is (kind not in OF_A_DATE)


def test_a_message_tried_lately_is_sent_again_and_an_older_one_is_looked_for() -> None:
    assert not must_look_first(replace(OCCURRENCE, first_tried_at=None), NOON)
    assert not must_look_first(OCCURRENCE, NOON + NONCE_TRUST - timedelta(seconds=1))
    assert must_look_first(OCCURRENCE, NOON + NONCE_TRUST)


def test_a_claim_outlasts_all_calls_and_waits_of_a_letter() -> None:
    call = timedelta(seconds=30)

    assert CALLS_OF_A_LETTER * LONGEST_CALL + WAITS_OF_A_LETTER < LEASE < NONCE_TRUST
    assert has_time(NOON + timedelta(seconds=76), NOON, call)
    assert not has_time(NOON + timedelta(seconds=75), NOON, call)


def test_what_is_checked_for_each_kind_of_message() -> None:
    gentle = {Obstacle.STOPPED, Obstacle.NO_CONSENT, Obstacle.OVER}
    common = set(Obstacle) - {Obstacle.GUILD_OFF, Obstacle.GUILD_ON}

    assert dict(CHECKS) == {
        Kind.NUDGE: common | {Obstacle.GUILD_OFF},
        Kind.STILL_WANTED: common | {Obstacle.GUILD_OFF},
        Kind.REVIEW_4: common | {Obstacle.GUILD_OFF},
        Kind.REVIEW_8: common | {Obstacle.GUILD_OFF},
        Kind.ALL_SEEN: common | {Obstacle.GUILD_OFF},
        Kind.GUILD_OFF: common | {Obstacle.GUILD_ON},
        Kind.RECEIPT: gentle,
    }


def fate(outcome: Outcome, now: datetime = NOON, *, tried_before: bool = False) -> Fate:
    return fate_of(OCCURRENCE, outcome, now, tried_before=tried_before)


def test_what_a_clear_answer_makes_of_a_message() -> None:
    assert fate(Sent(1, 2)) == Fate(State.SENT)
    assert fate(Unreachable()) == Fate(State.UNREACHABLE)
    assert fate(HeldBack(Obstacle.PAUSED)) == Fate(State.DISSOLVED)


def test_what_discord_did_not_take_is_tried_again_inside_the_window() -> None:
    assert fate(NotNow()) == Fate(State.WAITING, NOON + timedelta(seconds=15), forget_try=True)
    assert fate(NotNow(timedelta(minutes=5))).wake_at == NOON + timedelta(minutes=5)


def test_what_would_be_tried_again_after_the_window_dissolves() -> None:
    assert fate(NotNow(timedelta(hours=2))) == Fate(State.DISSOLVED)


def test_a_refusal_does_not_undo_an_earlier_try_that_may_have_arrived() -> None:
    assert not fate(NotNow(), tried_before=True).forget_try
    for outcome in (Unreachable(), HeldBack(Obstacle.STOPPED), NotNow(timedelta(hours=2))):
        assert fate(outcome, tried_before=True).state is State.UNKNOWN, "it may have been seen"


def test_a_refusal_after_a_post_may_follow_a_try_that_arrived() -> None:
    """discord.py tries again by itself after a lost answer, and says only how its last try ended."""
    assert fate(NotNow()).forget_try
    assert not fate(NotNow(posted=True)).forget_try


def test_what_may_have_arrived_is_looked_for_once_more_even_after_the_window() -> None:
    assert fate(Unsure()) == Fate(State.UNKNOWN, NOON + LOOK_AGAIN)
    assert fate(Unsure(), LATER - timedelta(seconds=1)).wake_at is not None
    assert fate(Unsure(), LATER) == Fate(State.UNKNOWN, None)


def test_waits_double_up_to_ten_minutes() -> None:
    assert [retry_wait(attempts).total_seconds() for attempts in (0, 1, 2, 3)] == [15, 15, 30, 60]
    assert retry_wait(50) == RETRY_MOST


@given(
    outcome=st.one_of(
        st.builds(Sent, st.integers(), st.none()),
        st.just(Unreachable()),
        st.builds(NotNow, st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(days=3)))),
        st.just(Unsure()),
        st.builds(HeldBack, st.sampled_from(Obstacle)),
    ),
    minutes=st.integers(0, 200),
    attempts=st.integers(1, 40),
    tried_before=st.booleans(),
)
def test_every_fate_follows_the_table_and_never_wakes_to_send_after_the_window(
    outcome: Outcome, minutes: int, attempts: int, tried_before: bool
) -> None:
    now = NOON + timedelta(minutes=minutes)

    found = fate_of(replace(OCCURRENCE, attempts=attempts), outcome, now, tried_before=tried_before)

    assert found.state in TRANSITIONS[State.CLAIMED]
    if found.state is State.WAITING:
        assert found.wake_at is not None
        assert now < found.wake_at < LATER
