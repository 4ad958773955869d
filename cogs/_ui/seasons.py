"""Seasons: quieter times that somebody picks, without a reason; and what is said of one that has begun."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from bot.content.words import Words
from bot.errors import Outdated
from bot.journey.tune import Quiet
from bot.rules.seasons import SEASONS, Season
from cogs._ui.controls import PickMenu, menu
from cogs._ui.screen import moment


def season_menu(flow: str, step: str, words: Words, data: str = "") -> PickMenu:
    """Each of them, with what it means in a line."""
    options = [
        discord.SelectOption(
            label=words(f"season.{season}.name"),
            description=words(
                f"season.{season}.about", pause=SEASONS[season].pause.days, lasts=SEASONS[season].lasts.days
            ),
            value=season,
        )
        for season in Season
    ]
    return menu(flow, step, words("season.pick"), options, data)


def season_in(values: tuple[str, ...]) -> Season:
    """The one that was picked. Raises Outdated."""
    try:
        (picked,) = values
        return Season(picked)
    except ValueError:
        raise Outdated from None


def quiet_text(quiet: Quiet, words: Words) -> str:
    """What comes and what does not, and for how long."""
    return "\n".join((*_what_comes(quiet, words), *_what_ended(quiet, words)))


def _what_comes(quiet: Quiet, words: Words) -> Iterator[str]:
    ends = moment(quiet.ends_at, "D")
    if quiet.plan.next_due_at is None or quiet.plan.paused_until is None:
        yield words("season.nothing_comes", ends=ends)
    else:
        yield words(f"season.{quiet.season}.begun", until=moment(quiet.plan.paused_until, "D"), ends=ends)
        yield words("season.sooner")


def _what_ended(quiet: Quiet, words: Words) -> Iterator[str]:
    """Else "as before" would be taken for the quieter time there was."""
    if quiet.instead_of is not None:
        yield words("season.instead", season=words(f"season.{quiet.instead_of}.name"))
