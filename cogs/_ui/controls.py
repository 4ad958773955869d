"""Buttons, menus and forms that need no memory: all they know stands in their id, so they work after any restart.

An id reads `b:flow:step:data` (b for buttons, m for menus, c for channel menus, f for forms), 100 characters at most.
Law: only these are ever sent in a view, and never beside ordinary items: discord.py would forget the whole class when
such a mixed view ends. An error inside is swallowed by discord.py, so `enter` answers it itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Self
from zlib import crc32

import discord
from discord import ui

from bot.client import Interaction, Press

ID: Final = r"(?P<flow>[a-z_]+):(?P<step>[a-z_]+)(?::(?P<data>.*))?"
FORM_ID: Final = re.compile(rf"f:{ID}")

# Of a component, within its message: a positive number of 32 bits.
LARGEST_ID: Final = 2**31 - 1

# What an interaction carries once somebody here has taken it on.
ENTERED: Final = "entered"


async def enter(interaction: Interaction, flow: str, press: Press) -> None:
    """Let the press in where it belongs; whatever goes wrong there is answered here."""
    interaction.extras[ENTERED] = True
    try:
        await interaction.client.enter(interaction, flow, press)
    except Exception as error:  # noqa: BLE001 - discord.py would swallow it, and the member would wait in vain
        await interaction.client.explain(interaction, error)


class _Control:
    """What the three kinds have in common. Mixed into discord.py's dynamic items."""

    def __init__(self, item: ui.Item[Any], flow: str, press: Press) -> None:
        super().__init__(item)  # type: ignore[call-arg]  # DynamicItem comes next in line
        self._pressed_on = item
        self._flow = flow
        self._press = press

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(item, match["flow"], Press(match["step"], match["data"] or ""))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await enter(interaction, self._flow, replace(self._press, values=_picked_in(self._pressed_on)))


class PressButton(_Control, ui.DynamicItem[ui.Button[Any]], template=rf"b:{ID}"):
    """A button."""


class PickMenu(_Control, ui.DynamicItem[ui.Select[Any]], template=rf"m:{ID}"):
    """A menu of options."""


class PickChannel(_Control, ui.DynamicItem[ui.ChannelSelect[Any]], template=rf"c:{ID}"):
    """A menu of the server's text channels."""


def _picked_in(item: ui.Item[Any]) -> tuple[str, ...]:
    """What was picked in a menu, or the ids of what was; nothing in what is called one and is none."""
    return words_in([str(one.id) if hasattr(one, "id") else one for one in getattr(item, "values", ())])


def words_in(values: object) -> tuple[str, ...]:
    """The texts among what was picked. Nothing else is ever picked, whatever an interaction says."""
    return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list | tuple) else ()


def button(
    flow: str,
    step: str,
    label: str,
    data: str = "",
    *,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> PressButton:
    item = ui.Button[Any](label=label, style=style, disabled=disabled, custom_id=_id("b", flow, step, data))
    return PressButton(item, flow, Press(step, data))


def menu(
    flow: str,
    step: str,
    placeholder: str,
    options: Sequence[discord.SelectOption],
    data: str = "",
    *,
    any_number: bool = False,
) -> PickMenu:
    """One of the options is picked; or, of `any_number`, all that are to hold."""
    item = ui.Select[Any](
        id=_own_id(flow, step),
        placeholder=placeholder,
        options=list(options),
        custom_id=_id("m", flow, step, data),
        min_values=0 if any_number else 1,
        max_values=len(options) if any_number else 1,
    )
    return PickMenu(item, flow, Press(step, data))


def channel_menu(flow: str, step: str, placeholder: str) -> PickChannel:
    item = ui.ChannelSelect[Any](
        id=_own_id(flow, step),
        placeholder=placeholder,
        channel_types=[discord.ChannelType.text],
        required=True,
        custom_id=_id("c", flow, step, ""),
    )
    return PickChannel(item, flow, Press(step, ""))


def form(flow: str, step: str, title: str, fields: Sequence[ui.Label[Any]], data: str = "") -> ui.Modal:
    """A form. Its answers come back as a press with `fields`, by way of `cogs.doors`."""
    modal = ui.Modal(title=title, custom_id=_id("f", flow, step, data))
    for field in fields:
        modal.add_item(field)
    # It is over before it begins: discord.py is to remember nothing of it, and to read no answer of it.
    modal.stop()
    return modal


def _id(prefix: str, flow: str, step: str, data: str) -> str:
    parts = [prefix, flow, step, data] if data else [prefix, flow, step]
    return ":".join(parts)


def _own_id(flow: str, step: str) -> int:
    """The id of a menu by what it is for, and not by where it stands.

    By its place, a screen that follows another in the same message would show what was picked in the one before.
    """
    return crc32(f"{flow}:{step}".encode()) & LARGEST_ID
