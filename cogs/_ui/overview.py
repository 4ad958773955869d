"""A member's plan at a glance, and what can be changed about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from discord import ui

from bot.content.places import Place
from bot.content.words import Words
from bot.journey.adjust import PAUSE_DAYS
from bot.rules.plan import Plan, PlanState
from cogs._ui.controls import button
from cogs._ui.screen import moment, screen
from cogs._ui.start import window_text

FLOW: Final = "plan"


def overview_screen(plan: Plan, place: Place, now: datetime, words: Words) -> ui.LayoutView:
    return screen(
        words("overview.title"),
        state_text(plan, now, words),
        words(
            "overview.wishes",
            per_week=words("overview.per_week", count=plan.schedule.per_week),
            window=window_text(plan.schedule.window),
            place=place.name,
            zone=place.zone,
            size=words(f"size.{plan.size.name.lower()}.name"),
            discreet=words("button.on") if plan.discreet else words("button.off"),
        ),
        [
            button(FLOW, "change", words("overview.change")),
            button(FLOW, "pause", words("overview.pause")),
            button(FLOW, "stop", words("button.stop")),
            button(FLOW, "show_all", words("overview.show_all")),
        ],
        words("overview.more"),
    )


def state_text(plan: Plan, now: datetime, words: Words) -> str:
    """Whether something comes, and when."""
    if plan.state is not PlanState.ACTIVE:
        return words(f"overview.state.{plan.state}")
    if plan.next_due_at is None:
        return words("overview.state.no_dm")
    if plan.is_paused(now) and plan.paused_until is not None:
        return words("overview.state.paused", until=moment(plan.paused_until, "D"), next=moment(plan.next_due_at))
    return words("overview.state.active", next=moment(plan.next_due_at))


def pause_screen(words: Words) -> ui.LayoutView:
    return screen(
        words("nudge.pause.ask"),
        [button(FLOW, "pause_days", words("nudge.pause.days", count=days), str(days)) for days in PAUSE_DAYS],
    )
