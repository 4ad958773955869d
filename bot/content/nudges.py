"""The nudges of one language: one file for each theme, in `nudges/`. README.md here says what each field means."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.rules.choose import Audience
from bot.rules.plan import Size

# The folder of a language in which its nudges are.
NUDGES: Final = "nudges"


Theme = Literal[
    "notice",
    "reply",
    "hello",
    "share",
    "stay",
    "limits",
    "repair",
    "savour",
    "curious",
    "kind",
    "belong",
    "support",
    "beside_open",
    "beside_ask",
    "beside_space",
    "beside_less",
    "beside_word",
    "beside_self",
]
Flag = Literal[
    "needs_safe_person",
    "contact",
    "waits_for_reply",
    "voice",
    "public",
    "conflict",
    "grief",
    "holiday",
    "money",
    "romantic",
    "family",
    "identity",
    "body",
]
# What a member can leave out: everything that a nudge can be about. The other two say to whom it leads.
SKIPPABLE: Final[tuple[Flag, ...]] = tuple(
    flag for flag in get_args(Flag) if flag not in {"needs_safe_person", "contact"}
)

# Nudges that come only to who switched their set on, under a name that tells nobody who they are.
Set = Literal["queer"]
Line = Annotated[str, Field(min_length=1, max_length=300)]


class Nudge(BaseModel):
    """One nudge. bot/content/README.md says what its fields mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nudge_id: Annotated[str, Field(alias="id", pattern=r"^[a-z]+(-[a-z]+)+$", max_length=40)]
    audience: Audience
    theme: Theme
    size: Size
    exposure: Annotated[int, Field(ge=0, le=4)]
    minutes: Annotated[int, Field(ge=1, le=30)]
    channel: Literal["alone", "text", "voice", "in person", "any"]
    text: Line
    why: Line
    smaller: Line
    copy_text: Annotated[str, Field(alias="copy", max_length=300)]
    easy_out: Line
    flags: frozenset[Flag]
    sets: frozenset[Set] = frozenset()
    source: Annotated[str, Field(max_length=300)]
    study: Annotated[str, Field(max_length=300)]
    reviewed_by: str = ""
    reviewed_on: str = ""
    retired: bool = False

    @field_validator("size", mode="before")
    @classmethod
    def _by_name(cls, value: str) -> Size:
        return Size[value.upper()]

    @model_validator(mode="after")
    def _rests_on_something(self) -> Nudge:
        if not (self.source or self.study):
            raise ValueError(f"{self.nudge_id} names neither a source nor a study")
        return self

    @model_validator(mode="after")
    def _is_for_whom_its_theme_is(self) -> Nudge:
        if (self.audience is Audience.BESIDE) is not self.theme.startswith("beside_"):
            raise ValueError(f"{self.theme} is not a theme for {self.audience}")
        return self

    @property
    def leads_to_a_person(self) -> bool:
        return "contact" in self.flags

    @property
    def needs_safe_person(self) -> bool:
        """Whether it is for somebody who feels safe, and says so."""
        return "needs_safe_person" in self.flags


def read_nudges(folder: Path) -> tuple[Nudge, ...]:
    """The nudges of the language that `folder` is named after. Raises ValueError naming the file, nudge and field."""
    nudges = tuple(nudge for path in sorted((folder / NUDGES).glob("*.toml")) for nudge in _read_theme(path))
    if len({nudge.nudge_id for nudge in nudges}) < len(nudges):
        raise ValueError(f"{folder.name}/{NUDGES}: two nudges share an id")
    return nudges


def _read_theme(path: Path) -> Iterator[Nudge]:
    """The nudges of one file, which has the name of their theme, and says once for whom they are."""
    place = f"{path.parent.parent.name}/{NUDGES}/{path.name}"
    table = tomllib.loads(path.read_text("utf-8"))
    shared = {"theme": path.stem, "audience": table.pop("audience", None)}
    entries = table.pop("nudge", [])
    if table:
        raise ValueError(f"{place}: {min(table)} is no field of a whole file")
    return (_read({**shared, **entry}, place) for entry in entries)


def _read(entry: dict[str, object], place: str) -> Nudge:
    try:
        return Nudge.model_validate(entry)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in error.errors())
        raise ValueError(f"{place}, nudge {entry.get('id')!r}: {wrong}") from None
