"""What one answer makes of a plan and a bearing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.bearing import FIRST_OFFER_AFTER, NEXT_OFFER_AFTER, Bearing, Step
from bot.rules.choose import CONTACT, Audience
from bot.rules.due import Lately
from bot.rules.occurrence import Answer
from bot.rules.pace import ceiling_of
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.replies import Followed, Pressed, Question, follow, said_bigger
from bot.rules.schedule import Window
from bot.rules.seasons import Season

NOW = datetime(2026, 6, 1, 18, tzinfo=UTC)
TODAY = date(2026, 6, 1)
WISHES = Wishes("Europe/Berlin", Window(1080, 1200), 3, Size.TINY, discreet=False)
PLAN = replace(Plan(7, WISHES, PlanState.OFF, since_at=NOW, level=1).going_on(NOW, Lately()), weeks=3, week_began=TODAY)
READY = Bearing(full_steps=5, offer_in=1)
"""Somebody to whom a bigger size is offered after one more full step."""


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


ALONE, LINE = Plain("kind-alone"), Plain("reply-line", "reply", exposure=CONTACT)


def press(
    answer: Answer,
    nudge: Plain | None = ALONE,
    plan: Plan = PLAN,
    bearing: Bearing = READY,
    *,
    smaller: bool = False,
    of_its_kind: int = 0,
) -> Followed:
    nudge_id = "gone" if nudge is None else nudge.nudge_id
    return follow(Pressed(answer, nudge_id, nudge, smaller, of_its_kind=of_its_kind), plan, bearing, Lately(), NOW)


# ------------------------------------------------------------------ did it


def test_did_it_lets_steps_grow_and_the_kind_come_more_often() -> None:
    followed = press(Answer.DID_IT, LINE)

    assert followed.plan == replace(PLAN, level=CONTACT)
    assert followed.bearing == READY.did(CONTACT, "reply", TODAY)


def test_the_smaller_version_lets_nothing_grow() -> None:
    waited = replace(READY, not_todays=1)

    assert press(Answer.DID_IT, LINE, bearing=waited, smaller=True) == Followed(PLAN, READY)
    assert press(Answer.DID_IT, None, bearing=waited) == Followed(PLAN, READY), "as does one that left the library"


def test_a_bigger_size_is_offered_after_some_full_steps() -> None:
    offered = press(Answer.DID_IT)

    assert offered.question is Question.BIGGER
    assert offered.bearing.offer_in == NEXT_OFFER_AFTER
    assert offered.plan.wishes.size is Size.TINY, "and taken only by a yes"
    assert press(Answer.DID_IT, bearing=replace(READY, offer_in=2)).question is None


def test_no_bigger_size_is_offered_before_it_could_come() -> None:
    assert (ceiling_of(2).size, ceiling_of(3).size) == (Size.TINY, Size.SMALL)
    assert press(Answer.DID_IT, plan=replace(PLAN, weeks=2)).question is None
    early = press(Answer.DID_IT, bearing=Bearing(full_steps=1, offer_in=0))
    assert early.question is None
    assert early.bearing.offer_in == 0, "and it is offered as soon as it could"


def test_whoever_picked_more_than_tiny_is_offered_nothing() -> None:
    assert press(Answer.DID_IT, plan=replace(PLAN, wishes=replace(WISHES, size=Size.SMALL))).question is None


@pytest.mark.parametrize(
    "quiet",
    [
        READY.begin_season(Season.GRIEF, TODAY),
        replace(READY, not_ok_on=TODAY),
        replace(READY, steps=(Step(TODAY), Step(TODAY))),
    ],
    ids=["in a season", "after something was not OK", "after plenty"],
)
def test_nothing_bigger_is_offered_while_less_is_right(quiet: Bearing) -> None:
    assert press(Answer.DID_IT, bearing=quiet).question is None


def test_a_step_towards_a_person_is_no_time_to_ask_for_more() -> None:
    assert press(Answer.DID_IT, LINE).question is None


def test_whether_it_was_the_same_person_is_asked_where_there_was_one_in_two_weeks() -> None:
    def asked(days_ago: int) -> Question | None:
        return press(Answer.DID_IT, LINE, bearing=Bearing(steps=(Step(TODAY - timedelta(days=days_ago)),))).question

    assert asked(13) is Question.SAME_PERSON
    assert asked(14) is None


def test_plenty_is_said_when_it_is() -> None:
    same = Step(TODAY, with_someone_new=False)

    assert not press(Answer.DID_IT, LINE).is_plenty
    assert not press(Answer.DID_IT, LINE, bearing=Bearing(steps=(Step(TODAY),))).is_plenty, "it may be the same person"
    assert press(Answer.DID_IT, LINE, bearing=Bearing(steps=(same, same))).is_plenty
    assert not press(Answer.DID_IT, ALONE, bearing=Bearing(steps=(same, same, same))).is_plenty, "not of one done alone"


# ------------------------------------------------------------------ everything else


def test_two_not_todays_running_make_steps_one_size_smaller() -> None:
    brave = replace(PLAN, wishes=replace(WISHES, size=Size.BRAVE))
    once = press(Answer.NOT_TODAY, plan=brave)
    twice = press(Answer.NOT_TODAY, plan=once.plan, bearing=once.bearing)

    assert once == Followed(brave, READY.said_no(TODAY).not_today())
    assert twice.plan.wishes.size is Size.SMALL
    assert (twice.bearing.not_todays, twice.bearing.offer_in) == (0, FIRST_OFFER_AFTER)


def test_there_is_nothing_smaller_than_tiny() -> None:
    assert press(Answer.NOT_TODAY, bearing=replace(READY, not_todays=1)).plan == PLAN


def test_a_step_between_two_not_todays_keeps_the_size() -> None:
    first = press(Answer.NOT_TODAY)
    between = press(Answer.DID_IT, bearing=first.bearing, smaller=True)

    assert press(Answer.NOT_TODAY, bearing=between.bearing).bearing.not_todays == 1


def test_not_for_me_makes_the_kind_come_less_often_and_the_second_of_a_kind_asks() -> None:
    first, second = press(Answer.NOT_FOR_ME), press(Answer.NOT_FOR_ME, of_its_kind=1)

    assert first.bearing == replace(READY.said_no(TODAY), tickets=READY.tickets.not_for_me("kind", TODAY))
    assert (first.plan, first.question, second.question) == (PLAN, None, Question.SKIP_KIND)


def test_what_is_not_for_them_does_not_come_again_though_it_was_asked_for() -> None:
    asked = PLAN.with_again("kind-alone", 1, NOW, Lately())

    assert press(Answer.NOT_FOR_ME, plan=asked).plan.again_nudge_id is None
    assert press(Answer.NOT_FOR_ME, LINE, plan=asked).plan == asked, "another one was asked for"


def test_one_that_left_the_library_has_no_kind() -> None:
    asked = PLAN.with_again("gone", 1, NOW, Lately())

    followed = press(Answer.NOT_FOR_ME, None, plan=asked)

    assert followed == Followed(asked.without_again(NOW, Lately()), READY.said_no(TODAY))


def test_not_ok_makes_everything_gentle_also_for_one_that_left_the_library() -> None:
    for nudge in (LINE, None):
        followed = press(Answer.NOT_OK, nudge, plan=replace(PLAN, wishes=replace(WISHES, size=Size.BRAVE)))
        assert followed == Followed(replace(PLAN, level=0), READY.said_no(TODAY).not_ok(TODAY))


def test_noes_are_counted_until_something_was_done() -> None:
    bearing = READY
    for answer in (Answer.NOT_TODAY, Answer.NOT_FOR_ME, Answer.NOT_OK):
        bearing = press(answer, bearing=bearing).bearing
    assert bearing.noes == (TODAY,) * 3
    for smaller in (False, True):
        assert press(Answer.DID_IT, bearing=bearing, smaller=smaller).bearing.noes == ()


def test_a_no_that_is_not_the_first_answer_to_its_nudge_is_heard_and_counts_as_no_other() -> None:
    once = Pressed(Answer.NOT_OK, "kind-alone", ALONE)

    again = follow(replace(once, is_first=False), PLAN, READY.said_no(TODAY), Lately(), NOW)

    assert again.bearing == READY.said_no(TODAY).not_ok(TODAY)


@pytest.mark.parametrize("answer", [Answer.LATER, Answer.PAUSE])
def test_later_and_a_pause_change_nothing_here(answer: Answer) -> None:
    assert press(answer, LINE) == Followed(PLAN, READY)


def test_a_yes_to_bigger_leads_to_small_and_no_farther() -> None:
    assert said_bigger(PLAN, Size.TINY).wishes.size is Size.SMALL
    for size in (Size.SMALL, Size.BRAVE):
        picked = replace(PLAN, wishes=replace(WISHES, size=size))
        assert said_bigger(picked, Size.TINY) == picked


def test_a_yes_to_bigger_that_is_said_again_means_the_same_one() -> None:
    """Also weeks later, on an old message, of somebody to whom brave ones could be offered by now."""
    once = said_bigger(PLAN, Size.TINY, most=Size.BRAVE)

    assert once.wishes.size is Size.SMALL
    assert said_bigger(once, Size.TINY, most=Size.BRAVE) == once
    assert said_bigger(once, Size.SMALL, most=Size.BRAVE).wishes.size is Size.BRAVE


ANSWERS = st.tuples(
    st.sampled_from(Answer), st.sampled_from([ALONE, LINE, None]), st.booleans(), st.integers(0, 2), st.integers(0, 9)
)


@given(st.lists(ANSWERS, max_size=40))
def test_no_answer_but_a_full_did_it_lets_anything_grow_and_no_answer_makes_them_bigger(
    answers: list[tuple[Answer, Plain | None, bool, int, int]],
) -> None:
    plan, bearing, now = PLAN, Bearing(), NOW
    for answer, nudge, smaller, of_its_kind, days in answers:
        now += timedelta(days=days)
        pressed = Pressed(answer, nudge.nudge_id if nudge else "gone", nudge, smaller, of_its_kind=of_its_kind)
        followed = follow(pressed, plan, bearing, Lately(), now)
        did_it = answer is Answer.DID_IT and nudge is not None and not smaller
        assert followed.plan.wishes.size <= plan.wishes.size
        assert followed.plan.level <= plan.level or did_it
        assert followed.bearing.full_steps <= bearing.full_steps or did_it
        assert followed.bearing.tickets == bearing.tickets or did_it or answer is Answer.NOT_FOR_ME
        assert followed.question is None or answer in (Answer.DID_IT, Answer.NOT_FOR_ME)
        plan, bearing = followed.plan, followed.bearing
