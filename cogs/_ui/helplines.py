"""Where a person answers. No emoji here, and never a country that nobody chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
from babel import Locale
from discord import ui

from bot.content.helplines import Helpline, Helplines
from bot.content.words import Words
from cogs._ui.controls import PickMenu, PressButton, button, menu
from cogs._ui.screen import screen

FLOW: Final = "help"


def need_more(words: Words) -> PressButton:
    """The way to a person, on every message."""
    return button(FLOW, "lines", words("button.need_more"))


def helplines_screen(helplines: Helplines, words: Words) -> ui.LayoutView:
    """The directories, the emergency rule, and a choice of countries."""
    return screen(words("helplines.intro"), _directories(helplines, words), _countries(helplines, words))


def unknown_screen(helplines: Helplines, words: Words) -> ui.LayoutView:
    """The same, for something typed that is no country we know the name of."""
    return screen(
        words("helplines.unknown"),
        words("helplines.emergency"),
        _directories(helplines, words),
        _countries(helplines, words),
    )


def country_screen(helplines: Helplines, country: str, lines: Sequence[Helpline], words: Words) -> ui.LayoutView:
    """The lines of one country, each with the day it was checked; the directories stay."""
    name = helplines.name_of(country, words.language)
    listed = [_line(line, words) for line in lines] or [_none(helplines, country, name, words)]
    return screen(
        words("helplines.country", country=name),
        *listed,
        words("helplines.emergency"),
        _directories(helplines, words),
        _countries(helplines, words),
    )


def _none(helplines: Helplines, country: str, name: str, words: Words) -> str:
    is_old = country in helplines.countries(words.language)
    return words("helplines.none_fresh" if is_old else "helplines.none_yet", country=name)


def _line(line: Helpline, words: Words) -> str:
    ways = [words(f"helplines.{way}", how=how) for way in ("call", "text", "chat") if (how := getattr(line, way))]
    names = Locale.parse(words.language).languages
    spoken = ", ".join(str(names.get(code, code)) for code in line.languages)
    checked = words("helplines.checked", date=line.checked.isoformat(), source=line.source)
    return "\n".join((words("helplines.line", name=line.name, hours=line.hours, languages=spoken), *ways, checked))


def _directories(helplines: Helplines, words: Words) -> str:
    return "\n".join(
        words(f"helplines.directory.{one.about}", name=one.name, url=one.url) for one in helplines.directories
    )


def _countries(helplines: Helplines, words: Words) -> PickMenu:
    options = [
        discord.SelectOption(label=name, value=code) for code, name in helplines.countries(words.language).items()
    ]
    return menu(FLOW, "country", words("helplines.pick"), options)
