"""Help lines: few, sourced, and fresh."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from bot.content.helplines import MOST_DAYS_OLD, Helpline, Helplines
from bot.content.library import Library

LINE = Helpline(
    country="NZ", name="1737", call="1737", hours="24/7", languages=("en",), source="x", checked=date(2026, 1, 1)
)


@pytest.fixture
def helplines(library: Library) -> Helplines:
    return library.helplines


def test_no_line_was_checked_more_than_a_year_ago(helplines: Helplines) -> None:
    """This fails by itself when a year has passed. Look the line up again, and renew its date in helplines.toml."""
    today = date.today()  # noqa: DTZ011 - whoever runs this wants to know about their own today

    assert [line.name for line in helplines.lines if not line.is_fresh(today)] == []
    assert [line.name for line in helplines.lines if line.checked > today] == []


def test_there_are_lines_for_at_least_five_countries_and_two_directories(helplines: Helplines) -> None:
    assert len(helplines.countries("en")) >= 5
    assert [one.name for one in helplines.directories] == ["Find A Helpline", "Befrienders Worldwide"]


def test_every_line_says_where_it_was_seen(helplines: Helplines) -> None:
    assert all(line.source.startswith("https://") for line in helplines.lines)


def test_a_line_that_is_too_old_is_not_shown() -> None:
    lines = Helplines([], [LINE], {})

    assert lines.of("NZ", LINE.checked + timedelta(days=MOST_DAYS_OLD)) == [LINE]
    assert lines.of("NZ", LINE.checked + timedelta(days=MOST_DAYS_OLD + 1)) == []
    assert lines.of("US", LINE.checked) == []


def test_a_line_without_a_way_to_reach_it_is_refused() -> None:
    with pytest.raises(ValidationError, match="no way to reach it"):
        Helpline.model_validate(LINE.model_dump() | {"call": ""})


def test_countries_are_named_in_the_members_language(helplines: Helplines) -> None:
    assert helplines.countries("de")["DE"] == "Deutschland"
    assert list(helplines.countries("en").values()) == sorted(helplines.countries("en").values())


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("Germany", "DE"),
        ("germany ", "DE"),
        ("DE", "DE"),
        ("UK", "GB"),
        ("england", "GB"),
        ("USA", "US"),
        ("u.s.a.", "US"),
        ("America", "US"),
        ("Korea", "KR"),
        ("the US", "US"),
        ("U.K", "GB"),
        ("Hong Kong", "HK"),
        ("Turkey", "TR"),
        ("Brasil", "BR"),
        ("Österreich", "AT"),
        ("Philipines", "PH"),
        ("XA", None),
        ("EU", None),
        ("Bhutan", "BT"),
        ("Narnia", None),
        ("", None),
        ("ZZ", None),
    ],
)
def test_a_country_is_found_by_its_name_its_code_or_what_people_call_it(
    helplines: Helplines, typed: str, country: str | None
) -> None:
    assert helplines.country_of(typed, "en") == country


def test_while_typing_only_countries_with_lines_are_offered(helplines: Helplines) -> None:
    assert helplines.beginning("", "en") == list(helplines.countries("en"))
    assert helplines.beginning("ger", "en") == ["DE"]
    assert helplines.beginning("scot", "en") == ["GB"]
    assert helplines.beginning("bhu", "en") == []
