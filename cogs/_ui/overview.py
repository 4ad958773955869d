"""A member's plan at a glance, and what can be changed about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from discord import ui

from bot.content.places import Place
from bot.content.words import Words
from bot.journey.adjust import Outlook
from bot.rules.plan import PAUSE_DAYS, PlanState
from cogs._ui.controls import PressButton, button
from cogs._ui.helplines import need_more
from cogs._ui.screen import moment, screen
from cogs._ui.start import window_text

FLOW: Final = "plan"

# Nothing comes any more, because the member said so.
ENDED: Final = frozenset({PlanState.STOPPED, PlanState.OFF})


def overview_screen(outlook: Outlook, place: Place, now: datetime, words: Words) -> ui.LayoutView:
    wishes = outlook.plan.wishes
    return screen(
        words("overview.title"),
        state_text(outlook, now, words),
        words(
            "overview.wishes",
            per_week=words("overview.per_week", count=wishes.per_week),
            window=window_text(wishes.window, words),
            place=place.name,
            zone=place.zone,
            size=words(f"size.{wishes.size.name.lower()}.name"),
            discreet=words("overview.yes") if wishes.discreet else words("overview.no"),
        ),
        _ways_on(outlook, words),
        words("overview.more"),
    )


def _ways_on(outlook: Outlook, words: Words) -> list[PressButton]:
    """What can be changed. Nobody is offered to stop what has ended, and left to wonder whether it has."""
    plan = outlook.plan
    buttons = [button(FLOW, "change", words("overview.change"))]
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


def paused_screen(outlook: Outlook, now: datetime, words: Words) -> ui.LayoutView:
    """After a pause was chosen: until when, or that nothing comes anyway."""
    plan = outlook.plan
    if plan.state is not PlanState.ACTIVE or plan.paused_until is None:
        return screen(state_text(outlook, now, words))
    return screen(words("nudge.reply.pause", until=moment(plan.paused_until, "D")))


def pause_screen(words: Words) -> ui.LayoutView:
    return screen(
        words("nudge.pause.ask"),
        [
            *(button(FLOW, "pause_days", words("nudge.pause.days", count=days), str(days)) for days in PAUSE_DAYS),
            button(FLOW, "back", words("button.back")),
        ],
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
