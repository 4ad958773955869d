"""Where texts stand: catalogues, nudges, and files of somebody's own. Each text knows its file, key and role."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.content.kindness.roles import HERE, Role, Roles
from bot.content.words import flatten

# What a nudge has to say; words to borrow are there where they help.
SAID: Final = ("text", "why", "smaller", "easy_out")


@dataclass(frozen=True, slots=True)
class Text:
    """One text. `missing` says that it is one which has to be there and is not."""

    file: Path | None
    key: str
    text: str
    role: Role
    missing: bool = False


def languages(folder: Path = HERE) -> list[Path]:
    """The folder of each language that has never-words."""
    return sorted(path.parent for path in folder.glob("*/kindness.toml"))


def texts_of_folder(folder: Path, roles: Roles) -> Iterator[Text]:
    """Every text of a language."""
    for path in [*sorted(folder.glob("words-*.toml")), *sorted(folder.glob("nudges/*.toml"))]:
        yield from texts_of_file(path, roles)


def texts_of_file(path: Path, roles: Roles) -> Iterator[Text]:
    """Every text of one file: nudges, or sentences by key, or paragraphs. Raises ValueError where it is neither."""
    content = path.read_text("utf-8")
    if path.suffix != ".toml":
        yield from _paragraphs(path, content, roles)
        return
    table = tomllib.loads(content)
    if "nudge" in table and isinstance(table["nudge"], list):
        for place, entry in enumerate(table["nudge"], 1):
            yield from _nudge(path, entry, place, roles)
        return
    for key, sentence in flatten(table):
        forms = {key: sentence} if isinstance(sentence, str) else {f"{key}.{name}": it for name, it in sentence.items()}
        yield from (Text(path, name, text, roles.of_key(name)) for name, text in forms.items())


def _paragraphs(path: Path, content: str, roles: Roles) -> Iterator[Text]:
    """Each is a nudge of somebody's own, by the line that it begins on."""
    for match in re.finditer(r"\S.*?(?=\n\s*\n|\s*\Z)", content, re.DOTALL):
        line = content.count("\n", 0, match.start()) + 1
        yield Text(path, f"line {line}", match.group(), roles.by_name["nudge"])


def _nudge(path: Path, entry: object, place: int, roles: Roles) -> Iterator[Text]:
    if not isinstance(entry, dict):
        raise TypeError(f"nudge {place} is no table")
    name = entry.get("id") or place
    for field, role in roles.of_field.items():
        said = entry.get(field, "")
        if not isinstance(said, str):
            raise TypeError(f"{name}.{field} is no text")
        yield Text(path, f"{name}.{field}", said, role, missing=field in SAID and not said.strip())
