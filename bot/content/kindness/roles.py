"""What each text is: a button, a line of a menu, the text of a nudge. `roles.toml`, beside the languages, says so."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

HERE: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Role:
    """What is looked at in a text of this kind, beside its words. roles.toml says what the fields mean."""

    name: str
    most: int | None = None
    words: int | None = None
    one_act: bool = False
    offers: bool = False
    borrowed: bool = False
    reads: bool = False
    keys: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def holds(self, key: str) -> bool:
        return any(_pattern(one).fullmatch(key) for one in self.keys)


@dataclass(frozen=True, slots=True)
class Roles:
    """All of them. The first one that holds a key is what the text is."""

    by_name: Mapping[str, Role]

    def of_key(self, key: str) -> Role:
        """What the sentence of a catalogue is."""
        return next(role for role in self.by_name.values() if role.holds(key))

    @property
    def of_field(self) -> Mapping[str, Role]:
        """What each field of a nudge is, in the order in which a member reads them."""
        return {field: role for role in self.by_name.values() for field in role.fields}


def read_roles(folder: Path = HERE) -> Roles:
    """What the texts of every language are."""
    table = tomllib.loads((folder / "roles.toml").read_text("utf-8"))
    roles = {
        name: Role(name, **{**row, "keys": tuple(row.get("keys", ())), "fields": tuple(row.get("fields", ()))})
        for name, row in table.items()
    }
    return Roles(MappingProxyType(roles))


def _pattern(key: str) -> re.Pattern[str]:
    names = re.escape(key).replace(r"\*\*", r".+").replace(r"\*", r"[^.]+")
    return re.compile(names)
