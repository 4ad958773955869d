"""The library of nudges."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from bot.content.kindness.reading import sentences
from bot.content.library import Library
from bot.content.nudges import Nudge, Theme, read_nudges
from bot.rules.choose import CONTACT
from bot.rules.plan import Size

MOST_MINUTES = {Size.TINY: 2, Size.SMALL: 10, Size.BRAVE: 30}
MOST_EXPOSURE = {Size.TINY: 2, Size.SMALL: 3, Size.BRAVE: 4}

# Tiny, small, brave. CONTRIBUTING.md says to raise them with each new one.
PLANNED = {
    "notice": (8, 2, 0),
    "reply": (10, 4, 0),
    "hello": (6, 5, 1),
    "share": (4, 4, 3),
    "stay": (6, 3, 1),
    "limits": (4, 4, 2),
    "repair": (1, 5, 3),
    "savour": (7, 1, 0),
    "curious": (3, 4, 1),
    "kind": (9, 2, 0),
    "belong": (3, 4, 1),
    "support": (2, 2, 1),
    "beside_open": (1, 3, 2),
    "beside_ask": (2, 3, 1),
    "beside_space": (4, 2, 1),
    "beside_less": (3, 1, 1),
    "beside_word": (1, 2, 2),
    "beside_self": (3, 1, 1),
}

HEAD = 'audience = "self"\n'
NUDGE = """
[[nudge]]
id = "one-two"
size = "tiny"
exposure = 0
minutes = 1
channel = "alone"
text = "Rest."
why = "Rest."
smaller = "Rest."
copy = ""
easy_out = "Rest."
flags = []
source = "S0"
study = ""
"""


@pytest.fixture(scope="module")
def nudges(library: Library) -> tuple[Nudge, ...]:
    return library.languages["en"].nudges


def test_each_kind_has_as_many_of_each_size_as_it_was_planned_to_have(nudges: tuple[Nudge, ...]) -> None:
    found = {
        theme: tuple(sum(n.theme == theme and n.size is size for n in nudges) for size in Size) for theme in PLANNED
    }

    assert PLANNED.keys() == set(get_args(Theme))
    assert found == PLANNED
    assert {nudge.theme for nudge in nudges} == PLANNED.keys()
    assert sum(map(sum, PLANNED.values())) == len(nudges)


def test_a_size_says_how_long_it_takes_and_how_far_it_goes(nudges: tuple[Nudge, ...]) -> None:
    for nudge in nudges:
        assert nudge.exposure <= MOST_EXPOSURE[nudge.size], nudge.nudge_id
        assert nudge.minutes <= MOST_MINUTES[nudge.size], nudge.nudge_id


def test_whatever_leads_to_a_person_says_so_and_asks_for_a_safe_one(nudges: tuple[Nudge, ...]) -> None:
    for nudge in nudges:
        assert nudge.leads_to_a_person == (nudge.exposure >= CONTACT), nudge.nudge_id
        if nudge.leads_to_a_person and "public" not in nudge.flags:
            assert "needs_safe_person" in nudge.flags, nudge.nudge_id


def test_no_two_begin_alike(nudges: tuple[Nudge, ...]) -> None:
    openings = Counter(" ".join(nudge.text.split()[:4]) for nudge in nudges)

    assert [opening for opening, count in openings.items() if count > 1] == []


def test_a_way_out_does_not_say_again_what_stands_above_it(library: Library, nudges: tuple[Nudge, ...]) -> None:
    above = sentences(library.languages["en"].words("nudge.safe_person"))

    for nudge in nudges:
        if nudge.needs_safe_person:
            assert not set(above) & set(sentences(nudge.easy_out)), nudge.nudge_id


def test_every_one_says_where_it_comes_from(nudges: tuple[Nudge, ...]) -> None:
    for nudge in nudges:
        assert re.fullmatch(r"(S[0-3] items? \d+( and \d+)?(, )?)*", nudge.source), nudge.nudge_id
        assert not nudge.study or re.search(r"(19|20)\d\d", nudge.study), nudge.nudge_id
        assert not re.search(r"\bS\d", nudge.study), "members read this"


def written(folder: Path, text: str, theme: str = "kind", head: str = HEAD) -> Path:
    path = folder / "nudges" / f"{theme}.toml"
    path.parent.mkdir()
    path.write_text(head + text, "utf-8")
    return folder


def test_a_nudge_reads_as_it_is_written(tmp_path: Path) -> None:
    (nudge,) = read_nudges(written(tmp_path, NUDGE))

    assert (nudge.nudge_id, nudge.size, nudge.copy_text, nudge.retired) == ("one-two", Size.TINY, "", False)


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="share an id"):
        read_nudges(written(tmp_path, NUDGE * 2))


@pytest.mark.parametrize(
    ("theme", "head"),
    [
        ("shame", HEAD),
        ("beside_open", HEAD),
        ("kind", ""),
        ("kind", 'audience = "beside"'),
        ("kind", HEAD + "loud = 1"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_by_its_name(tmp_path: Path, theme: str, head: str) -> None:
    with pytest.raises(ValueError, match=f"nudges/{theme}.toml"):
        read_nudges(written(tmp_path, NUDGE, theme, head))


@pytest.mark.parametrize(
    "wrong",
    ["exposure = 5", 'why = ""', 'flags = ["loud"]', 'colour = "red"', 'id = "One"'],
)
def test_a_field_that_is_wrong_is_refused(tmp_path: Path, wrong: str) -> None:
    name = wrong.partition(" ")[0]
    lines = [line for line in NUDGE.splitlines() if not line.startswith(f"{name} ")]

    with pytest.raises(ValueError, match=f"nudge '.*?': .*{name}"):
        read_nudges(written(tmp_path, "\n".join([*lines, wrong])))


def test_a_nudge_that_rests_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither a source nor a study"):
        read_nudges(written(tmp_path, NUDGE.replace('"S0"', '""')))
