"""The way to a yes: what it is, when, how, and a last look. Four private screens, edited in place.

Changing a plan later uses the middle two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import discord
from discord import ui

from bot.content.nudges import Nudge
from bot.content.places import Place
from bot.content.words import Words
from bot.journey.opt_in import Times
from bot.journey.taste import SAMPLES
from bot.rules.consent import Purpose
from bot.rules.occurrence import State
from bot.rules.plan import Size
from bot.rules.schedule import DAYS_APART, WINDOWS, Window
from bot.settings import OperatorSettings
from cogs._ui.consents import purpose_list, purpose_switch, switch
from cogs._ui.controls import PickMenu, PressButton, button, form, menu
from cogs._ui.draft import Draft
from cogs._ui.helplines import need_more
from cogs._ui.nudges import sample_text
from cogs._ui.operator import policy_or_short
from cogs._ui.screen import line, moment, screen, side, small

FLOW: Final = "start"
PLACE_FIELD: Final = "place"
NOON: Final = 12 * 60


def what_screen(draft: Draft, operator: OperatorSettings, words: Words) -> ui.LayoutView:
    """1: what it is and is not, who runs it and who it is for, and one question per purpose."""
    return screen(
        words("start.what.title"),
        words("start.what.text"),
        line(),
        words("start.what.ask"),
        *(
            purpose_switch(FLOW, f"flip_{purpose}", purpose, draft.purposes, words, draft.encode())
            for purpose in Purpose
        ),
        small(words("age.note")),
        *policy_or_short(operator, words),
        [_not_now(words), _next("when", draft, words)],
    )


def when_screen(draft: Draft, place: Place | None, times: Times | None, words: Words) -> ui.LayoutView:
    """2: how often, at what time of day, and where the member's clock stands."""
    onward = _next("how", draft, words, disabled=place is None)
    back = _not_now(words) if draft.is_change else _back("what", draft, words)
    find = button(FLOW, "place", words("start.when.find"), draft.encode())
    return screen(
        words("start.when.title"),
        _menu("per_week", [str(count) for count in DAYS_APART], str(draft.per_week), draft, words),
        _window_menu(draft, words),
        side(_zone_text(place, words), find),
        *(_times_text(times, WINDOWS[draft.window], words) if times else []),
        small(words("start.when.pace")),
        [back, onward],
    )


def place_form(draft: Draft, words: Words) -> ui.Modal:
    """Where a city, country or abbreviation is typed. It is looked up and forgotten."""
    typed = ui.TextInput[Any](custom_id=PLACE_FIELD, max_length=80, placeholder=words("start.place.example"))
    label = ui.Label[Any](text=words("start.place.label"), description=words("start.place.forgotten"), component=typed)
    return form(FLOW, "place", words("start.place.title"), [label], draft.encode())


def place_screen(draft: Draft, found: Sequence[tuple[Place, str]], words: Words) -> ui.LayoutView:
    """The places that were found, each with the time it is there now."""
    back = _back("when", draft, words)
    again = button(FLOW, "place", words("start.place.again"), draft.encode())
    if not found:
        return screen(words("start.place.none"), [back, again])
    options = [
        discord.SelectOption(label=place.name[:100], value=place.zone, description=clock) for place, clock in found
    ]
    return screen(
        words("start.place.found"),
        menu(FLOW, "zone", words("start.place.pick"), options, draft.encode()),
        [back, again],
    )


def how_screen(draft: Draft, words: Words) -> ui.LayoutView:
    """3: how big, and how visible."""
    onward = (
        button(FLOW, "go", words("start.save"), draft.encode(), style=discord.ButtonStyle.primary)
        if draft.is_change
        else _next("last", draft, words)
    )
    return screen(
        words("start.how.title"),
        words("start.how.text"),
        _menu("size", [size.name for size in Size], draft.size.name, draft, words),
        side(words("start.how.discreet"), switch(FLOW, "discreet", draft.discreet, words, draft.encode())),
        [_back("when", draft, words), onward],
    )


