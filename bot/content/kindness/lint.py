"""Brings the rules and the texts together, and says what to change."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.content.kindness.reading import MARKUP, MOST_WORDS_A_SENTENCE, sentences, unquoted, words
from bot.content.kindness.roles import Role, read_roles
from bot.content.kindness.rules import Rules
from bot.content.kindness.texts import Text, texts_of_file, texts_of_folder

# Pictographs, including the ones that older fonts draw as text.
EMOJI: Final = re.compile(r"[\U0001F1E6-\U0001F1FF\U0001F300-\U0001FAFF\u2600-\u27BF]")
# A few words of a text stand for all of it in a line.
SHOWN: Final = 60
# The most years of school, from so many words on. In fewer words, one long one makes years of difference, so that the
# bound is wider; a handful is not measured. docs/words.md has what our own texts ask for.
MOST_YEARS: Final = ((16, 7), (8, 10))
MOST_YEARS_A_THEME: Final = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change: where, which words, why, and what to say instead. `sentence` says it to whoever wrote it."""

    file: Path | None
    key: str
    kind: str
    words: str
    why: str
    say: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place} [{self.kind}] {self.sentence}".strip()

    @property
    def place(self) -> str:
        """The file, as seen from where the command was given, and the key."""
        if self.file is None:
            return self.key
        here = Path.cwd()
        file = self.file.relative_to(here) if self.file.is_relative_to(here) else self.file
        return f"{file.as_posix()}, {self.key}"


def lint_text(text: str, rules: Rules, role: Role | None = None) -> list[Finding]:
    """Everything to change in one text, which is a nudge's where nothing else is said."""
    return list(_lint(Text(None, "", text, role or read_roles().by_name["nudge"]), rules))


def lint_folder(folder: Path, rules: Rules) -> list[Finding]:
    """Everything to change in one language."""
    return lint_texts(texts_of_folder(folder, read_roles()), rules)


def lint_file(path: Path, rules: Rules) -> list[Finding]:
    """Everything to change in one file. Raises ValueError, TypeError or OSError where it cannot be read."""
    return lint_texts(texts_of_file(path, read_roles()), rules)


def lint_texts(texts: Iterable[Text], rules: Rules) -> list[Finding]:
    """Everything to change in them, and in what they are together."""
    found: list[Finding] = []
    themes: defaultdict[Path, list[str]] = defaultdict(list)
    for text in texts:
        found.extend(_lint(text, rules))
        if text.file is not None and text.role.fields:
            themes[text.file].append(text.text)
    found.extend(one for file, read in themes.items() for one in _theme(file, read, rules))
    return found


def _lint(text: Text, rules: Rules) -> Iterator[Finding]:
    if text.missing:
        yield _finding(text, rules, "missing", text.key.rpartition(".")[2])
        return
    yield from _never_said(text, rules)
    yield from _lengths(text, rules)
    if rules.acts is not None and text.role.one_act and (acts := rules.acts.too_many(text.text)):
        yield _finding(text, rules, "acts", acts)
    own = MARKUP.sub(" ", unquoted(text.text))
    if rules.offer is not None and text.role.offers and not rules.offer.search(own):
        yield _finding(text, rules, "offer", text.text)
    emoji = EMOJI.findall(text.text)
    if len(emoji) > 1 or (emoji and EMOJI.search(text.text.strip()[:-2])):
        yield _finding(text, rules, "emoji", "".join(emoji))
    if text.role.reads:
        count = len(words(MARKUP.sub(" ", text.text)))
        yield from _years(text, rules, next((most for least, most in MOST_YEARS if count >= least), None))


def _never_said(text: Text, rules: Rules) -> Iterator[Finding]:
    """What is never said, once for each kind and place, in the voice that it is about."""
    spoken, seen = unquoted(text.text), set[tuple[str, int]]()
    for never in rules.never:
        if never.ours and text.role.borrowed:
            continue
        for match in never.found(spoken if never.ours else text.text):
            places = {(never.kind, place) for place in range(*match.span())}
            if seen.isdisjoint(places):
                yield _made(text, rules, never.kind, match.group().strip(" .?:,;\n"), never.why, never.say)
            seen |= places


def _lengths(text: Text, rules: Rules) -> Iterator[Finding]:
    for sentence in sentences(text.text):
        if (count := len(words(sentence))) > MOST_WORDS_A_SENTENCE:
            yield _finding(text, rules, "sentence", sentence, count, MOST_WORDS_A_SENTENCE)
    if text.role.words is not None and (count := len(words(text.text))) > text.role.words:
        yield _finding(text, rules, "length", text.text, count, text.role.words)
    if text.role.most is not None and len(text.text) > text.role.most:
        yield _finding(text, rules, "room", text.text, len(text.text), text.role.most)


def _years(text: Text, rules: Rules, most: int | None) -> Iterator[Finding]:
    ease = rules.reading_ease
    if ease is not None and most is not None and (years := ease.grade(text.text)) > most:
        yield _finding(text, rules, "reading", text.text, round(years), most)


def _theme(file: Path, read: list[str], rules: Rules) -> Iterator[Finding]:
    """What is hard in none of its texts may still be hard in all of them."""
    whole = Text(file, file.stem, "\n".join(read), read_roles().by_name["nudge"])
    yield from _years(whole, rules, MOST_YEARS_A_THEME)


def _finding(text: Text, rules: Rules, kind: str, said: str, count: int = 0, most: int = 0) -> Finding:
    check = rules.checks[kind]
    return _made(text, rules, kind, said, check.why.format(count=count, most=most), check.say)


def _made(text: Text, rules: Rules, kind: str, said: str, why: str, say: str) -> Finding:
    shown = said if len(said) <= SHOWN else f"{said[:SHOWN].rstrip()}…"
    sentence = rules.finding.format(words=shown, why=why, say=say)
    return Finding(text.file, text.key, kind, shown, why, say, sentence)
