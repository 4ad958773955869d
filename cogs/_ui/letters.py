"""Every message that comes by DM, as Discord shows it. Law: each of them carries Stop, one press, no question."""

from __future__ import annotations

import discord
from discord import ui

from bot.content.nudges import Nudge
from bot.content.words import Words
from bot.journey.courier import Letter
from bot.rules.consent import Purpose
from bot.rules.occurrence import Kind
from cogs._ui.controls import button
from cogs._ui.nudges import NUDGE, Card, nudge_screen
from cogs._ui.questions import QUESTIONS, exits, question_screen
from cogs._ui.screen import moment, screen


def letter_screen(letter: Letter, words: Words) -> ui.LayoutView:
    """The letter. Discreet ones show a neutral line, with everything else behind a button."""
    if letter.kind is Kind.RECEIPT:
        return _receipt(letter, words)
    if letter.discreet:
        return _cover(letter, words)
    return opened_screen(letter.kind, letter.nudge, letter.occurrence_id, words)


def opened_screen(kind: Kind, nudge: Nudge | None, occurrence_id: str, words: Words) -> ui.LayoutView:
    """What stands behind the cover of a discreet letter, and openly on every other one."""
    if kind in QUESTIONS:
        return question_screen(kind, occurrence_id, words)
    assert nudge is not None, "a letter that asks nothing brings a nudge"
    return nudge_screen(Card(nudge, occurrence_id), words)


def agreed_list(purposes: frozenset[Purpose], words: Words) -> str:
    """What was agreed to, one line each, in the order of the questions."""
    agreed = [purpose for purpose in Purpose if purpose in purposes]
    if not agreed:
        return words("consent.none")
    return "\n".join(f"- {words(f'consent.{purpose}.name')}" for purpose in agreed)


def _cover(letter: Letter, words: Words) -> ui.LayoutView:
    read = button(NUDGE, "open", words("letter.cover.open"), letter.occurrence_id, style=discord.ButtonStyle.primary)
    return screen(words("letter.cover.text"), [read, *exits(letter.occurrence_id, words)])


def _receipt(letter: Letter, words: Words) -> ui.LayoutView:
    times = "\n".join(f"- {moment(at)}" for at in letter.next_times)
    return screen(
        words("letter.receipt.title"),
        agreed_list(letter.purposes, words),
        words("letter.receipt.next", times=times),
        words("letter.receipt.outro"),
        exits(letter.occurrence_id, words),
    )
