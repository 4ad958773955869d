"""What is held about somebody, in plain words; their choices; and the way out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import discord
from discord import ui

from bot.content.library import Language
from bot.content.words import Words
from bot.journey.review import Agreed, Holding
from bot.rules.consent import Purpose
from bot.rules.held import Unreadable
from bot.rules.retention import Retention
from bot.settings import OperatorSettings
from cogs._ui.bearing import bearing_text, quoted, theme_name
from cogs._ui.consents import purpose_switch
from cogs._ui.controls import button
from cogs._ui.helplines import need_more
from cogs._ui.operator import about_operator
from cogs._ui.screen import Part, line, screen, small

FLOW: Final = "privacy"
EXPORT_FORMAT: Final = "porchlight-export-1"

# Discord takes 4000 characters of text in one message.
MOST_CHARACTERS: Final = 3_900

# What Discord draws, and a text file would only show.
BELOW_A_ROW: Final = re.compile(r"(?<=\S)\n-# ")
MARKUP: Final = re.compile(r"^(?:-#|#{1,3}) |\*\*|`", re.MULTILINE)

# The order in which tables are told; one that is not named here comes last.
ORDER: Final = ("member", "consent", "plan", "bearing", "occurrence", "refusal", "check_in", "week")

# Taking these back removes something that was kept, so it is asked about once.
REMOVES: Final = frozenset({Purpose.ANSWERS, Purpose.CHECK_INS, Purpose.STREAK})

# Of these instants only the month is held.
MONTHS: Final = frozenset({("refusal", "refused_at")})

# Where the names that columns hold stand in the catalogue. A name that has left it is shown as it is stored.
NAMES: Final = MappingProxyType(
    {
        ("consent", "purpose"): "consent.{}.name",
        ("plan", "state"): "held.plan_state.{}",
        ("plan", "size"): "held.size.{}",
        ("plan", "reviewed"): "held.reviewed.{}",
        ("occurrence", "kind"): "held.kind.{}",
        ("occurrence", "state"): "held.state.{}",
        ("occurrence", "answer"): "held.answer.{}",
    }
)


def held_screen(holding: Holding, language: Language, operator: OperatorSettings) -> tuple[ui.LayoutView, str | None]:
    """Every row in plain words, and who runs this; as a text file too, when one message cannot show it all."""
    words = language.words
    about = about_operator(operator, words)
    if not holding.rows:
        return screen(words("privacy.nothing"), *about), None
    text = held_text(holding, language)
    title, ending = words("privacy.title"), [_kept_text(holding.retention, words), words("privacy.outro"), *about]
    if sum(map(len, (title, text, *ending))) <= MOST_CHARACTERS:
        return screen(title, text, *ending), None
    return screen(title, words("privacy.in_file"), *ending), file_text(holding, language, operator)


def file_text(holding: Holding, language: Language, operator: OperatorSettings) -> str:
    """The same as a file of its own: plain, because nothing draws Discord's markup there."""
    words = language.words
    parts = [words("privacy.title"), held_text(holding, language), _kept_text(holding.retention, words)]
    parts.append(words("privacy.outro"))
    plain = MARKUP.sub("", BELOW_A_ROW.sub("\n  ", "\n\n".join(parts)))
    if operator.name and operator.contact:
        plain += "\n\n" + words("operator.named", name=operator.name, contact=operator.contact)
    return plain + "\n"


def held_text(holding: Holding, language: Language) -> str:
    """Every row, plainly and with its small print, under what its table is for; first, whether some cannot be read."""
    words = language.words
    blocks = [] if holding.is_readable else [words("privacy.unreadable")]
    for table in sorted(holding.rows, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)):
        told = [_told(table, row, language) for row in holding.rows[table]]
        blocks.append("\n".join((f"**{words(f'held.{table}.title')}**", *told)))
    return "\n\n".join(blocks)


def export_json(holding: Holding) -> str:
    """Every row as it is stored; instants and dates in ISO 8601, Discord's ids as text (JSON numbers lose digits).

    What was sealed and does not open any more is `{"unreadable": true}`.
    """
    tables = {
        table: [{name: _exported(name, value) for name, value in row.items()} for row in rows]
        for table, rows in holding.rows.items()
    }
    exported = {"format": EXPORT_FORMAT, "exported_at": holding.at.isoformat(), "tables": tables}
    return json.dumps(exported, indent=2, ensure_ascii=False)


def choices_screen(agreed: Agreed, words: Words) -> ui.LayoutView:
    """One question per purpose that can be answered, each with its own switch; to a stranger, where to begin."""
    if not agreed.offered:
        return screen(words("privacy.choices.stranger"))
    more = [] if agreed.offered == set(Purpose) else [small(words("privacy.choices.more"))]
    sends = [words("privacy.choices.sends")] if Purpose.NUDGES in agreed.offered else []
    return screen(
        words("privacy.choices.title"),
        words("privacy.choices.text"),
        *sends,
        line(),
        *(part for purpose in Purpose if purpose in agreed.offered for part in _choice(purpose, agreed, words)),
        *more,
    )


