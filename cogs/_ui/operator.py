"""Who runs this, and where the privacy policy stands: where somebody says yes, in /help, and beside what is held."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.content.words import Words
from bot.settings import OperatorSettings
from cogs._ui.screen import small


def about_operator(operator: OperatorSettings, words: Words) -> list[str]:
    """In small print: who runs this, where they said so, and the policy's address, or else what is stored, in short."""
    return [small(text) for text in _lines(operator, words)]


def _lines(operator: OperatorSettings, words: Words) -> list[str]:
    lines = []
    if operator.name and operator.contact:
        named = {"name": escape_markdown(operator.name), "contact": escape_markdown(operator.contact)}
        lines.append(words("operator.named", **named))
    if operator.privacy_policy_url is None:
        lines.append(words("operator.in_short"))
    else:
        lines.append(words("operator.policy", url=operator.privacy_policy_url))
    if operator.terms_url is not None:
        lines.append(words("operator.terms", url=operator.terms_url))
    return lines
