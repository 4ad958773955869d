"""Texts that somebody passes in who means no good, by what each of them is after."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from tests.support.code import ROOT

# Nobody of ours has these ids; whoever is mentioned by them would be told.
MENTIONS: Final = MappingProxyType(
    {
        "everyone": "@everyone",
        "here": "@here",
        "a user": "<@100000000000000002>",
        "a role": "<@&100000000000000003>",
        "a channel": "<#100000000000000004>",
        "a command": "</privacy delete:100000000000000005>",
        "a moment": "<t:0:F>",
        "an emoji": "<:lamp:100000000000000006>",
        "a masked link": "[Porchlight](https://example.invalid/steal)",
        "a heading": "# You are being watched",
        "a spoiler and a code block": "||x|| ```\nx\n``` `x` **x** __x__ ~~x~~ > x",
    }
)

INJECTIONS: Final = MappingProxyType(
    {
        "sql, closing": "'; DROP TABLE member; --",
        "sql, always": "' OR '1'='1",
        "sql, joined": "x' UNION SELECT * FROM member --",
        "a path upwards": "../../../../etc/passwd",
        "a path from the root": "/etc/passwd",
        "a path in a zone": "Europe/../../../../etc/passwd",
        "a path of Windows": "..\\..\\windows\\win.ini",
        "a file's address": "file:///etc/passwd",
        "a format": "{0.__class__} {words} %s %(id)s ${HOME}",
        "a template": "{{7*7}} <%= 7*7 %>",
        "a command": "$(id) `id` | id; id & id",
    }
)

STRANGE: Final = MappingProxyType(
    {
        "nothing": "",
        "a space": " ",
        "NUL": "Berlin\x00",
        "a lone surrogate": "Ber\ud800lin",
        "the other half": "\udfff",
        "right to left": "\u202eniltreB\u202c \u2067x\u2069",
        "zero width": "Ber\u200blin\u200d\ufeff",
        "combining": "B" + "\u0301" * 90,
        "digits of another script": "٣٤",
        "a ligature that grows": "ﷺ" * 99,
        "control": "\x1b[31m\x07\r\n\t",
        "a number": "-1",
        "a large number": "9" * 90,
        "a float": "1e309",
        "not a number": "NaN",
        "a date that is none": "2026-02-30",
        "an end of the calendar": "9999-12-31",
    }
)

HUGE: Final = MappingProxyType(
    {
        "six thousand letters": "a" * 6_000,
        "six thousand brackets": "(" * 6_000,
        "six thousand that join": "e\u0301" * 3_000,
        "many words": "Berlin " * 800,
    }
)

TEXTS: Final = MappingProxyType({**MENTIONS, **INJECTIONS, **STRANGE, **HUGE})

# What no answer ever holds, whoever asks: our own insides, and how things are called in there.
INSIDES: Final = (
    str(ROOT),
    "Traceback",
    "Error:",
    "Exception",
    "NoneType",
    "sqlite",
    "SELECT ",
    "custom_id",
    "occurrence_id",
    "member_id",
    ".py",
    "site-packages",
    "<bound",
    "object at 0x",
    "root:x:",
)
