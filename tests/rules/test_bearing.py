"""What a member set, and what their answers made of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.bearing import (
    AHEAD,
    COUNTED,
    FIRST_OFFER_AFTER,
    GENTLE_FOR,
    LOOK_BACK,
    NEXT_OFFER_AFTER,
    Bearing,
    Step,
)
from bot.rules.choose import CONTACT
from bot.rules.plan import Size
from bot.rules.seasons import Season

TODAY = date(2026, 6, 1)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def stepped(*days_ago: int) -> Bearing:
    """Somebody who took steps towards people that many days ago, the oldest first."""
    return Bearing(steps=tuple(Step(TODAY - days(one)) for one in days_ago))


def test_only_what_leads_to_a_person_is_a_step_towards_somebody() -> None:
    for exposure in range(5):
        bearing = Bearing().did(exposure, "reply", TODAY)
        assert len(bearing.steps) == (exposure >= CONTACT)
        assert bearing.full_steps == 1


def test_a_full_step_counts_for_its_kind_and_towards_the_offer_of_more() -> None:
    bearing = Bearing(not_todays=1).did(0, "kind", TODAY)

    assert bearing.tickets.on(TODAY) == {"kind": 15}
    assert (bearing.offer_in, bearing.not_todays) == (FIRST_OFFER_AFTER - 1, 0)


def test_steps_are_counted_up_to_a_bound_and_an_offer_is_not_overdue() -> None:
    bearing = Bearing()
    for _ in range(COUNTED + 5):
        bearing = bearing.did(0, "kind", TODAY)

    assert (bearing.full_steps, bearing.offer_in) == (COUNTED, 0)


def test_the_smaller_version_is_an_answer_and_lets_nothing_grow() -> None:
    assert Bearing(not_todays=1).did_smaller() == Bearing()


def test_steps_are_forgotten_after_two_weeks() -> None:
    bearing = stepped(14, 13, 0)

    assert len(bearing.steps_in(LOOK_BACK, TODAY)) == 2
    assert [one.day for one in bearing.did(CONTACT, "hello", TODAY).steps] == [TODAY - days(13), TODAY, TODAY]
    assert stepped(14).pruned(TODAY) == Bearing()


def test_a_step_of_yesterday_counts_also_where_the_calendar_went_back() -> None:
    """Whoever flies west has today twice, or even the day before."""
    assert len(stepped(-AHEAD.days).steps_in(days(7), TODAY)) == 1


def test_a_step_that_a_wrong_clock_dated_a_year_ahead_does_not_count_for_a_year() -> None:
    ahead = stepped(-365)

    assert ahead.steps_in(LOOK_BACK, TODAY) == []
    assert ahead.people_on(TODAY) == 0


def test_whoever_a_step_was_with_counts_as_somebody_new_until_they_say_otherwise() -> None:
    two = Bearing().did(CONTACT, "reply", TODAY).did(CONTACT, "hello", TODAY)

    assert two.people_on(TODAY) == 2
    same = two.was_same_person(TODAY)
    assert same.people_on(TODAY) == 1
    assert same.was_same_person(TODAY) == same
    assert two.was_same_person(TODAY - days(1)) == two, "that of another day is past asking"


def test_saying_that_it_was_the_same_person_changes_nothing_where_there_is_no_step() -> None:
    assert Bearing().was_same_person(TODAY) == Bearing()
    assert Bearing().last_step_on is None
    assert stepped(3, 1).last_step_on == TODAY - days(1)


def test_a_person_still_counts_when_the_step_before_with_them_is_too_long_ago() -> None:
    """Two people in these two weeks: the one of long before, again, and somebody else."""
    again = Bearing().did(CONTACT, "reply", TODAY).did(CONTACT, "reply", TODAY + days(10))
    again = again.was_same_person(TODAY + days(10))

    assert again.people_on(TODAY + days(20)) == 1
    assert again.did(CONTACT, "hello", TODAY + days(20)).people_on(TODAY + days(20)) == 2


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abc")), max_size=30))
def test_never_fewer_people_are_counted_than_there_were_where_all_is_told(steps: list[tuple[int, str]]) -> None:
    bearing, day, with_whom = Bearing(), TODAY, list[tuple[date, str]]()
    for wait, person in steps:
        day += days(wait)
        had = bool(bearing.pruned(day).steps)
        bearing = bearing.did(CONTACT, "reply", day)
        if had and with_whom[-1][1] == person:
            bearing = bearing.was_same_person(day)
        with_whom.append((day, person))

    assert bearing.people_on(day) >= len({person for at, person in with_whom if day - at < LOOK_BACK})


def test_after_something_was_not_ok_it_is_gentle_for_more_than_72_hours() -> None:
    bearing = Bearing(offer_in=0, not_todays=1).not_ok(TODAY)

    assert (bearing.offer_in, bearing.not_todays) == (FIRST_OFFER_AFTER, 0)
    assert days(3) < GENTLE_FOR
    assert bearing.is_gentle(TODAY)
    assert bearing.is_gentle(TODAY + GENTLE_FOR - days(1))
    assert not bearing.is_gentle(TODAY + GENTLE_FOR)
    assert not Bearing().is_gentle(TODAY)


def test_what_a_wrong_clock_dated_far_ahead_is_not_gentle_for_a_year() -> None:
    assert Bearing().not_ok(TODAY + AHEAD).is_gentle(TODAY)
    assert not Bearing().not_ok(TODAY + days(365)).is_gentle(TODAY)


def test_an_offer_comes_not_again_for_a_while_whatever_is_said_to_it() -> None:
    assert Bearing(offer_in=0).offered().offer_in == NEXT_OFFER_AFTER > FIRST_OFFER_AFTER


def test_easing_begins_to_count_anew() -> None:
    assert Bearing().not_today().not_todays == 1
    assert Bearing(offer_in=1).not_today().eased(Size.SMALL) == Bearing()


def test_whoever_was_eased_from_brave_steps_can_be_offered_them_again() -> None:
    assert Bearing().most_offered is Size.SMALL
    assert Bearing().eased(Size.BRAVE).eased(Size.SMALL).most_offered is Size.BRAVE
    assert Bearing().eased(Size.BRAVE).not_ok(TODAY).most_offered is Size.SMALL, "not after something was not OK"


@pytest.mark.parametrize(("later", "is_left"), [(3, True), (8, False)])
def test_pruning_leaves_what_still_counts(later: int, is_left: bool) -> None:
    bearing = Bearing(skips=frozenset({"money"})).not_ok(TODAY).begin_season(Season.LOW_BATTERY, TODAY)

    assert bearing.pruned(TODAY + days(later)) == (bearing if is_left else Bearing(skips=frozenset({"money"})))


def test_a_season_that_was_picked_while_the_clock_stood_a_year_ahead_is_over_in_its_time() -> None:
    """From the next nudge on, for as long as it lasts: that it was not meant for a year is sure, and no more is."""
    picked = Bearing().begin_season(Season.GRIEF, TODAY + days(365))

    mended = picked.pruned(TODAY)

    assert mended.season_until == TODAY + days(56)
    assert mended.pruned(TODAY + days(55)) == mended
    assert mended.pruned(TODAY + days(56)) == Bearing()


def test_a_season_that_waits_for_its_first_nudge_is_as_long_as_that_takes() -> None:
    waits = Bearing().begin_season(Season.LOW_BATTERY, TODAY, first_on=TODAY + days(23))

    assert waits.pruned(TODAY + days(1)) == waits
