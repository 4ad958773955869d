"""A sealed value opens at its own place, with its own key, unchanged; and nowhere else."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Unsealable
from bot.keys import MemberKey, Place
from bot.keys.sealing import AS_LONG_AS_ITS_WORDS, LEAST_BYTES, encrypt

KEY = MemberKey(1, "key-1", bytes(32))
PLACE = Place("check_in", "picks", "row-1")

WORDS = st.text(max_size=200)


@given(WORDS)
def test_what_was_sealed_opens_at_its_place(words: str) -> None:
    assert KEY.open(PLACE, KEY.seal(PLACE, words)) == words


@given(WORDS)
def test_the_same_words_are_never_sealed_alike(words: str) -> None:
    assert KEY.seal(PLACE, words) != KEY.seal(PLACE, words)


@given(WORDS.filter(len))
def test_a_sealed_value_does_not_show_its_words(words: str) -> None:
    assert f"<{words}>".encode() not in KEY.seal(PLACE, f"<{words}>")


@given(st.text(max_size=(LEAST_BYTES - 1) // 4), st.text(max_size=(LEAST_BYTES - 1) // 4))
def test_how_long_it_is_tells_nothing_of_its_words(some: str, others: str) -> None:
    assert len(KEY.seal(PLACE, some)) == len(KEY.seal(PLACE, others))


def test_what_was_sealed_when_the_length_still_told_opens_all_the_same() -> None:
    bound_to = b"\x1f".join((b"check_in", b"picks", b"1", b"row-1", b"key-1"))

    assert KEY.open(PLACE, AS_LONG_AS_ITS_WORDS + encrypt(KEY.secret, b"a walk", bound_to)) == "a walk"


@pytest.mark.parametrize(
    "elsewhere",
    [
        (replace(KEY, member_id=2), PLACE),
        (replace(KEY, key_id="key-2"), PLACE),
        (replace(KEY, secret=os.urandom(32)), PLACE),
        (KEY, replace(PLACE, table="occurrence")),
        (KEY, replace(PLACE, column="answer")),
        (KEY, replace(PLACE, row="row-2")),
    ],
    ids=["another member", "another key's name", "another key", "another table", "another column", "another row"],
)
def test_moved_anywhere_else_it_stays_closed(elsewhere: tuple[MemberKey, Place]) -> None:
    key, place = elsewhere
    with pytest.raises(Unsealable):
        key.open(place, KEY.seal(PLACE, "a walk"))


@given(st.data())
def test_changed_by_a_single_bit_it_stays_closed(data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal(PLACE, "a walk"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(Unsealable):
        KEY.open(PLACE, bytes(sealed))


@given(st.binary(max_size=60))
def test_what_was_never_sealed_does_not_open(junk: bytes) -> None:
    with pytest.raises(Unsealable):
        KEY.open(PLACE, junk)


def test_a_mark_is_the_same_for_the_same_words_and_tells_nothing_without_the_key() -> None:
    other = replace(KEY, secret=os.urandom(32))

    assert KEY.mark("family") == KEY.mark("family")
    assert len({KEY.mark("family"), KEY.mark("work"), other.mark("family")}) == 3


def test_a_key_never_prints_its_secret() -> None:
    key = MemberKey(1, "key-1", b"canary-canary-canary-canary-cana")

    assert "canary" not in f"{key!r} {key}"
