"""Help lines and directories, each with where and when it was seen. Never a default country."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from babel import Locale
from pydantic import BaseModel, ConfigDict, Field, model_validator
from rapidfuzz import fuzz, process

from bot.content.spelling import LONGEST_TYPED, simplify

# A row older than this is not shown any more, and CI fails on it: a wrong number is worse than none.
MOST_DAYS_OLD: Final = 365

COUNTRY: Final = re.compile(r"[A-Z]{2}")
# CLDR knows these as territories; they are groups, or made up for tests.
NO_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})

# People in need type in the language they think in.
SPOKEN: Final = ("cs", "da", "de", "es", "fi", "fr", "it", "nb", "nl", "pl", "pt", "sv", "tr", "uk")
FUZZY_FROM_LETTERS: Final = 5
FUZZY_SCORE: Final = 85


class Directory(BaseModel):
    """Somewhere that lists help lines for every country."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    url: Annotated[str, Field(pattern=r"^https://")]
    about: Literal["finder", "centres"]


class Helpline(BaseModel):
    """One line. Numbers stand as they are dialled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: str
    call: str = ""
    text: str = ""
    chat: str = ""
    hours: str
    languages: tuple[str, ...]
    source: Annotated[str, Field(min_length=1)]
    checked: date

    @model_validator(mode="after")
    def _can_be_reached(self) -> Helpline:
        if not (self.call or self.text or self.chat):
            raise ValueError(f"{self.name} has no way to reach it")
        return self

    def is_fresh(self, today: date) -> bool:
        return (today - self.checked).days <= MOST_DAYS_OLD


class Helplines:
    """All of them. Countries go by their ISO 3166 code."""

    def __init__(self, directories: Iterable[Directory], lines: Iterable[Helpline], aliases: Mapping[str, str]) -> None:
        self.directories = tuple(directories)
        self.lines = tuple(lines)
        self._aliases = {_plain(alias): country for alias, country in aliases.items()}

    def of(self, country: str, today: date) -> list[Helpline]:
        """The lines of a country that were checked within the last 12 months."""
        return [line for line in self.lines if line.country == country and line.is_fresh(today)]

    def countries(self, language: str) -> dict[str, str]:
        """The countries that have lines, with their names in that language, in its alphabetical order."""
        codes = {line.country for line in self.lines}
        return dict(sorted(((code, self.name_of(code, language)) for code in codes), key=lambda pair: pair[1]))

    def name_of(self, country: str, language: str) -> str:
        return str(Locale.parse(language).territories[country])

    def country_of(self, typed: str, language: str) -> str | None:
        """The country that is meant by its name, its code or what it is often called; None for no country.

        Its name may be another language's, and a letter or two may be wrong.
        """
        meant = _plain(typed[:LONGEST_TYPED])
        names = _territories(language) | self._aliases
        if meant in names:
            return names[meant]
        if meant.upper() in names.values():
            return meant.upper()
        for spoken in SPOKEN:
            if meant in (other := _territories(spoken)):
                return other[meant]
        close = process.extractOne(meant, names.keys(), scorer=fuzz.ratio, score_cutoff=FUZZY_SCORE)
        return names[close[0]] if close and len(meant) >= FUZZY_FROM_LETTERS else None

    def beginning(self, typed: str, language: str) -> list[str]:
        """The countries with lines whose name, or what they are often called, begins like that."""
        typed = typed[:LONGEST_TYPED]
        begun = simplify(typed)
        called = {code for alias, code in self._aliases.items() if begun and alias.startswith(begun)}
        return [
            code
            for code, name in self.countries(language).items()
            if code in called or simplify(name).startswith(begun) or code == typed.strip().upper()
        ]


def _territories(language: str) -> dict[str, str]:
    """Every country's code, by its name in that language."""
    names = Locale.parse(language).territories
    return {
        _plain(str(name)): code for code, name in names.items() if COUNTRY.fullmatch(code) and code not in NO_COUNTRIES
    }


def _plain(name: str) -> str:
    """A country's name without "the", dots, and what CLDR adds to tell two of them apart."""
    bare = re.sub(r"\(.*?\)|\.|SAR China", "", name)
    return simplify(bare).removeprefix("the ")


def read_helplines(folder: Path) -> Helplines:
    """The help lines from the file in `folder`."""
    table = tomllib.loads((folder / "helplines.toml").read_text("utf-8"))
    return Helplines(
        (Directory.model_validate(row) for row in table["directory"]),
        (Helpline.model_validate(row) for row in table["helpline"]),
        table["alias"],
    )
