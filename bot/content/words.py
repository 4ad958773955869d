"""The catalogue of one language: every sentence, by its key.

A sentence may hold {placeholders}; one that depends on a number is a table with the plural forms of its language
(`one`, `other`, …) and is asked for with `count`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Final

from babel import Locale

Sentence = str | Mapping[str, str]

FORMATTER: Final = Formatter()

# The plural categories of CLDR; a table with any other key is a section, not a sentence.
PLURAL_FORMS: Final = frozenset({"zero", "one", "two", "few", "many", "other"})


class Words:
    """Looks sentences up. `words("key", name=value)` fails loudly when the key or a value is missing."""

    def __init__(self, language: str, sentences: Mapping[str, Sentence]) -> None:
        self.language = language
        self._sentences = sentences
        self._plural = Locale.parse(language).plural_form

    def __call__(self, key: str, /, **values: object) -> str:
        sentence = self._sentences[key]
        if not isinstance(sentence, str):
            count = values["count"]
            assert isinstance(count, int), f"{key} is said of a number"
            sentence = sentence.get(self._plural(count), sentence["other"])
        return sentence.format_map(values)

    def __contains__(self, key: object) -> bool:
        return key in self._sentences

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every sentence with its key, plural forms as `key.form`."""
        for key, sentence in self._sentences.items():
            if isinstance(sentence, str):
                yield key, sentence
            else:
                yield from ((f"{key}.{form}", text) for form, text in sentence.items())

    def blanks(self) -> dict[str, frozenset[str]]:
        """The names of what is filled into each sentence, over all of its plural forms."""
        found: dict[str, frozenset[str]] = {}
        for key, sentence in self._sentences.items():
            forms = [sentence] if isinstance(sentence, str) else sentence.values()
            found[key] = frozenset(name for form in forms for _, name, _, _ in FORMATTER.parse(form) if name)
        return found

    def under(self, section: str) -> list[str]:
        """The keys directly below a section, in the order of the catalogue, without it."""
        prefix = f"{section}."
        return [key.removeprefix(prefix) for key in self._sentences if key.startswith(prefix)]


def read_words(folder: Path) -> Words:
    """The catalogue of the language that `folder` is named after, from all of its files named words-*.toml."""
    sentences: dict[str, Sentence] = {}
    for path in sorted(folder.glob("words-*.toml")):
        for key, sentence in flatten(tomllib.loads(path.read_text("utf-8"))):
            if key in sentences:
                raise ValueError(f"{path.name}: {key} is said twice")
            if not isinstance(sentence, str) and "other" not in sentence:
                raise ValueError(f"{path.name}: {key} lacks the plural form that every language has, other")
            sentences[key] = sentence
    return Words(folder.name, sentences)


def flatten(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, Sentence]]:
    """Every sentence of a file with its key. Raises TypeError where something is none."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str):
            yield key, value.strip("\n")
        elif not isinstance(value, dict):
            raise TypeError(f"{key} is neither a sentence nor a section")
        elif value and value.keys() <= PLURAL_FORMS:
            yield key, value
        else:
            yield from flatten(value, f"{key}.")
