"""Everything that can be said, read once and handed down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.content.helplines import Helplines, read_helplines
from bot.content.nudges import NUDGES, Nudge, read_nudges
from bot.content.places import Places, read_places
from bot.content.words import Words, read_words

HERE: Final = Path(__file__).parent
DEFAULT: Final = "en"


@dataclass(frozen=True)
class Language:
    """One language, whole: a language is offered only when it can say everything."""

    words: Words
    nudges: tuple[Nudge, ...]

    @cached_property
    def nudge_by_id(self) -> Mapping[str, Nudge]:
        return MappingProxyType({nudge.nudge_id: nudge for nudge in self.nudges})


@dataclass(frozen=True)
class Library:
    """All languages, and what is the same in each of them."""

    languages: Mapping[str, Language]
    helplines: Helplines
    places: Places

    def language(self, code: str) -> Language:
        """The language of a locale such as `en-GB`; the default one where it is not offered."""
        return self.languages.get(code.partition("-")[0], self.languages[DEFAULT])


def load_library(folder: Path = HERE) -> Library:
    """Read every language folder and the data beside them.

    Raises where anything is malformed, or where a language cannot say all that the default one says.
    """
    languages = {
        path.parent.name: Language(read_words(path.parent), read_nudges(path.parent))
        for path in sorted(folder.glob(f"*/{NUDGES}"))
    }
    for code, language in languages.items():
        _refuse_incomplete(code, language, languages[DEFAULT])
    return Library(MappingProxyType(languages), read_helplines(folder), read_places(folder))


def _refuse_incomplete(code: str, language: Language, whole: Language) -> None:
    """Raise ValueError naming a sentence or nudge that is missing, too many, or has other blanks to fill in."""
    blanks, expected = language.words.blanks(), whole.words.blanks()
    wrong = [key for key in blanks.keys() | expected.keys() if blanks.get(key) != expected.get(key)]
    wrong += language.nudge_by_id.keys() ^ whole.nudge_by_id.keys()
    if wrong:
        raise ValueError(f"{code} and {DEFAULT} do not say the same: {min(wrong)}")