def last_screen(draft: Draft, samples: Sequence[Nudge], before: AbstractSet[Purpose], words: Words) -> ui.LayoutView:
    """4: three as they could come, or fewer; what is agreed to, what ends of what was agreed to before, and Start."""
    start = button(FLOW, "go", words("start.go"), draft.encode(), style=discord.ButtonStyle.primary)
    ends = before - draft.purposes
    return screen(
        words("start.last.title" if len(samples) == SAMPLES else "start.last.title_fewer"),
        *(sample_text(nudge, words) for nudge in samples),
        *([] if samples else [words("start.last.none")]),
        line(),
        words("start.last.agreed", list=purpose_list(draft.purposes, words)),
        *([words("start.last.ends", list=purpose_list(ends, words))] if ends else []),
        _what_start_does(draft, before, words),
        small(words("age.note")),
        [_back("how", draft, words), _not_now(words), start],
    )


def started_screen(receipt: State, words: Words, *, discreet: bool) -> ui.LayoutView:
    """What became of the receipt."""
    match receipt:
        case State.UNREACHABLE:
            return closed_screen(words)
        case State.SENT:
            said = words("start.started.sent_covered" if discreet else "start.started.sent")
        case _:
            said = words("start.started.on_its_way")
    return screen(words("start.started.title"), said)


def without_dm_screen(draft: Draft, words: Words, *, is_kept: bool) -> ui.LayoutView:
    """After a Start that agreed to no DM: something else, nothing any more, or nothing at all."""
    if not is_kept:
        return screen(words("start.started.nothing"))
    if not draft.purposes:
        return screen(words("start.started.taken_back"))
    return screen(words("start.started.title"), words("start.started.no_dm"))


def closed_screen(words: Words) -> ui.LayoutView:
    """DMs do not arrive: said kindly, with how to change it."""
    again = button(FLOW, "again", words("start.closed.again"), style=discord.ButtonStyle.primary)
    return screen(words("start.closed.title"), words("start.closed.text"), [again, need_more(words)])


def window_text(window: Window, words: Words) -> str:
    """A window as its two local times, on a clock of 24 hours and on one of 12."""
    begin, end = (f"{minute // 60:02}:00" for minute in (window.start, window.end))
    short_begin, short_end = (
        words("start.window.am" if minute < NOON else "start.window.pm", hour=(minute // 60 - 1) % 12 + 1)
        for minute in (window.start, window.end)
    )
    return words("start.window.times", begin=begin, end=end, short_begin=short_begin, short_end=short_end)


def _what_start_does(draft: Draft, before: AbstractSet[Purpose], words: Words) -> str:
    if Purpose.NUDGES in draft.purposes:
        return words("start.last.receipt")
    return words("start.last.no_dm") if draft.purposes or before else words("start.last.nothing")


def _zone_text(place: Place | None, words: Words) -> str:
    return words("start.when.no_zone") if place is None else words("start.when.zone", name=place.name, zone=place.zone)


def _times_text(times: Times, window: Window, words: Words) -> Iterator[str]:
    if times.paused_until is not None:
        yield words("start.when.paused", until=moment(times.paused_until, "D"))
    listed = "\n".join(f"- {moment(at)}" for at in times.next)
    yield words("start.when.times", times=listed, window=window_text(window, words))


def _menu(field: str, values: Sequence[str], chosen: str, draft: Draft, words: Words) -> PickMenu:
    options = [
        discord.SelectOption(
            label=words(f"start.{field}.{value.lower()}.name"),
            description=words(f"start.{field}.{value.lower()}.about"),
            value=value,
            default=value == chosen,
        )
        for value in values
    ]
    return menu(FLOW, field, words(f"start.{field}.pick"), options, draft.encode())


def _window_menu(draft: Draft, words: Words) -> PickMenu:
    options = [
        discord.SelectOption(
            label=words("start.window.name", times=window_text(window, words)),
            value=str(index),
            default=index == draft.window,
        )
        for index, window in enumerate(WINDOWS)
    ]
    return menu(FLOW, "window", words("start.window.pick"), options, draft.encode())


def _next(step: str, draft: Draft, words: Words, *, disabled: bool = False) -> PressButton:
    return button(
        FLOW, step, words("button.next"), draft.encode(), style=discord.ButtonStyle.primary, disabled=disabled
    )


def _back(step: str, draft: Draft, words: Words) -> PressButton:
    # Ids are unique within a message, and another control may lead to the same step.
    return button(FLOW, f"back_{step}", words("button.back"), draft.encode())


def _not_now(words: Words) -> PressButton:
    return button(FLOW, "no", words("button.not_now"))
