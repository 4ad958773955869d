"""A consent is worth what its words were: no word of it changes without a new version."""

from __future__ import annotations

import hashlib

from bot.content.library import Library
from bot.content.words import Words
from bot.rules.consent import WORDINGS, Purpose

# Language, purpose and version, with the hash of what is asked. Changed what somebody agrees to? Raise the version in
# bot/rules/consent.py, and put the new hash here. Only mended a comma? Put the new hash here.
PINNED = {
    ("en", Purpose.NUDGES, 1): "9a946364a504",
    ("en", Purpose.ANSWERS, 1): "da2b5547514d",
    ("en", Purpose.CHECK_INS, 1): "366076e18ed7",
    ("en", Purpose.STREAK, 1): "07ef334d3431",
    ("en", Purpose.COUNTS, 1): "7d737af2ff06",
}


def consent_text(words: Words, purpose: Purpose) -> str:
    return words(f"consent.{purpose}.title") + "\n" + words(f"consent.{purpose}.about")


def test_every_wording_is_the_one_its_version_stands_for(library: Library) -> None:
    today = {
        (code, purpose, WORDINGS[purpose]): hashlib.sha256(consent_text(language.words, purpose).encode()).hexdigest()[
            :12
        ]
        for code, language in library.languages.items()
        for purpose in Purpose
    }

    assert today == PINNED
