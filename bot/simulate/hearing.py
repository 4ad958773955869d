"""Hearing what the bot says to its log, without keeping a log: only what tells of a fault of ours counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import ERROR
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

# Errors that are nobody's but ours, beside every exception that is logged; others tell of the world.
FAULTS: Final = frozenset({"delivery.slot_taken"})


@contextmanager
def hearing(heard: Callable[[str], None]) -> Iterator[None]:
    """For as long as it lasts, nothing is logged, and `heard` is called with every fault of ours."""
    before = structlog.get_config()

    def hear(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        if event.get("exc_info") or event["event"] in FAULTS:
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
