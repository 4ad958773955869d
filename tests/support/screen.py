"""A message of the bot's, as one person sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import discord
import simcord


def texts_in(components: list[dict[str, Any]]) -> Iterator[str]:
    """Everything a person reads in a message, in order."""
    for component in components:
        for key in ("content", "label", "placeholder"):
            if component.get(key):
                yield component[key]
        yield from (option["label"] for option in component.get("options", []))
        yield from texts_in(component.get("components", []))
        if component.get("accessory"):
            yield from texts_in([component["accessory"]])
        if component.get("component"):
            yield from texts_in([component["component"]])


def controls_in(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Everything that can be pressed or picked in a message."""
    for component in components:
        if component.get("custom_id"):
            yield component
        yield from controls_in(component.get("components", []))
        if component.get("accessory"):
            yield from controls_in([component["accessory"]])


@dataclass
class Screen:
    """A message of the bot's, as one person sees it now."""

    shown: simcord.ResponseMessage | discord.Message

    @property
    def components(self) -> list[dict[str, Any]]:
        if isinstance(self.shown, discord.Message):
            return [dict(component.to_dict()) for component in self.shown.components]
        return self.shown.components

    @property
    def text(self) -> str:
        return "\n".join([self.shown.content, *texts_in(self.components)])

    @property
    def labels(self) -> list[str]:
        return [control["label"] for control in controls_in(self.components) if control.get("label")]

    def control(self, step: str) -> str:
        """The id of the control of that step."""
        found = [one["custom_id"] for one in controls_in(self.components) if one["custom_id"].split(":")[2] == step]
        assert len(found) == 1, f"{step} stands {len(found)} times in {self.text!r}"
        return str(found[0])
