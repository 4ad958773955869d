"""Which nudge comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.choose import (
    CONTACT,
    LARGEST_STEP,
    NOT_AGAIN_FOR,
    OFF_AT_FIRST,
    Audience,
    Bounds,
    Refused,
    Shown,
    choose,
    shown_before,
)
from bot.rules.occurrence import Kind, Occurrence, State
from bot.rules.plan import Size

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


def pick(
    library: list[Plain], *history: Shown, size: Size = Size.BRAVE, level: int = 4, refused: Refused | None = None
) -> str | None:
    chosen = choose(library, Bounds(size, level, refused or Refused()), history, "seed", NOW)
    return None if chosen is None else chosen.nudge_id


def test_an_empty_library_gives_nothing() -> None:
    assert pick([]) is None


def test_a_nudge_larger_than_the_member_chose_never_comes() -> None:
    assert pick([Plain("small", size=Size.SMALL)], size=Size.TINY) is None
    assert pick([Plain("small", size=Size.SMALL)], size=Size.SMALL) == "small"


def test_a_nudge_for_somebody_beside_or_of_a_set_never_comes() -> None:
    assert pick([Plain("beside", audience=Audience.BESIDE)]) is None
    assert pick([Plain("set", sets=frozenset({"queer"}))]) is None


def test_a_retired_nudge_never_comes() -> None:
    assert pick([Plain("old", retired=True)]) is None


def test_family_romance_and_voice_stay_off() -> None:
    assert {"family", "romantic", "voice"} == OFF_AT_FIRST
    for flag in OFF_AT_FIRST:
        assert pick([Plain("flagged", flags=frozenset({flag}))]) is None


def test_what_was_refused_never_comes_again() -> None:
    assert pick([Plain("a")], refused=Refused(nudges={"a"})) is None
    assert pick([Plain("a", theme="reply")], refused=Refused(themes={"reply"})) is None


def test_a_nudge_rests_for_eight_weeks() -> None:
    library = [Plain("a", theme="x"), Plain("b", theme="y")]

    assert pick(library, shown("b", 1), shown("a", NOT_AGAIN_FOR.days - 0.1)) is None
    assert pick(library, shown("b", 1), shown("a", NOT_AGAIN_FOR.days)) == "a"


def test_one_theme_never_comes_twice_running() -> None:
    library = [Plain("a", theme="x"), Plain("b", theme="x"), Plain("c", theme="y")]

    assert pick(library, shown("a", 1)) == "c"


def test_a_step_is_never_larger_than_one_beyond_what_was_done() -> None:
    library = [Plain("far", theme="x", exposure=2), Plain("near", theme="y", exposure=1), Plain("home", theme="z")]

    assert pick([library[0]], level=0) is None
    assert pick([library[1]], level=0) == "near"
    assert pick([library[0]], level=1) == "far"


def test_two_nudges_that_lead_to_a_person_never_follow_each_other() -> None:
    library = [Plain("first", theme="x", exposure=2), Plain("second", theme="y", exposure=2)]

    assert pick(library, shown("first", 1)) is None


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
    last = next((one for one in past if int(one.nudge_id) < count), None)
    assert chosen.size <= size
    assert not chosen.retired
    assert chosen.exposure <= level + LARGEST_STEP
    assert all(one.nudge_id != chosen.nudge_id or NOW - one.at >= NOT_AGAIN_FOR for one in past)
    if last is not None:
        assert int(last.nudge_id) % 4 != int(chosen.theme)
        assert min(int(last.nudge_id) % 5, chosen.exposure) < CONTACT


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


def test_only_occurrences_with_a_nudge_count_as_shown() -> None:
    history = [occurrence(Kind.RECEIPT, None), occurrence(Kind.NUDGE, "a"), occurrence(Kind.ASKED, "b")]

    assert shown_before(history) == [Shown("a", NOW), Shown("b", NOW)]
