"""Which nudge comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.choose import (
    ALONE,
    CONTACT,
    LARGEST_STEP,
    MOST_OF_THE_LAST,
    NO_TICKETS,
    NOT_AGAIN_FOR,
    OF_THE_LAST,
    OFF_AT_FIRST,
    Audience,
    Bounds,
    Draw,
    Refused,
    Shown,
    choose,
    shown_before,
    skips_of_few,
)
from bot.rules.occurrence import Kind, Occurrence, State
from bot.rules.plan import Size
from bot.rules.tickets import START

NOW = datetime(2026, 6, 1, tzinfo=UTC)


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


def shown(nudge_id: str, days_ago: float) -> Shown:
    return Shown(nudge_id, NOW - timedelta(days=days_ago))


WIDE = Bounds(Size.BRAVE, level=4)


def pick(library: list[Plain], *history: Shown, bounds: Bounds = WIDE, seed: str = "seed") -> str | None:
    chosen = choose(library, bounds, history, seed, NOW)
    return None if chosen is None else chosen.nudge.nudge_id


def test_an_empty_library_gives_nothing() -> None:
    assert pick([]) is None


def test_a_nudge_larger_than_the_member_chose_never_comes() -> None:
    assert pick([Plain("small", size=Size.SMALL)], bounds=replace(WIDE, size=Size.TINY)) is None
    assert pick([Plain("small", size=Size.SMALL)], bounds=replace(WIDE, size=Size.SMALL)) == "small"


def test_a_nudge_comes_only_to_those_it_is_written_for() -> None:
    beside, own = Plain("beside", audience=Audience.BESIDE), Plain("own")

    assert pick([beside]) is None
    assert pick([beside], bounds=replace(WIDE, audiences={Audience.BESIDE})) == "beside"
    assert pick([own], bounds=replace(WIDE, audiences={Audience.BESIDE})) is None
    both = replace(WIDE, audiences=frozenset(Audience))
    assert {pick([beside, own], bounds=both, seed=str(n)) for n in range(20)} <= {"beside", "own"}


def test_a_nudge_of_a_set_comes_only_where_all_of_its_sets_were_switched_on() -> None:
    nudge = Plain("set", sets=frozenset({"queer", "other"}))

    assert pick([nudge]) is None
    assert pick([nudge], bounds=replace(WIDE, sets={"queer"})) is None
    assert pick([nudge], bounds=replace(WIDE, sets={"queer", "other"})) == "set"


def test_a_nudge_that_was_withdrawn_comes_to_nobody() -> None:
    assert pick([Plain("a"), Plain("b")], bounds=replace(WIDE, withdrawn={"a"})) == "b"


def test_only_the_kinds_that_may_come_do() -> None:
    library = [Plain("a", theme="x"), Plain("b", theme="y")]

    assert pick(library, bounds=replace(WIDE, themes={"y"})) == "b"
    assert pick(library, bounds=replace(WIDE, themes=frozenset())) is None


def test_nothing_leads_farther_than_the_bound_whatever_was_done() -> None:
    assert pick([Plain("far", exposure=2)], bounds=replace(WIDE, most_exposure=1)) is None
    assert pick([Plain("far", exposure=2)], bounds=replace(WIDE, most_exposure=2)) == "far"


def test_a_retired_nudge_never_comes() -> None:
    assert pick([Plain("old", retired=True)]) is None


def test_family_romance_and_voice_stay_off_until_they_are_switched_on() -> None:
    assert {"family", "romantic", "voice"} == OFF_AT_FIRST
    for flag in OFF_AT_FIRST:
        flagged = Plain("flagged", flags=frozenset({flag, "contact"}))
        assert pick([flagged]) is None
        assert pick([flagged], bounds=replace(WIDE, skips=OFF_AT_FIRST - {flag})) == "flagged"


def test_what_is_skipped_is_what_no_nudge_is_about() -> None:
    library = [Plain("sad", flags=frozenset({"grief"})), Plain("other")]

    assert pick(library, bounds=replace(WIDE, skips={"grief"})) == "other"


def test_what_was_refused_never_comes_again() -> None:
    assert pick([Plain("a")], bounds=replace(WIDE, refused=Refused(nudges={"a"}))) is None
    assert pick([Plain("a", theme="reply")], bounds=replace(WIDE, refused=Refused(themes={"reply"}))) is None


def test_a_nudge_rests_for_eight_weeks() -> None:
    library = [Plain("a", theme="x"), Plain("b", theme="y")]

    assert pick(library, shown("b", 1), shown("a", NOT_AGAIN_FOR.days - 0.1)) is None
    assert pick(library, shown("b", 1), shown("a", NOT_AGAIN_FOR.days)) == "a"


def test_one_theme_never_comes_twice_running() -> None:
    library = [Plain("a", theme="x"), Plain("b", theme="x"), Plain("c", theme="y")]

    assert pick(library, shown("a", 1)) == "c"


def test_a_step_is_never_larger_than_one_beyond_what_was_done() -> None:
    library = [Plain("far", theme="x", exposure=2), Plain("near", theme="y", exposure=1), Plain("home", theme="z")]

    assert pick([library[0]], bounds=replace(WIDE, level=0)) is None
    assert pick([library[1]], bounds=replace(WIDE, level=0)) == "near"
    assert pick([library[0]], bounds=replace(WIDE, level=1)) == "far"


def test_between_two_nudges_that_lead_to_a_person_there_is_one_that_is_done_alone() -> None:
    first, second = Plain("first", theme="x", exposure=CONTACT), Plain("second", theme="y", exposure=CONTACT)
    react, alone = Plain("react", theme="z", exposure=1), Plain("alone", theme="w", exposure=ALONE)

    assert pick([first, second], shown("first", 1)) is None
    assert pick([first, second, react], shown("react", 1), shown("first", 2)) is None, "to react is not to be alone"
    assert pick([first, second, alone], shown("alone", 1), shown("first", 2)) == "second"
    assert pick([first, second, alone, react], shown("react", 1), shown("alone", 2), shown("first", 3)) == "second"
    assert pick([second, react], shown("react", 1)) == "second", "nothing has led to anybody yet"


def test_one_that_is_done_alone_comes_in_between_only_once_it_surely_came() -> None:
    """One that waits, or was lost, may never be seen: then the two would follow each other."""
    first, second, alone = Plain("first", exposure=2), Plain("second", exposure=2), Plain("alone", exposure=ALONE)
    waiting = replace(shown("alone", 1), is_sure=False)

    assert pick([first, second, alone], waiting, shown("first", 2)) is None
    assert pick([first, second, alone], waiting, shown("alone", 1), shown("first", 2)) == "second"


def test_one_that_left_the_library_may_have_led_to_somebody() -> None:
    second, alone = Plain("second", exposure=2), Plain("alone", exposure=ALONE)

    assert pick([second, alone], shown("gone", 1), shown("alone", 2)) is None
    assert pick([second, alone], shown("alone", 1), shown("gone", 2)) == "second"


def test_a_kind_that_had_four_of_the_last_nine_is_not_drawn() -> None:
    often = [Plain(f"often-{n}", theme="often") for n in range(5)]
    others = [Plain(f"other-{n}", theme=f"other-{n % 3}") for n in range(9)]
    past = ["other-0", "often-0", "other-1", "often-1", "other-2", "often-2", "other-3", "often-3", "other-4"]

    four = {pick([*often, *others], *(shown(one, n + 1) for n, one in enumerate(past)), seed=str(s)) for s in range(50)}
    three = {
        pick([*often, *others], *(shown(one, n + 1) for n, one in enumerate(past[:7])), seed=str(s)) for s in range(50)
    }

    assert MOST_OF_THE_LAST / OF_THE_LAST == 0.4
    assert "often-4" not in four
    assert "often-4" in three


def test_whoever_has_only_one_kind_left_goes_on_with_that_one() -> None:
    library = [Plain(str(n), theme="kind") for n in range(12)]

    assert pick(library, *(shown(str(n), n + 1) for n in range(10))) in {"10", "11"}


def test_of_two_kinds_that_both_had_their_share_the_one_comes_that_was_not_the_last() -> None:
    library = [Plain(str(n), theme=str(n % 2)) for n in range(14)]

    chosen = choose(library, WIDE, [shown(str(n), n + 1) for n in range(10)], "seed", NOW)

    assert chosen is not None
    assert chosen.nudge.theme == "1"


@pytest.mark.parametrize(
    ("left", "passes"),
    [
        pytest.param(9, 0, id="plenty"),
        pytest.param(6, 0, id="enough"),
        pytest.param(5, 1, id="one missing"),
        pytest.param(2, 4, id="four missing"),
        pytest.param(0, 5, id="never longer than two weeks"),
    ],
)
def test_the_fewer_are_left_the_less_often_they_come(left: int, passes: int) -> None:
    assert skips_of_few(left, per_week=3) == passes


def test_with_one_a_week_every_second_is_let_pass_at_most_however_few_are_left() -> None:
    assert [skips_of_few(left, per_week=1) for left in (6, 5, 1, 0)] == [0, 1, 1, 1]


def test_left_is_what_can_come_next_so_after_a_person_it_is_what_leads_to_nobody() -> None:
    alone, also_alone = Plain("alone", "kind"), Plain("also-alone", "notice")
    person, other_person = Plain("person", "hello", exposure=2), Plain("other-person", "reply", exposure=3)
    library = [alone, also_alone, person, other_person]

    left = {}
    for seed in range(40):
        chosen = choose(library, WIDE, (), str(seed), NOW)
        assert chosen is not None
        left[chosen.nudge.nudge_id] = chosen.left

    assert left == {"alone": 3, "also-alone": 3, "person": 2, "other-person": 2}


def test_a_nudge_that_has_left_the_library_is_no_obstacle() -> None:
    assert pick([Plain("a")], shown("gone", 1)) == "a"


@given(
    count=st.integers(1, 12),
    seed=st.text(max_size=5),
    history=st.lists(st.integers(0, 11), max_size=20),
    size=st.sampled_from(Size),
    level=st.integers(0, 4),
)
def test_any_history_keeps_every_hard_stop_and_the_same_seed_gives_the_same_nudge(
    count: int, seed: str, history: list[int], size: Size, level: int
) -> None:
    library = [
        Plain(str(n), theme=str(n % 4), size=Size(1 + n % 3), exposure=n % 5, retired=n % 7 == 6) for n in range(count)
    ]
    past = [shown(str(n), 5 * (age + 1)) for age, n in enumerate(history)]
    bounds = Bounds(size, level)

    chosen = choose(library, bounds, past, seed, NOW)

    assert chosen == choose(library, bounds, past, seed, NOW)
    if chosen is None:
        return
    nudge, before = chosen.nudge, [library[int(one.nudge_id)] for one in past if int(one.nudge_id) < count]
    assert nudge.size <= size
    assert not nudge.retired
    assert nudge.exposure <= level + LARGEST_STEP
    assert all(one.nudge_id != nudge.nudge_id or NOW - one.at >= NOT_AGAIN_FOR for one in past)
    if len(chosen.draw.tickets) > 1 and before:
        assert before[0].theme not in chosen.draw.tickets
    since_alone = [one.exposure for one in before]
    since_alone = since_alone[: since_alone.index(ALONE)] if ALONE in since_alone else since_alone
    assert nudge.exposure < CONTACT or max(since_alone, default=ALONE) < CONTACT


@settings(max_examples=50)
@given(seed=st.integers(), tickets=st.floats(3, 40))
def test_with_four_kinds_or_more_none_ever_has_more_than_four_of_ten_nor_two_running(seed: int, tickets: float) -> None:
    """Even one with the most tickets there can be."""
    library = [Plain(f"{theme}-{n}", theme=str(theme)) for theme in range(4) for n in range(15)]
    history: list[Shown] = []
    themes: list[str] = []
    for age in range(30):
        now = NOW + timedelta(days=age)
        chosen = choose(library, WIDE, history, f"{seed}:{age}", now, {"0": tickets})
        assert chosen is not None
        history.insert(0, Shown(chosen.nudge.nudge_id, now))
        themes.insert(0, chosen.nudge.theme)
        assert max(Counter(themes[:OF_THE_LAST]).values()) <= MOST_OF_THE_LAST
        assert themes[:1] != themes[1:2]


def drawn(tickets: Mapping[str, float], times: int = 4_000) -> Counter[str]:
    """How often each of three kinds comes first, one of which has many nudges and the others one."""
    library = [*(Plain(f"many-{n}", theme="many") for n in range(20)), Plain("b", theme="few"), Plain("c", theme="one")]
    found = (choose(library, WIDE, (), f"seed {n}", NOW, tickets) for n in range(times))
    return Counter(one.nudge.theme for one in found if one is not None)


@pytest.mark.parametrize(
    "tickets",
    [NO_TICKETS, {"many": 3.0}, {"few": 40.0}, {"many": 15.0, "few": 5.0, "one": 22.5}],
    ids=["all alike", "the fewest", "the most", "each its own"],
)
def test_a_kind_is_drawn_as_often_as_its_tickets_say_however_many_nudges_it_has(tickets: Mapping[str, float]) -> None:
    counted = drawn(tickets)

    held = {theme: tickets.get(theme, START) for theme in ("many", "few", "one")}
    for theme, count in held.items():
        share = count / sum(held.values())
        off_by = 4 * (share * (1 - share) / counted.total()) ** 0.5
        assert counted[theme] / counted.total() == pytest.approx(share, abs=off_by)


def test_of_a_kind_each_nudge_is_as_likely() -> None:
    library = [Plain(str(n)) for n in range(5)]
    counted = Counter(pick(library, seed=str(n)) for n in range(2_000))

    assert set(counted) == set("01234")
    assert min(counted.values()) > 340


def test_how_it_was_chosen_is_told_as_it_was() -> None:
    library = [Plain("a", theme="x"), Plain("b", theme="y"), Plain("c", theme="z"), Plain("d", theme="w", exposure=9)]

    chosen = choose(library, WIDE, [shown("a", 1)], "seed", NOW, {"y": 15.0, "x": 22.5, "gone": 3.0})

    assert chosen is not None
    told = chosen.draw
    assert told == Draw(chosen.nudge.nudge_id, chosen.nudge.theme, {"y": 15.0, "z": 10.0}, "seed")


def test_the_order_of_the_library_plays_no_part() -> None:
    library = [Plain(str(n), theme=str(n % 5)) for n in range(20)]

    for seed in "abcdef":
        assert pick(library, seed=seed) == pick(library[::-1], seed=seed)


def occurrence(kind: Kind, nudge_id: str | None) -> Occurrence:
    return Occurrence(
        occurrence_id="X",
        member_id=1,
        kind=kind,
        slot="",
        state=State.SENT,
        nudge_id=nudge_id,
        due_at=NOW,
        until_at=NOW,
    )


@pytest.mark.parametrize("state", set(State) - {State.SENT, State.SHOWN})
def test_what_may_have_been_seen_is_not_sure_until_it_is_answered(state: State) -> None:
    waiting = replace(occurrence(Kind.NUDGE, "a"), state=state)

    assert shown_before([waiting]) == [Shown("a", NOW, is_sure=False)]
    assert shown_before([replace(waiting, answered_at=NOW)]) == [Shown("a", NOW)]


def test_only_occurrences_with_a_nudge_count_as_shown() -> None:
    history = [occurrence(Kind.RECEIPT, None), occurrence(Kind.NUDGE, "a"), occurrence(Kind.ASKED, "b")]

    assert shown_before(history) == [Shown("a", NOW), Shown("b", NOW)]
