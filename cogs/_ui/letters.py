"""Every message that comes by DM, as Discord shows it. Law: each of them carries Stop, one press, no question."""

from __future__ import annotations

import discord
from discord import ui

from bot.content.words import Words
from bot.journey.courier import Letter, NudgeNote, Question, Receipt, Says
from bot.rules.occurrence import Kind
from cogs._ui.consents import questions
from cogs._ui.controls import button
from cogs._ui.nudges import Flow, NudgeCard, Step, exits, nudge_screen
from cogs._ui.reviews import REVIEWS, all_seen_screen, review_screen
from cogs._ui.screen import moment, screen


def letter_screen(letter: Letter, words: Words) -> ui.LayoutView:
    """The letter. A discreet one shows a neutral line, with everything else behind a button."""
    if letter.discreet:
        return _cover(letter.occurrence_id, words)
    return opened_screen(letter.says, letter.occurrence_id, words)


def opened_screen(says: Says, occurrence_id: str, words: Words) -> ui.LayoutView:
    """What stands behind the cover of a discreet letter, and openly on every other one."""
    match says:
        case NudgeNote():
            return nudge_screen(NudgeCard(says.nudge, occurrence_id), words)
        case Receipt():
            return _receipt(says, occurrence_id, words)
        case Question():
            return _question(says, occurrence_id, words)


def closed_cover_screen(words: Words) -> ui.LayoutView:
    """What is left of a cover on which Stop was pressed."""
    return screen(words("letter.cover.done"))


def _cover(occurrence_id: str, words: Words) -> ui.LayoutView:
    """Nothing on it tells somebody who reads along what it is about."""
    return screen(
        words("letter.cover.text"),
        [
            button(Flow.NUDGE, Step.OPEN, words("letter.cover.open"), occurrence_id, style=discord.ButtonStyle.primary),
            button(Flow.NUDGE, Step.STOP_COVERED, words("button.stop"), occurrence_id),
            button(Flow.NUDGE, Step.HELP, words("letter.cover.help"), occurrence_id),
        ],
    )


def _receipt(receipt: Receipt, occurrence_id: str, words: Words) -> ui.LayoutView:
    times = "\n".join(f"- {moment(at)}" for at in receipt.next_times)
    return screen(
        words("letter.receipt.title"),
        *questions(receipt.purposes, words),
        *([words("letter.receipt.next", times=times)] if times else []),
        words("letter.receipt.outro"),
        exits(occurrence_id, words),
    )


def _question(question: Question, occurrence_id: str, words: Words) -> ui.LayoutView:
    """The question, one press for yes, and the exits. No press at all is an answer too."""
    if question.kind in REVIEWS:
        return review_screen(question, occurrence_id, words)
    if question.kind is Kind.ALL_SEEN:
        return all_seen_screen(occurrence_id, words)
    yes = button(
        Flow.NUDGE,
        question.kind,
        words(f"letter.{question.kind}.yes"),
        occurrence_id,
        style=discord.ButtonStyle.primary,
    )
    return screen(words(f"letter.{question.kind}.text"), [yes, *exits(occurrence_id, words)])
