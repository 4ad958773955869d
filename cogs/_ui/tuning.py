"""What may come: about what, for whom, how often each kind. One screen, and one for each kind."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final, get_args

import discord
from discord import ui

from bot.content.nudges import SKIPPABLE, Set
from bot.content.words import Words
from bot.journey.tune import Tuning
from bot.rules.choose import Audience
from bot.rules.tickets import FEWEST, MOST, START, fewer, more
from cogs._ui.consents import switch
from cogs._ui.controls import PickMenu, PressButton, button, menu
from cogs._ui.screen import Part, line, screen, side, small
from cogs._ui.why import tickets_text

FLOW: Final = "tune"

SETS: Final = get_args(Set)
FOR_WHOM: Final = MappingProxyType(
    {
        "self": frozenset({Audience.SELF}),
        "beside": frozenset({Audience.BESIDE}),
        "both": frozenset(Audience),
    }
)


def tuning_screen(tuning: Tuning, words: Words) -> ui.LayoutView:
    """Everything that can be set about what may come, as it stands."""
    return screen(
        words("tune.title"),
        words("tune.skip.text"),
        _skips(tuning, words),
        words("tune.for_whom.text"),
        _for_whom(tuning, words),
        *_kinds(tuning, words),
        *(_set_switch(one, tuning, words) for one in SETS),
        line(),
        [button(FLOW, "settings", words("button.back")), button(FLOW, "reset", words("tune.reset"))],
    )


def kind_screen(theme: str, tuning: Tuning, words: Words) -> ui.LayoutView:
    """One kind: how often it is drawn, and four ways to change that."""
    back = button(FLOW, "back", words("button.back"))
    name = words("tune.kind.title", theme=words(f"theme.{theme}"))
    if theme not in tuning.on:
        return screen(name, words("tune.kind.off"), [back, button(FLOW, "let_in", words("tune.button.let_in"), theme)])
    count = tuning.on[theme]
    has = words("tune.kind.has", had=tickets_text(count), all=tickets_text(sum(tuning.on.values())))
    return screen(
        name,
        has,
        small(words("tune.kind.weeks")),
        [
            back,
            _tickets("more", theme, more(count), words, disabled=count >= MOST),
            _tickets("fewer", theme, fewer(count), words, disabled=count <= FEWEST),
            _tickets("even", theme, START, words, disabled=count == START),
            button(FLOW, "leave_out", words("tune.button.leave_out"), theme),
        ],
    )


def _tickets(step: str, theme: str, count: float, words: Words, *, disabled: bool) -> PressButton:
    """It carries how many there are after it, so that a press that comes twice counts once."""
    data = f"{theme}:{tickets_text(count)}"
    return button(FLOW, step, words(f"tune.button.{step}"), data, disabled=disabled)


def _skips(tuning: Tuning, words: Words) -> PickMenu:
    options = [
        discord.SelectOption(label=words(f"tune.flag.{flag}"), value=flag, default=flag in tuning.bearing.skips)
        for flag in SKIPPABLE
    ]
    return menu(FLOW, "skip", words("tune.skip.pick"), options, any_number=True)


def _for_whom(tuning: Tuning, words: Words) -> PickMenu:
    options = [
        discord.SelectOption(
            label=words(f"tune.audience.{name}"), value=name, default=audiences == tuning.bearing.audiences
        )
        for name, audiences in FOR_WHOM.items()
    ]
    return menu(FLOW, "for_whom", words("tune.for_whom.pick"), options)


def _kinds(tuning: Tuning, words: Words) -> Iterator[Part]:
    """In the order of the catalogue, with their tickets; nothing where there is none for whom they want nudges for."""
    options = [
        discord.SelectOption(
            label=words(f"theme.{theme}"),
            description=words("tune.kinds.on", had=tickets_text(tuning.on[theme]))
            if theme in tuning.on
            else words("tune.kinds.off"),
            value=theme,
        )
        for theme in words.under("theme")
        if theme in tuning.on or theme in tuning.off
    ]
    if options:
        yield words("tune.kinds.text")
        yield menu(FLOW, "kind", words("tune.kinds.pick"), options)


def _set_switch(name: str, tuning: Tuning, words: Words) -> ui.Section[Any]:
    is_on = name in tuning.bearing.sets
    return side(words(f"tune.set.{name}"), switch(FLOW, "set_off" if is_on else "set_on", is_on, words, name))
