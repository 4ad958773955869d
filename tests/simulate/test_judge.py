"""The judge sees each kind of breach: histories are forged, one promise broken in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from bot.rules.occurrence import Kind
from bot.rules.plan import Size, Wishes
from bot.rules.schedule import Window, weekdays
from bot.simulate.evidence import Evidence
from bot.simulate.faults import DAY, HOUR, MINUTE, stream
from bot.simulate.history import Arrival, Call, History, PlanMove, RowMove
from bot.simulate.judge import judge
from bot.simulate.people import Habit, Person, Said, Stand
from bot.simulate.promises import Promise
from bot.simulate.timeline import BEGINS

ROBIN, SERVER = 10**17, 2 * 10**17 + 1
WISHES = Wishes("Europe/Berlin", Window(18 * 60, 20 * 60), per_week=3, size=Size.SMALL, discreet=False)
# 17:10 UTC is 18:10 in Berlin, in January as in March before its last Sunday.
EVENING = 17 * HOUR + 10 * MINUTE


@dataclass
class Forged:
    """A history in which everything is as it should be, until something else is written into it."""

    history: History = field(default_factory=History)
    person: Person = field(default_factory=lambda: Person(ROBIN, Habit(1), SERVER, stream(0, "robin")))
    server: Said[bool] = field(default_factory=lambda: Said(first=True))
    count: int = 0

    def __post_init__(self) -> None:
        self.says(0.0, Stand(wants=True, wishes=WISHES, guild_id=SERVER), renews=True)

    def says(self, at: float, stand: Stand, *, renews: bool = False) -> None:
        self.person.said.end(self.person.said.begin(at, stand, renews=renews), at, stand)

    def answers(self, at: float, occurrence_id: str) -> None:
        self.says(at, self.person.said.last)
        change = Said("").begin(at, occurrence_id)
        change.ended = at
        self.person.answers.append(change)

    def row(
        self, occurrence_id: str, due: float, *states: str, kind: Kind = Kind.NUDGE, at: float | None = None
    ) -> None:
        """The states it goes through, a second apart."""
        begun, before = due if at is None else at, None
        for number, after in enumerate(states):
            self.count += 1
            slot = (BEGINS + timedelta(seconds=due)).date().isoformat()
            dates = (BEGINS + timedelta(seconds=due), BEGINS + timedelta(seconds=due + 110 * MINUTE))
            move = RowMove(begun + number, ROBIN, occurrence_id, kind, slot, *dates, before, after, self.count)
            self.history.move_row(move)
            before = after

    def comes(
        self,
        day: float,
        state: str = "sent",
        *,
        called: float | None = None,
        kind: Kind = Kind.NUDGE,
        occurrence_id: str = "",
        is_again: bool = False,
        nudge_id: str = "",
    ) -> str:
        """A message on that day of the world, due in the evening, with its row."""
        due = day * DAY + EVENING
        at = due + 0.5 if called is None else called
        name = occurrence_id or f"{kind}-{day}"
        self.row(name, due, "claimed", state, kind=kind)
        self.arrives(name, at, kind=kind, is_again=is_again, nudge_id=nudge_id)
        return name

    def arrives(
        self, occurrence_id: str, at: float, *, kind: Kind = Kind.NUDGE, is_again: bool = False, nudge_id: str = ""
    ) -> None:
        """A nudge of its own, unless another one is named."""
        self.count += 1
        nudge = (nudge_id or f"of {occurrence_id}") if kind is Kind.NUDGE else None
        self.history.arrive(Arrival(ROBIN, occurrence_id, kind, nudge, is_again, at, at + 0.1, self.count))

    def answered(self, *days: float) -> None:
        """A nudge on each of these days, answered an hour later."""
        for day in days:
            self.answers(day * DAY + EVENING + HOUR, self.comes(day))

    def broken(self, *, ended: float | None = None) -> set[Promise]:
        return {
            one.promise for one in judge(Evidence(self.history, {ROBIN: self.person}, {SERVER: self.server}, ended))
        }


def nothing(_forged: Forged) -> None:
    """All is well."""


def an_answered_month(forged: Forged) -> None:
    """Two in the first week, and three in those that follow."""
    forged.answered(1, 3, 8, 10, 12, 15, 17, 19, 22)


def the_same_again(forged: Forged) -> None:
    forged.arrives(forged.comes(1), DAY + EVENING + 5 * MINUTE)


def two_on_one_date(forged: Forged) -> None:
    forged.says(DAY + EVENING + 10, Stand(wants=True, wishes=WISHES, guild_id=SERVER))
    forged.comes(1, called=DAY + EVENING)
    forged.comes(1, called=DAY + EVENING + 9 * MINUTE, occurrence_id="other")


def after_the_window(forged: Forged) -> None:
    forged.comes(1, called=DAY + EVENING + 111 * MINUTE)


def in_the_night(forged: Forged) -> None:
    all_day = Wishes("Europe/Berlin", Window(0, 24 * 60), 3, Size.SMALL, discreet=False)
    forged.says(HOUR, Stand(wants=True, wishes=all_day, guild_id=SERVER))
    forged.row("late", DAY + 21.5 * HOUR, "claimed", "sent")
    forged.arrives("late", DAY + 21.6 * HOUR)


def where_they_lived_before(forged: Forged) -> None:
    tokyo = Wishes("Asia/Tokyo", WISHES.window, 3, Size.SMALL, discreet=False)
    forged.says(DAY + EVENING - MINUTE, Stand(wants=True, wishes=tokyo, guild_id=SERVER))
    forged.comes(1)


def three_hours_apart(forged: Forged) -> None:
    forged.comes(1)
    # By the evening of Berlin it is the morning of Auckland, three hours later and one date further.
    auckland = Wishes("Pacific/Auckland", Window(8 * 60, 10 * 60), 3, Size.SMALL, discreet=False)
    forged.says(DAY + EVENING + HOUR, Stand(wants=True, wishes=auckland, guild_id=SERVER), renews=True)
    at = DAY + 20 * HOUR + 5 * MINUTE
    forged.row("soon", at, "claimed", "sent")
    forged.arrives("soon", at + 1)


def four_in_a_week(forged: Forged) -> None:
    forged.answered(1, 8, 10, 12, 13)


def three_in_the_first_week(forged: Forged) -> None:
    forged.answered(1, 3, 5)


def eight_weeks(forged: Forged, then: Iterable[float] = ()) -> None:
    """One nudge in each, and then these."""
    forged.answered(*(1 + 7 * week for week in range(8)), *then)


def one_a_week_after_the_eighth(forged: Forged) -> None:
    eight_weeks(forged, then=(57, 64, 71))


def two_in_the_ninth_week(forged: Forged) -> None:
    eight_weeks(forged, then=(57, 60))


def two_in_the_ninth_week_as_before(forged: Forged) -> None:
    forged.says(HOUR, Stand(wants=True, wishes=WISHES, guild_id=SERVER, keeps_pace=True))
    eight_weeks(forged, then=(57, 60))


def two_in_the_ninth_week_by_a_choice_after_the_eighth(forged: Forged) -> None:
    eight_weeks(forged, then=(57,))
    more = replace(WISHES, per_week=2)
    forged.says(58 * DAY, Stand(wants=True, wishes=more, guild_id=SERVER))
    forged.answered(60)


def two_in_the_ninth_week_by_a_choice_before(forged: Forged) -> None:
    forged.says(40 * DAY, Stand(wants=True, wishes=replace(WISHES, per_week=4), guild_id=SERVER))
    two_in_the_ninth_week(forged)


def weeks_without_a_nudge(forged: Forged) -> None:
    """They do not count: these are two of the second week, though many days have passed."""
    forged.answered(1, 71, 73)


def the_same_nudge_after_a_month(forged: Forged) -> None:
    for day in (1, 31):
        forged.answers(day * DAY + EVENING + HOUR, forged.comes(day, nudge_id="a-nudge"))


def the_same_nudge_after_eight_weeks(forged: Forged) -> None:
    for day in (1, 57):
        forged.answers(day * DAY + EVENING + HOUR, forged.comes(day, nudge_id="a-nudge"))


def the_same_nudge_because_they_asked(forged: Forged) -> None:
    forged.person.laters.append((DAY + EVENING + HOUR, "a-nudge"))
    forged.comes(1, nudge_id="a-nudge")
    forged.comes(3, nudge_id="a-nudge", is_again=True)


def told_twice_that_nothing_is_left(forged: Forged) -> None:
    forged.comes(3, kind=Kind.ALL_SEEN)
    forged.answered(5)
    forged.comes(8, kind=Kind.ALL_SEEN)


def told_anew_that_nothing_is_left(forged: Forged) -> None:
    forged.comes(3, kind=Kind.ALL_SEEN)
    forged.says(5 * DAY, forged.person.said.last, renews=True)
    forged.comes(8, kind=Kind.ALL_SEEN)


def reviewed_after_four_and_eight_weeks(forged: Forged) -> None:
    forged.answered(1, 8, 15, 22)
    forged.comes(29, kind=Kind.REVIEW_4)
    forged.answered(31, 38, 45, 52)
    forged.comes(59, kind=Kind.REVIEW_8)


def reviewed_twice(forged: Forged) -> None:
    reviewed_after_four_and_eight_weeks(forged)
    forged.comes(66, kind=Kind.REVIEW_8)


def reviewed_in_the_fourth_week(forged: Forged) -> None:
    forged.answered(1, 8, 15, 22)
    forged.comes(24, kind=Kind.REVIEW_4)


def again_though_nobody_asked(forged: Forged) -> None:
    forged.comes(1, is_again=True)


def after_a_stop(forged: Forged) -> None:
    forged.says(DAY, Stand(wants=False, wishes=WISHES, guild_id=SERVER))
    forged.comes(1)


def in_a_pause(forged: Forged) -> None:
    forged.says(DAY, Stand(wants=True, wishes=WISHES, paused_until=3 * DAY, guild_id=SERVER))
    forged.comes(1)


def in_the_pause_of_a_season(forged: Forged) -> None:
    forged.says(DAY, Stand(wants=True, wishes=WISHES, guild_id=SERVER, season_pause_until=8 * DAY, slow_until=57 * DAY))
    forged.comes(5)


def for_a_server_that_is_off(forged: Forged) -> None:
    forged.server.end(forged.server.begin(DAY, to=False), DAY + 1, to=False)
    forged.comes(1)


def asked_about_a_server_that_is_on(forged: Forged) -> None:
    forged.comes(1, kind=Kind.GUILD_OFF)


def tried_again_after_closed_dms(forged: Forged) -> None:
    forged.row("shut", DAY + EVENING, "claimed", "unreachable")
    forged.history.call(Call(3 * DAY + EVENING, ROBIN, "next", Kind.NUDGE))


def a_seventh_into_the_silence(forged: Forged) -> None:
    for day in (1, 3, 8, 12, 17, 22, 26):
        forged.comes(day)


def at_the_old_pace_in_silence(forged: Forged) -> None:
    for day in (1, 3, 8, 12, 14):
        forged.comes(day)


def after_the_one_question(forged: Forged) -> None:
    forged.comes(1, kind=Kind.STILL_WANTED)
    forged.comes(3)


def out_of_its_end(forged: Forged) -> None:
    forged.row("odd", DAY + EVENING, "claimed", "sent", "waiting")
    forged.arrives("odd", DAY + EVENING + 0.5)


def arrived_and_written_off(forged: Forged) -> None:
    forged.comes(1, "dissolved")


def written_down_and_never_arrived(forged: Forged) -> None:
    forged.row("phantom", DAY + EVENING, "claimed", "sent")


def a_due_time_left_behind(forged: Forged) -> None:
    due, after = (BEGINS + timedelta(seconds=day * DAY + EVENING) for day in (1, 3))
    forged.history.move_plan(PlanMove(DAY + EVENING + 1, ROBIN, due, after, "active", 7))


def stuck_in_a_claim(forged: Forged) -> None:
    forged.row("stuck", DAY + EVENING, "claimed")


def never_looked_at(forged: Forged) -> None:
    due = BEGINS + timedelta(seconds=DAY + EVENING)
    forged.history.move_plan(PlanMove(10.0, ROBIN, None, due, "active", 7))


def a_month_without_a_row(forged: Forged) -> None:
    """The plan was told to be due far away: no due time is left behind, and no date has a row."""
    due = BEGINS + timedelta(days=90)
    forged.history.move_plan(PlanMove(10.0, ROBIN, None, due, "active", 7))


def an_exception(forged: Forged) -> None:
    forged.history.faults.append((5.0, "delivery.failed: KeyError()"))


BROKEN: Final[tuple[tuple[Callable[[Forged], None], set[Promise]], ...]] = (
    (nothing, set()),
    (an_answered_month, set()),
    (the_same_again, {Promise.DUPLICATE}),
    (two_on_one_date, {Promise.DUPLICATE, Promise.GAP}),
    (after_the_window, {Promise.OUTSIDE}),
    (in_the_night, {Promise.OUTSIDE}),
    (where_they_lived_before, {Promise.OUTSIDE}),
    (three_hours_apart, {Promise.GAP}),
    (four_in_a_week, {Promise.TOO_MANY}),
    (three_in_the_first_week, {Promise.TOO_MANY}),
    (one_a_week_after_the_eighth, set()),
    (two_in_the_ninth_week, {Promise.TOO_MANY}),
    (two_in_the_ninth_week_as_before, set()),
    (two_in_the_ninth_week_by_a_choice_after_the_eighth, set()),
    (two_in_the_ninth_week_by_a_choice_before, {Promise.TOO_MANY}),
    (weeks_without_a_nudge, set()),
    (the_same_nudge_after_a_month, {Promise.REPEATED}),
    (the_same_nudge_after_eight_weeks, set()),
    (the_same_nudge_because_they_asked, set()),
    (told_twice_that_nothing_is_left, {Promise.REPEATED}),
    (told_anew_that_nothing_is_left, set()),
    (reviewed_after_four_and_eight_weeks, set()),
    (reviewed_twice, {Promise.REPEATED}),
    (reviewed_in_the_fourth_week, {Promise.REPEATED}),
    (again_though_nobody_asked, {Promise.TOO_MANY}),
    (after_a_stop, {Promise.UNWANTED}),
    (in_a_pause, {Promise.UNWANTED}),
    (in_the_pause_of_a_season, {Promise.UNWANTED}),
    (for_a_server_that_is_off, {Promise.UNWANTED}),
    (asked_about_a_server_that_is_on, {Promise.UNWANTED}),
    (tried_again_after_closed_dms, {Promise.UNWANTED}),
    (a_seventh_into_the_silence, {Promise.SILENCE}),
    (at_the_old_pace_in_silence, {Promise.SILENCE}),
    (after_the_one_question, {Promise.SILENCE}),
    (out_of_its_end, {Promise.ILLEGAL}),
    (arrived_and_written_off, {Promise.LOST}),
    (written_down_and_never_arrived, {Promise.LOST}),
    (a_due_time_left_behind, {Promise.LOST}),
    (an_exception, {Promise.FAULT}),
)


@pytest.mark.parametrize(("forge", "promises"), BROKEN, ids=lambda one: getattr(one, "__name__", ""))
def test_a_broken_promise_is_seen_and_no_other(forge: Callable[[Forged], None], promises: set[Promise]) -> None:
    forged = Forged()

    forge(forged)

    assert forged.broken() == promises


@pytest.mark.parametrize("forge", [stuck_in_a_claim, never_looked_at, a_month_without_a_row])
def test_what_is_missing_at_the_end_is_seen(forge: Callable[[Forged], None]) -> None:
    forged = Forged()

    forge(forged)

    assert forged.broken() == set()
    assert forged.broken(ended=60 * DAY) == {Promise.LOST}


def own_days(per_week: int, since: int, until: int) -> list[int]:
    """The days of the world that are Robin's own, by that many a week."""
    wanted = weekdays(replace(WISHES, per_week=per_week).schedule(ROBIN))
    return [day for day in range(since, until) if (BEGINS + timedelta(days=day)).weekday() in wanted]


