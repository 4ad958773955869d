"""How long what is held stays. What other rules read is held against them, and not against this one's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.choose import NOT_AGAIN_FOR
from bot.rules.occurrence import UNSEEN, Kind, State
from bot.rules.retention import (
    LONGEST_BREAK,
    TIME_TO_COME_BACK,
    UNLESS_SET_OTHERWISE,
    Anchor,
    Diary,
    Message,
    Retention,
    Signs,
    cuts_of,
    going,
    is_gone,
    last_night,
    tonight,
)
from bot.rules.silence import ASK_AFTER

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
CUTS = cuts_of(UNLESS_SET_OTHERWISE, NOW)
LONG_AGO = NOW - timedelta(days=2_000)

days_ago = st.integers(0, 800).map(lambda days: NOW - timedelta(days=days))


# ------------------------------------------------------------------ nights


def test_house_is_kept_once_a_night() -> None:
    kept = tonight(None, datetime(2026, 6, 1, 3, 40, tzinfo=UTC))

    assert not kept.is_due(datetime(2026, 6, 1, 23, 59, tzinfo=UTC))
    assert not kept.is_due(datetime(2026, 6, 2, 3, 39, tzinfo=UTC))
    assert kept.is_due(datetime(2026, 6, 2, 3, 40, tzinfo=UTC))


def test_missed_nights_are_made_up_once() -> None:
    kept = tonight(None, NOW)
    later = NOW + 3 * A_DAY + timedelta(hours=5)

    assert kept.is_due(later)
    assert not tonight(kept, later).is_due(later + A_SECOND)


@given(days_ago)
def test_the_last_night_is_less_than_a_day_ago(now: datetime) -> None:
    assert timedelta() <= now - last_night(now) < A_DAY


def nights(diary: Diary | None, first: datetime, how_many: int) -> Diary:
    for night in range(how_many):
        diary = tonight(diary, first + night * A_DAY)
    assert diary is not None
    return diary


def test_the_first_night_lets_nothing_go_the_second_one_things_and_members_go_after_a_month() -> None:
    assert not nights(None, NOW, 1).lets_things_go
    assert nights(None, NOW, 2).lets_things_go
    assert not nights(None, NOW, TIME_TO_COME_BACK.days).lets_members_go
    assert nights(None, NOW, TIME_TO_COME_BACK.days + 1).lets_members_go


@given(
    jump=st.timedeltas(-timedelta(days=4_000), timedelta(days=4_000)),
    more=st.integers(0, TIME_TO_COME_BACK.days - 1),
)
def test_after_a_jump_of_the_clock_or_a_long_absence_everybody_has_a_month(jump: timedelta, more: int) -> None:
    settled = nights(None, NOW - 100 * A_DAY, 100)
    after = tonight(settled, settled.last + jump)

    if timedelta() <= jump <= LONGEST_BREAK:
        assert after.lets_members_go
    else:
        assert not after.lets_things_go
        assert not nights(after, after.last, more + 1).lets_members_go


def test_a_clock_that_was_set_back_is_noted_at_once() -> None:
    ahead = nights(None, NOW + 365 * A_DAY, 40)

    assert ahead.is_due(NOW)
    assert tonight(ahead, NOW) == Diary(NOW, NOW)


# ------------------------------------------------------------------ members


def test_whoever_was_not_there_for_a_year_goes_and_nobody_a_second_earlier() -> None:
    year_ago = NOW - UNLESS_SET_OTHERWISE.inactive_members

    assert is_gone(Signs(year_ago - A_SECOND), CUTS)
    assert not is_gone(Signs(year_ago), CUTS)


@pytest.mark.parametrize("sign", [one.name for one in fields(Signs)])
def test_each_sign_by_itself_keeps_a_member(sign: str) -> None:
    recent: datetime | date = NOW - timedelta(days=364)
    if sign in {"checked_in_on", "week_of"}:
        recent = (NOW - timedelta(days=364)).date()

    assert is_gone(Signs(LONG_AGO), CUTS)
    assert not is_gone(replace(Signs(LONG_AGO), **{sign: recent}), CUTS)


def test_a_date_counts_to_its_end_wherever_it_is() -> None:
    behind = Signs(LONG_AGO, checked_in_on=date(2026, 3, 1))
    assert behind.last == datetime(2026, 3, 2, 12, tzinfo=UTC)

    week = Signs(LONG_AGO, week_of=date(2026, 3, 2))
    assert week.last == datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_a_month_in_which_something_was_set_aside_counts_to_its_end() -> None:
    assert Signs(LONG_AGO, set_aside_at=datetime(2026, 3, 1, tzinfo=UTC)).last == datetime(2026, 4, 1, tzinfo=UTC)


# ------------------------------------------------------------------ messages


@st.composite
def histories(draw: st.DrawFn) -> list[Message]:
    """What a member can have had: one of a kind on a day, ended or not, answered or not."""
    days = draw(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(Kind)), max_size=40, unique=True))
    found = []
    for day, kind in days:
        due = NOW - timedelta(days=day) + timedelta(minutes=[*Kind].index(kind))
        answered = draw(st.one_of(st.none(), st.integers(0, day).map(lambda after, due=due: due + after * A_DAY)))
        found.append(
            Message(
                occurrence_id=f"{kind} {day}",
                kind=kind,
                state=draw(st.sampled_from(State)),
                due_at=due,
                settled_at=draw(st.sampled_from([due, due, due, None])),
                answered_at=answered,
                keeps_answer=answered is not None and draw(st.booleans()),
            )
        )
    return found


def goes(messages: Sequence[Message], retention: Retention, now: datetime = NOW) -> set[str]:
    """As the store asks: what was due before the cut, beside what decides about it."""
    cuts = cuts_of(retention, now)
    seen = sorted((one for one in messages if one.may_be_seen), key=lambda one: one.due_at, reverse=True)
    nudges = [one.due_at for one in seen if one.kind is Kind.NUDGE]
    anchor = Anchor(
        nudges[ASK_AFTER - 1] if len(nudges) >= ASK_AFTER else None,
        any(one.due_at >= cuts.records for one in seen),
    )
    return set(going([one for one in messages if one.due_at < cuts.records], anchor, cuts))


def read_by_rules(messages: Sequence[Message], now: datetime) -> list[Message]:
    """What choosing, spacing and silence look at (`journey.past`): eight weeks, and the last nudges however old."""
    newest = sorted(messages, key=lambda one: one.due_at, reverse=True)
    nudges = [
        one for one in newest if one.kind is Kind.NUDGE and (one.state not in UNSEEN or one.answered_at is not None)
    ][:ASK_AFTER]
    return [one for one in newest if one.due_at >= now - NOT_AGAIN_FOR or one in nudges]


lengths = st.builds(
    Retention,
    inactive_members=st.integers(90, 400).map(lambda days: timedelta(days=days)),
    delivery_records=st.integers(60, 400).map(lambda days: timedelta(days=days)),
    answers=st.integers(90, 400).map(lambda days: timedelta(days=days)),
)


@given(histories(), lengths, st.integers(0, 200))
def test_what_other_rules_read_is_the_same_whatever_went(
    messages: list[Message], retention: Retention, later: int
) -> None:
    """So no nudge comes again too early, and silence is heard as if nothing had gone; tonight and on any later day."""
    left = [one for one in messages if one.occurrence_id not in goes(messages, retention)]

    for now in (NOW, NOW + later * A_DAY):
        assert read_by_rules(left, now) == read_by_rules(messages, now)


@given(histories(), lengths)
def test_what_tells_last_that_somebody_was_there_stays(messages: list[Message], retention: Retention) -> None:
    def last_sign(held: Sequence[Message]) -> datetime:
        seen = [one for one in held if one.may_be_seen]
        return max([LONG_AGO, *(one.due_at for one in seen), *(one.answered_at or LONG_AGO for one in seen)])

    left = [one for one in messages if one.occurrence_id not in goes(messages, retention)]

    assert last_sign(left) == last_sign(messages)


@given(histories(), lengths)
def test_nothing_goes_that_is_not_over_or_not_old_or_has_an_answer_with_it(
    messages: list[Message], retention: Retention
) -> None:
    gone = goes(messages, retention)

    for one in messages:
        if one.occurrence_id in gone:
            assert one.settled_at is not None
            assert not one.keeps_answer
            assert NOW - max(one.due_at, one.answered_at or one.due_at) > retention.delivery_records


@given(histories(), lengths)
def test_nobody_keeps_more_than_a_handful_of_old_messages(messages: list[Message], retention: Retention) -> None:
    gone, cuts = goes(messages, retention), cuts_of(retention, NOW)
    over = [one for one in messages if one.is_older_than(cuts.records) and not one.keeps_answer]

    assert len([one for one in over if one.occurrence_id not in gone]) <= ASK_AFTER + 2 + 2


def test_the_question_after_the_last_nudges_stays_for_its_button_leads_on() -> None:
    old = [
        Message(f"nudge {day}", Kind.NUDGE, State.SENT, due, due, None, keeps_answer=False)
        for day in range(200, 300, 5)
        for due in [NOW - day * A_DAY]
    ]
    asked = NOW - 195 * A_DAY
    question = Message("asked", Kind.STILL_WANTED, State.SENT, asked, asked, None, keeps_answer=False)

    gone = goes([*old, question], UNLESS_SET_OTHERWISE)

    assert "asked" not in gone
    assert {one.occurrence_id for one in old} - gone == {f"nudge {day}" for day in range(200, 230, 5)}


def test_a_question_that_six_nudges_have_followed_goes_with_its_time() -> None:
    asked = NOW - 300 * A_DAY
    question = Message("asked", Kind.STILL_WANTED, State.SENT, asked, asked, None, keeps_answer=False)
    since = [
        Message(f"nudge {day}", Kind.NUDGE, State.SENT, due, due, None, keeps_answer=False)
        for day in range(5, 35, 5)
        for due in [NOW - day * A_DAY]
    ]

    assert goes([question, *since], UNLESS_SET_OTHERWISE) == {"asked"}
    assert goes([question, *since[1:]], UNLESS_SET_OTHERWISE) == set()
