"""What is never said in a language, and what else is looked at: `kindness.toml` of its folder, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.content.kindness.acts import Acts
from bot.content.kindness.reading import ReadingEase


@dataclass(frozen=True, slots=True)
class Never:
    """Words that are never said, why, and what to say instead."""

    kind: str
    pattern: re.Pattern[str]
    fine: re.Pattern[str] | None
    ours: bool
    why: str
    say: str

    def found(self, text: str) -> Iterator[re.Match[str]]:
        """Where it is said, and not in a phrase that makes it kind."""
        spared = [match.span() for match in self.fine.finditer(text)] if self.fine else []
        for match in self.pattern.finditer(text):
            if not any(begin <= match.start() < end or match.start() <= begin < match.end() for begin, end in spared):
                yield match


@dataclass(frozen=True, slots=True)
class Check:
    """Something to change that is not one word: why, and what to do instead."""

    why: str
    say: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All of one language. What it has not said, as what an act is or what makes an offer, it is not asked about."""

    never: tuple[Never, ...]
    checks: Mapping[str, Check]
    finding: str
    acts: Acts | None
    reading_ease: ReadingEase | None
    offer: re.Pattern[str] | None

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of finding there can be."""
        return frozenset(one.kind for one in self.never) | self.checks.keys()


def read_rules(folder: Path) -> Rules:
    """The rules of the language that `folder` is named after."""
    table = tomllib.loads((folder / "kindness.toml").read_text("utf-8"))
    return Rules(
        never=tuple(_never(row) for row in table["never"]),
        checks=MappingProxyType({name: Check(**row) for name, row in table["check"].items()}),
        finding=table["said"]["finding"],
        acts=Acts.read(table["acts"]) if "acts" in table else None,
        reading_ease=ReadingEase(**table["reading"]) if "reading" in table else None,
        offer=_offer(**table["offer"]) if "offer" in table else None,
    )


def _never(row: Mapping[str, Any]) -> Never:
    flags = re.MULTILINE if row.get("exact") else re.IGNORECASE | re.MULTILINE
    parts = [_phrase(phrase) for phrase in row.get("words", ())] + list(row.get("patterns", ()))
    fine = "|".join(_phrase(phrase) for phrase in row.get("fine", ()))
    return Never(
        kind=row["kind"],
        pattern=re.compile("|".join(parts), flags),
        fine=re.compile(fine, flags) if fine else None,
        ours=row.get("ours", False),
        why=row["why"],
        say=row["say"],
    )


def _offer(*, words: Iterable[str], patterns: Iterable[str]) -> re.Pattern[str]:
    """What leaves a text open, any of it. Raises ValueError where that is nothing, which every text would hold."""
    parts = [*map(_phrase, words), *patterns]
    if not parts:
        raise ValueError("[offer] of kindness.toml has no words")
    return re.compile("|".join(parts), re.IGNORECASE)


def _phrase(phrase: str) -> str:
    """A pattern that finds the phrase as whole words, over a line's end, and with either apostrophe."""
    written = re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['\u2019]").replace(r"\*", r"\w*")
    return rf"(?<!\w){written}(?!\w)"
