"""The kindness linter: reads every text as someone tired would, and says what to change.

It knows the never-words of a language, and how long a sentence may be. It is run over every catalogue by the tests.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.content.library import Language
from bot.content.nudges import Nudge

# What tired readers take in at once. Why: docs/words.md.
MOST_WORDS_A_SENTENCE: Final = 14
MOST_WORDS_A_NUDGE: Final = 45

SENTENCE_END: Final = re.compile(r"(?<=[.?:…])\s+|\n+|;\s+")
WORD: Final = re.compile(r"[^\W\d_][\w'\u2019-]*|\d+(?::\d+)?")
MARKUP: Final = re.compile(r"</[^>]*>|<[^>]*>|https?://\S+|\{[^}]*\}|[*_`#>]+|^-\s", re.MULTILINE)
# Pictographs, including the ones that older fonts draw as text.
EMOJI: Final = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF]")


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that are never said, why, and what to say instead."""

    pattern: re.Pattern[str]
    why: str
    say: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change: where, which words, why, and what to say instead."""

    key: str
    words: str
    why: str
    say: str

    def __str__(self) -> str:
        return f"{self.key}: “{self.words}” - {self.why}. Say: {self.say}."


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """The never-words of the language that `folder` is named after."""
    table = tomllib.loads((folder / "kindness.toml").read_text("utf-8"))
    return tuple(Rule(re.compile(row["never"], re.IGNORECASE), row["why"], row["say"]) for row in table["never"])


def lint_language(language: Language, rules: Iterable[Rule]) -> list[Finding]:
    """Everything to change in one language."""
    rules = tuple(rules)
    found = [finding for key, text in language.words for finding in lint(key, text, rules)]
    for nudge in language.nudges:
        found.extend(_lint_nudge(nudge, rules))
    return found


def lint(key: str, text: str, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Everything to change in one text."""
    for rule in rules:
        for match in rule.pattern.finditer(text):
            yield Finding(key, match.group(), rule.why, rule.say)
    for sentence in SENTENCE_END.split(MARKUP.sub(" ", text)):
        words = WORD.findall(sentence)
        if len(words) > MOST_WORDS_A_SENTENCE:
            yield Finding(key, sentence.strip(), f"{len(words)} words in one sentence", "two sentences")
    emoji = EMOJI.findall(text)
    if len(emoji) > 1 or (emoji and EMOJI.search(text[:-2])):
        yield Finding(key, "".join(emoji), "a screen reader reads every emoji aloud", "one at the end, or none")


def _lint_nudge(nudge: Nudge, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    for field, text in _texts(nudge).items():
        yield from lint(f"nudge {nudge.nudge_id}, {field}", text, rules)
    words = WORD.findall(nudge.text)
    if len(words) > MOST_WORDS_A_NUDGE:
        yield Finding(f"nudge {nudge.nudge_id}", nudge.text, f"{len(words)} words", "it in 45 words")


def _texts(nudge: Nudge) -> Mapping[str, str]:
    return {
        "text": nudge.text,
        "why": nudge.why,
        "smaller": nudge.smaller,
        "copy": nudge.copy_text,
        "easy_out": nudge.easy_out,
    }
