"""The moderator's screens: what they can never see, the channel, a look at the card; and, later, status."""

from __future__ import annotations

from typing import Final

import discord
from discord import ui

from bot.content.words import Words
from bot.journey.enable import Status
from cogs._ui.controls import button, channel_menu
from cogs._ui.screen import line, moment, screen, small

FLOW: Final = "setup"
COMMUNITY: Final = "community"


def channel_screen(stands_in: int | None, words: Words) -> ui.LayoutView:
    """What moderators never see, and where the card goes. `stands_in` is the channel of a card there is already."""
    again = [] if stands_in is None else [words("setup.again", channel=f"<#{stands_in}>")]
    return screen(
        words("setup.title"),
        words("setup.blind"),
        words("setup.permissions"),
        *again,
        words("setup.pick_text"),
        channel_menu(FLOW, "channel", words("setup.pick")),
        button(FLOW, "no", words("button.not_now")),
    )


def look_screen(channel_id: int, words: Words) -> ui.LayoutView:
    """The card as members will see it, and one more press before it is posted."""
    post = button(FLOW, "post", words("setup.post"), str(channel_id), style=discord.ButtonStyle.primary)
    return screen(
        words("setup.look", channel=f"<#{channel_id}>"),
        line(),
        words("card.title"),
        words("card.text"),
        small(words("age.note")),
        line(),
        [button(FLOW, "back", words("button.back")), post],
    )


def posted_screen(channel_id: int, words: Words) -> ui.LayoutView:
    return screen(words("setup.posted", channel=f"<#{channel_id}>"))


def status_screen(status: Status | None, words: Words) -> ui.LayoutView:
    if status is None:
        return screen(words("community.never"))
    since = moment(status.since, "D")
    as_of = moment(status.counted_at, "D")
    people = (
        words("community.too_few", as_of=as_of)
        if status.people is None
        else words("community.people", count=status.people, as_of=as_of)
    )
    return screen(
        words("community.title"),
        words("community.on" if status.is_on else "community.off", since=since, channel=f"<#{status.channel_id}>"),
        people,
        words("setup.blind"),
    )


def disable_screen(words: Words) -> ui.LayoutView:
    return screen(
        words("community.disable.ask"),
        [
            button(COMMUNITY, "keep", words("community.disable.keep")),
            button(COMMUNITY, "disable", words("community.disable.do"), style=discord.ButtonStyle.danger),
        ],
    )
