"""A screen: one card of text, rows of controls, and sections (text with a button at its side)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import discord
from discord import ui

from cogs._ui.controls import PickChannel, PickMenu, PressButton

# A warm porch light. Colour never carries meaning here.
ACCENT: Final = discord.Colour(0xE8B04B)

Control = PressButton | PickMenu | PickChannel
Part = str | Control | Sequence[Control] | ui.Section[Any] | ui.Separator[Any]


def screen(*parts: Part) -> ui.LayoutView:
    """Put the parts below each other. Text becomes text, a control or a list of them becomes a row."""
    card = ui.Container[ui.LayoutView](accent_colour=ACCENT)
    for part in parts:
        card.add_item(_item(part))
    view = ui.LayoutView(timeout=None)
    view.add_item(card)
    return view


def side(text: str, control: PressButton) -> ui.Section[Any]:
    """Text with a button at its side."""
    return ui.Section(ui.TextDisplay(text), accessory=control)


def line() -> ui.Separator[Any]:
    return ui.Separator()


def small(text: str) -> str:
    """Text in small print."""
    return f"-# {text}"


def with_note(view: ui.LayoutView, text: str) -> ui.LayoutView:
    """The same screen, with a line of small print below it."""
    view.add_item(ui.TextDisplay(small(text)))
    return view


def moment(at: datetime, style: Literal["F", "D", "f", "t"] = "F") -> str:
    """A time that Discord shows in the reader's own clock and language."""
    return discord.utils.format_dt(at, style)


def _item(part: Part) -> ui.Item[Any]:
    if isinstance(part, str):
        return ui.TextDisplay(part)
    if isinstance(part, PressButton | PickMenu | PickChannel):
        return ui.ActionRow(part)
    if isinstance(part, ui.Item):
        return part
    return ui.ActionRow(*part)
