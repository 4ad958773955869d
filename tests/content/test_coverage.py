"""Every strategy that calls for a nudge is served by one, and no two nudges say the same.

`pytest tests/content/test_coverage.py -s` prints which nudges serve what, and which two texts are closest.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import pytest
from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.utils import default_process

from bot.content.library import Library
from bot.content.nudges import Nudge
from bot.rules.choose import Audience

STRATEGIES: Final = tomllib.loads((Path(__file__).parent / "strategies.toml").read_text("utf-8"))["item"]

# The closest two texts of the library as it was read pair by pair ask for different things, at 75. A text that was
# only turned round or padded comes above 85.
TOO_ALIKE: Final = 79.0


@pytest.fixture(scope="module")
def nudges(library: Library) -> tuple[Nudge, ...]:
    return library.languages["en"].nudges


def items_of(nudge: Nudge) -> set[int]:
    """The numbers of the strategies that its source names: 43 and 40 of "S2 item 15, S1 items 40 and 43" among them."""
    return {int(number) for number in re.findall(r"\b\d+\b", re.sub(r"\bS\d\b", "", nudge.source))}


def serving(item: dict[str, Any], nudges: tuple[Nudge, ...]) -> list[str]:
    """The nudges that serve that strategy, those for whom it is first."""
    audience = Audience(item.get("audience", "self"))
    found = [nudge for nudge in nudges if item["number"] in items_of(nudge)]
    return [nudge.nudge_id for nudge in sorted(found, key=lambda one: one.audience is not audience)]


def alike(one: str, other: str) -> float:
    return token_set_ratio(one, other, processor=default_process)


def test_the_table_names_each_strategy_once_in_order() -> None:
    numbers = [item["number"] for item in STRATEGIES]

    assert numbers == sorted(set(numbers))
    assert set(range(86, 98)) <= set(numbers), "all of somebody beside"


def test_a_source_reads_as_the_items_it_names(nudges: tuple[Nudge, ...]) -> None:
    two = nudges[0].model_copy(update={"source": "S2 item 15, S1 items 40 and 43"})
    none = nudges[0].model_copy(update={"source": ""})

    assert (items_of(two), items_of(none)) == ({15, 40, 43}, set())


@pytest.mark.parametrize("item", STRATEGIES, ids=lambda item: f"{item['number']} {item['about']}")
def test_every_strategy_that_calls_for_a_nudge_has_one(item: dict[str, Any], nudges: tuple[Nudge, ...]) -> None:
    found = serving(item, nudges)
    print(f"{item['number']:>3}  {item['about']}: {', '.join(found)}")  # noqa: T201 - shown with -s

    audience = Audience(item.get("audience", "self"))
    by_id = {nudge.nudge_id: nudge for nudge in nudges}
    assert any(by_id[one].audience is audience and not by_id[one].retired for one in found), (
        f"no nudge for {audience} names item {item['number']} in its source: {item['about']}"
    )


def test_no_two_texts_are_alike(nudges: tuple[Nudge, ...]) -> None:
    """They are to ask for different things, too: where two come close, somebody reads both."""
    pairs = sorted(((alike(a.text, b.text), a.nudge_id, b.nudge_id) for a, b in combinations(nudges, 2)), reverse=True)
    for how, one, other in pairs[:15]:
        print(f"{how:5.1f}  {one}, {other}")  # noqa: T201 - shown with -s

    assert [pair for pair in pairs if pair[0] >= TOO_ALIKE] == []


def test_a_text_that_was_only_turned_round_or_padded_is_noticed(nudges: tuple[Nudge, ...]) -> None:
    for nudge in nudges:
        first, *rest = re.split(r"(?<=[.?:]) ", nudge.text)
        assert alike(nudge.text, " ".join([*rest, first])) >= TOO_ALIKE, nudge.nudge_id
        assert alike(nudge.text, f"If you would like to, today: {nudge.text}") >= TOO_ALIKE, nudge.nudge_id


@pytest.mark.parametrize("part", ["text", "why", "smaller", "copy_text", "easy_out"])
def test_nothing_is_said_twice_in_the_same_words(part: str, nudges: tuple[Nudge, ...]) -> None:
    said = Counter(getattr(nudge, part) for nudge in nudges if getattr(nudge, part))

    assert [sentence for sentence, times in said.items() if times > 1] == []
