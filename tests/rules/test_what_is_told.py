"""Why this one: what held a choice back is told, and only that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.rules.bearing import Bearing, Step
from bot.rules.choose import Refused, Shown, Why
from bot.rules.due import Lately
from bot.rules.pace import bounds_of
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import Window, local_date, noon_of
from bot.rules.seasons import Season
from bot.rules.tickets import FEWEST, MOST, START, fewer, more
from tests.rules.test_choose import Plain

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
WISHES = Wishes("Europe/Berlin", Window(1080, 1200), 3, Size.BRAVE, discreet=False)
PLAN = Plan(7, WISHES, PlanState.OFF, since_at=NOW).going_on(NOW, Lately())
DONE_MUCH = Bearing(full_steps=9)


def in_week(week: int, size: Size = Size.BRAVE) -> Plan:
    wishes = replace(WISHES, size=size)
    return replace(PLAN, wishes=wishes, weeks=week, week_began=TODAY)


@pytest.mark.parametrize(
    ("plan", "bearing", "size", "because"),
    [
        (in_week(9), DONE_MUCH, Size.BRAVE, (Why.OWN,)),
        (in_week(9, Size.SMALL), DONE_MUCH, Size.SMALL, (Why.OWN,)),
        (in_week(4), DONE_MUCH, Size.SMALL, (Why.WEEK,)),
        (in_week(2), DONE_MUCH, Size.TINY, (Why.WEEK,)),
        (in_week(2, Size.TINY), Bearing(), Size.TINY, (Why.WEEK, Why.FEW_DONE, Why.OWN)),
        (in_week(9), Bearing(), Size.TINY, (Why.FEW_DONE,)),
        (in_week(9), replace(DONE_MUCH, not_ok_on=TODAY), Size.TINY, (Why.GENTLE,)),
        (in_week(9), DONE_MUCH.begin_season(Season.GRIEF, TODAY), Size.BRAVE, (Why.OWN, Why.SEASON)),
        (in_week(4), replace(DONE_MUCH, steps=(Step(TODAY),) * 3), Size.SMALL, (Why.WEEK, Why.PLENTY)),
    ],
)
def test_whatever_sets_the_size_is_told_and_whatever_lets_only_quiet_ones_come(
    plan: Plan, bearing: Bearing, size: Size, because: tuple[Why, ...]
) -> None:
    bounds = bounds_of(plan, bearing, Refused(), {}, [], NOW)

    assert (bounds.size, bounds.because) == (size, because)


def test_a_brave_one_lately_is_told() -> None:
    library = {"talk": Plain("talk", size=Size.BRAVE, exposure=4)}
    shown = [Shown("talk", NOW - timedelta(days=3))]

    bounds = bounds_of(in_week(9), DONE_MUCH, Refused(), library, shown, NOW)

    assert (bounds.size, bounds.because) == (Size.SMALL, (Why.BRAVE_LATELY,))


def test_a_season_covers_the_first_nudge_that_comes_after_its_pause() -> None:
    first_on = TODAY + timedelta(days=10)

    season = DONE_MUCH.begin_season(Season.LOW_BATTERY, TODAY, first_on)

    assert season.season_on(first_on) is not None
    assert season.season_on(first_on + timedelta(days=1)) is None
    early = DONE_MUCH.begin_season(Season.LOW_BATTERY, TODAY, TODAY + timedelta(days=2))
    assert early == DONE_MUCH.begin_season(Season.LOW_BATTERY, TODAY), "and is never shorter for it"


def test_more_and_fewer_tickets_stay_within_what_a_kind_can_have() -> None:
    assert (more(START), more(15.0), more(33.8), more(MOST)) == (15, 22.5, MOST, MOST)
    assert (fewer(START), fewer(7.5), fewer(FEWEST)) == (5, 3.8, FEWEST)


def test_after_week_eight_one_a_week_comes_until_they_pick_more() -> None:
    late = in_week(9)
    assert late.wishes_at(NOW).per_week == 1
    assert late.wishes.per_week == 3, "what they picked is not forgotten"

    assert late.changed(late.wishes_at(NOW), NOW, Lately()).rhythm(NOW).per_week == 1
    assert late.changed(replace(WISHES, per_week=2), NOW, Lately()).rhythm(NOW).per_week == 2
    assert in_week(8).wishes_at(NOW) == WISHES


def test_keeping_the_pace_means_something_after_week_eight_alone() -> None:
    assert in_week(4).keeping_pace(NOW, Lately()) == in_week(4)
    assert in_week(9).keeping_pace(NOW, Lately()).rhythm(NOW).per_week == 3


def test_slowing_down_never_makes_it_more_and_never_none() -> None:
    plan = in_week(5)
    for _ in range(2):
        plan = plan.slowed(2, NOW, Lately())
        assert plan.rhythm(NOW).per_week == 2
    assert plan.slowed(4, NOW, Lately()).rhythm(NOW).per_week == 2
    assert plan.slowed(0, NOW, Lately()).rhythm(NOW).per_week == 1
    assert in_week(9).slowed(1, NOW, Lately()).rhythm(NOW).per_week == 1


def test_a_date_is_shown_by_its_middle() -> None:
    for zone in ("Pacific/Kiritimati", "Europe/Berlin", "Pacific/Pago_Pago"):
        assert local_date(zone, noon_of(zone, TODAY)) == TODAY
