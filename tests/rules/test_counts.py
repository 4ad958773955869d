"""The only numbers a moderator ever sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.counts import safe_count


@pytest.mark.parametrize(("people", "shown"), [(0, None), (9, None), (10, 10), (14, 10), (15, 15), (103, 100)])
def test_moderators_see_no_number_below_ten_and_rounded_ones_above(people: int, shown: int | None) -> None:
    assert safe_count(people) == shown


@given(st.integers(0, 10_000))
def test_one_person_more_or_less_is_seldom_visible(people: int) -> None:
    count = safe_count(people)

    assert count is None or (count % 5 == 0 and 0 <= people - count < 5)
