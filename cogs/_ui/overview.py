"""A member's plan at a glance, and what can be changed about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from discord import ui

from bot.content.places import Place
from bot.content.words import Words
from bot.journey.adjust import Outlook
from bot.rules.plan import PAUSE_DAYS, PlanState
from cogs._ui.controls import PressButton, button
from cogs._ui.helplines import need_more
from cogs._ui.screen import moment, screen, small
from cogs._ui.seasons import season_menu
from cogs._ui.start import window_text

FLOW: Final = "plan"

# Nothing comes any more, because the member said so.
ENDED: Final = frozenset({PlanState.STOPPED, PlanState.OFF})


def overview_screen(outlook: Outlook, place: Place, now: datetime, words: Words) -> ui.LayoutView:
    wishes = outlook.plan.wishes_at(now)
    return screen(
        words("overview.title"),
        state_text(outlook, now, words),
        *_season_text(outlook, words),
        words(
            "overview.wishes",
            per_week=words("overview.per_week", count=wishes.per_week),
            window=window_text(wishes.window, words),
            place=place.name,
            zone=place.zone,
            size=words(f"size.{wishes.size.name.lower()}.name"),
            discreet=words("overview.yes") if wishes.discreet else words("overview.no"),
        ),
        *_first_week_text(outlook, now, words),
        _ways_on(outlook, words),
        words("overview.more"),
    )


def _season_text(outlook: Outlook, words: Words) -> Iterator[str]:
    if outlook.season is not None and outlook.season_ends_at is not None:
        ends, name = moment(outlook.season_ends_at, "D"), words(f"season.{outlook.season}.name")
        # After a Stop there is nothing that could be resumed.
        has_ended = outlook.plan.state in ENDED
        yield words("overview.season_ended" if has_ended else "overview.season", season=name, ends=ends)


def _first_week_text(outlook: Outlook, now: datetime, words: Words) -> Iterator[str]:
    """Where fewer come by now than was picked."""
    per_week = outlook.plan.rhythm(now).per_week
    if per_week < outlook.plan.wishes_at(now).per_week:
        yield small(words("overview.first_week", per_week=words("overview.per_week", count=per_week)))


def _ways_on(outlook: Outlook, words: Words) -> list[PressButton]:
    """What can be changed. Nobody is offered to stop what has ended, and left to wonder whether it has."""
    plan = outlook.plan
    buttons = [button(FLOW, "change", words("overview.change")), button(FLOW, "tune", words("overview.tune"))]
    if plan.next_due_at is not None:
        buttons.append(button(FLOW, "pause", words("overview.pause")))
    if plan.state not in ENDED:
        buttons.append(button(FLOW, "stop", words("button.stop")))
    if outlook.has_set_aside:
        buttons.append(button(FLOW, "set_aside", words("overview.show_all")))
    return buttons


def state_text(outlook: Outlook, now: datetime, words: Words) -> str:
    """Whether something comes, and when."""
    plan = outlook.plan
    if plan.state is PlanState.GUILD_OFF and outlook.guild_on:
        return words("overview.state.guild_on_again")
    if plan.next_due_at is None:
        return words(f"overview.state.{plan.state}")
    if not outlook.guild_on:
        return words("overview.state.guild_off")
    if not outlook.is_readable:
        return words("overview.unreadable")
    if not outlook.something_fits:
        return words("overview.nothing_fits")
    if plan.paused_until is not None and plan.is_paused(now):
        return words("overview.state.paused", until=moment(plan.paused_until, "D"), next=moment(plan.next_due_at))
    return words("overview.state.active", next=moment(plan.next_due_at))


def paused_text(outlook: Outlook, now: datetime, words: Words) -> str:
    """After a pause was chosen: until when, or that nothing comes anyway."""
    plan = outlook.plan
    if plan.state is not PlanState.ACTIVE or plan.paused_until is None:
        return state_text(outlook, now, words)
    return words("nudge.reply.pause", until=moment(plan.paused_until, "D"))


def pause_screen(words: Words) -> ui.LayoutView:
    """For how many days, or for which quieter time."""
    return screen(
        words("nudge.pause.ask"),
        [
            *(button(FLOW, "pause_days", words("nudge.pause.days", count=days), str(days)) for days in PAUSE_DAYS),
            button(FLOW, "back", words("button.back")),
        ],
        season_menu(FLOW, "season", words),
    )


def set_aside_screen(words: Words) -> ui.LayoutView:
    """Asked once, because it brings back what was not OK as well."""
    return screen(
        words("overview.set_aside.ask"),
        [
            button(FLOW, "back", words("overview.set_aside.keep")),
            button(FLOW, "show_all", words("overview.set_aside.do")),
        ],
    )


def stopped_screen(words: Words, *, something_held: bool) -> ui.LayoutView:
    """Said wherever Stop was pressed."""
    return screen(words("leave.stopped" if something_held else "leave.stopped_stranger"), need_more(words))
