"""A consent is worth what its words were: no word of it changes without a new version."""

from __future__ import annotations

import hashlib

from bot.content.library import Library
from bot.rules.consent import WORDINGS, Purpose

# Language, purpose and version, with the hash of what is asked. Changed what somebody agrees to? Raise the version in
# bot/rules/consent.py, and put the new hash here. Only mended a comma? Put the new hash here.
PINNED = {
    ("en", Purpose.NUDGES, 1): "7c88a18047f3",
    ("en", Purpose.ANSWERS, 1): "5753ac66680b",
    ("en", Purpose.CHECK_INS, 1): "e72dc90d3904",
    ("en", Purpose.RHYTHM, 1): "2d67d8036c80",
    ("en", Purpose.COUNTS, 1): "3223dd0f1c87",
}


def test_every_wording_is_the_one_its_version_stands_for(library: Library) -> None:
    today = {
        (code, purpose, WORDINGS[purpose]): hashlib.sha256(
            language.words(f"consent.{purpose}.ask").encode()
        ).hexdigest()[:12]
        for code, language in library.languages.items()
        for purpose in Purpose
    }

    assert today == PINNED
