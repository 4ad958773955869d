"""Where a person answers. No emoji here, and never a country that nobody chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
from babel import Locale
from discord import ui

from bot.content.helplines import Helpline, Helplines
from bot.content.words import Words
from cogs._ui.controls import PickMenu, menu
from cogs._ui.screen import screen

FLOW: Final = "help"


def helplines_screen(helplines: Helplines, words: Words) -> ui.LayoutView:
    """The directories, the emergency rule, and a choice of countries."""
    return screen(words("helplines.intro"), _directories(helplines, words), _countries(helplines, words))


def country_screen(helplines: Helplines, country: str, lines: Sequence[Helpline], words: Words) -> ui.LayoutView:
    """The lines of one country, each with the day it was checked; the directories stay."""
    name = helplines.countries(words.language)[country]
    listed = [_line(line, words) for line in lines] or [words("helplines.none_fresh", country=name)]
    return screen(
        words("helplines.country", country=name),
        *listed,
        words("helplines.emergency"),
        _directories(helplines, words),
        _countries(helplines, words),
    )


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
