"""How somebody's nudges are chosen, in plain words: each thing that is sealed there (`rules.bearing`), one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import shorten
from types import MappingProxyType
from typing import Any, Final

from bot.content.library import Language
from bot.content.words import Words

# Where the names that stand there are in the catalogue. One that has left it is told as it is stored.
NAMES: Final = MappingProxyType(
    {
        "audiences": "held.audiences.{}",
        "sets": "held.sets.{}",
        "skips": "tune.flag.{}",
        "season": "season.{}.name",
        "most": "held.size.{}",
        "because": "held.because.{}",
    }
)

# How much of a nudge's text is quoted, in characters.
QUOTED: Final = 60


def bearing_text(picked: Mapping[str, Any], language: Language) -> str:
    """All that stands there, a sentence for each thing; what is empty is left out."""
    words = language.words
    return " ".join(
        words(f"held.bearing_of.{name}", value=_value(name, picked.get(name), language))
        for name in words.under("held.bearing_of")
        if not _is_empty(picked.get(name))
    )


def quoted(nudge_id: str, language: Language) -> str:
    """The nudge by its words; one that has left the library is its id."""
    nudge = language.nudge_by_id.get(nudge_id)
    if nudge is None:
        return nudge_id
    return language.words("held.quoted", text=shorten(nudge.text, QUOTED, placeholder="…"))


def theme_name(theme: str, words: Words) -> str:
    """The kind by its name; one that has left the catalogue is its id."""
    return words(f"theme.{theme}") if f"theme.{theme}" in words else theme


def _is_empty(value: object) -> bool:
    return value in (None, 0, [], {}) or (isinstance(value, Mapping) and value.get("counts") == {})


def _value(name: str, value: Any, language: Language) -> str:
    words = language.words
    match name:
        case "tickets":
            of_that_day = words("held.tickets_on", day=value["as_of"])
            return f"{_tickets(value['counts'], words)} {of_that_day}"
        case "steps":
            return ", ".join(_steps(value, words))
        case "draw":
            return ", ".join(_draw(value, language))
        case "noes":
            return ", ".join(value)
        case "had_brave":
            return words("held.yes")
        case "audiences" | "sets" | "skips":
            return ", ".join(sorted(_named(name, one, words) for one in value))
    return _named(name, value, words)


def _draw(draw: Mapping[str, Any], language: Language) -> Iterator[str]:
    words = language.words
    for name in words.under("held.draw_of"):
        if not _is_empty(draw.get(name)):
            yield words(f"held.draw_of.{name}", value=_drawn(name, draw.get(name), language))


def _drawn(name: str, value: Any, language: Language) -> str:
    match name:
        case "nudge_id":
            return quoted(value, language)
        case "theme":
            return theme_name(value, language.words)
        case "tickets":
            return _tickets(value, language.words)
        case "because":
            return ", ".join(_named(name, one, language.words) for one in value)
    return _named(name, value, language.words)


def _tickets(counts: Mapping[str, float], words: Words) -> str:
    return ", ".join(f"{theme_name(theme, words)} {round(count, 1):g}" for theme, count in sorted(counts.items()))


def _steps(steps: list[dict[str, Any]], words: Words) -> Iterator[str]:
    for step in steps:
        yield step["day"] if step["with_someone_new"] else words("held.same_person", day=step["day"])


def _named(name: str, value: object, words: Words) -> str:
    key = NAMES.get(name, "").format(value)
    return words(key) if key in words else str(value)
