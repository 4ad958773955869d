"""Listening to what Discord's answers say besides what they were asked for: its clock, its limits, its noes.

Every request and every answer passes here, also those to presses and what discord.py tries again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Final

import aiohttp

from bot.journey import tries
from bot.journey.traffic import Heard

# Asked with the token of a press, and not with the bot's: a refusal says nothing about the bot.
OF_A_PRESS: Final = frozenset({"interactions", "webhooks"})

SHARED: Final = "shared"


def listener(heard: Callable[[Heard], None]) -> aiohttp.TraceConfig:
    """What discord.py is given so that `heard` learns of every answer, and no letter is tried after its time."""
    trace = aiohttp.TraceConfig()

    async def on_request(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, _request: aiohttp.TraceRequestStartParams
    ) -> None:
        tries.one_more()

    async def on_answer(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, answer: aiohttp.TraceRequestEndParams
    ) -> None:
        heard(of(answer.response.status, answer.response.headers, answer.url.parts))

    trace.on_request_start.append(on_request)
    trace.on_request_end.append(on_answer)
    return trace


def of(status: int, headers: Mapping[str, str], path: tuple[str, ...]) -> Heard:
    """What an answer with these headers, to a request to that path, says. Headers that make no sense say nothing."""
    return Heard(
        status=status,
        time=_time(headers.get("Date")),
        wait=_wait(headers.get("Retry-After")),
        is_shared=headers.get("X-RateLimit-Scope") == SHARED,
        is_ours=not OF_A_PRESS.intersection(path),
    )


def _time(header: str | None) -> datetime | None:
    try:
        return None if header is None else parsedate_to_datetime(header).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _wait(header: str | None) -> timedelta | None:
    try:
        return None if header is None else timedelta(seconds=float(header))
    except (ValueError, OverflowError):
        return None
