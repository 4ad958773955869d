"""`/nudge preview`: eight pages, in private, in every language's own time, and nothing stored."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.content.library import Library
from bot.journey.courier import NudgeNote, Question
from bot.journey.preview import Basis, Foreseen, Outline
from bot.rules.occurrence import Kind
from cogs._ui.preview import preview_screen
from tests.support.screen import texts_in
from tests.support.world import NOON, World

MOST_TEXT = 4000
MOST_PARTS = 40


async def test_its_pages_are_turned_from_the_first_week_to_the_last_and_back(world: World) -> None:
    await world.set_up()
    await world.start()

    shown = await world.robin.slash("nudge preview")
    assert "Week 1 of 8, as it could be" in shown.text
    assert "about half" in shown.text
    assert shown.labels == ["Next"]
    pages = [shown.text]
    for week in range(2, 9):
        shown = await world.robin.press("Next")
        assert f"Week {week} of 8" in shown.text
        pages.append(shown.text)
    assert shown.labels == ["Back"]
    assert "Week 7 of 8" in (await world.robin.press("Back")).text

    times = [int(one) for page in pages for one in re.findall(r"<t:(\d+):F>", page)]
    assert times == sorted(times)
    assert len(times) > 15
    assert "how is this pace?" in "\n".join(pages)


async def test_what_it_shows_first_is_what_comes_first(world: World) -> None:
    await world.set_up()
    await world.start()
    shown = await world.robin.slash("nudge preview")
    first = re.search(r"^> (.+)$", shown.text, re.MULTILINE)
    assert first is not None

    assert first.group(1) in (await world.to_next_nudge()).text


async def test_who_has_not_begun_sees_it_too_and_nothing_is_stored(world: World) -> None:
    shown = await world.robin.slash("nudge preview")

    assert "You have not begun" in shown.text
    assert ":D>" in shown.text
    assert ":F>" not in shown.text, "nobody knows their hours"
    assert (await world.app.journeys.review.holding(world.robin.id)).rows == {}


async def test_it_works_in_the_bots_dm(world: World) -> None:
    assert "Week 1 of 8" in (await world.robin.slash_in_dm("nudge preview")).text


async def test_in_a_pause_it_says_so(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.app.journeys.adjust.pause(world.robin.id, 30)

    shown = await world.robin.slash("nudge preview")

    assert "You are paused until" in shown.text
    assert "Nothing comes in this week." in shown.text


async def test_after_a_stop_it_says_how_it_could_be(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.robin.slash("nudge stop")

    assert "after `/nudge start`" in (await world.robin.slash("nudge preview")).text


def says_long(library: Library) -> list[Foreseen]:
    """Four of the longest, which is the most that a week has."""
    nudges = sorted(library.languages["en"].nudges, key=lambda one: -len(one.text))[:4]
    return [Foreseen(NOON + timedelta(days=day), NudgeNote(one), is_done=True) for day, one in enumerate(nudges)]


@pytest.mark.parametrize("basis", [*Basis])
def test_any_page_fits_into_one_message(library: Library, basis: Basis) -> None:
    kinds = (Kind.REVIEW_4, Kind.REVIEW_8, Kind.ALL_SEEN, Kind.STILL_WANTED)
    asked = tuple(Foreseen(NOON, Question(one), is_done=False) for one in kinds)
    weeks = (tuple(says_long(library)), (*says_long(library), *asked), ())
    words = library.languages["en"].words

    for week in range(-1, 5):
        view = preview_screen(Outline(basis, weeks, NOON), week, words)
        components = view.to_components()
        assert sum(map(len, texts_in(components))) < MOST_TEXT
        assert view.total_children_count <= MOST_PARTS
