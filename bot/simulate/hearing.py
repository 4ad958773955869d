"""Hearing what the bot says to its log, without keeping a log: only what tells of a fault of ours counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import ERROR

import structlog
from structlog.typing import EventDict, WrappedLogger


@contextmanager
def hearing(heard: Callable[[str], None]) -> Iterator[None]:
    """For as long as it lasts, nothing is logged, and `heard` is called with every error."""
    before = structlog.get_config()

    def hear(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        heard(f"{event['event']}: {sys.exc_info()[1]!r}")
        raise structlog.DropEvent

    structlog.configure(
        processors=[hear],
        wrapper_class=structlog.make_filtering_bound_logger(ERROR),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)
