"""What is sealed about how nudges are chosen is told in full: nothing of it is left out, and none of it is code."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from bot.content.library import Library
from bot.rules.bearing import Bearing, Step
from bot.rules.choose import Audience, Draw, Why
from bot.rules.plan import Size
from bot.rules.seasons import Season
from bot.rules.tickets import Tickets
from bot.store.bearings import FORM
from cogs._ui.bearing import bearing_text
from cogs._ui.privacy import EXPORT_FORMAT
from tests.support.code import ROOT
from tests.support.json_schema import checking

DAY: Final = date(2026, 3, 1)
DRAW: Final = Draw("a-nudge", "savour", {"savour": 10.0, "kind": 5.0}, "1:2026-03-01", week=3)

# For each thing that is held another value than at first, and what is told of it.
OTHERWISE: Final[dict[str, tuple[Any, str]]] = {
    "audiences": (frozenset(Audience), "For you, you, beside somebody who has gone quiet."),
    "sets": (frozenset({"queer"}), "Sets that are on: a few about queer life."),
    "skips": (frozenset({"voice", "body"}), "Left out: Body and breath, Calls and voice."),
    "tickets": (
        Tickets({"kind": 7.496}, DAY),
        "Tickets that are not 10: being kind to yourself 7.5 (as of 2026-03-01).",
    ),
    "steps": (
        (Step(DAY), Step(DAY + timedelta(days=2), with_someone_new=False)),
        "Your steps towards people: 2026-03-01, 2026-03-03 (the same person as before).",
    ),
    "full_steps": (4, "Full steps you did: 4."),
    "offer_in": (6, "More of these before a bigger size is offered: 6."),
    "had_brave": (True, "You had picked brave ones before: yes."),
    "noes": ((DAY, DAY), "Days of the answers that said no, since you did one: 2026-03-01, 2026-03-01."),
    "not_todays": (1, "Not today, since the last other answer: 1."),
    "not_ok_on": (DAY, "Something was not OK on 2026-03-01, so it is gentle for some days."),
    "season": (Season.BREAK_UP, "Season: After a break-up."),
    "season_until": (DAY, "It is over on 2026-03-01."),
    "draw": (
        DRAW,
        "of the kind noticing what is good, drawn by tickets (being kind to yourself 5, noticing what is good",
    ),
}
OF_A_DRAW: Final[dict[str, tuple[Any, str]]] = {
    "nudge_id": ("another-one", "another-one"),
    "theme": ("kind", "of the kind being kind to yourself"),
    "tickets": ({"kind": 12.5}, "drawn by tickets (being kind to yourself 12.5)"),
    "seed": ("1:2026-03-02", "by the lot 1:2026-03-02"),
    "week": (8, "in week 8 with nudges"),
    "most": (Size.SMALL, "up to small"),
    "because": ((Why.WEEK, Why.SEASON), "no bigger because of: the week that you are in, a season"),
}


def stored(bearing: Bearing) -> Any:
    return json.loads(json.dumps(FORM.dump_python(bearing, mode="json")))


def told(bearing: Bearing, library: Library) -> str:
    return bearing_text(stored(bearing), library.language("en"))


def test_of_somebody_new_what_is_empty_is_not_told(library: Library) -> None:
    assert told(Bearing(), library) == (
        "For you. Left out: Calls and voice, Family, Romance. More of these before a bigger size is offered: 3."
    )


@pytest.mark.parametrize("name", [one.name for one in fields(Bearing)])
def test_everything_that_a_bearing_holds_is_told(library: Library, name: str) -> None:
    """A field that is added has to be told as well."""
    value, said = OTHERWISE[name]

    assert said in told(replace(Bearing(), **{name: value}), library)


@pytest.mark.parametrize("name", [one.name for one in fields(Draw)])
def test_everything_that_is_held_of_a_draw_is_told(library: Library, name: str) -> None:
    value, said = OF_A_DRAW[name]

    assert said in told(replace(Bearing(), draw=replace(DRAW, **{name: value})), library)


@pytest.mark.parametrize("name", [one.name for one in fields(Bearing)])
def test_the_schema_of_the_export_knows_it_whatever_it_holds(name: str) -> None:
    schema = json.loads((ROOT / "docs" / f"{EXPORT_FORMAT}.schema.json").read_text("utf-8"))
    of_it = schema["properties"]["tables"]["properties"]["bearing"]["items"]["properties"]["picked"]
    published = checking({**of_it, "$defs": schema["$defs"]})
    picked = stored(replace(Bearing(), **{name: OTHERWISE[name][0]}))

    assert list(published.iter_errors(picked)) == []
    del picked[name]
    assert not published.is_valid(picked)
    assert not published.is_valid({**picked, name: ...})


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("season", Season)
def test_no_name_is_told_as_it_is_stored(library: Library, why: Why, season: Season) -> None:
    text = told(replace(Bearing(), season=season, draw=replace(DRAW, because=(why,))), library)

    assert "_" not in text
