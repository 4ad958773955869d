"""A Discord for benchmarks, in a process of its own: quick, small, and with Discord's global limit.

    python -m tests.bench.double

prints its port. It takes messages, answers a nonce it knows with the message it has, and speaks enough gateway for one
shard. What it is told and asked by the benchmark goes to /bench/…:

    POST /bench/begin   {"per_second": 50, "latency": 0.1}: forget what was counted; 0 lifts the limit
    GET  /bench/seen    what was counted; instants are seconds of the machine's monotonic clock
    POST /bench/slash   {"name": "nudge", "sub": "now", "member": 1}: use a command; milliseconds until its answer came

The limit is stricter than Discord's own: never more than `per_second` requests in any second, wherever it begins.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

APPLICATION = 10**17 + 1
BOT = {"id": str(APPLICATION), "username": "porchlight", "discriminator": "0", "avatar": None, "bot": True}
OWNER = {"id": "5", "username": "operator", "discriminator": "0", "avatar": None}
API = "/api/v10/"
HEADERS = {"Content-Type": "application/json", "Via": "1.1 double"}
PATIENCE = 30
BAR_SECONDS = 1.0

MESSAGE = (
    b'{"id":"%d","channel_id":"%s","type":0,"content":"","author":'
    + json.dumps(BOT).encode()
    + b',"timestamp":"2026-01-01T00:00:00+00:00","edited_timestamp":null,"attachments":[],"embeds":[],"mentions":[],'
    b'"mention_roles":[],"pinned":false,"mention_everyone":false,"tts":false,"flags":%d,"components":%s}'
)


@dataclass
class Seen:
    """What was counted since /bench/begin."""

    sent_at: list[float] = field(default_factory=list)
    """When each new message was taken."""
    again: int = 0
    """Messages whose nonce was known."""
    refused: int = 0
    requests: int = 0
    peak: int = 0
    """The most requests in any one second, those that were refused among them."""
    identified_at: list[float] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Double:
    def __init__(self) -> None:
        self._per_second = 0
        self._latency = 0.0
        self._seen = Seen()
        self._by_nonce: dict[str, int] = {}
        self._ids = itertools.count(10**18)
        self._taken: deque[float] = deque()
        self._asked: deque[float] = deque()
        self._socket: web.WebSocketResponse | None = None
        self._sequence = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[float]] = {}

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bench/"):
            return await self._told(request, path)
        if path == "/gateway":
            return await self._gateway(request)
        if path.startswith(API + "interactions/"):
            return await self._callback(request, path)
        if path.startswith(API + "webhooks/"):
            return _json({"id": str(next(self._ids))})
        refusal = self._limit()
        if refusal is not None:
            return refusal
        if request.method == "POST" and path.endswith("/messages"):
            return await self._message(request, path)
        return await self._rest(request, path.removeprefix(API))

    # ------------------------------------------------------------------ the benchmark's own

    async def _told(self, request: web.BaseRequest, path: str) -> web.Response:
        said = json.loads(await request.read() or b"{}")
        match path.removeprefix("/bench/"):
            case "begin":
                self._per_second = said.get("per_second", 0)
                self._latency = said.get("latency", 0.0)
                self._seen = Seen()
                self._by_nonce.clear()
            case "seen":
                return _json({name: getattr(self._seen, name) for name in Seen.__dataclass_fields__})
            case "slash":
                return _json({"milliseconds": await self._slash(said["name"], said["sub"], said["member"])})
        return _json({})

    async def _slash(self, name: str, sub: str, member: int) -> float | None:
        identity = str(next(self._ids))
        answered = self._waiting[identity] = asyncio.get_running_loop().create_future()
        user = {"id": str(member), "username": "m", "discriminator": "0", "avatar": None, "global_name": "M"}
        options = [{"name": sub, "type": 1, "options": []}]
        payload = {
            "id": identity,
            "application_id": str(APPLICATION),
            "type": 2,
            "token": f"t{identity}",
            "version": 1,
            "data": {"id": "1", "name": name, "type": 1, "options": options},
            "channel_id": "7",
            "channel": {"id": "7", "type": 1},
            "locale": "en-GB",
            "attachment_size_limit": 10**7,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1,
            "user": user,
        }
        began = time.monotonic()
        await self._dispatch("INTERACTION_CREATE", payload)
        try:
            async with asyncio.timeout(PATIENCE):
                return (await answered - began) * 1_000
        except TimeoutError:
            return None
        finally:
            del self._waiting[identity]

    # ------------------------------------------------------------------ REST

    def _limit(self) -> web.Response | None:
        """Discord's refusal of a request too many; None where it is let in."""
        now, seen = time.monotonic(), self._seen
        seen.requests += 1
        self._asked.append(now)
        while self._asked[0] <= now - BAR_SECONDS:
            self._asked.popleft()
        seen.peak = max(seen.peak, len(self._asked))
        if not self._per_second:
            return None
        while self._taken and self._taken[0] <= now - BAR_SECONDS:
            self._taken.popleft()
        if len(self._taken) < self._per_second:
            self._taken.append(now)
            return None
        seen.refused += 1
        wait = max(0.05, self._taken[0] + BAR_SECONDS - now)
        more = {"Retry-After": "1", "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        said = {"message": "You are being rate limited.", "retry_after": wait, "global": True}
        return web.Response(body=json.dumps(said).encode(), status=429, headers=HEADERS | more)

    async def _message(self, request: web.BaseRequest, path: str) -> web.Response:
        body = json.loads(await request.read())
        nonce = str(body.get("nonce"))
        identity = self._by_nonce.get(nonce)
        if identity is None:
            identity = self._by_nonce[nonce] = next(self._ids)
            self._seen.sent_at.append(time.monotonic())
        else:
            self._seen.again += 1
        if self._latency:
            await asyncio.sleep(self._latency)
        components = json.dumps(body.get("components", []), separators=(",", ":")).encode()
        channel = path[len(API) + len("channels/") : -len("/messages")].encode()
        return web.Response(
            body=MESSAGE % (identity, channel, body.get("flags", 0), components),
            headers=HEADERS,
        )

    async def _rest(self, request: web.BaseRequest, path: str) -> web.Response:
        body = json.loads(await request.read() or b"null")
        match request.method, path.split("/"):
            case "GET", ["users", "@me"]:
                return _json(BOT)
            case "GET", ["oauth2", "applications", "@me"]:
                named = {"id": str(APPLICATION), "name": "p", "icon": None, "description": "", "verify_key": "0"}
                return _json(named | {"bot_public": True, "bot_require_code_grant": False, "owner": OWNER, "flags": 0})
            case "GET", ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
                return _json({"url": "ws://127.0.0.1:9/", "shards": 1, "session_start_limit": limit})
            case "PUT", ["applications", _, "commands"]:
                return _json([one | {"id": str(n), "application_id": str(APPLICATION)} for n, one in enumerate(body)])
            case "POST", ["users", "@me", "channels"]:
                return _json({"id": body["recipient_id"], "type": 1, "recipients": [OWNER], "last_message_id": None})
            case "GET", ["channels", _, "messages"]:
                return _json([])
        self._seen.unknown.append(f"{request.method} {path}")
        return _json({"message": "not here", "code": 0}, status=501)

    async def _callback(self, request: web.BaseRequest, path: str) -> web.Response:
        _, _, identity, *_ = path.removeprefix("/api/").split("/")
        waiting = self._waiting.get(identity)
        if waiting is not None and not waiting.done():
            waiting.set_result(time.monotonic())
        kind = json.loads(await request.read())["type"]
        empty = json.loads(MESSAGE % (int(identity), b"7", 0, b"[]"))
        interaction = {"id": identity, "type": 2, "response_message_id": identity}
        return _json({"interaction": interaction, "resource": {"type": kind, "message": empty}})

    # ------------------------------------------------------------------ gateway

    async def _gateway(self, request: web.BaseRequest) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40_000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._heard(json.loads(message.data), socket)
        return socket

    async def _heard(self, said: dict[str, Any], socket: web.WebSocketResponse) -> None:
        if said["op"] == 1:
            await socket.send_json({"op": 11})
        if said["op"] == 2:
            application = {"id": str(APPLICATION), "flags": 0}
            ready = {"v": 10, "user": BOT, "guilds": [], "session_id": "s", "resume_gateway_url": "ws://127.0.0.1:9/"}
            await self._dispatch("READY", ready | {"shard": said["d"]["shard"], "application": application})
            self._seen.identified_at.append(time.monotonic())

    async def _dispatch(self, event: str, data: dict[str, Any]) -> None:
        assert self._socket is not None, "nobody is connected"
        await self._socket.send_json({"op": 0, "t": event, "s": next(self._sequence), "d": data})


def _json(data: Any, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(data).encode(), status=status, headers=HEADERS)


async def serve() -> None:
    runner = web.ServerRunner(web.Server(Double().handle, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    # Ends with whoever started it: the pipe from there closes.
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
