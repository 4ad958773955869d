"""Who runs this, and where the privacy policy stands: where somebody says yes, in /help, and beside what is held."""

from __future__ import annotations

from collections.abc import Iterator

from discord.utils import escape_markdown

from bot.content.words import Words
from bot.settings import OperatorSettings
from cogs._ui.screen import small


def about_operator(operator: OperatorSettings, words: Words) -> list[str]:
    """In small print: who runs this and where their papers are, as far as they said so."""
    return [small(text) for text in _lines(operator, words)]


def policy_or_short(operator: OperatorSettings, words: Words) -> list[str]:
    """The same; and where no policy has an address, what is stored, in short."""
    if operator.privacy_policy_url is not None:
        return about_operator(operator, words)
    return [small(words("operator.in_short")), *about_operator(operator, words)]


def _lines(operator: OperatorSettings, words: Words) -> Iterator[str]:
    if operator.name and operator.contact:
        # A name is shown as it is written, whatever Discord would make of its underscores.
        name, contact = escape_markdown(operator.name), escape_markdown(operator.contact)
        yield words("operator.named", name=name, contact=contact)
    if operator.privacy_policy_url is not None:
        yield words("operator.policy", url=operator.privacy_policy_url)
    if operator.terms_url is not None:
        yield words("operator.terms", url=operator.terms_url)