def anew_screen(asked: AbstractSet[Purpose], agreed: Agreed, words: Words) -> ui.LayoutView:
    """The questions that changed since this member was asked, and only those. No answer is one too."""
    return screen(
        words("privacy.anew.title"),
        words("privacy.anew.text"),
        line(),
        *(part for purpose in Purpose if purpose in asked for part in _choice(purpose, agreed, words)),
    )


def withdraw_screen(purpose: Purpose, words: Words) -> ui.LayoutView:
    """Asked once, before something that was kept is removed."""
    return screen(
        words("privacy.withdraw.ask", name=words(f"consent.{purpose}.name")),
        [
            button(FLOW, "choices", words("privacy.withdraw.keep")),
            button(FLOW, f"withdraw_{purpose}", words("privacy.withdraw.do"), style=discord.ButtonStyle.danger),
        ],
    )


def delete_screen(words: Words) -> ui.LayoutView:
    return screen(
        words("privacy.delete.ask"),
        [
            button(FLOW, "keep", words("privacy.delete.keep")),
            button(FLOW, "delete", words("privacy.delete.do"), style=discord.ButtonStyle.danger),
        ],
    )


def deleted_screen(words: Words) -> ui.LayoutView:
    return screen(words("privacy.delete.done"), need_more(words))


def _choice(purpose: Purpose, agreed: Agreed, words: Words) -> Iterator[Part]:
    """The question with its switch; of a yes to earlier words also that it was one, and the way to end what it kept."""
    step = _end(purpose) if purpose in agreed.purposes else f"agree_{purpose}"
    yield purpose_switch(FLOW, step, purpose, agreed.purposes, words)
    if purpose in agreed.void:
        kept = purpose in REMOVES
        yield small(words("privacy.void.kept" if kept else "privacy.void.text"))
        yield [button(FLOW, _end(purpose), words("privacy.void.end_kept" if kept else "privacy.void.end"))]


def _kept_text(retention: Retention, words: Words) -> str:
    """For how long what is held stays."""
    return "\n".join(
        (
            words("privacy.kept.messages", count=retention.delivery_records.days),
            words("privacy.kept.answers", count=retention.answers.days),
            words("privacy.kept.consents", count=retention.withdrawn_consents.days),
            words("privacy.kept.members", count=retention.inactive_members.days),
        )
    )


def _end(purpose: Purpose) -> str:
    return f"{'ask' if purpose in REMOVES else 'withdraw'}_{purpose}"


def _told(table: str, row: Mapping[str, Any], language: Language) -> str:
    words = language.words
    readable = {name: _value(table, name, value, language) for name, value in row.items()}
    return f"- {words(f'held.{table}.row', **readable)}\n{small(words(f'held.{table}.facts', **readable))}"


def _subject(picked: Mapping[str, str], language: Language) -> str:
    """What was set aside: a nudge by its words, a theme by its name."""
    subject = picked["subject"]
    return quoted(subject, language) if subject in language.nudge_by_id else theme_name(subject, language.words)


def _picked(table: str, value: Mapping[str, Any], language: Language) -> str:
    """What was sealed in that table."""
    words = language.words
    if table == "bearing":
        return bearing_text(value, language)
    if table == "refusal":
        return words("held.set_aside", what=words(f"held.what.{value['what']}"), subject=_subject(value, language))
    return " ".join(
        words("held.pick", question=words(f"check_in.{asked}.ask"), answer=words(f"check_in.{asked}.answer.{pick}"))
        for asked, pick in sorted(value.items())
    )


def _value(table: str, name: str, value: object, language: Language) -> str:
    words = language.words
    if value is Unreadable.UNREADABLE:
        return words("held.unreadable")
    if value is None:
        return words(f"held.none.{name}") if f"held.none.{name}" in words else words("held.nothing")
    if isinstance(value, str) and value in language.nudge_by_id:
        return quoted(value, language)
    if isinstance(value, bool):
        return words("held.yes") if value else words("held.no")
    if (table, name) in MONTHS and isinstance(value, datetime):
        return f"{value:%Y-%m}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, Mapping):
        return _picked(table, value, language)
    if name in ("window_start", "window_end"):
        minutes = int(str(value))
        return f"{minutes // 60:02}:{minutes % 60:02}"
    key = NAMES.get((table, name), "").format(value)
    return words(key) if key in words else str(value)


def _exported(name: str, value: object) -> object:
    if isinstance(value, int) and name.endswith("_id"):
        return str(value)
    if value is Unreadable.UNREADABLE:
        return {value.value: True}
    return value.isoformat() if isinstance(value, date) else value
