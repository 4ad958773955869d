"""How far a member's nudges may go now."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.bearing import Bearing, Step
from bot.rules.choose import CONTACT, FARTHEST, Audience, Bounds, Refused, Shown
from bot.rules.due import Lately
from bot.rules.pace import CEILINGS, DEEP, REACT, bounds_of, ceiling_of, is_plenty
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import Window
from bot.rules.seasons import SEASONS, Season

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
BRAVE = Wishes("Europe/Berlin", Window(1080, 1200), 3, Size.BRAVE, discreet=False)
PLAN = replace(Plan(7, BRAVE, PlanState.OFF, since_at=NOW, level=4).going_on(NOW, Lately()), week_began=TODAY)
EASY = Bearing(full_steps=9)
"""Somebody whom nothing of their own holds back."""


@dataclass(frozen=True)
class Plain:
    nudge_id: str
    theme: str = "kind"
    size: Size = Size.TINY
    exposure: int = 0
    flags: frozenset[str] = field(default_factory=frozenset)
    audience: Audience = Audience.SELF
    sets: frozenset[str] = field(default_factory=frozenset)
    retired: bool = False


LIBRARY = {
    one.nudge_id: one
    for one in (
        Plain("alone"),
        Plain("line", theme="reply", exposure=CONTACT),
        Plain("shared", theme="share", exposure=CONTACT),
        Plain("deep", theme="curious", size=Size.SMALL, exposure=DEEP),
        Plain("brave", theme="hello", size=Size.BRAVE, exposure=FARTHEST),
        Plain("asked-them", theme="beside_ask", audience=Audience.BESIDE, exposure=CONTACT),
        Plain("gave-room", theme="beside_space", audience=Audience.BESIDE, exposure=1),
    )
}


def bounds(
    week: int = 8,
    bearing: Bearing = EASY,
    shown: Sequence[tuple[str, float]] = (),
    size: Size = Size.BRAVE,
    now: datetime = NOW,
) -> Bounds:
    """In that week; `shown` is what came, and how many hours ago, the newest first."""
    plan = replace(PLAN, weeks=week, wishes=replace(BRAVE, size=size))
    came = [Shown(nudge_id, now - timedelta(hours=hours)) for nudge_id, hours in shown]
    return bounds_of(plan, bearing, Refused(), LIBRARY, came, now)


@pytest.mark.parametrize(
    ("week", "most_exposure", "size", "kinds"),
    [
        (1, 1, Size.TINY, {"notice", "kind", "savour", "beside_self", "beside_less", "beside_space"}),
        (2, 2, Size.TINY, {"reply", "hello", "beside_ask"}),
        (3, 2, Size.SMALL, {"curious", "stay", "limits", "support", "beside_word"}),
        (5, 3, Size.SMALL, {"share", "belong", "beside_open"}),
        (7, 4, Size.BRAVE, {"repair"}),
    ],
)
def test_each_week_has_its_ceiling(week: int, most_exposure: int, size: Size, kinds: set[str]) -> None:
    ceiling, before = ceiling_of(week), ceiling_of(week - 1)

    assert (ceiling.most_exposure, ceiling.size) == (most_exposure, size)
    assert ceiling.themes - (before.themes if week > 1 else frozenset()) == kinds
    assert (bounds(week).most_exposure, bounds(week).size, bounds(week).themes) == (most_exposure, size, ceiling.themes)


@given(st.integers(-3, 500))
def test_no_ceiling_is_ever_lower_than_the_one_of_the_week_before(week: int) -> None:
    earlier, later = ceiling_of(week), ceiling_of(week + 1)

    assert earlier.most_exposure <= later.most_exposure
    assert earlier.size <= later.size
    assert earlier.themes <= later.themes
    assert later.from_week <= max(1, week + 1)


def test_the_week_is_that_of_the_members_own_calendar() -> None:
    """Late in the evening in Berlin it is the next morning in Auckland."""
    evening = datetime(2026, 6, 1, 21, tzinfo=UTC)

    def kinds(zone: str) -> AbstractSet[str]:
        plan = replace(PLAN, weeks=1, week_began=date(2026, 5, 26), wishes=replace(BRAVE, zone=zone))
        return bounds_of(plan, EASY, Refused(), LIBRARY, (), evening).themes or frozenset()

    assert kinds("Europe/Berlin") == ceiling_of(1).themes
    assert kinds("Pacific/Auckland") == ceiling_of(2).themes


def test_a_level_that_was_reached_before_weeks_were_counted_opens_no_later_week() -> None:
    """As after an older version, in which steps had grown to the farthest."""
    first = bounds(0)

    assert (first.level, first.most_exposure, first.size) == (FARTHEST, REACT, Size.TINY)
    assert not first.allow(LIBRARY["line"])
    assert first.allow(LIBRARY["alone"])


@pytest.mark.parametrize("size", Size)
def test_the_size_they_picked_is_the_most_that_comes(size: Size) -> None:
    assert bounds(size=size).size is size


def test_small_ones_come_after_three_full_steps() -> None:
    assert bounds(bearing=replace(EASY, full_steps=2)).size is Size.TINY
    assert bounds(bearing=replace(EASY, full_steps=3)).size is Size.BRAVE


@pytest.mark.parametrize("theme", ["share", "repair"])
def test_whoever_picked_tiny_shares_nothing_and_repairs_nothing(theme: str) -> None:
    tiny, small = bounds(size=Size.TINY), bounds(size=Size.SMALL)

    assert tiny.themes is not None
    assert small.themes is not None
    assert theme not in tiny.themes
    assert theme in small.themes


def test_after_something_was_not_ok_it_is_tiny_and_nothing_is_shared_or_repaired() -> None:
    gentle = bounds(bearing=EASY.not_ok(TODAY))
    over = bounds(bearing=EASY.not_ok(TODAY - timedelta(days=4)))

    assert gentle.size is Size.TINY
    assert gentle.themes == ceiling_of(8).themes - {"share", "repair"}
    assert (over.size, over.themes) == (Size.BRAVE, ceiling_of(8).themes)


def test_three_steps_towards_people_in_a_week_are_plenty() -> None:
    def steps(*days_ago: int) -> Bearing:
        return replace(EASY, steps=tuple(Step(TODAY - timedelta(days=one), with_someone_new=False) for one in days_ago))

    assert is_plenty(steps(6, 3, 0), TODAY)
    assert not is_plenty(steps(7, 3, 0), TODAY)
    assert not is_plenty(steps(3, 0), TODAY)
    assert bounds(bearing=steps(6, 3, 0)).most_exposure == REACT
    assert bounds(bearing=steps(7, 3, 0)).most_exposure == FARTHEST


def test_two_different_people_in_two_weeks_are_plenty() -> None:
    def steps(days_ago: int, with_someone_new: bool) -> Bearing:
        first = Step(TODAY - timedelta(days=days_ago))
        return replace(EASY, steps=(first, Step(TODAY, with_someone_new)))

    assert is_plenty(steps(13, with_someone_new=True), TODAY)
    assert not is_plenty(steps(13, with_someone_new=False), TODAY)
    assert not is_plenty(steps(14, with_someone_new=True), TODAY)


def test_at_night_nothing_leads_to_anybody_also_where_it_is_asked_for() -> None:
    assert bounds(now=datetime(2026, 6, 1, 20, 0, tzinfo=UTC)).most_exposure == REACT, "it is ten in the evening there"
    assert bounds(now=datetime(2026, 6, 2, 5, 59, tzinfo=UTC)).most_exposure == REACT
    assert bounds(now=datetime(2026, 6, 2, 6, 0, tzinfo=UTC)).most_exposure == FARTHEST
    assert bounds(now=datetime(2026, 6, 1, 19, 59, tzinfo=UTC)).most_exposure == FARTHEST


def test_one_brave_nudge_a_week() -> None:
    assert bounds(shown=[("brave", 7 * 24 - 0.1)]).size is Size.SMALL
    assert bounds(shown=[("brave", 7 * 24)]).size is Size.BRAVE


def test_48_hours_between_two_deep_ones() -> None:
    assert bounds(shown=[("deep", 47.9)]).most_exposure == DEEP - 1
    assert bounds(shown=[("deep", 48)]).most_exposure == FARTHEST


def test_something_is_shared_once_a_week() -> None:
    held, free = bounds(shown=[("alone", 1), ("shared", 7 * 24 - 0.1)]), bounds(shown=[("alone", 1), ("shared", 168)])

    assert held.themes == ceiling_of(8).themes - {"share"}
    assert free.themes == ceiling_of(8).themes


def test_beside_somebody_one_step_towards_them_a_week() -> None:
    beside = replace(EASY, audiences=frozenset({Audience.BESIDE}))

    assert bounds(bearing=beside, shown=[("asked-them", 167)]).most_exposure == REACT
    assert bounds(bearing=beside, shown=[("asked-them", 168)]).most_exposure == FARTHEST
    assert bounds(bearing=beside, shown=[("gave-room", 1)]).most_exposure == FARTHEST
    assert bounds(shown=[("asked-them", 1)]).most_exposure == FARTHEST, "they are beside nobody any more"


def test_what_has_left_the_library_holds_nothing_back() -> None:
    assert bounds(shown=[("gone", 1)]) == bounds()


@pytest.mark.parametrize("season", Season)
@pytest.mark.parametrize("week", [1, 8])
def test_in_a_season_only_its_quiet_kinds_come_whatever_the_week(season: Season, week: int) -> None:
    rule = SEASONS[season]

    quiet = bounds(week, EASY.begin_season(season, TODAY))

    assert quiet.themes == rule.themes
    assert quiet.most_exposure == rule.most_exposure
    assert quiet.skips == EASY.skips | rule.skips
    assert bounds(week, EASY.begin_season(season, TODAY - rule.lasts)) == bounds(week)


def test_what_they_set_is_what_holds() -> None:
    own = replace(EASY, audiences={Audience.BESIDE}, sets={"queer"}, skips={"money"})

    set_so = bounds_of(PLAN, own, Refused({"a"}, {"b"}), LIBRARY, (), NOW, frozenset({"c"}))

    assert (set_so.audiences, set_so.sets, set_so.skips) == ({Audience.BESIDE}, {"queer"}, {"money"})
    assert (set_so.refused, set_so.withdrawn) == (Refused({"a"}, {"b"}), {"c"})


BEARINGS = st.builds(
    Bearing,
    audiences=st.sampled_from([frozenset({Audience.SELF}), frozenset(Audience)]),
    steps=st.lists(
        st.builds(Step, st.integers(-1, 20).map(lambda ago: TODAY - timedelta(days=ago)), st.booleans()), max_size=5
    ).map(tuple),
    full_steps=st.integers(0, 9),
    not_ok_on=st.none() | st.integers(0, 6).map(lambda ago: TODAY - timedelta(days=ago)),
    season=st.none() | st.sampled_from(Season),
    season_until=st.just(TODAY + timedelta(days=3)),
)


@given(
    week=st.integers(0, 12),
    bearing=BEARINGS,
    shown=st.lists(st.tuples(st.sampled_from([*LIBRARY, "gone"]), st.floats(0, 400)), max_size=5),
    size=st.sampled_from(Size),
    hour=st.integers(0, 23),
)
def test_whatever_holds_somebody_back_nothing_ever_lets_more_come_than_their_week_and_they_allow(
    week: int, bearing: Bearing, shown: list[tuple[str, float]], size: Size, hour: int
) -> None:
    now = NOW.replace(hour=hour)
    ceiling = ceiling_of(week)

    found = bounds(week, bearing, shown, size, now)

    assert found.size <= min(ceiling.size, size)
    assert found.most_exposure <= ceiling.most_exposure
    assert found.skips >= bearing.skips
    if bearing.season is None:
        assert found.themes is not None
        assert found.themes <= ceiling.themes
    freer = bounds(week, replace(EASY, audiences=bearing.audiences), (), size, NOW)
    assert freer.size >= found.size
    assert freer.most_exposure >= found.most_exposure


def test_ceilings_reach_everything_in_the_end() -> None:
    assert (CEILINGS[-1].most_exposure, CEILINGS[-1].size) == (FARTHEST, Size.BRAVE)
    assert bounds(week=9) == bounds(week=30)
