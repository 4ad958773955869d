"""Everybody on the list is treated fairly, runs into no wall, and gets what they chose.

How they answer is invented, and says so where it is written: bot/simulate/personas.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.content.library import Library
from bot.journey.courier import NudgeNote, Question
from bot.journey.course import Event, newcomer
from bot.journey.foresee import foresee
from bot.journey.persona import Message, Reply
from bot.rules.bearing import Bearing
from bot.rules.choose import Audience
from bot.rules.occurrence import Answer, Kind
from bot.rules.plan import PlanState, Size
from bot.simulate.personas import BEGINS, WAYS, Somebody, beginning_of, somebody
from tests.foresee.fairness import Member, Row, rows, table
from tests.foresee.judge import judged

HALF_A_YEAR = timedelta(weeks=26)
ENDS_QUIET = ("silent", "always-no")
ANSWERS = sorted(set(WAYS) - set(ENDS_QUIET))

# A nudge for somebody beside is one of 34, and a brave one comes to few: so many lives are looked at for it.
LIVES_TO_SEE_ALL = 120


@pytest.fixture
def members(*, long: bool) -> range:
    return range(1, 61 if long else 11)


def life(name: str, seed: int, library: Library, weeks: timedelta = HALF_A_YEAR) -> list[Event]:
    return list(foresee(beginning_of(name, seed), library, somebody(name, seed), BEGINS + weeks))


def nudges_in(events: list[Event]) -> list[NudgeNote]:
    return [one.what.says for one in events if isinstance(one.what, Message) and isinstance(one.what.says, NudgeNote)]


def questions_in(events: list[Event]) -> list[Kind]:
    said = [one.what.says for one in events if isinstance(one.what, Message)]
    return [one.kind for one in said if isinstance(one, Question)]


def test_the_lottery_is_fair_to_everybody_beside_chance_alone(library: Library, *, long: bool) -> None:
    measured = rows(200 if long else 16, library)
    print(f"\n{table(measured)}")  # noqa: T201 - the table is what the drill is for

    nobody_objects_clearly_more(measured)
    who_does_least_does_not_do_less(measured)
    brave_steps_come_only_to_who_chose_them(measured)


def nobody_objects_clearly_more(measured: list[Row]) -> None:
    for row in measured:
        lottery, chance = row.objected
        assert lottery <= 1.25 * chance + row.noise_of_objections, row.name


def who_does_least_does_not_do_less(measured: list[Row]) -> None:
    for row in measured:
        lottery, chance = row.quarter
        assert lottery >= chance - row.noise_of_did, row.name


def brave_steps_come_only_to_who_chose_them(measured: list[Row]) -> None:
    for row in measured:
        if WAYS[row.name].size is not Size.BRAVE:
            assert sum(one.brave for one in [*row.lottery, *row.chance]) == 0, row.name


def test_a_lottery_that_is_not_fair_is_noticed() -> None:
    chance = [Member(20, did=0.5 + one / 100, objected=0.1 + one / 200, brave=0) for one in range(12)]
    worse = [replace(one, did=one.did - 0.2, objected=2 * one.objected, brave=1) for one in chance]

    for claim in (
        nobody_objects_clearly_more,
        who_does_least_does_not_do_less,
        brave_steps_come_only_to_who_chose_them,
    ):
        claim([Row("picky", chance, chance)])
        with pytest.raises(AssertionError, match="picky"):
            claim([Row("picky", worse, chance)])


@pytest.mark.parametrize("name", ENDS_QUIET)
def test_who_wants_none_of_it_is_asked_after_six_and_then_left_alone(
    library: Library, members: range, name: str
) -> None:
    for seed in members:
        events = life(name, seed, library)
        assert len(nudges_in(events)) == 6
        assert questions_in(events) == [Kind.STILL_WANTED]
        assert events[-1].where.plan.state is PlanState.QUIET


@pytest.mark.parametrize("name", WAYS)
def test_every_promise_is_kept_to_each_of_them_for_half_a_year(library: Library, members: range, name: str) -> None:
    nudges = library.languages["en"].nudges
    for seed in members[:5]:
        assert judged(beginning_of(name, seed), nudges, life(name, seed, library)) == [], f"seed {seed}"


@pytest.mark.parametrize("name", ANSWERS)
def test_nobody_who_answers_runs_dry_in_half_a_year(library: Library, members: range, name: str) -> None:
    """Beside somebody there are only 26 that are not brave: they last because the fewer are left, the fewer come."""
    assert [seed for seed in members if Kind.ALL_SEEN in questions_in(life(name, seed, library))] == []


@pytest.mark.parametrize("name", ANSWERS)
def test_weeks_do_not_stall(library: Library, members: range, name: str) -> None:
    """Three weeks of pause and what silence takes are all that lies between 26 weeks and these."""
    for seed in members[:10]:
        events = life(name, seed, library)
        assert events[-1].where.plan.weeks >= 13, f"seed {seed}"
        assert Kind.REVIEW_8 in questions_in(events), f"seed {seed}"


@pytest.mark.parametrize("name", ANSWERS)
def test_who_did_a_few_and_picked_small_gets_small_ones_within_half_a_year(
    library: Library, members: range, name: str
) -> None:
    lives = [life(name, seed, library) for seed in members]
    with_small = [any(note.nudge.size >= Size.SMALL for note in nudges_in(one)) for one in lives]

    if name == "tiny-forever":
        assert not any(with_small)
    elif WAYS[name].size >= Size.SMALL:
        # Who mostly objects, as the one who likes one kind only does, may never have done three in full.
        assert sum(with_small) >= len(lives) * (0.7 if name == "one-theme" else 0.95)
    else:
        assert any(with_small), "they are asked, and say yes"


def test_every_nudge_comes_to_somebody_within_half_a_year(library: Library) -> None:
    missing = {one.nudge_id for one in library.languages["en"].nudges if not one.retired}
    for seed in range(1, LIVES_TO_SEE_ALL):
        missing -= {note.nudge.nudge_id for note in nudges_in(life("brave", seed, library))}
        if not missing:
            return

    assert missing == set()


def beside(seed: int, library: Library) -> list[Event]:
    """Somebody beside a person who has gone quiet, who has picked brave steps too."""
    ways = replace(WAYS["brave"], bearing=Bearing(audiences=frozenset({Audience.BESIDE})))
    wishes = beginning_of("brave", seed).who.standing.plan.wishes
    beginning = newcomer(seed, wishes, BEGINS, "en", ways.bearing)
    return list(foresee(beginning, library, Somebody(ways, seed), BEGINS + HALF_A_YEAR))


def test_beside_somebody_steps_grow_from_none_to_a_talk_one_by_one(library: Library, members: range) -> None:
    reached = []
    for seed in members:
        grown = list(further_and_further(beside(seed, library)))
        assert grown in ([0, 1, 2, 3, 4][: len(grown)], [1, 2, 3, 4][: len(grown)])
        reached.append(max(grown))

    assert sum(one >= 3 for one in reached) >= len(reached) * 0.9
    assert 4 in reached


def further_and_further(events: list[Event]) -> Iterator[int]:
    """Each exposure that is further than all before it."""
    farthest = -1
    for note in nudges_in(events):
        if note.nudge.exposure > farthest:
            farthest = note.nudge.exposure
            yield farthest


def test_whoever_was_eased_out_of_brave_steps_comes_back_to_them_by_a_yes(library: Library) -> None:
    """Two "not today" make steps smaller for everybody; who had picked brave is asked in time, and not left there."""
    eased = back = 0
    for seed in range(1, 16):
        sizes = [event.where.plan.wishes.size for event in life("brave", seed, library)]
        if Size.SMALL in sizes:
            eased += 1
            back += Size.BRAVE in sizes[sizes.index(Size.SMALL) :]

    assert eased > 5
    assert back > eased / 2


def test_tapping_everything_at_once_counts_each_nudge_once(library: Library) -> None:
    replies = [event.what for event in life("tap-everything", 1, library) if isinstance(event.what, Reply)]

    assert all(reply.already is (place % 2 == 1) for place, reply in enumerate(replies))
    assert {reply.press.answer for reply in replies if not reply.already} == {Answer.DID_IT}


def test_all_of_them_live_through_the_same_twice(library: Library) -> None:
    once = partial(life, library=library, weeks=timedelta(weeks=6))
    for name in WAYS:
        assert once(name, 3) == once(name, 3)
