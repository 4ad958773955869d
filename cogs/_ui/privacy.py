"""What is held about somebody, in plain words; their choices; and the way out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any, Final

import discord
from discord import ui

from bot.content.words import Words
from bot.journey.review import Held
from bot.rules.consent import Purpose
from cogs._ui.controls import button
from cogs._ui.screen import Part, line, screen, side

FLOW: Final = "privacy"
EXPORT_FORMAT: Final = "porchlight-export-1"

# Discord takes 4000 characters of text in one message; the rest of the screen needs some of them.
MOST_CHARACTERS: Final = 3_200


def held_screen(held: Held, words: Words) -> tuple[ui.LayoutView, str | None]:
    """Every row in plain words; as a text file too, when there are more than one message can show."""
    if not held.rows:
        return screen(words("privacy.nothing")), None
    text = held_text(held, words)
    if len(text) <= MOST_CHARACTERS:
        return screen(words("privacy.title"), text, words("privacy.outro")), None
    return screen(words("privacy.title"), words("privacy.in_file"), words("privacy.outro")), text


def held_text(held: Held, words: Words) -> str:
    """Every row, one line each, under what its table is for."""
    blocks = []
    for table, rows in held.rows.items():
        told = [f"- {words(f'held.{table}.row', **_readable(row, words))}" for row in rows]
        blocks.append("\n".join((f"**{words(f'held.{table}.title')}**", *told)))
    return "\n\n".join(blocks)


def export_json(held: Held) -> str:
    """Every row as it is stored; instants and dates in ISO 8601."""
    return json.dumps(
        {"format": EXPORT_FORMAT, "exported_at": held.at.isoformat(), "tables": held.rows},
        indent=2,
        ensure_ascii=False,
        default=_iso,
    )


def choices_screen(agreed: AbstractSet[Purpose], words: Words) -> ui.LayoutView:
    """One question per purpose, each with its own switch. Taking one back removes what it allowed."""
    questions: list[Part] = [
        side(
            words(f"consent.{purpose}.ask"),
            button(
                FLOW,
                f"{'withdraw' if purpose in agreed else 'agree'}_{purpose}",
                words("button.on") if purpose in agreed else words("button.off"),
                style=discord.ButtonStyle.success if purpose in agreed else discord.ButtonStyle.secondary,
            ),
        )
        for purpose in Purpose
    ]
    return screen(words("privacy.choices.title"), words("privacy.choices.text"), line(), *questions)


def delete_screen(words: Words) -> ui.LayoutView:
    return screen(
        words("privacy.delete.ask"),
        [
            button(FLOW, "keep", words("privacy.delete.keep")),
            button(FLOW, "delete", words("privacy.delete.do"), style=discord.ButtonStyle.danger),
        ],
    )


def _readable(row: Mapping[str, Any], words: Words) -> dict[str, str]:
    return {name: _value(name, value, words) for name, value in row.items()}


def _value(name: str, value: object, words: Words) -> str:
    if value is None:
        return words("held.nothing")
    if isinstance(value, bool):
        return words("held.yes") if value else words("held.no")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if name == "picks":
        return _picks(json.loads(str(value)), words)
    if name in ("window_start", "window_end"):
        minutes = int(str(value))
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(value)


def _picks(picks: Mapping[str, str], words: Words) -> str:
    answers: Sequence[str] = [
        words(f"check_in.{question}.answer.{answer}") for question, answer in sorted(picks.items())
    ]
    return ", ".join(answers)


def _iso(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()
