"""The privacy policy and the terms of one installation: the catalogue's sentences, with what its settings say.

Law: a paper says what is so. Tables come from the schema, purposes from the questions, days from the settings; whatever
has no sentence yet ends the rendering, and is never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bot.content.helplines import Helplines
from bot.content.library import DEFAULT, Library
from bot.content.words import Words
from bot.errors import CannotWrite, SettingsWrong
from bot.rules.consent import Purpose
from bot.settings import Settings, variable
from bot.store.schema import member_tables

# The sections of each, in their order.
POLICY: Final = (
    "who",
    "why",
    "what",
    "how_long",
    "seen",
    "discord",
    "protected",
    "see",
    "rights",
    "age",
    "care",
    "breach",
    "end",
    "changes",
)
TERMS: Final = ("what", "care", "who", "yours", "moderators", "ours", "report", "changes")


def privacy_policy(settings: Settings, library: Library, today: date) -> str:
    """The whole of it in Markdown, in the default language. Raises SettingsWrong where nobody says who runs this."""
    words, facts = _prepare(settings, library, today)
    sections = ((words(f"policy.{one}.title"), words(f"policy.{one}.text", **facts)) for one in POLICY)
    return _joined(words("policy.title"), words("policy.intro", **facts), *chain.from_iterable(sections))


def terms(settings: Settings, library: Library, today: date) -> str:
    """The same for the terms."""
    words, facts = _prepare(settings, library, today)
    sections = ((words(f"terms.{one}.title"), words(f"terms.{one}.text", **facts)) for one in TERMS)
    return _joined(words("terms.title"), words("terms.intro", **facts), *chain.from_iterable(sections))


# What `python -m bot` can render, by the name of the command.
PAPERS: Final = MappingProxyType({"privacy-policy": privacy_policy, "terms": terms})


def put_down(text: str, out: Path) -> None:
    """Write that file, over what it holds. Raises CannotWrite."""
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise CannotWrite(f"The file {out} cannot be written: {error.strerror}.") from None


def _joined(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _prepare(settings: Settings, library: Library, today: date) -> tuple[Words, Mapping[str, str]]:
    _refuse_nameless(settings)
    words = library.language(DEFAULT).words
    return words, _facts(settings, words, library.helplines, today)


def _refuse_nameless(settings: Settings) -> None:
    for key, value in (("operator.name", settings.operator.name), ("operator.contact", settings.operator.contact)):
        if not value.strip():
            raise SettingsWrong(
                f"{key} is missing. Members have a right to know who runs this and how to reach them. Set it in the "
                f"settings file, or as {variable(key)}."
            )


def _facts(settings: Settings, words: Words, helplines: Helplines, today: date) -> Mapping[str, str]:
    """All that is put into sentences, by the name it has there."""
    operator = settings.operator
    policy = operator.privacy_policy_url
    return {
        "name": operator.name,
        "contact": operator.contact,
        "date": today.isoformat(),
        "hosting": operator.hosting or words("policy.who.own_machine", name=operator.name),
        "purposes": "\n".join(_purposes(words)),
        "tables": "\n".join(lines_of_tables((table.name for table in member_tables()), words)),
        "retention": "\n".join(_retention(settings, words)),
        "copy_days": str(settings.backups.keep_days),
        "key_copy_days": str(settings.backups.keep_keys_days),
        "sealing": words("policy.protected.sealed"),
        "transport": _transport(settings, words),
        "directories": "\n".join(
            words("policy.care.directory", name=one.name, url=one.url) for one in helplines.directories
        ),
        "policy_link": "" if policy is None else words("terms.ours.policy_link", url=policy),
    }


def _purposes(words: Words) -> Iterator[str]:
    for purpose in Purpose:
        title, about = words(f"consent.{purpose}.title"), words(f"consent.{purpose}.about")
        yield words("policy.why.purpose", title=title, about=about)


def lines_of_tables(names: Iterable[str], words: Words) -> Iterator[str]:
    """One line for each table, in the order of the catalogue. Raises ValueError for one that it does not tell of."""
    order = words.under("policy.table")
    for name in sorted(names, key=order.index):
        yield words(f"policy.table.{name}")


def _retention(settings: Settings, words: Words) -> Iterator[str]:
    """One line for each setting of how long something is kept."""
    kept: dict[str, Any] = settings.model_dump()["retention"]
    yield words("policy.how_long.intro") + "\n"
    for key, days in kept.items():
        name = key.removesuffix("_days")
        if f"policy.keep.{name}" in words:
            yield words(f"policy.keep.{name}", count=days)
        else:
            yield words("policy.keep.anything_else", name=name.replace("_", " "), count=days)
    yield ""


def _transport(settings: Settings, words: Words) -> str:
    discord = settings.discord
    ways = {discord.api_url.scheme, *(() if discord.gateway_url is None else (discord.gateway_url.scheme,))}
    return words("policy.protected.encrypted" if ways <= {"https", "wss"} else "policy.protected.not_encrypted")
