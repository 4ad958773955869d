"""How often a kind is drawn beside the others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.tickets import FEWEST, KEPT_A_WEEK, MOST, START, Tickets

TODAY = date(2026, 6, 1)
A_WEEK = timedelta(days=7)
KINDS = ("hello", "kind", "reply")

# Which kind, what was said of it, and how many days after the one before; a clock may go back.
PRESSES = st.lists(st.tuples(st.sampled_from(KINDS), st.booleans(), st.integers(-3, 30)), max_size=40)


def after(presses: list[tuple[str, bool, int]]) -> tuple[Tickets, date]:
    tickets, day = Tickets(), TODAY
    for theme, did_it, days in presses:
        day += timedelta(days=days)
        tickets = tickets.did_it(theme, day) if did_it else tickets.not_for_me(theme, day)
    return tickets, day


def test_every_kind_begins_with_ten() -> None:
    assert Tickets().of(KINDS, TODAY) == dict.fromkeys(KINDS, 10.0)
    assert Tickets().on(TODAY) == {}


def test_did_it_adds_half_and_not_for_me_takes_half_away_of_that_kind_alone() -> None:
    assert Tickets().did_it("reply", TODAY).of(KINDS, TODAY) == {"hello": 10, "kind": 10, "reply": 15}
    assert Tickets().not_for_me("reply", TODAY).of(KINDS, TODAY) == {"hello": 10, "kind": 10, "reply": 5}


@given(PRESSES, st.integers(-400, 400))
def test_there_are_never_fewer_than_three_nor_more_than_forty(presses: list[tuple[str, bool, int]], days: int) -> None:
    tickets, day = after(presses)

    counts = tickets.of(KINDS, day + timedelta(days=days)).values()

    assert min(counts) >= FEWEST == 3
    assert max(counts) <= MOST == 40


def test_a_twentieth_a_week_of_what_is_not_ten_is_undone() -> None:
    tickets = Tickets({"reply": 30.0, "kind": 4.0}, TODAY)

    assert tickets.on(TODAY + A_WEEK) == {"reply": 29.0, "kind": 4.3}
    assert tickets.on(TODAY + 2 * A_WEEK) == {"reply": round(10 + 20 * KEPT_A_WEEK**2, 1), "kind": 4.6}
    assert tickets.on(TODAY + 200 * A_WEEK) == {}


@given(st.floats(FEWEST, MOST), st.lists(st.integers(0, 400), min_size=2, max_size=2).map(sorted))
def test_time_brings_every_count_nearer_to_ten_and_never_past_it(count: float, days: list[int]) -> None:
    tickets = Tickets({"reply": count}, TODAY)

    earlier, later = (tickets.of(["reply"], TODAY + timedelta(days=one))["reply"] for one in days)

    assert abs(later - START) <= abs(earlier - START)
    assert (earlier - START) * (later - START) >= 0


@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_it_is_undone_as_fast_for_whoever_answers_often(every: int) -> None:
    """To a tenth of a ticket, two days undo nothing of thirteen; were it kept so, nothing would ever be."""
    tickets = Tickets({"reply": 13.0}, TODAY)

    for days in range(0, 420, every):
        tickets = tickets.did_it("hello", TODAY + timedelta(days=days))

    left = tickets.of(["reply"], TODAY + timedelta(days=420))["reply"]
    assert left == pytest.approx(10 + 3 * KEPT_A_WEEK**60, abs=0.11)


@given(PRESSES)
def test_a_clock_that_went_back_undoes_nothing_and_makes_nothing_more(presses: list[tuple[str, bool, int]]) -> None:
    tickets, day = after(presses)

    assert tickets.on(day - timedelta(days=300)) == tickets.on(day)


@given(PRESSES, st.integers(0, 60))
def test_what_is_drawn_with_is_what_is_shown_to_a_tenth(presses: list[tuple[str, bool, int]], days: int) -> None:
    tickets, day = after(presses)

    shown = tickets.on(day + timedelta(days=days))

    assert {theme: round(count, 1) for theme, count in shown.items()} == shown
    assert START not in shown.values()


def test_their_member_sets_them_within_the_same_bounds_and_back() -> None:
    assert Tickets().with_count("reply", 99, TODAY).on(TODAY) == {"reply": 40}
    assert Tickets().with_count("reply", 0, TODAY).on(TODAY) == {"reply": 3}
    assert Tickets().did_it("reply", TODAY).with_count("reply", START, TODAY).on(TODAY) == {}


def test_setting_one_leaves_what_time_has_made_of_the_others() -> None:
    tickets = Tickets({"reply": 30.0}, TODAY).with_count("kind", 20, TODAY + A_WEEK)

    assert tickets.on(TODAY + A_WEEK) == {"reply": 29.0, "kind": 20.0}
