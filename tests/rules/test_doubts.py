"""What two members found not OK comes to nobody; what one did, to that one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.doubts import AT_ONCE, ENOUGH, withdrawn_by

IDS = st.sampled_from(["reply-one", "hello-two", "share-three"])


def test_two_different_members_take_a_nudge_out_of_circulation() -> None:
    assert withdrawn_by([{"reply-one"}, {"reply-one"}]) == {"reply-one"}


def test_one_member_takes_nothing_away_however_much_they_object_to() -> None:
    assert withdrawn_by([{"reply-one", "hello-two", "share-three"}]) == frozenset()


def test_two_members_who_object_to_different_nudges_take_nothing_away() -> None:
    assert withdrawn_by([{"reply-one"}, {"hello-two"}, set()]) == frozenset()


def test_however_many_are_objected_to_so_many_are_out_at_a_time_those_that_most_object_to() -> None:
    many = {f"text-{n:02}" for n in range(AT_ONCE + 5)}

    out = withdrawn_by([many, many, {"text-19"}])

    assert len(out) == AT_ONCE
    assert "text-19" in out


@given(st.lists(st.sets(IDS)))
def test_what_is_withdrawn_is_what_as_many_object_to_in_whatever_order_they_are_counted(each: list[set[str]]) -> None:
    withdrawn = withdrawn_by(each)

    assert withdrawn == withdrawn_by(reversed(each))
    for nudge_id in set().union(*each):
        assert (nudge_id in withdrawn) is (sum(nudge_id in theirs for theirs in each) >= ENOUGH)