FIRST = own_days(3, 7, 14)[0]
NINTH = FIRST + 8 * 7
"""The day on which the ninth week begins."""
AS_PROMISED = (*own_days(3, FIRST, FIRST + 7)[:2], *own_days(3, FIRST + 7, NINTH), *own_days(1, NINTH, 83))
SLOWER_TOO_EARLY = (*own_days(3, FIRST, FIRST + 21), *own_days(1, FIRST + 21, 83))
NOTHING_FOR_A_WEEK = tuple(day for day in AS_PROMISED if not FIRST + 28 <= day < FIRST + 36)
NOTHING_LATER = tuple(day for day in AS_PROMISED if day <= NINTH)


@pytest.mark.parametrize(
    ("days", "stand", "set_aside", "promises"),
    [
        (AS_PROMISED, {}, [], set()),
        (SLOWER_TOO_EARLY, {}, [], {Promise.LOST}),
        (NOTHING_LATER, {}, [], {Promise.LOST}),
        (AS_PROMISED, {"keeps_pace": True}, [], {Promise.LOST}),
        (SLOWER_TOO_EARLY, {"slow_until": 90 * DAY}, [], set()),
        (SLOWER_TOO_EARLY, {"slow_until": 30 * DAY}, [], {Promise.LOST}),
        (SLOWER_TOO_EARLY, {}, [DAY], set()),
        (SLOWER_TOO_EARLY, {}, [60 * DAY], {Promise.LOST}),
        (NOTHING_FOR_A_WEEK, {}, [DAY], {Promise.LOST}),
    ],
)
def test_what_is_slower_by_promise_is_not_missed_and_nothing_else_is_excused(
    days: Iterable[int], stand: Any, set_aside: list[float], promises: set[Promise]
) -> None:
    forged = Forged()
    forged.says(1.0, Stand(wants=True, wishes=WISHES, guild_id=SERVER, **stand), renews=True)
    forged.history.move_plan(PlanMove(10.0, ROBIN, None, BEGINS + timedelta(days=900), "active", 7))
    forged.person.set_aside += set_aside
    forged.answered(*days)

    assert forged.broken(ended=82 * DAY) - {Promise.TOO_MANY} == promises


