"""Times in which less is right."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest

from bot.content.nudges import Flag, Theme
from bot.rules.bearing import Bearing
from bot.rules.pace import CEILINGS, REACT, ceiling_of
from bot.rules.seasons import SEASONS, Season

TODAY = date(2026, 6, 1)
KINDS = set(get_args(Theme))


def test_every_season_has_its_rule() -> None:
    assert set(SEASONS) == set(Season)


@pytest.mark.parametrize("season", Season)
def test_a_season_begins_with_a_pause_and_then_only_what_is_quiet_may_come(season: Season) -> None:
    rule = SEASONS[season]

    assert timedelta() < rule.pause < rule.lasts
    assert rule.most_exposure <= REACT
    assert not rule.themes & {"share", "repair", "hello", "reply", "curious", "beside_open", "beside_ask"}


@pytest.mark.parametrize("season", Season)
def test_what_a_season_names_is_there(season: Season) -> None:
    assert SEASONS[season].themes <= KINDS == ceiling_of(CEILINGS[-1].from_week).themes
    assert SEASONS[season].skips <= set(get_args(Flag))


@pytest.mark.parametrize("season", Season)
def test_each_season_leaves_something_for_everybody(season: Season) -> None:
    beside = {theme for theme in SEASONS[season].themes if theme.startswith("beside_")}

    assert beside
    assert SEASONS[season].themes - beside


@pytest.mark.parametrize("season", Season)
def test_a_season_ends_by_itself(season: Season) -> None:
    bearing = Bearing().begin_season(season, TODAY)
    last = TODAY + SEASONS[season].lasts - timedelta(days=1)

    assert bearing.season_on(TODAY) is bearing.season_on(last) is SEASONS[season]
    assert bearing.season_on(last + timedelta(days=1)) is None


def test_a_season_ends_when_its_member_says_so() -> None:
    assert Bearing().begin_season(Season.GRIEF, TODAY).end_season() == Bearing()


def test_another_season_takes_the_place_of_the_one_before() -> None:
    bearing = Bearing().begin_season(Season.GRIEF, TODAY).begin_season(Season.LOW_BATTERY, TODAY)

    assert bearing.season_on(TODAY) is SEASONS[Season.LOW_BATTERY]
    assert bearing.season_on(TODAY + timedelta(days=8)) is None


def test_a_low_battery_is_seven_days_of_nothing_and_one_gentle_line_after_them() -> None:
    rule = SEASONS[Season.LOW_BATTERY]

    assert (rule.pause.days, rule.most_exposure, rule.is_slow) == (7, 0, False)
