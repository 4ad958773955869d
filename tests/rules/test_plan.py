"""A plan, and the ways from one to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.due import Lately, due_after
from bot.rules.occurrence import Kind
from bot.rules.plan import LAST_WEEK, LONGEST_PAUSE, Plan, PlanState, Size, Wishes
from bot.rules.schedule import Window, local_date, spread_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WISHES = Wishes("Europe/Berlin", Window(1080, 1200), 3, Size.SMALL, discreet=True)
PLAN = Plan(7, WISHES, PlanState.OFF, since_at=NOW).going_on(NOW, Lately())
TODAY = date(2026, 6, 1)
SLEEPING = [state for state in PlanState if state is not PlanState.ACTIVE]


def test_something_is_due_exactly_while_a_plan_is_active() -> None:
    assert PLAN.next_due_at is not None
    with pytest.raises(ValueError, match="active and next due at None"):
        replace(PLAN, next_due_at=None)
    with pytest.raises(ValueError, match="stopped and next due at 2026"):
        replace(PLAN, state=PlanState.STOPPED)


def test_its_schedule_is_the_members_own() -> None:
    assert PLAN.schedule == WISHES.schedule(7)
    assert PLAN.schedule.spread == spread_of(7)


def test_a_pause_ends_by_itself() -> None:
    assert not PLAN.is_paused(NOW)
    assert replace(PLAN, paused_until=NOW + timedelta(days=1)).is_paused(NOW)
    assert not replace(PLAN, paused_until=NOW).is_paused(NOW)


def test_going_on_keeps_a_pause_and_counts_silence_anew() -> None:
    later, until = NOW + timedelta(days=1), NOW + timedelta(days=7)
    plan = PLAN.paused(until, Lately()).ended(PlanState.QUIET).going_on(later, Lately())

    assert (plan.state, plan.since_at, plan.paused_until) == (PlanState.ACTIVE, later, until)
    assert plan.next_due_at == due_after(plan.rhythm(until), until, Lately())


def test_resuming_ends_a_pause() -> None:
    plan = PLAN.paused(NOW + timedelta(days=7), Lately()).resumed(NOW, Lately())

    assert plan.paused_until is None
    assert plan.next_due_at == due_after(plan.rhythm(NOW), NOW, Lately())


@pytest.mark.parametrize("state", SLEEPING)
def test_neither_a_pause_nor_other_wishes_begin_what_does_not_come(state: PlanState) -> None:
    asleep = PLAN.ended(state)
    other = replace(WISHES, per_week=1)

    assert asleep.paused(NOW, Lately()).state is state
    assert asleep.changed(other, NOW, Lately()) == replace(asleep, wishes=other)


def test_other_wishes_end_no_pause() -> None:
    until = NOW + timedelta(days=7)
    plan = PLAN.paused(until, Lately()).changed(replace(WISHES, per_week=1), NOW, Lately())

    assert plan.next_due_at is not None
    assert plan.next_due_at > until


def test_what_ends_lets_go_of_what_was_to_be_shown_again() -> None:
    assert replace(PLAN, again_nudge_id="kind-rest").ended(PlanState.STOPPED).again_nudge_id is None


@pytest.mark.parametrize("sent_hours_ago", [0.1, 3, 7.9])
def test_every_way_to_a_next_nudge_keeps_eight_hours_from_the_last_one(sent_hours_ago: float) -> None:
    at = NOW - timedelta(hours=sent_hours_ago)
    sent = Lately((at,))
    moved = replace(WISHES, zone="Pacific/Auckland", per_week=4)

    for member_id in range(30):
        plan = Plan(member_id, moved, PlanState.OFF, since_at=NOW)
        active = plan.going_on(NOW, sent)
        for after in (active, plan.resumed(NOW, sent), active.changed(moved, NOW, sent), active.paused(NOW, sent)):
            assert after.next_due_at is not None
            assert after.next_due_at - at >= timedelta(hours=8)


@pytest.mark.parametrize("state", SLEEPING)
def test_what_is_asked_for_again_wakes_no_plan(state: PlanState) -> None:
    asleep = PLAN.ended(state)

    assert asleep.with_again("kind-rest", 1, NOW, Lately()) == asleep
    assert asleep.without_again(NOW, Lately()) == asleep


def test_what_is_asked_for_again_comes_on_its_day_and_after_a_pause() -> None:
    tomorrow = PLAN.with_again("kind-rest", 1, NOW, Lately())
    until = NOW + timedelta(days=7)
    paused = PLAN.paused(until, Lately()).with_again("kind-rest", 1, NOW, Lately())

    assert tomorrow.next_due_at is not None
    assert timedelta() < tomorrow.next_due_at - NOW < timedelta(days=2)
    assert (tomorrow.again_nudge_id, paused.again_nudge_id) == ("kind-rest", "kind-rest")
    assert paused.next_due_at is not None
    assert paused.next_due_at > until


def test_what_was_not_ok_makes_steps_tiny_and_lets_go_of_what_was_asked_for_again() -> None:
    gentle = PLAN.grown(3).with_again("kind-rest", 1, NOW, Lately()).made_gentle(NOW, Lately())

    assert (gentle.wishes.size, gentle.level, gentle.again_nudge_id) == (Size.TINY, 0, None)
    assert gentle.next_due_at == due_after(PLAN.rhythm(NOW), NOW, Lately())


def test_steps_only_ever_grow_by_being_done() -> None:
    assert PLAN.grown(2).grown(1).level == 2


def test_moving_on_keeps_what_is_told_and_nothing_else() -> None:
    later = NOW + timedelta(days=3)

    assert PLAN.moved_on(later) == replace(PLAN, next_due_at=later)
    assert PLAN.moved_on(later, "kind-rest").again_nudge_id == "kind-rest"


def test_mending_brings_back_what_a_wrong_clock_wrote_and_leaves_the_rest_alone() -> None:
    year = timedelta(days=365)
    asked_again = replace(PLAN, again_nudge_id="kind-rest")

    assert asked_again.mended(NOW, Lately()) == asked_again
    assert replace(PLAN, since_at=NOW + year).mended(NOW, Lately()) == PLAN
    assert replace(PLAN, paused_until=NOW + year).mended(NOW, Lately()).paused_until == NOW + LONGEST_PAUSE
    late = replace(asked_again, next_due_at=NOW + year).mended(NOW, Lately())
    assert (late.next_due_at, late.again_nudge_id) == (due_after(PLAN.rhythm(NOW), NOW, Lately()), "kind-rest")


def test_mending_brings_back_a_week_that_began_by_a_wrong_clock() -> None:
    began = replace(PLAN, weeks=3, week_began=TODAY)

    assert began.mended(NOW, Lately()) == began
    assert replace(began, week_began=TODAY + timedelta(days=365)).mended(NOW, Lately()) == began


@pytest.mark.parametrize("state", SLEEPING)
def test_mending_wakes_nobody(state: PlanState) -> None:
    asleep = replace(PLAN.ended(state), since_at=NOW + timedelta(days=365))

    assert asleep.mended(NOW, Lately()) == PLAN.ended(state)


# ------------------------------------------------------------------ weeks with nudges in them


def in_week(weeks: int, began_days_ago: int = 0, **more: Any) -> Plan:
    """As it stands today, when the last of that many weeks began so many days ago."""
    return replace(PLAN, weeks=weeks, week_began=TODAY - timedelta(days=began_days_ago), **more)


def test_the_first_week_begins_with_the_first_nudge_however_long_that_takes() -> None:
    year_later = TODAY + timedelta(days=365)

    assert PLAN.week_on(TODAY) == PLAN.week_on(year_later) == 1
    assert (PLAN.counted(year_later).weeks, PLAN.counted(year_later).week_began) == (1, year_later)


def test_a_week_is_seven_days_from_a_nudge_that_came() -> None:
    second, third = TODAY + timedelta(days=6), TODAY + timedelta(days=7)
    week = PLAN.counted(TODAY)

    assert (week.week_on(second), week.week_on(third)) == (1, 2)
    assert week.counted(second) == week
    assert (week.counted(third).weeks, week.counted(third).week_began) == (2, third)


def test_weeks_without_a_nudge_do_not_count() -> None:
    after_a_year = PLAN.counted(TODAY).counted(TODAY + timedelta(days=365))

    assert after_a_year.weeks == 2


def test_that_all_were_seen_is_forgotten_when_its_member_lets_nudges_come_anew_and_not_before() -> None:
    told = replace(PLAN, all_seen=True)

    assert told.counted(TODAY).all_seen, "one that comes back is no news"
    assert not told.going_on(NOW, Lately()).all_seen


@given(st.lists(st.integers(-2, 40), max_size=60))
def test_weeks_only_ever_grow_and_never_faster_than_the_calendar(waits: list[int]) -> None:
    """Also where the calendar goes back by up to two days, as for whoever moves west over the date line."""
    plan, day, dates = PLAN, TODAY, [TODAY]
    for wait in waits:
        day += timedelta(days=wait)
        before, plan = plan, plan.counted(day)
        dates.append(day)
        assert before.weeks <= plan.weeks <= before.weeks + 1
        assert plan.weeks == before.week_on(day)
        assert plan.week_began is not None
    assert plan.weeks <= 1 + (max(dates) - min(dates)).days // 7


@pytest.mark.parametrize("picked", [1, 2, 3, 4])
def test_the_first_week_has_two_and_after_the_eighth_there_is_one_a_week(picked: int) -> None:
    def often(weeks: int, began_days_ago: int = 0, *, keeps_pace: bool = False) -> int:
        plan = in_week(weeks, began_days_ago, wishes=replace(WISHES, per_week=picked), keeps_pace=keeps_pace)
        return plan.rhythm(NOW).per_week

    assert replace(PLAN, wishes=replace(WISHES, per_week=picked)).rhythm(NOW).per_week == min(picked, 2)
    assert often(1) == min(picked, 2)
    assert often(1, began_days_ago=7) == often(2) == often(LAST_WEEK) == picked
    assert often(LAST_WEEK, began_days_ago=7) == often(LAST_WEEK + 1) == 1
    assert often(LAST_WEEK + 1, keeps_pace=True) == picked


def test_nothing_but_how_often_they_come_is_other_than_they_chose() -> None:
    assert replace(in_week(20).rhythm(NOW), per_week=WISHES.per_week) == PLAN.schedule


def test_in_the_first_week_no_more_than_two_come_by_themselves() -> None:
    for member_id in range(1, 30):
        plan = Plan(member_id, replace(WISHES, per_week=4), PlanState.OFF, since_at=NOW).going_on(NOW, Lately())
        sent: list[datetime] = []
        while len(sent) < 4:
            due = plan.next_due_at
            assert due is not None
            sent.append(due)
            plan = plan.counted(local_date(WISHES.zone, due))
            plan = plan.moved_on(due_after(plan.rhythm(due), due, Lately(tuple(sent), tuple(sent))))
        first, third = local_date(WISHES.zone, sent[0]), local_date(WISHES.zone, sent[2])
        assert (third - first).days >= 7


def test_a_review_is_to_be_asked_after_four_weeks_and_after_eight_and_once() -> None:
    asked = {weeks: in_week(weeks, began_days_ago=7).review_on(TODAY) for weeks in range(1, 12)}
    assert asked == {
        **dict.fromkeys((1, 2, 3), None),
        **dict.fromkeys((4, 5, 6, 7), Kind.REVIEW_4),
        **dict.fromkeys(range(8, 12), Kind.REVIEW_8),
    }

    assert in_week(4).review_on(TODAY) is None, "the fourth week is not over"
    assert in_week(5, reviewed=4).review_on(TODAY) is None
    assert in_week(8, began_days_ago=7, reviewed=4).review_on(TODAY) is Kind.REVIEW_8
    assert in_week(30, reviewed=8).review_on(TODAY) is None
    assert PLAN.review_on(TODAY) is None


@pytest.mark.parametrize(
    ("kind", "before", "said"),
    [
        (Kind.REVIEW_4, {"reviewed": 0}, {"reviewed": 4}),
        (Kind.REVIEW_8, {"reviewed": 4}, {"reviewed": 8}),
        (Kind.ALL_SEEN, {"all_seen": False}, {"all_seen": True}),
        (Kind.STILL_WANTED, {}, {}),
    ],
)
def test_what_is_said_once_is_noted_and_still_to_be_said_where_it_did_not_go_out(
    kind: Kind, before: dict[str, Any], said: dict[str, Any]
) -> None:
    plan = replace(PLAN, **before)

    assert plan.saying(kind, TODAY) == replace(plan, **said)
    assert plan.saying(kind, TODAY).not_said(kind) == plan
