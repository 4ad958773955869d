"""A sealed file opens whole and unchanged, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import MasterKeyWrong, Unsealable
from bot.keys import MasterKeys
from bot.keys.stream import PIECE, TAG_BYTES, seal, unseal
from tests.support.keys import MASTER

HEADER = 40


def sealed(plain: bytes, master: MasterKeys = MASTER) -> bytes:
    there = io.BytesIO()
    seal(io.BytesIO(plain), there, master)
    return there.getvalue()


def unsealed(file: bytes, master: MasterKeys = MASTER) -> bytes:
    there = io.BytesIO()
    unseal(io.BytesIO(file), there, master)
    return there.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
def test_what_was_sealed_opens_whole(size: int) -> None:
    plain = bytes(number % 251 for number in range(size))

    assert unsealed(sealed(plain)) == plain


def test_a_sealed_file_shows_nothing_and_is_never_the_same_twice() -> None:
    plain = b"canary" * 1_000

    assert b"canary" not in sealed(plain)
    assert sealed(plain) != sealed(plain)


@given(st.data())
def test_changed_by_a_single_bit_it_is_refused(data: st.DataObject) -> None:
    file = bytearray(sealed(b"a week of somebody's"))
    file[data.draw(st.integers(0, len(file) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises((Unsealable, MasterKeyWrong)):
        unsealed(bytes(file))


@pytest.mark.parametrize("length", [0, 10, HEADER, HEADER + 5, HEADER + PIECE, HEADER + PIECE + TAG_BYTES])
def test_cut_short_it_is_refused_also_where_a_piece_ends(length: int) -> None:
    with pytest.raises(Unsealable):
        unsealed(sealed(bytes(2 * PIECE))[:length])


def test_pieces_that_changed_places_are_refused() -> None:
    file, one = sealed(bytes(PIECE) + b"\x01" * PIECE + b"end"), PIECE + TAG_BYTES
    first, second = file[HEADER : HEADER + one], file[HEADER + one : HEADER + 2 * one]

    with pytest.raises(Unsealable):
        unsealed(file[:HEADER] + second + first + file[HEADER + 2 * one :])


def test_an_older_version_of_the_master_key_still_opens_it_and_another_key_does_not() -> None:
    file = sealed(b"a week")

    assert unsealed(file, MASTER.with_next()) == b"a week"
    with pytest.raises(Unsealable):
        unsealed(file, MasterKeys.fresh())
    with pytest.raises(MasterKeyWrong, match="Version 2 of the master key is missing"):
        unsealed(sealed(b"a week", MASTER.with_next()))
