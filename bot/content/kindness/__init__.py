"""The kindness linter: reads every text as someone tired would, and says what to change.

`rules` has what is never said in a language and what else is looked at, `roles` what each text is, `texts` where texts
stand, `reading` how they read, `acts` what they ask for; `lint` brings it together.
"""

from bot.content.kindness.lint import Finding, lint_file, lint_folder, lint_text, lint_texts
from bot.content.kindness.reading import MOST_WORDS_A_SENTENCE
from bot.content.kindness.roles import Role, read_roles
from bot.content.kindness.rules import Rules, read_rules
from bot.content.kindness.texts import Text, languages, texts_of_file, texts_of_folder

__all__ = [
    "MOST_WORDS_A_SENTENCE",
    "Finding",
    "Role",
    "Rules",
    "Text",
    "languages",
    "lint_file",
    "lint_folder",
    "lint_text",
    "lint_texts",
    "read_roles",
    "read_rules",
    "texts_of_file",
    "texts_of_folder",
]
