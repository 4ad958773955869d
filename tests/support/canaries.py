"""Who must never stand in a log line, and who looks: every line of every test, as production would write it.

The people and places of the tests are called by names with MARK in them, and so are their tokens; ids are told by their
length, answers and picks by being those. What `bot.logs` takes out of every line must be gone, and our own events must
not even have been given it.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.content.words import Words
from bot.logs import set_up_logs
from bot.rules.occurrence import Answer
from bot.settings import LogSettings
from cogs._ui.check_in import QUESTIONS

# A wren: no code and no library says that.
MARK: Final = "zaunkoenig"

# Beside a point they are a fraction, and between others a number of our own.
ID: Final = re.compile(r"(?<![\d.])\d{15,20}(?!\d)")

FORBIDDEN: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "a name or token": re.compile(MARK, re.IGNORECASE),
        "an id of Discord's": ID,
        "the id of somebody's message": re.compile(r"(?<!\w)[A-Z2-7]{24}(?!\w)"),
        "what a button carries": re.compile(r"(?<!\w)[bmcf]:[a-z_]+:[a-z_]+:\S"),
        "an answer": re.compile(r"(?<![\w.])(did_it|not_today|not_for_me|not_ok)(?!\w)"),
        "a link to somewhere in Discord": re.compile(r"discord(app)?\.com/channels/"),
        "the token of a press": re.compile(r"simcord_interaction_\d|interaction-\d"),
    }
)

FAULT: Final = re.compile(r'"level": "(error|critical)"')


def marked(name: str) -> str:
    """That name, so that it is recognised wherever it turns up."""
    return f"{name}-{MARK}"


def leaks_in(line: str) -> list[str]:
    """What stands in that line and must not."""
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(line)]


def leaks_of_a_process(said: str) -> list[str]:
    """The lines that leak among all that a process said. A sentence to its operator is no log."""
    lines = [line for line in said.splitlines() if not line.startswith("porchlight: ")]
    return [f"{', '.join(leaks)}: {line}" for line in lines if (leaks := leaks_in(line))]


class Watch(io.StringIO):
    """The log of the tests: production's own set-up writes it, at the level that says most.

    `found` is what leaked: into a line, or to our own events before anything was taken out of them.
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.lines = 0
        self.found: list[str] = []
        self.faults: list[str] = []
        """The lines that speak of a fault."""
        picks = {pick for question in QUESTIONS for pick in words.under(f"check_in.{question}.answer")}
        self._answers = frozenset({*Answer, *picks})
        self._handlers: list[logging.Handler] = []

    @property
    def is_set_up(self) -> bool:
        ours = structlog.get_config()["processors"][0] == self._look
        return ours and bool(self._handlers) and all(one in logging.getLogger().handlers for one in self._handlers)

    def set_up(self) -> None:
        """Let everything be written here from now on."""
        others = [one for one in logging.getLogger().handlers if one not in self._handlers]
        set_up_logs(LogSettings(level="debug", format="json"), self)
        self._handlers = logging.getLogger().handlers[:]
        logging.getLogger().handlers += others
        processors = [self._look, *structlog.get_config()["processors"]]
        # Kept loggers would go on as they are where a test lets something else listen.
        structlog.configure(processors=processors, cache_logger_on_first_use=False)

    def write(self, text: str) -> int:
        for line in text.splitlines():
            self.lines += 1
            self.faults += [line] if FAULT.search(line) else []
            self.found += [f"{what}: {line}" for what in leaks_in(line)]
        return len(text)

    def take(self) -> list[str]:
        """What leaked since this was asked last."""
        found, self.found = self.found, []
        return found

    def _look(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        for name, value in event.items():
            if name != "exc_info":
                answers = ["an answer"] if value in self._answers else []
                self.found += [f"{what}, given as {name}: {value}" for what in [*leaks_in(str(value)), *answers]]
        return event
