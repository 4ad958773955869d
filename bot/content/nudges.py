"""The nudges of one language, as written in nudges.toml; its head says what each field means."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.rules.plan import Size

Theme = Literal[
    "notice", "reply", "hello", "share", "stay", "limits", "repair", "savour", "curious", "kind", "belong", "support"
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
Line = Annotated[str, Field(min_length=1, max_length=300)]


class Nudge(BaseModel):
    """One nudge. The head of nudges.toml says what its fields mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nudge_id: Annotated[str, Field(alias="id", pattern=r"^[a-z]+(-[a-z]+)+$", max_length=40)]
    audience: Literal["self"] = "self"
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
    sets: frozenset[str] = frozenset()
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

    @property
    def leads_to_a_person(self) -> bool:
        return "contact" in self.flags

    @property
    def needs_safe_person(self) -> bool:
        """Whether it is for somebody who feels safe, and says so."""
        return "needs_safe_person" in self.flags


def read_nudges(folder: Path) -> tuple[Nudge, ...]:
    """The nudges of the language that `folder` is named after. Raises ValueError naming the nudge and the field."""
    table = tomllib.loads((folder / "nudges.toml").read_text("utf-8"))
    nudges = tuple(_read(entry, folder.name) for entry in table["nudge"])
    if len({nudge.nudge_id for nudge in nudges}) < len(nudges):
        raise ValueError(f"{folder.name}/nudges.toml: two nudges share an id")
    return nudges


def _read(entry: dict[str, object], language: str) -> Nudge:
    try:
        return Nudge.model_validate(entry)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in error.errors())
        raise ValueError(f"{language}/nudges.toml, nudge {entry.get('id')!r}: {wrong}") from None
