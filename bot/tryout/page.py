"""The page: a bar of our own above SimCord's Preview, both from one address on 127.0.0.1.

The Preview will not be framed and serves one channel; so we stand in front of it, pass everything on, and frame it
ourselves. Law: only this machine is answered, only under our own name, and changes only from our own page.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

import aiohttp
from aiohttp import web
from yarl import URL

from bot.errors import NoFreePort
from bot.tryout.stage import Place, Stage
from bot.tryout.world import World

STATIC_FILES: Final = Path(__file__).parent / "static"
HOST: Final = "127.0.0.1"
PORTS_TRIED: Final = 20
STATIC: Final = MappingProxyType(
    {
        "/": ("index.html", "text/html"),
        "/bar.css": ("bar.css", "text/css"),
        "/bar.js": ("bar.js", "text/javascript"),
    }
)
MOVES: Final = MappingProxyType({"hour": timedelta(hours=1), "day": timedelta(days=1)})
HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OUR_CSP: Final = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"


@asynccontextmanager
async def serve(world: World, port: int) -> AsyncIterator[str]:
    """Serve the page at that port, or at the next free one; its address."""
    async with Stage.open(world) as stage, aiohttp.ClientSession(auto_decompress=False) as upstream:
        listener = listen(port)
        page = Page(world, stage, upstream, listener.getsockname()[1])
        runner = web.AppRunner(page.application(), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        try:
            yield f"{page.origin}/"
        finally:
            await runner.cleanup()


class Page:
    """The routes of the page. `port` is where it is served."""

    def __init__(self, world: World, stage: Stage, upstream: aiohttp.ClientSession, port: int) -> None:
        self._words = world.app.client.library.language("en").words
        self._stage = stage
        self._upstream = upstream
        self._hosts = {f"{HOST}:{port}", f"localhost:{port}"}
        self.origin = f"http://{HOST}:{port}"

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._only_us], client_max_size=32 * 1024 * 1024)
        for path in STATIC:
            app.router.add_get(path, self._static)
        app.router.add_get("/bar/state", self._state)
        app.router.add_post("/bar/go/{place}", self._go)
        app.router.add_post("/bar/time/{move}", self._time)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        return app

    @web.middleware
    async def _only_us(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse other names for this address (DNS rebinding), and changes asked for by other pages."""
        origin = request.headers.get("Origin")
        ours = origin is None or URL(origin).authority in self._hosts
        if request.headers.get("Host") not in self._hosts or not ours:
            raise web.HTTPForbidden
        return await handler(request)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        name, content_type = STATIC[request.path]
        headers = {"Content-Security-Policy": OUR_CSP, "Cache-Control": "no-store"}
        text = (STATIC_FILES / name).read_text("utf-8")
        return web.Response(text=text, content_type=content_type, headers=headers)

    async def _state(self, request: web.Request) -> web.Response:
        await self._stage.suit(request.query.get("zone", ""), request.query.get("locale", ""))
        view = await self._stage.view()
        return web.json_response(
            {
                "place": view.place,
                "frame": view.frame,
                "now": view.now.isoformat(),
                "hint": self._words(f"tryout.hint.{view.hint}"),
                "nudgeWaits": view.nudge_waits,
                "unread": view.unread,
                "gone": self._words("tryout.gone"),
            },
            headers={"Cache-Control": "no-store"},
        )

    async def _go(self, request: web.Request) -> web.Response:
        place = request.match_info["place"]
        if place not in set(Place):
            raise web.HTTPNotFound
        await self._stage.go(Place(place))
        return await self._state(request)

    async def _time(self, request: web.Request) -> web.Response:
        move = request.match_info["move"]
        if move == "nudge":
            await self._stage.next_nudge()
        elif move in MOVES:
            await self._stage.move(MOVES[move])
        else:
            raise web.HTTPNotFound
        return await self._state(request)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return await self._relay(request)
        async with self._stage.one_at_a_time:
            return await self._relay(request)

    async def _relay(self, request: web.Request) -> web.StreamResponse:
        origin = self._stage.upstream
        if origin is None:
            raise web.HTTPGone
        path = "/" if request.path == "/stage" else request.path_qs
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        headers["Host"] = URL(origin).authority
        if "Origin" in headers:
            headers["Origin"] = origin
        try:
            async with self._upstream.request(
                request.method, URL(origin + path, encoded=True), headers=headers, data=await request.read()
            ) as answer:
                return web.Response(status=answer.status, headers=_framed(answer.headers), body=await answer.read())
        except aiohttp.ClientConnectionError:
            # The place changed while its old page was still asking.
            raise web.HTTPGone from None


def _framed(headers: aiohttp.typedefs.LooseHeaders) -> dict[str, str]:
    """The Preview's own headers, except that this page, and no other, may frame it."""
    kept = {name: value for name, value in dict(headers).items() if name.lower() not in HOP_BY_HOP}
    kept["X-Frame-Options"] = "SAMEORIGIN"
    if policy := kept.get("Content-Security-Policy"):
        kept["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return kept


def listen(port: int) -> socket.socket:
    """A socket on that port, or on the first free one after it. Raises NoFreePort."""
    last: OSError | None = None
    for candidate in range(port, min(port + PORTS_TRIED, 65_535) + 1):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen()
        except OSError as error:
            listener.close()
            last = error
        else:
            return listener
    raise NoFreePort(f"No port from {port} on is free. Name another one with --port.") from last
