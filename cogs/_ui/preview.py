"""What the next weeks could look like, a week on each page. Two buttons turn them; nothing is kept between presses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from discord import ui

from bot.content.words import Words
from bot.journey.courier import NudgeNote, Question
from bot.journey.preview import AT_FIRST, Basis, Foreseen, Outline
from cogs._ui.controls import PressButton, button
from cogs._ui.screen import line, moment, screen, small

FLOW: Final = "preview"


def preview_screen(outline: Outline, week: int, words: Words) -> ui.LayoutView:
    """That week of it, counted from 1; the nearest one there is."""
    if outline.basis is Basis.UNREADABLE:
        return screen(words("preview.unreadable"))
    shown = min(max(week, 1), len(outline.weeks))
    return screen(
        words("preview.title", week=shown, weeks=len(outline.weeks)),
        *_basis(outline, words),
        small(words("preview.about")),
        line(),
        *_messages(outline, shown, words),
        _turns(shown, len(outline.weeks), words),
    )


def _basis(outline: Outline, words: Words) -> Iterator[str]:
    if outline.basis is Basis.STRANGER:
        yield words("preview.stranger", per_week=words("overview.per_week", count=AT_FIRST.per_week))
    elif outline.basis is not Basis.OWN:
        yield words(f"preview.basis.{outline.basis}")
    if outline.paused_until is not None:
        yield words("preview.paused", until=moment(outline.paused_until, "D"))


def _messages(outline: Outline, week: int, words: Words) -> Iterator[str]:
    """Dated in the reader's own clock; a stranger, whose hours nobody knows, sees the date alone."""
    messages = outline.weeks[week - 1]
    if not messages:
        yield words("preview.empty_week")
    for one in messages:
        at = moment(one.at, "D" if outline.basis is Basis.STRANGER else "F")
        yield "\n".join((f"**{at}**", *_said(one, words)))


def _said(one: Foreseen, words: Words) -> Iterator[str]:
    match one.says:
        case NudgeNote(nudge):
            size, theme = words(f"size.{nudge.size.name.lower()}.name"), words(f"theme.{nudge.theme}")
            what = words("preview.nudge", size=size, theme=theme)
            yield f"> {nudge.text}"
            yield small(f"{what} {words('preview.done') if one.is_done else words('preview.left')}")
        case Question(kind):
            yield words(f"preview.kind.{kind}")


def _turns(week: int, weeks: int, words: Words) -> list[PressButton]:
    back = [button(FLOW, "back", words("button.back"), str(week - 1))] if week > 1 else []
    following = [button(FLOW, "next", words("button.next"), str(week + 1))] if week < weeks else []
    return [*back, *following]
