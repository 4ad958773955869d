"""Help lines and directories, each with where and when it was seen. Never a default country."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from babel import Locale
from pydantic import BaseModel, ConfigDict, Field, model_validator

# A row older than this is not shown any more, and CI fails on it. Source: evidence.md 4.1.
MOST_DAYS_OLD = 365


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
    """All of them."""

    def __init__(self, directories: Iterable[Directory], lines: Iterable[Helpline]) -> None:
        self.directories = tuple(directories)
        self.lines = tuple(lines)

    def of(self, country: str, today: date) -> list[Helpline]:
        """The lines of a country that were checked within the last 12 months."""
        return [line for line in self.lines if line.country == country and line.is_fresh(today)]

    def countries(self, language: str) -> dict[str, str]:
        """Country codes with their names in that language, in its alphabetical order."""
        names = Locale.parse(language).territories
        codes = {line.country for line in self.lines}
        return dict(sorted(((code, str(names[code])) for code in codes), key=lambda pair: pair[1]))


def read_helplines(folder: Path) -> Helplines:
    """The help lines from the file in `folder`."""
    table = tomllib.loads((folder / "helplines.toml").read_text("utf-8"))
    return Helplines(
        (Directory.model_validate(row) for row in table["directory"]),
        (Helpline.model_validate(row) for row in table["helpline"]),
    )
