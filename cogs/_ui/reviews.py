"""The letters about the pace: a review after some weeks, and that every nudge was had. Each is fine to leave alone."""

from __future__ import annotations

from typing import Final

from discord import ui

from bot.content.words import Words
from bot.journey.courier import Question
from bot.rules.occurrence import Kind
from bot.rules.plan import PAUSE_DAYS
from cogs._ui.controls import PressButton, button
from cogs._ui.nudges import exits
from cogs._ui.screen import screen
from cogs._ui.seasons import season_menu

FLOW: Final = "r"
REVIEWS: Final = frozenset({Kind.REVIEW_4, Kind.REVIEW_8})


def review_screen(review: Question, occurrence_id: str, words: Words) -> ui.LayoutView:
    """How it is, or will be; four ways on; and the exits."""
    can_be_fewer = review.fewer < review.per_week
    becomes_fewer = review.kind is Kind.REVIEW_8 and can_be_fewer
    per_week = words("overview.per_week", count=review.per_week)
    return screen(
        words("review.becomes_fewer" if becomes_fewer else "review.text", per_week=per_week),
        [
            _button("keep", occurrence_id, words),
            *([_button("fewer", f"{review.fewer}:{occurrence_id}", words)] if can_be_fewer else []),
            _button("pause", occurrence_id, words),
            _button("finish", occurrence_id, words),
        ],
        exits(occurrence_id, words),
    )


def review_pause_screen(occurrence_id: str, words: Words) -> ui.LayoutView:
    """For how long, or for which quieter time."""
    days = [
        button(FLOW, "pause_days", words("nudge.pause.days", count=count), f"{count}:{occurrence_id}")
        for count in PAUSE_DAYS
    ]
    return screen(
        words("nudge.pause.ask"),
        [*days, button(FLOW, "back", words("button.back"), occurrence_id)],
        season_menu(FLOW, "season", words, occurrence_id),
        exits(occurrence_id, words),
    )


def all_seen_screen(occurrence_id: str, words: Words) -> ui.LayoutView:
    """Nothing to do. What could open more is one press away."""
    return screen(
        words("letter.all_seen.text"),
        button(FLOW, "tune", words("overview.tune"), occurrence_id),
        exits(occurrence_id, words),
    )


def review_answered_screen(said: str, occurrence_id: str, words: Words) -> ui.LayoutView:
    return screen(said, exits(occurrence_id, words))


def _button(step: str, data: str, words: Words) -> PressButton:
    return button(FLOW, step, words(f"review.button.{step}"), data)
