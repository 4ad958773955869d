"""A Discord on 127.0.0.1: REST and gateway for one bot, any number of members and their DMs, over real sockets.

Law: it promises what Discord promises and nothing beyond it; each part says at its head what that is (`mail`, `rest`,
`gateway`, `members`, `limits`). What goes wrong in it goes wrong because a test asked for it: `faults` for requests,
the methods of `gateway` for connections. Whatever the bot asks for and Discord does not have fails the test.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic, time
from typing import Any, Final

from aiohttp import web

from tests.wire.faults import Asked, Ending, Faults, spoil
from tests.wire.gateway import Gateway
from tests.wire.limits import Limits
from tests.wire.mail import DM, MEMBER, Invalid, Mail, dm_of
from tests.wire.members import Members
from tests.wire.rest import Answers, Rest, payload, route_of

PATIENCE: Final = 20

# How often it looks whether it was kept waiting.
BEAT: Final = 0.02


class Double:
    """Made by `Double.serve`. `log` holds every request there was, in the order they came in."""

    def __init__(self) -> None:
        self.port = 0
        self.log: list[Asked] = []
        self.counted: Counter[str] = Counter()
        self.identified = 0
        self.resumed = 0
        self.turned_away = 0
        self.pending = 0
        """Requests that came in and were not yet taken or refused."""
        self.limits = Limits()
        self.faults = Faults()
        self.mail = Mail()
        self.answers = Answers(self.limits, time)
        self.gateway = Gateway(self._note, self.answers.date)
        self._ids = itertools.count(10**17 + 1_000)
        self.members = Members(self.mail, self.gateway.dispatch, time, lambda: next(self._ids))
        self.rest = Rest(self.answers, self.mail, self.members)
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self._over = asyncio.Event()
        self._answering = asyncio.Event()
        self._answering.set()
        self._happened = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def serve(cls) -> AsyncIterator[Double]:
        double = cls()
        await double._runner.setup()
        await double.appear()
        pulse = asyncio.create_task(double._feel_the_pulse())
        try:
            yield double
        finally:
            pulse.cancel()
            double.answer_again()
            double._over.set()
            await double._runner.cleanup()
        assert double.rest.unknown == [], "the bot asked for what this double does not know"

    async def appear(self) -> None:
        """Listen; on the same port as before, where there was one."""
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def vanish(self) -> None:
        """Refuse every connection, and end those there are, as when Discord or the way to it is down."""
        for site in list(self._runner.sites):
            await site.stop()
        server = self._runner.server
        assert server is not None
        for connection in list(server.connections):
            if connection.transport is not None:
                connection.transport.abort()

    async def until(self, fact: Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait until something holds that `fact()` looks at."""
        async with asyncio.timeout(patience), self._happened:
            await self._happened.wait_for(fact)

    def keep_answers_back(self) -> None:
        """Take messages from now on, and answer none of them."""
        self._answering.clear()

    def answer_again(self) -> None:
        self._answering.set()

    # ------------------------------------------------------------------ what there is to look at

    @property
    def posts(self) -> list[dict[str, Any]]:
        """The body of every message that was posted, taken or not."""
        return [asked.body for asked in self.log if asked.route == "send"]

    @property
    def dm(self) -> list[str]:
        """The ids of what stands in Robin's DM."""
        return [str(one) for one in self.mail.channels.get(DM, [])]

    @property
    def messages(self) -> dict[str, dict[str, Any]]:
        return {str(one): self.mail.show(one) for one in self.mail.taken}

    @property
    def looked(self) -> int:
        """How often a DM's history was read."""
        return self.counted["history"]

    @property
    def commands_put(self) -> int:
        return self.counted["commands"]

    def asked(self, route: str) -> list[Asked]:
        return [asked for asked in self.log if asked.route == route]

    def dm_with(self, member: int) -> list[dict[str, Any]]:
        """What stands in that member's DM, the oldest first."""
        return [self.mail.show(one) for one in self.mail.channels.get(dm_of(member), [])]

    # ------------------------------------------------------------------ what a member does

    async def slash(self, name: str, sub: str, user: int = MEMBER, **options: str) -> dict[str, Any]:
        """Use `/name sub`; what the bot showed."""
        began = await self.members.slash(name, sub or None, user, options)
        return await self._answered(began.answer)

    async def press(self, shown: dict[str, Any], step: str, user: int = MEMBER) -> dict[str, Any]:
        """Press the button of that step on a message; what the message is then, or what was answered beside it."""
        began = await self.members.press(shown, step, user)
        return await self._answered(began.answer)

    async def pick(self, shown: dict[str, Any], step: str, value: str, user: int = MEMBER) -> dict[str, Any]:
        began = await self.members.pick(shown, step, value, user)
        return await self._answered(began.answer)

    async def drop_connection(self) -> None:
        await self.gateway.close(1012)

    async def _answered(self, answer: asyncio.Future[dict[str, Any]]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await answer

    # ------------------------------------------------------------------ REST

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        route, place = route_of(request.method, request.match_info["path"])
        self.counted[route] += 1
        try:
            raw = await payload(request)
        except Invalid:
            return self.answers.error(self._asked(request, route, place, b""), 400, 50109)
        asked = self._asked(request, route, place, raw)
        self.log.append(asked)
        fault = self.limits.check(asked) or self.faults.pick(asked)
        await self._note(pending=1)
        if fault is not None and fault.slow:
            await asyncio.sleep(fault.slow)
        answer = None
        if fault is None or fault.taken or fault.slow:
            answer = self.rest.work(asked, dict(request.query), request.headers.get("Authorization"))
        await self._note(pending=-1)
        if route == "send":
            await self._answering.wait()
        if fault is None:
            assert answer is not None
            return answer
        said = self.answers.of(asked, fault, answer)
        return said if fault.ending is Ending.WHOLE else await spoil(request, fault, said, self._over)

    def _asked(self, request: web.Request, route: str, place: tuple[str, ...], raw: bytes) -> Asked:
        return Asked(time(), request.method, route, place, raw, self.counted[route])

    async def _feel_the_pulse(self) -> None:
        while True:
            before = monotonic()
            await asyncio.sleep(BEAT)
            self.limits.stood_still(time(), monotonic() - before - BEAT)

    async def _note(self, **more: int) -> None:
        async with self._happened:
            for name, count in more.items():
                setattr(self, name, getattr(self, name) + count)
            self._happened.notify_all()
