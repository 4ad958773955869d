"""A Discord's gateway: sessions that can be resumed, and everything that can go wrong with a connection.

Law: never kinder than Discord. The wrong token is closed with 4004, and nothing is dispatched before READY. A session
can be resumed until it is invalidated; what was dispatched meanwhile is replayed. It shows the same time as the REST
beside it. READY names an address that leads
nowhere, so that a bot which follows it is lost.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from tests.support.canaries import marked
from tests.wire.mail import APPLICATION, BOT

TOKEN: Final = marked("a-token-of-the-double")
NOWHERE: Final = "ws://127.0.0.1:9/"
HEARTBEAT_MS: Final = 40_000

Note = Callable[..., Awaitable[None]]


@dataclass
class Session:
    """What a bot identified, and all that was dispatched to it."""

    name: str
    shard: list[int]
    socket: web.WebSocketResponse
    sent: list[dict[str, Any]] = field(default_factory=list)
    valid: bool = True

    async def dispatch(self, event: str, data: Any) -> None:
        payload = {"op": 0, "t": event, "s": len(self.sent) + 1, "d": data}
        self.sent.append(payload)
        if not self.socket.closed:
            await self.socket.send_json(payload)


class Gateway:
    def __init__(self, note: Note, date: Callable[[], str]) -> None:
        self._note = note
        self._date = date
        self._names = itertools.count(1)
        self._sockets: set[web.WebSocketResponse] = set()
        self.sessions: dict[str, Session] = {}
        self.current: Session | None = None
        self.guilds: list[int] = []
        """Servers that READY announces, and GUILD_CREATE describes."""
        self.heartbeat_ms = HEARTBEAT_MS
        self.acknowledges = True
        """Whether heartbeats are answered. A connection where they are not is a zombie."""
        self.open = True
        """Whether connections are let in at all."""
        self.close_next_with: int | None = None
        """Close the next one that identifies with that code."""
        self.heard: list[int] = []
        """The op of everything a bot said."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if not self.open:
            await self._note(turned_away=1)
            return web.Response(status=503, text="no gateway here", headers={"Date": self._date()})
        socket = web.WebSocketResponse()
        socket.headers["Date"] = self._date()
        await socket.prepare(request)
        self._sockets.add(socket)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": self.heartbeat_ms}})
        async for received in socket:
            if received.type is WSMsgType.TEXT:
                await self._hear(socket, json.loads(received.data))
        self._sockets.discard(socket)
        return socket

    async def dispatch(self, event: str, data: Any) -> None:
        assert self.current is not None, "nobody has identified"
        await self.current.dispatch(event, data)

    async def say(self, payload: dict[str, Any]) -> None:
        """Something that is no event: op 7, op 9."""
        assert self.current is not None
        await self.current.socket.send_json(payload)

    async def say_raw(self, text: str) -> None:
        """Whatever it is."""
        assert self.current is not None
        await self.current.socket.send_str(text)

    async def reconnect(self) -> None:
        await self.say({"op": 7, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        assert self.current is not None
        self.current.valid = resumable
        await self.say({"op": 9, "d": resumable})

    async def close(self, code: int = 1012) -> None:
        """Close the connection; the session can be resumed unless it was invalidated."""
        assert self.current is not None
        await self.current.socket.close(code=code)

    async def shut(self) -> None:
        """Let nobody in any more, and close every connection there is."""
        self.open = False
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def _hear(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        self.heard.append(said["op"])
        match said["op"]:
            case 1 if self.acknowledges:
                await socket.send_json({"op": 11})
            case 2:
                await self._identify(socket, said["d"])
            case 6:
                await self._resume(socket, said["d"])

    async def _identify(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        if self.close_next_with is not None or said["token"] != TOKEN:
            code, self.close_next_with = self.close_next_with or 4004, None
            await socket.close(code=code)
            await self._note()
            return
        assert said["intents"] == 1, "guilds, and nothing else"
        session = Session(f"session-{next(self._names)}", said["shard"], socket)
        self.sessions[session.name] = session
        self.current = session
        unavailable = [{"id": str(one), "unavailable": True} for one in self.guilds]
        ready = {"v": 10, "user": BOT, "guilds": unavailable, "session_id": session.name, "shard": said["shard"]}
        application = {"id": str(APPLICATION), "flags": 0}
        await session.dispatch("READY", ready | {"resume_gateway_url": NOWHERE, "application": application})
        for one in self.guilds:
            await session.dispatch("GUILD_CREATE", guild(one))
        await self._note(identified=1)

    async def _resume(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        session = self.sessions.get(said["session_id"])
        if session is None or not session.valid:
            await socket.send_json({"op": 9, "d": False})
            return
        session.socket = socket
        self.current = session
        for payload in session.sent[said["seq"] or 0 :]:
            await socket.send_json(payload)
        await session.dispatch("RESUMED", {})
        await self._note(resumed=1)


def guild(identity: int) -> dict[str, Any]:
    """A server with one text channel, as GUILD_CREATE describes it."""
    channel = {
        "id": str(identity + 1),
        "type": 0,
        "name": marked("welcome"),
        "position": 0,
        "permission_overwrites": [],
    }
    everyone = {"id": str(identity), "name": "@everyone", "permissions": "2048", "position": 0, "color": 0}
    plain = {"hoist": False, "managed": False, "mentionable": False, "flags": 0}
    empty: dict[str, Any] = {
        key: [] for key in ("emojis", "stickers", "members", "presences", "voice_states", "threads", "stage_instances")
    }
    return empty | {
        "id": str(identity),
        "name": marked("Lantern House"),
        "owner_id": "1",
        "roles": [everyone | plain],
        "channels": [channel | {"nsfw": False, "topic": None}],
        "features": [],
        "member_count": 30,
        "large": False,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "nsfw_level": 0,
        "system_channel_flags": 0,
        "preferred_locale": "en-GB",
        "afk_timeout": 300,
    }
