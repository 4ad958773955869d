"""How many acts a text asks for. One is what a tired reader can say yes to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from bot.content.kindness.reading import QUOTED, unquoted

# Two lines to copy are two acts, unless they are short as a name is, or the second stands for the first.
WORDS_OF_A_LINE: Final = 2
ONE: Final = 1


@dataclass(frozen=True, slots=True)
class Acts:
    """The words by which a language asks for an act."""

    act: re.Pattern[str]
    instead: re.Pattern[str]
    several: re.Pattern[str]

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Acts:
        """From `[acts]` of kindness.toml."""
        verbs = "|".join(re.escape(verb) for verb in sorted(table["verbs"], key=len, reverse=True))
        joints = rf"\b(?P<instead>{table['instead']})\s+|\b(?:{table['begins']}),?\s+|^|[.:;,…]\s+"
        # A verb with nothing behind it asks for nothing more: "send yours, and ask".
        to_somebody = rf"(?=[ ,“]*\w)(?! {table['nobody']}\b)"
        return cls(
            act=re.compile(
                rf"(?:{joints})(?:{table['polite']})?(?P<verb>{verbs})\b{to_somebody}", re.IGNORECASE | re.MULTILINE
            ),
            instead=re.compile(rf"\b{table['instead']}\b", re.IGNORECASE),
            several=re.compile("|".join(table["several"]), re.IGNORECASE),
        )

    def too_many(self, text: str) -> str:
        """What is asked for beside the first act; nothing where there is one, or none."""
        asked = list(self._asked(text))
        if asked and (several := self.several.search(unquoted(text))):
            return several.group()
        if len(asked) > ONE:
            return ", ".join(asked)
        return self._second_line(text)

    def _asked(self, text: str) -> Iterator[str]:
        """The acts of the longest way through the text; after an "or", another way begins."""
        ways: list[list[str]] = [[]]
        for match in self.act.finditer(unquoted(text)):
            if match["instead"]:
                ways.append([])
            if (verb := match["verb"].lower()) not in ways[-1]:
                ways[-1].append(verb)
        yield from max(ways, key=len)

    def _second_line(self, text: str) -> str:
        """A second line to copy."""
        lines = [match for match in QUOTED.finditer(text) if len(match.group().split()) >= WORDS_OF_A_LINE]
        for first, second in pairwise(lines):
            if not self.instead.search(text[first.end() : second.start()]):
                return second.group()
        return ""
