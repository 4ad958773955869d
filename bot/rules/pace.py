"""How far a member's nudges may go now: the ceilings of their week, their own size, and what holds them back.

Law: a ceiling is never a target, and hard stops come before everything: going up takes a yes, going down takes nothing.
A week is one with nudges in it: seven days from one that came. Weeks without any, as in a pause, do not count.
Where the numbers come from: docs/pace.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.rules.bearing import Bearing
from bot.rules.choose import ALONE, CONTACT, FARTHEST, Audience, Bounds, Choosable, Refused, Shown, Why
from bot.rules.plan import Plan, Size
from bot.rules.schedule import is_night, local_date

REACT: Final = 1
DEEP: Final = 3

# Small steps come after so many full steps that were done.
DONE_BEFORE_SMALL: Final = 3

# Brave ones: one in this time. A deep step is followed by none that is as deep for two days.
BRAVE_EVERY: Final = timedelta(days=7)
DEEP_EVERY: Final = timedelta(hours=48)

# "That's plenty": so many steps towards people in a week, or so many different people in two, and the next ones are
# for oneself.
PLENTY_IN_A_WEEK: Final = 3
A_WEEK: Final = timedelta(days=7)
PEOPLE_IN_TWO_WEEKS: Final = 2

# Beside somebody who has gone quiet: one step towards them in this time, whatever came of the last.
TOWARDS_THEM_EVERY: Final = timedelta(days=7)

# After something was not OK, and before that is over: none of these. Nor where nothing but tiny was picked.
DEEP_THEMES: Final = frozenset({"share", "repair"})

# Something of oneself is shared once in this time at the most.
SHARE: Final = "share"
SHARE_EVERY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a week may have at the most."""

    from_week: int
    most_exposure: int
    size: Size
    themes: frozenset[str]
    """The kinds that come in with it."""


CEILINGS: Final = (
    Ceiling(
        1,
        REACT,
        Size.TINY,
        frozenset({"notice", "kind", "savour", "beside_self", "beside_less", "beside_space"}),
    ),
    Ceiling(2, 2, Size.TINY, frozenset({"reply", "hello", "beside_ask"})),
    Ceiling(3, 2, Size.SMALL, frozenset({"curious", "stay", "limits", "support", "beside_word"})),
    Ceiling(5, 3, Size.SMALL, frozenset({"share", "belong", "beside_open"})),
    Ceiling(7, FARTHEST, Size.BRAVE, frozenset({"repair"})),
)


def ceiling_of(week: int) -> Ceiling:
    """The ceiling of that week, with every kind that has come in by then."""
    reached = [one for one in CEILINGS if one.from_week <= max(1, week)]
    themes = frozenset(theme for one in reached for theme in one.themes)
    last = reached[-1]
    return Ceiling(last.from_week, last.most_exposure, last.size, themes)


@dataclass(frozen=True, slots=True)
class Held:
    """What holds a member's nudges back, beside the ceiling of their week."""

    size: Size = Size.BRAVE
    most_exposure: int = FARTHEST
    themes: AbstractSet[str] = frozenset()
    """Kinds that do not come."""
    why: Why | None = None
    """What is said of it; None where that is nothing about sizes, or about people."""


def bounds_of(
    plan: Plan,
    bearing: Bearing,
    refused: Refused,
    library: Mapping[str, Choosable],
    shown: Sequence[Shown],
    now: datetime,
    withdrawn: AbstractSet[str] = frozenset(),
) -> Bounds:
    """What may come to this member now. `shown` runs from the newest to the oldest."""
    day = local_date(plan.schedule.zone, now)
    ceiling, season = ceiling_of(plan.week_on(day)), bearing.season_on(day)
    holds = [
        *_own_holds(plan, bearing, day, now),
        *_holds_after(bearing, library, shown, now),
        Held(size=ceiling.size, most_exposure=ceiling.most_exposure, why=Why.WEEK),
        Held(size=plan.wishes.size, why=Why.OWN),
    ]
    if season is not None:
        holds.append(Held(most_exposure=season.most_exposure, why=Why.SEASON))
    themes = ceiling.themes if season is None else ceiling_of(CEILINGS[-1].from_week).themes & season.themes
    return Bounds(
        size=min(hold.size for hold in holds),
        level=plan.level,
        refused=refused,
        audiences=bearing.audiences,
        sets=bearing.sets,
        skips=bearing.skips if season is None else bearing.skips | season.skips,
        themes=themes - frozenset(theme for hold in holds for theme in hold.themes),
        most_exposure=min(hold.most_exposure for hold in holds),
        withdrawn=withdrawn,
        because=_because(holds),
    )


