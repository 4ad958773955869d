"""What can go wrong between the bot and a Discord, one request at a time.

A fault says whether Discord took the request before it went wrong (`taken`), and how the answer ended. Nothing here
decides by chance: whoever wants chance hands in a rule that has a seeded source of it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

JSON: Final = "application/json"
HTML: Final = b"<!DOCTYPE html><html><head><title>discord.com | 520</title></head><body>cloudflare</body></html>"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in. `at` is the wall clock in seconds, `number` counts the requests of its route."""

    at: float
    method: str
    route: str
    place: tuple[str, ...]
    """The ids in its path."""
    raw: bytes
    number: int

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else {}


class Ending(StrEnum):
    """How an answer ends."""

    WHOLE = "whole"
    SILENCE = "silence"
    """Nothing comes, and the connection stays open."""
    RESET = "reset"
    """RST, which the other side sees as ECONNRESET."""
    HALF_CLOSED = "half_closed"
    """FIN from our side only: we would go on reading."""
    CUT = "cut"
    """Half of the body that the head announces, then the end of the connection."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`status` None answers what the request really led to."""

    taken: bool = False
    status: int | None = None
    code: int = 0
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    more: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    page: bytes | None = None
    """A body that is no JSON, with the content type of a web page."""
    garbled: bool = False
    """The JSON stops in the middle, and the head agrees with that."""
    via: bool = True
    ending: Ending = Ending.WHOLE
    slow: float = 0
    """Seconds before anything at all happens."""


Rule = Callable[[Asked], Fault | None]


def refuse(status: int, code: int = 0) -> Fault:
    """An error of Discord's own, in its usual form; the request was not taken."""
    return Fault(status=status, code=code)


def take_and_say(status: int) -> Fault:
    """The request was taken, and the answer says that something went wrong."""
    return Fault(taken=True, status=status)


def take_and(ending: Ending) -> Fault:
    return Fault(taken=True, ending=ending)


def too_many(retry_after: float, *, scope: str = "user", via: bool = True) -> Fault:
    """429 in one of its shapes; `scope` is user, global or shared."""
    is_global = scope == "global"
    headers = {"Retry-After": str(max(1, round(retry_after))), "X-RateLimit-Scope": scope}
    headers |= {"X-RateLimit-Global": "true"} if is_global else {}
    more = {"retry_after": retry_after, "global": is_global}
    return Fault(status=429, headers=headers, more=more, via=via)


def web_page(status: int, *, taken: bool = False) -> Fault:
    """What stands between us and Discord answers in its place."""
    return Fault(taken=taken, status=status, page=HTML, via=False)


class Faults:
    """Which request meets which fault: queues by route first, then rules in the order they were given."""

    def __init__(self) -> None:
        self._queues = defaultdict[str, deque[Fault]](deque)
        self._rules: list[Rule] = []
        self.met: Counter[str] = Counter()

    def next(self, route: str, *faults: Fault) -> None:
        """The next requests of that route meet these, one each."""
        self._queues[route].extend(faults)

    def always(self, rule: Rule) -> None:
        self._rules.append(rule)

    def every(self, route: str, fault: Fault) -> None:
        """Every request of that route meets this one."""
        self.always(lambda asked: fault if asked.route == route else None)

    def stop(self) -> None:
        self._queues.clear()
        self._rules.clear()

    def pick(self, asked: Asked) -> Fault | None:
        queue = self._queues[asked.route]
        fault = queue.popleft() if queue else next((found for rule in self._rules if (found := rule(asked))), None)
        if fault is not None:
            self.met[f"{asked.route} {fault.status or ''} {fault.ending}"] += 1
        return fault


async def spoil(request: web.Request, fault: Fault, answer: web.Response, over: asyncio.Event) -> web.StreamResponse:
    """Give the answer as the fault has it. `over` ends what would otherwise hang for good."""
    match fault.ending:
        case Ending.SILENCE:
            await over.wait()
        case Ending.RESET:
            _reset(request)
        case Ending.HALF_CLOSED:
            assert request.transport is not None
            request.transport.write_eof()
            await over.wait()
        case Ending.CUT:
            return await _cut(request, answer)
    return answer


def _reset(request: web.Request) -> None:
    transport = request.transport
    if transport is None:
        return
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _cut(request: web.Request, answer: web.Response) -> web.StreamResponse:
    body = answer.body
    assert isinstance(body, bytes)
    answered = web.StreamResponse(status=answer.status, headers=answer.headers)
    answered.content_length = len(body)
    await answered.prepare(request)
    await answered.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return answered
