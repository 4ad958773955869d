"""How a text reads: its sentences, its words, and how many years of school it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# What tired readers take in at once. Why: docs/words.md.
MOST_WORDS_A_SENTENCE: Final = 14

SENTENCE_END: Final = re.compile(r"(?<=[.?!:…])[\"'”\u2019)]*\s+|\n+|;\s+")
WORD: Final = re.compile(r"[^\W\d_][\w'\u2019-]*|\d+(?::\d+)?")
MARKUP: Final = re.compile(r"</[^>]*>|<[^>]*>|https?://\S+|\{[^}]*\}|[*_`#>]+|^-#?\s", re.MULTILINE)
# What somebody else says: in the quotes of any language, of which the straight single one is also an apostrophe.
QUOTED: Final = re.compile(
    r"\"[^\"\n]*\"|„[^“”\n]*[“”]|“[^”\n]*”|«[^»\n]*»|»[^«\n]*«|(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w))*'(?!\w)|\u2018[^\n]*?\u2019(?!\w)"
)


def sentences(text: str) -> list[str]:
    """What is read in one breath, without what Discord makes of signs."""
    return [sentence.strip() for sentence in SENTENCE_END.split(MARKUP.sub(" ", text)) if sentence.strip()]


def words(text: str) -> list[str]:
    """What is counted as a word; a number is one."""
    return WORD.findall(text)


def unquoted(text: str) -> str:
    """The text with what stands in quotes blanked, so that every place in it stays the same."""
    return QUOTED.sub(lambda match: " " * len(match.group()), text)


@dataclass(frozen=True, slots=True)
class ReadingEase:
    """How syllables are counted in a language: its vowels, which of them are silent, and where two are heard apart."""

    vowels: str
    silent: str = r"(?!)"
    apart: str = r"(?!)"

    def syllables(self, word: str) -> int:
        """About how many: groups of vowels."""
        bare = re.sub(self.apart, "-", re.sub(self.silent, "", re.sub(r"[^\w]", "", word.lower())))
        return max(1, len(re.findall(f"[{self.vowels}]+", bare)))

    def grade(self, text: str) -> float:
        """Flesch and Kincaid's: the years of school that a text asks for. Very short texts jump by years."""
        read, said = sentences(text), words(MARKUP.sub(" ", text))
        if not said:
            return 0.0
        heard = sum(self.syllables(word) for word in said)
        return 0.39 * len(said) / len(read) + 11.8 * heard / len(said) - 15.59
