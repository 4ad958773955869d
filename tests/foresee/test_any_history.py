"""Over any history of answers and any settings, nothing that was promised about pace and choice is broken."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.content.library import Library
from bot.journey.courier import NudgeNote, Question
from bot.journey.course import Event
from bot.journey.foresee import foresee
from bot.journey.persona import Message
from bot.rules.occurrence import Kind
from bot.rules.tickets import Tickets
from tests.foresee.chance import Anybody, any_beginning
from tests.foresee.judge import judged

# The short form stands in `make test`, the long one in `make drills`.
FEW, MANY = 300, 12_000
PARTS = 4


def weeks_of(seed: int) -> timedelta:
    """Every fifth life is half a year, all others eight weeks."""
    return timedelta(weeks=26 if seed % 5 == 0 else 8)


def life(seed: int, library: Library) -> list[Event]:
    beginning = any_beginning(seed)
    return list(foresee(beginning, library, Anybody(seed), beginning.past.now + weeks_of(seed)))


@pytest.mark.parametrize("part", range(PARTS))
def test_no_promise_about_pace_and_choice_is_ever_broken(library: Library, part: int, *, long: bool) -> None:
    nudges, seen = library.languages["en"].nudges, Counter[str]()
    for seed in range(part, MANY if long else FEW, PARTS):
        events = life(seed, library)
        assert judged(any_beginning(seed), nudges, events) == [], f"seed {seed}"
        seen.update(kind_of(event) for event in events)

    looked_for = ("nudge", Kind.STILL_WANTED, Kind.REVIEW_4, Kind.REVIEW_8)
    assert all(seen[one] for one in looked_for), f"judged too little: {seen}"


def kind_of(event: Event) -> str:
    match event.what:
        case Message(says=NudgeNote()):
            return "nudge"
        case Message(says=Question(kind)):
            return kind
    return type(event.what).__name__


def test_the_same_seed_and_the_same_answers_bring_the_same_weeks(library: Library) -> None:
    for seed in range(20):
        assert life(seed, library) == life(seed, library)


def test_another_member_gets_other_nudges(library: Library) -> None:
    """Else a chooser that draws nothing would pass as one that always draws the same."""
    assert life(1, library) != life(2, library)


def test_whoever_sets_everything_aside_is_told_once_and_gets_nothing_more(library: Library) -> None:
    nudges = library.languages["en"].nudges
    begin = any_beginning(3)
    assert begin.past.refused is not None
    refused = replace(begin.past.refused, nudges=frozenset(one.nudge_id for one in nudges))
    begin = replace(begin, past=replace(begin.past, refused=refused))

    kinds = [kind_of(one) for one in foresee(begin, library, Anybody(4), begin.past.now + timedelta(weeks=26))]

    assert kinds.count(Kind.ALL_SEEN) == 1
    assert "nudge" not in kinds


def test_where_nothing_can_be_read_nothing_is_foreseen(library: Library) -> None:
    begin = any_beginning(3)
    for unread in ({"refused": None}, {"bearing": None}):
        unreadable = replace(begin, past=replace(begin.past, **unread))  # type: ignore[arg-type]
        assert list(foresee(unreadable, library, Anybody(4), begin.past.now + timedelta(weeks=4))) == []


def test_the_judge_sees_what_is_broken(library: Library) -> None:
    """Each of these courses is a good one in which one thing was made wrong."""
    nudges, beginning = library.languages["en"].nudges, any_beginning(2)
    events = life(2, library)
    assert judged(beginning, nudges, events) == []
    first = next(place for place, one in enumerate(events) if kind_of(one) == "nudge")

    wrong = {
        "quiet hours": [*events[:first], by_night(events[first]), *events[first + 1 :]],
        "outside of the window": [*events[:first], moved(events[first], timedelta(hours=3)), *events[first + 1 :]],
        "second of a day": [*events[: first + 1], events[first], *events[first + 1 :]],
        "changed the tickets": [*events[:first], with_tickets(events[first]), *events[first + 1 :]],
        "explained by": [*events[:first], with_other_draw(events[first]), *events[first + 1 :]],
        "again within eight weeks": [*events, moved(events[first], timedelta(weeks=7, days=1))],
        "after the last question": [*events[:first], asking(events[first]), *events[first:]],
    }

    for what, course in wrong.items():
        assert any(what in one for one in judged(beginning, nudges, course)), what


def moved(event: Event, by: timedelta) -> Event:
    return replace(event, at=event.at + by)


def by_night(event: Event) -> Event:
    local = event.at.astimezone(ZoneInfo(event.where.plan.wishes.zone))
    return replace(event, at=local.replace(hour=23).astimezone(UTC))


def asking(event: Event) -> Event:
    return replace(event, what=replace(event.what, says=Question(Kind.STILL_WANTED)))  # type: ignore[type-var]


def with_tickets(event: Event) -> Event:
    bearing = replace(event.where.bearing, tickets=Tickets({"kind": 15.0}, event.at.date()))
    return replace(event, where=replace(event.where, bearing=bearing))


def with_other_draw(event: Event) -> Event:
    draw = event.where.bearing.draw
    assert draw is not None
    bearing = replace(event.where.bearing, draw=replace(draw, tickets={**draw.tickets, "repair": 10.0}))
    return replace(event, where=replace(event.where, bearing=bearing))
