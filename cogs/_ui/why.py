"""Why this one: what was really drawn with, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.nudges import Nudge
from bot.content.words import Words
from bot.journey.courier import NudgeNote
from bot.rules.choose import Draw
from cogs._ui.screen import small


def why_text(note: NudgeNote, draw: Draw | None, words: Words) -> str:
    """Of a nudge that came: how it was chosen, as far as that is held."""
    return "\n".join((words("why.title"), *_chosen(note, draw, words), *_reason(note.nudge, words)))


def taste_why_text(nudge: Nudge, words: Words) -> str:
    """Of one that was only tried."""
    chosen = words("why.taste", theme=words(f"theme.{nudge.theme}"))
    return "\n".join((words("why.title"), chosen, *_reason(nudge, words)))


def tickets_text(count: float) -> str:
    """A number of tickets: 10, or 7.5."""
    return f"{round(count, 1):g}"


def _chosen(note: NudgeNote, draw: Draw | None, words: Words) -> Iterator[str]:
    yield words("why.what", size=words(f"size.{note.nudge.size.name.lower()}.name"), theme=_theme(note, words))
    if note.is_again:
        yield words("why.again")
    elif draw is None:
        yield words("why.not_held")
    else:
        yield from _drawn(draw, words)


def _drawn(draw: Draw, words: Words) -> Iterator[str]:
    size = words(f"size.{draw.most.name.lower()}.name")
    had, all_of_them = draw.tickets[draw.theme], sum(draw.tickets.values())
    yield words("why.drawn", count=len(draw.tickets), had=tickets_text(had), all=tickets_text(all_of_them))
    yield words("why.tickets")
    for reason in draw.because:
        yield words(f"why.because.{reason}", size=size, week=draw.week)


def _reason(nudge: Nudge, words: Words) -> Iterator[str]:
    yield words("why.reason", why=nudge.why)
    yield small(words("why.study", study=nudge.study) if nudge.study else words("why.no_study"))


def _theme(note: NudgeNote, words: Words) -> str:
    return words(f"theme.{note.nudge.theme}")
