"""A small Discord on 127.0.0.1: enough REST and gateway for one bot, one server and one member, over real sockets.

What it promises as Discord does: a nonce that was seen lately makes no second message; the token is checked; a route it
does not know is an error that names itself. What it does on purpose: it names wrong gateways in GET /gateway/bot and in
READY, so that a bot which follows them is lost; and it can take a message and keep its answer back.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import time
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "a-token-of-the-double"  # noqa: S105 - it opens nothing but this double
APPLICATION, GUILD, CHANNEL, MEMBER, DM = (10**17 + n for n in range(1, 6))
NOWHERE = "ws://127.0.0.1:9/"
PATIENCE = 20
USER = {"id": str(MEMBER), "username": "robin", "discriminator": "0", "avatar": None, "global_name": "Robin"}
BOT = {"id": str(APPLICATION), "username": "porchlight", "discriminator": "0", "avatar": None, "bot": True}


class Double:
    def __init__(self) -> None:
        self.port = 0
        self.commands_put = 0
        self.identified = 0
        self.resumed = 0
        self.looked = 0
        self.posts: list[dict[str, Any]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.dm: list[str] = []
        self.unknown: list[str] = []
        self._answering = asyncio.Event()
        self._answering.set()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._by_nonce: dict[str, str] = {}
        self._socket: web.WebSocketResponse | None = None
        self._sequence = itertools.count(1)
        self._ids = itertools.count(10**17 + 1_000)
        self._happened = asyncio.Condition()

    @classmethod
    @asynccontextmanager
    async def serve(cls) -> AsyncIterator[Double]:
        double = cls()
        app = web.Application()
        app.router.add_get("/gateway", double._gateway)
        app.router.add_route("*", "/api/v10/{path:.*}", double._rest)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        double.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        try:
            yield double
        finally:
            double.answer_again()
            await runner.cleanup()
        assert double.unknown == [], "the bot asked for what this double does not know"

    async def until(self, fact: Any) -> None:
        """Wait until something holds that `fact()` looks at."""
        async with asyncio.timeout(PATIENCE), self._happened:
            await self._happened.wait_for(fact)

    def keep_answers_back(self) -> None:
        """Take messages from now on, and answer none of them."""
        self._answering.clear()

    def answer_again(self) -> None:
        self._answering.set()

    # ------------------------------------------------------------------ what a member does

    async def slash(self, name: str, sub: str, **options: str) -> dict[str, Any]:
        """Use `/name sub`; what the bot showed."""
        given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        data = {"id": "1", "name": name, "type": 1, "options": [{"name": sub, "type": 1, "options": given}]}
        return await self._interact(2, data)

    async def press(self, shown: dict[str, Any], step: str) -> dict[str, Any]:
        """Press the button of that step on a message; what the message is then, or what was answered beside it."""
        custom_id = next(one for one in ids_in(shown["components"]) if one.split(":")[2] == step)
        return await self._interact(3, {"custom_id": custom_id, "component_type": 2}, shown)

    async def pick(self, shown: dict[str, Any], step: str, value: str) -> dict[str, Any]:
        custom_id = next(one for one in ids_in(shown["components"]) if one.split(":")[2] == step)
        return await self._interact(3, {"custom_id": custom_id, "component_type": 3, "values": [value]}, shown)

    async def drop_connection(self) -> None:
        assert self._socket is not None
        await self._socket.close(code=1012)

    async def _interact(self, kind: int, data: dict[str, Any], shown: dict[str, Any] | None = None) -> dict[str, Any]:
        identity = str(next(self._ids))
        answer = self._answers[identity] = asyncio.get_running_loop().create_future()
        in_dm = shown is not None and shown["channel_id"] == str(DM)
        payload: dict[str, Any] = {
            "id": identity,
            "application_id": str(APPLICATION),
            "type": kind,
            "token": f"interaction-{identity}",
            "version": 1,
            "data": data,
            "channel_id": str(DM if in_dm else CHANNEL),
            "channel": {"id": str(DM if in_dm else CHANNEL), "type": 1 if in_dm else 0},
            "locale": "en-GB",
            "attachment_size_limit": 10**7,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1,
            "user": USER,
        }
        if shown is not None:
            payload["message"] = shown
        await self._dispatch("INTERACTION_CREATE", payload)
        async with asyncio.timeout(PATIENCE):
            return await answer

    # ------------------------------------------------------------------ gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40_000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._heard(json.loads(message.data))
        return socket

    async def _heard(self, said: dict[str, Any]) -> None:
        assert self._socket is not None
        match said["op"]:
            case 1:
                await self._socket.send_json({"op": 11})
            case 2:
                assert said["d"]["token"] == TOKEN
                assert said["d"]["intents"] == 1, "guilds, and nothing else"
                await self._ready(said["d"]["shard"])
                await self._note(identified=1)
            case 6:
                await self._dispatch("RESUMED", {})
                await self._note(resumed=1)

    async def _ready(self, shard: list[int]) -> None:
        application = {"id": str(APPLICATION), "flags": 0}
        ready = {"v": 10, "user": BOT, "guilds": [], "session_id": "s", "resume_gateway_url": NOWHERE}
        await self._dispatch("READY", ready | {"shard": shard, "application": application})

    async def _dispatch(self, event: str, data: dict[str, Any]) -> None:
        assert self._socket is not None
        await self._socket.send_json({"op": 0, "t": event, "s": next(self._sequence), "d": data})

    # ------------------------------------------------------------------ REST

    async def _rest(self, request: web.Request) -> web.Response:  # noqa: C901 - one line for each route there is
        parts = request.match_info["path"].split("/")
        body = await self._body(request)
        if parts[0] not in ("interactions", "webhooks") and request.headers.get("Authorization") != f"Bot {TOKEN}":
            return self._json({"message": "401: Unauthorized", "code": 0}, status=401)
        match request.method, parts:
            case "GET", ["users", "@me"]:
                return self._json(BOT)
            case "GET", ["oauth2", "applications", "@me"]:
                return self._json(self._application())
            case "GET", ["gateway", "bot"]:
                limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
                return self._json({"url": NOWHERE, "shards": 1, "session_start_limit": limit})
            case "PUT", ["applications", _, "commands"]:
                await self._note(commands_put=1)
                return self._json(
                    [one | {"id": str(n), "application_id": str(APPLICATION)} for n, one in enumerate(body)]
                )
            case "POST", ["users", "@me", "channels"]:
                return self._json({"id": str(DM), "type": 1, "recipients": [USER], "last_message_id": None})
            case "POST", ["channels", channel, "messages"]:
                return await self._post(channel, body)
            case "GET", ["channels", _, "messages"]:
                await self._note(looked=1)
                after = int(request.query.get("after", 0))
                return self._json([self.messages[one] for one in reversed(self.dm) if int(one) > after])
            case "POST", ["interactions", identity, _, "callback"]:
                return self._callback(identity, body)
            case "PATCH", ["webhooks", _, token, "messages", "@original"]:
                return self._json(self._finish(token.removeprefix("interaction-"), body))
        self.unknown.append(f"{request.method} {request.path}")
        return self._json({"message": "not here", "code": 0}, status=501)

    async def _body(self, request: web.Request) -> Any:
        raw = await request.read()
        return json.loads(raw) if raw else {}

    async def _post(self, channel: str, body: dict[str, Any]) -> web.Response:
        self.posts.append(body)
        assert body["enforce_nonce"]
        identity = self._by_nonce.get(body["nonce"])
        if identity is None:
            identity = self._by_nonce[body["nonce"]] = str(snowflake_now(next(self._ids)))
            self.messages[identity] = message(identity, channel, body)
            self.dm.append(identity)
        await self._note()
        await self._answering.wait()
        return self._json(self.messages[identity])

    def _callback(self, identity: str, body: dict[str, Any]) -> web.Response:
        """4 and 7 answer at once with a message; 5 and 6 promise to."""
        kind = body["type"]
        if kind in (4, 7):
            self._finish(identity, body["data"])
        resource = {"interaction": {"id": identity, "type": 2, "response_message_id": identity}}
        return self._json(resource | {"resource": {"type": kind, "message": message(identity, str(CHANNEL), {})}})

    def _finish(self, identity: str, data: dict[str, Any]) -> dict[str, Any]:
        shown = message(identity, str(DM), data)
        self._answers[identity].set_result(shown)
        return shown

    def _application(self) -> dict[str, Any]:
        named = {"id": str(APPLICATION), "name": "porchlight", "icon": None, "description": "", "verify_key": "0"}
        return named | {"bot_public": True, "bot_require_code_grant": False, "owner": USER, "flags": 0}

    def _json(self, data: Any, status: int = 200) -> web.Response:
        headers = {"Content-Type": "application/json", "Via": "1.1 double"}
        return web.Response(body=json.dumps(data).encode(), status=status, headers=headers)

    async def _note(self, **more: int) -> None:
        async with self._happened:
            for name, count in more.items():
                setattr(self, name, getattr(self, name) + count)
            self._happened.notify_all()


def message(identity: str, channel: str, body: dict[str, Any]) -> dict[str, Any]:
    stamp = "2026-01-01T00:00:00+00:00"
    fixed = {
        "id": identity,
        "channel_id": channel,
        "type": 0,
        "author": BOT,
        "timestamp": stamp,
        "edited_timestamp": None,
    }
    empty: dict[str, Any] = {"attachments": [], "embeds": [], "mentions": [], "mention_roles": [], "pinned": False}
    shown = {
        "content": body.get("content") or "",
        "components": body.get("components", []),
        "flags": body.get("flags", 0),
    }
    return fixed | empty | {"mention_everyone": False, "tts": False} | shown


def ids_in(components: list[dict[str, Any]]) -> list[str]:
    found = []
    for component in components:
        if component.get("custom_id"):
            found.append(component["custom_id"])
        found += ids_in(component.get("components", []))
        if component.get("accessory"):
            found += ids_in([component["accessory"]])
    return found


def text_of(shown: dict[str, Any]) -> str:
    def walk(components: list[dict[str, Any]]) -> list[str]:
        found = []
        for component in components:
            found += [component["content"]] if component.get("content") else []
            found += walk(component.get("components", []))
        return found

    return "\n".join([shown["content"], *walk(shown["components"])])


def snowflake_now(count: int) -> int:
    """An id as Discord makes them, of this moment: looking for messages by time depends on it."""
    return int(time() * 1000 - 1_420_070_400_000) << 22 | count & 0xFFF
