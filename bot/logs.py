"""Logs: what happened, never to whom.

Events carry kinds, states and counts. As a second line of defence, every run of digits as long as a Discord id is taken
out of every line, and everything that looks like a token, whoever wrote it; so also what libraries say.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import LogSettings

ID: Final = re.compile(r"\d{15,20}")
TOKEN: Final = re.compile(r"[\w-]{20,}\.[\w-]{4,}\.[\w-]{20,}")
INTERACTION_TOKEN: Final = re.compile(r"(/(?:webhooks|interactions)/[^/\s]+/)[^/\s]+")
TAKEN_OUT: Final = "…"
UNWRITABLE: Final = "log.unwritable"


def set_up_logs(settings: LogSettings, stream: TextIO = sys.stderr) -> None:
    """Send our own events and those of the libraries through one set of processors, to `stream`."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = QuietHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                _renderer(settings),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    # Below warnings, the libraries speak of single requests and single jobs.
    for library in ("discord", "alembic", "aiosqlite", "sqlalchemy"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # It warns of libraries for voice that are not there; we have no voice.
    logging.getLogger("discord.client").setLevel(logging.ERROR)
    # It warns when a wake-up takes longer than the next one is away; that is no fault (see bot.ticker).
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def tell_crash() -> None:
    """Write down the exception that ends the process."""
    structlog.stdlib.get_logger(__name__).critical("porchlight.crashed", exc_info=True)


class QuietHandler(logging.StreamHandler[TextIO]):
    """Writes lines. Of one that cannot be written it says that, and nothing else.

    Left to itself, logging would print the record as it is to standard error, where nothing is taken out of it.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.stream.write(self.format(record).encode(errors="replace").decode() + self.terminator)
            self.flush()
        except Exception:  # noqa: BLE001 - whatever it is, it must not end what was logging
            self.handleError(record)

    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        with suppress(OSError, ValueError):
            self.stream.write(f"{UNWRITABLE}{self.terminator}")


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out of every text whatever could identify a person or open a door."""
    return {key: _redacted(value) for key, value in event.items()}


def _redacted(value: object) -> object:
    if isinstance(value, str | int):
        text = TOKEN.sub(TAKEN_OUT, INTERACTION_TOKEN.sub(rf"\1{TAKEN_OUT}", ID.sub(TAKEN_OUT, str(value))))
        return value if text == str(value) else text
    return value if value is None or isinstance(value, bool | float) else _redacted(str(value))


def _renderer(settings: LogSettings) -> Processor:
    if settings.format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False)