def test_what_was_under_way_at_the_same_moment_is_held_against_nobody() -> None:
    """A stop that has had no answer yet may come before or after a message."""
    forged = Forged()
    forged.comes(1)
    at = DAY + EVENING

    stop = forged.person.said.begin(at - 1, Stand(wants=False, wishes=WISHES, guild_id=SERVER))
    assert forged.broken() == set()

    forged.person.said.end(stop, at + 2, stop.to)
    assert forged.broken() == set()

    forged.person.said.end(stop, at - 0.5, stop.to)
    assert forged.broken() == {Promise.UNWANTED}


def test_whoever_deleted_everything_begins_anew() -> None:
    forged = Forged()
    name = forged.comes(1)
    gone = DAY + EVENING + 10 * MINUTE

    forged.says(gone, Stand())
    forged.history.erase(gone, name)
    forged.says(gone + 60, Stand(wants=True, wishes=WISHES, guild_id=SERVER), renews=True)
    forged.row(name, DAY + EVENING, "claimed", "sent", at=gone + 120)
    forged.arrives(name, gone + 121)

    assert forged.broken() == set()


def test_what_was_handed_over_while_its_member_was_leaving_belongs_to_the_time_before() -> None:
    forged = Forged()
    due = DAY + EVENING
    name = forged.comes(1, called=due + 0.5)

    leaving = forged.person.said.begin(due + 0.2, Stand())
    forged.person.said.end(leaving, due + 0.8, leaving.to)
    forged.history.erase(due + 0.7, name)
    forged.says(due + 60, Stand(wants=True, wishes=WISHES, guild_id=SERVER), renews=True)
    forged.row(name, due, "claimed", "sent", at=due + 120)
    forged.arrives(name, due + 121)
    assert forged.broken() == set()

    forged.arrives(name, due + 122)
    assert forged.broken() == {Promise.DUPLICATE}
