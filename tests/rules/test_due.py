"""When the next nudge is due, seen together with those that went out lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.due import LATER_DAYS, LEAST_GAP, LOOK_BACK, Lately, due_after, due_again, stood_in_for
from bot.rules.schedule import AWAKE, DAYS_APART, Schedule, Window, local_date, local_minute, next_due, next_dues

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVENINGS = Schedule("Europe/Berlin", Window(1080, 1200), 3, spread=0)
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland", "Pacific/Apia", "Pacific/Pago_Pago", "Asia/Kolkata")

WEEK = timedelta(days=7)

schedules = st.builds(
    Schedule,
    zone=st.sampled_from(ZONES),
    window=st.sampled_from([Window(hour * 60, (hour + 2) * 60) for hour in range(8, 22, 2)]),
    per_week=st.sampled_from(list(DAYS_APART)),
    spread=st.integers(0, 2**48),
)


def test_without_a_past_it_is_the_next_time_of_the_schedule() -> None:
    assert due_after(EVENINGS, NOON, Lately()) == next_due(EVENINGS, NOON)
    assert due_after(EVENINGS, NOON, Lately(), skip=1) == next_dues(EVENINGS, NOON, 2)[1]


@given(schedule=schedules)
def test_the_schedule_by_itself_never_meets_its_own_bounds(schedule: Schedule) -> None:
    sent: list[datetime] = []
    for due in next_dues(schedule, NOON, 12):
        assert due_after(schedule, sent[-1] if sent else NOON, Lately(tuple(sent))) == due
        sent.append(due)


@given(moves=st.lists(st.tuples(schedules, st.sampled_from([None, *LATER_DAYS])), min_size=2, max_size=25))
def test_however_a_member_moves_and_asks_again_no_two_come_close_or_on_one_date(
    moves: list[tuple[Schedule, int | None]],
) -> None:
    sent: list[datetime] = []
    now = NOON
    for schedule, again_in in moves:
        lately = Lately(tuple(at for at in sent if now - at < LOOK_BACK))
        now = due_after(schedule, now, lately) if again_in is None else due_again(schedule, again_in, now, lately)
        assert AWAKE.holds(local_minute(schedule.zone, now))
        assert all(local_date(schedule.zone, at) != local_date(schedule.zone, now) for at in sent)
        sent.append(now)

    assert all(later - earlier >= LEAST_GAP for earlier, later in pairwise(sent))


@given(moves=st.lists(schedules, min_size=2, max_size=25))
def test_however_a_member_moves_no_week_holds_more_than_were_chosen(moves: list[Schedule]) -> None:
    sent: list[datetime] = []
    for schedule in moves:
        now = due_after(schedule, sent[-1] if sent else NOON, Lately(tuple(sent)))
        sent.append(now)
        week = [at for at in sent if local_date(schedule.zone, now) - local_date(schedule.zone, at) < WEEK]
        assert len(week) <= schedule.per_week


def test_two_nudges_that_came_on_one_date_of_the_zone_a_member_moved_to_take_two_places_of_its_week() -> None:
    """Apia is nearly a day ahead of Havana: the evening there, and the noon after it, are one date in Havana."""
    evening, noon, weekend = (datetime(2026, 2, *when, tzinfo=UTC) for when in ((6, 8, 51), (6, 23, 51), (8, 23, 51)))
    havana = Schedule("America/Havana", Window(840, 960), 3, spread=0)

    due = due_after(havana, weekend, Lately((evening, noon, weekend)))

    assert local_date("America/Havana", due) - local_date("America/Havana", noon) >= WEEK


@given(schedule=schedules, asked=st.lists(st.sampled_from([None, *LATER_DAYS]), min_size=10, max_size=60))
def test_later_replaces_and_never_adds(schedule: Schedule, asked: list[int | None]) -> None:
    """Whatever is asked for again: until the next one comes, there were no more nudges than places for them."""
    sent = [next_due(schedule, NOON)]
    due = next_due(schedule, sent[0])
    for again_in in asked:
        if again_in is not None:
            place = stood_in_for(schedule, Lately(tuple(sent)), sent[-1])
            again = due_again(schedule, again_in, sent[-1], Lately(tuple(sent)))
            sent.append(again)
            due = due_after(schedule, max(again, place), Lately(tuple(sent)))
        else:
            sent.append(due)
            due = due_after(schedule, due, Lately(tuple(sent)))

    places = next_dues(schedule, NOON, 400)
    taken = [place for place in places if sent[0] <= place < due]
    assert len(sent) <= len(taken) + _asked_in_a_row(asked)


def _asked_in_a_row(asked: list[int | None]) -> int:
    """How often one was asked for again that had itself been asked for again: each of those is one press more."""
    return sum(1 for earlier, later in pairwise([None, *asked]) if earlier and later)


def test_a_date_that_is_asked_for_has_its_nudge_in_the_members_own_minute() -> None:
    monday = next_due(EVENINGS, NOON)

    for days in LATER_DAYS:
        again = due_again(EVENINGS, days, monday, Lately((monday,)))
        assert local_date("Europe/Berlin", again) == local_date("Europe/Berlin", monday) + timedelta(days=days)
        assert local_minute("Europe/Berlin", again) == local_minute("Europe/Berlin", monday)


def test_one_that_is_asked_for_again_takes_the_place_of_the_next_one() -> None:
    first, second, third = next_dues(EVENINGS, NOON, 3)
    again = due_again(EVENINGS, 1, first, Lately((first,)))

    assert stood_in_for(EVENINGS, Lately((first,)), again) == second
    assert due_after(EVENINGS, max(again, second), Lately((first, again))) == third


def test_nothing_sent_lately_stands_in_for_what_comes_now() -> None:
    assert stood_in_for(EVENINGS, Lately(), NOON) == next_due(EVENINGS, NOON)


def test_a_date_that_the_zone_skips_moves_to_the_day_after() -> None:
    """Apia had no 30 December 2011."""
    schedule = Schedule("Pacific/Apia", Window(1080, 1200), 3, spread=0)
    now = datetime(2011, 12, 29, 20, tzinfo=UTC)

    again = due_again(schedule, 1, now, Lately())

    assert local_date("Pacific/Apia", again).isoformat() == "2011-12-31"


def test_a_night_that_a_clock_change_makes_short_still_keeps_eight_hours() -> None:
    """Sent on an evening in New York, ten to midnight in Berlin; that night, Berlin's clocks skip an hour."""
    sent = datetime(2026, 3, 28, 22, 50, tzinfo=UTC)
    mornings = Schedule("Europe/Berlin", Window(480, 600), 4, spread=6)
    soon = next_due(mornings, sent)
    assert soon - sent < LEAST_GAP
    assert local_date("Europe/Berlin", soon) != local_date("Europe/Berlin", sent)

    assert due_after(mornings, sent, Lately((sent,))) - sent >= LEAST_GAP
    assert due_again(mornings, 1, sent, Lately((sent,))) - sent >= LEAST_GAP


def test_after_more_than_were_chosen_by_asking_again_the_next_one_waits_until_the_week_has_room() -> None:
    monday, wednesday, friday, next_monday = next_dues(EVENINGS, NOON, 4)
    tuesday = due_again(EVENINGS, 1, monday, Lately((monday,)))
    assert monday < tuesday < wednesday

    assert due_after(EVENINGS, wednesday, Lately((monday, tuesday, wednesday))) == next_monday > friday


def test_a_date_that_had_its_nudge_is_not_promised_again_though_nobody_saw_it() -> None:
    first, second = next_dues(EVENINGS, NOON, 2)
    taken = Lately(taken=frozenset({local_date("Europe/Berlin", first).isoformat()}))

    assert due_after(EVENINGS, NOON, taken) == second
    assert due_again(EVENINGS, 0, NOON, taken) > first
