"""The master keys: read from text, wrapping by the newest, and refusing what is not theirs."""

from __future__ import annotations

import base64

import pytest

from bot.errors import MasterKeyUnusable, MasterKeyWrong
from bot.keys import MasterKeys
from tests.support.keys import MASTER

SECRET = base64.b64encode(bytes(range(32))).decode()


def test_what_is_written_is_read_again() -> None:
    keys = MasterKeys.fresh().with_next().with_next()

    again = MasterKeys.parse(keys.text(), "here")

    assert again.versions == (1, 2, 3)
    assert again.unwrap("name", keys.wrap("name", bytes(32))) == bytes(32)


def test_a_line_of_base64_alone_is_version_one() -> None:
    assert MasterKeys.parse(SECRET, "here").unwrap("name", MASTER.wrap("name", bytes(32))) == bytes(32)


def test_empty_lines_and_comments_are_passed_over() -> None:
    assert MasterKeys.parse(f"# made today\n\n 4 {SECRET} \n", "here").versions == (4,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no master key in here."),
        ("# nothing\n", "There is no master key in here."),
        (f"1 {SECRET}\n1 {SECRET}", "Version 1 of the master key stands twice in here."),
        (f"0 {SECRET}", "A line in here is no master key"),
        (f"one {SECRET}", "A line in here is no master key"),
        (f"1 {SECRET} 2", "A line in here is no master key"),
        ("1 c2hvcnQ=", "A line in here is no master key"),
        ("1 no base64!", "A line in here is no master key"),
        (f"{SECRET}\n{SECRET}", "A line in here is no master key"),
    ],
)
def test_what_is_no_master_key_is_refused_in_a_sentence_that_does_not_quote_it(text: str, said: str) -> None:
    with pytest.raises(MasterKeyUnusable, match=said) as refused:
        MasterKeys.parse(text, "here")

    assert SECRET not in str(refused.value)


def test_the_newest_wraps_and_all_of_them_unwrap() -> None:
    both = MASTER.with_next()
    old, new = MASTER.wrap("name", bytes(32)), both.wrap("name", bytes(32))

    assert (old.version, new.version) == (1, 2)
    assert both.unwrap("name", old) == both.unwrap("name", new) == bytes(32)


def test_a_version_that_is_not_here_is_named() -> None:
    with pytest.raises(MasterKeyWrong, match="Version 2 of the master key is missing; there is only 1"):
        MASTER.unwrap("name", MASTER.with_next().wrap("name", bytes(32)))


@pytest.mark.parametrize("wrong", ["another key", "another name"])
def test_what_another_one_wrapped_stays_wrapped(wrong: str) -> None:
    wrapped = (MasterKeys.fresh() if wrong == "another key" else MASTER).wrap("name", bytes(32))

    with pytest.raises(MasterKeyWrong):
        MASTER.unwrap("name" if wrong == "another key" else "other", wrapped)


def test_master_keys_print_their_versions_only() -> None:
    assert repr(MASTER.with_next()) == str(MASTER.with_next()) == "MasterKeys(versions 1, 2)"