def bounds_to_try(
    bearing: Bearing, refused: Refused, size: Size, day: date, withdrawn: AbstractSet[str] = frozenset()
) -> Bounds:
    """What may be shown to be tried, as if by somebody new with that size: within all that this member set or said.

    No week and no step holds it back, but a season does, and so does something that was not OK lately.
    """
    season, is_gentle = bearing.season_on(day), bearing.is_gentle(day)
    most = Size.TINY if is_gentle else size
    themes = ceiling_of(CEILINGS[-1].from_week).themes - (DEEP_THEMES if most is Size.TINY else frozenset())
    return Bounds(
        size=most,
        level=ALONE,
        refused=refused,
        audiences=bearing.audiences,
        sets=bearing.sets,
        skips=bearing.skips if season is None else bearing.skips | season.skips,
        themes=themes if season is None else themes & season.themes,
        most_exposure=FARTHEST if season is None else season.most_exposure,
        withdrawn=withdrawn,
    )


def is_left_out(nudge: Choosable, bearing: Bearing, refused: Refused, day: date) -> bool:
    """Whether they set it aside, or left out what it is about, by now. It was within their pace when it was chosen."""
    bounds = bounds_to_try(bearing, refused, Size.BRAVE, day)
    return not replace(bounds, size=Size.BRAVE, level=FARTHEST).allow(nudge)


def _because(holds: Sequence[Held]) -> tuple[Why, ...]:
    """Whatever sets the size, and whatever lets nothing but quiet ones come."""
    size = min(hold.size for hold in holds)
    sets_it = {hold.why for hold in holds if hold.size == size and (size < Size.BRAVE or hold.why is Why.OWN)}
    is_quiet = {hold.why for hold in holds if hold.why in (Why.SEASON, Why.PLENTY)}
    return tuple(why for why in Why if why in sets_it | is_quiet)


def is_plenty(bearing: Bearing, day: date) -> bool:
    """Whether so much was done towards people lately that it may land first."""
    return is_busy(bearing, day) or bearing.people_on(day) >= PEOPLE_IN_TWO_WEEKS


def is_busy(bearing: Bearing, day: date) -> bool:
    """Whether so many steps towards people were done in the last week, whoever it was."""
    return len(bearing.steps_in(A_WEEK, day)) >= PLENTY_IN_A_WEEK


def _own_holds(plan: Plan, bearing: Bearing, day: date, now: datetime) -> Iterable[Held]:
    """What they picked and answered, and the hour: at night nothing leads to anybody, also where it is asked for."""
    if plan.wishes.size is Size.TINY:
        yield Held(themes=DEEP_THEMES)
    if bearing.full_steps < DONE_BEFORE_SMALL:
        yield Held(size=Size.TINY, why=Why.FEW_DONE)
    if bearing.is_gentle(day):
        yield Held(size=Size.TINY, themes=DEEP_THEMES, why=Why.GENTLE)
    if is_plenty(bearing, day):
        yield Held(most_exposure=REACT, why=Why.PLENTY)
    if is_night(plan.schedule.zone, now):
        yield Held(most_exposure=REACT)


def _holds_after(
    bearing: Bearing, library: Mapping[str, Choosable], shown: Sequence[Shown], now: datetime
) -> Iterable[Held]:
    """What came lately, and is to have its time."""
    if any(one.theme == SHARE for one in _within(SHARE_EVERY, library, shown, now)):
        yield Held(themes=frozenset({SHARE}))
    if any(one.size is Size.BRAVE for one in _within(BRAVE_EVERY, library, shown, now)):
        yield Held(size=Size.SMALL, why=Why.BRAVE_LATELY)
    if any(one.exposure >= DEEP for one in _within(DEEP_EVERY, library, shown, now)):
        yield Held(most_exposure=DEEP - 1)
    if Audience.BESIDE in bearing.audiences and any(
        one.audience is Audience.BESIDE and one.exposure >= CONTACT
        for one in _within(TOWARDS_THEM_EVERY, library, shown, now)
    ):
        yield Held(most_exposure=REACT)


def _within(
    time: timedelta, library: Mapping[str, Choosable], shown: Sequence[Shown], now: datetime
) -> list[Choosable]:
    """Those that came in that time."""
    return [library[one.nudge_id] for one in shown if now - one.at < time and one.nudge_id in library]
