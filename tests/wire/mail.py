"""What a Discord keeps: channels, the messages in them, and for a while the nonces they came with.

Law: never more forgiving than Discord. A nonce is remembered for `nonce_seconds` and not longer, for the whole bot; one
whose message was deleted answers "Unknown Message". A message that breaks a limit of Discord's is refused. History is
given in Discord's order, and shows a message only `history_lag` seconds after it was taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

APPLICATION, GUILD, CHANNEL, MEMBER = (10**17 + n for n in range(1, 5))
BOT: Final = {"id": str(APPLICATION), "username": "porchlight", "discriminator": "0", "avatar": None, "bot": True}

# "The past few minutes", says Discord. Three is the shortest that deserves the name.
NONCE_SECONDS: Final = 180.0

DISCORD_EPOCH_MS: Final = 1_420_070_400_000
LAYOUT_FLAG: Final = 1 << 15


def dm_of(member: int) -> int:
    """The DM channel of that member."""
    return member + 10**17


def member_of(channel: int) -> int:
    return channel - 10**17


DM: Final = dm_of(MEMBER)


def snowflake(at: float, count: int) -> int:
    """An id as Discord makes them, of that moment: looking for messages by time depends on it."""
    return int(at * 1000 - DISCORD_EPOCH_MS) << 22 | count & 0x3FFFFF


def moment_of(identity: int | str) -> float:
    """When that id was made, in seconds."""
    return ((int(identity) >> 22) + DISCORD_EPOCH_MS) / 1000


class Invalid(Exception):
    """Discord would answer 400, 50035."""


class Deleted(Exception):
    """The nonce is known, and its message is not there any more: 404, 10008."""


@dataclass
class Mail:
    """Every message by its id, and the ids of every channel in the order they were taken."""

    nonce_seconds: float = NONCE_SECONDS
    history_lag: float = 0.0
    taken: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    """Channel and body of each message."""
    channels: dict[int, list[int]] = field(default_factory=dict)
    _nonces: dict[str, tuple[int, float]] = field(default_factory=dict)

    def post(self, channel: int, raw: bytes, at: float) -> dict[str, Any]:
        """Take a message, or return the one that its nonce stands for. Raises Invalid, Deleted."""
        body = json.loads(raw)
        refuse_invalid(body)
        nonce = str(body.get("nonce") or "")
        known, seen_at = self._nonces.get(nonce, (0, 0.0))
        if nonce and body.get("enforce_nonce") and at - seen_at < self.nonce_seconds:
            if known not in self.taken:
                raise Deleted
            return self.show(known)
        identity = snowflake(at, len(self.taken))
        while identity in self.taken:
            identity += 1
        self.taken[identity] = (channel, raw)
        self.channels.setdefault(channel, []).append(identity)
        if nonce:
            self._nonces[nonce] = (identity, at)
        return self.show(identity)

    def edit(self, identity: int, body: Mapping[str, Any]) -> dict[str, Any]:
        channel, raw = self.taken[identity]
        self.taken[identity] = (channel, json.dumps(json.loads(raw) | dict(body)).encode())
        return self.show(identity)

    def delete(self, identity: int) -> None:
        channel, _ = self.taken.pop(identity)
        self.channels[channel].remove(identity)

    def show(self, identity: int) -> dict[str, Any]:
        channel, raw = self.taken[identity]
        return message(identity, channel, json.loads(raw))

    def history(self, channel: int, query: Mapping[str, str], at: float) -> list[dict[str, Any]]:
        """One page, the newest first; with `after`, the page that follows it."""
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise Invalid
        ids = [one for one in self.channels.get(channel, []) if at - moment_of(one) >= self.history_lag]
        if "after" in query:
            page = sorted(one for one in ids if one > int(query["after"]))[:limit]
        else:
            before = int(query.get("before", 1 << 63))
            page = sorted(one for one in ids if one < before)[-limit:]
        return [self.show(one) for one in reversed(page)]

    def pass_time(self, seconds: float) -> None:
        """As if that long had gone by since each nonce was seen."""
        self._nonces = {nonce: (identity, at - seconds) for nonce, (identity, at) in self._nonces.items()}


def message(identity: int | str, channel: int | str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A message as Discord shows it."""
    fixed = {
        "id": str(identity),
        "channel_id": str(channel),
        "type": 0,
        "author": BOT,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
    }
    empty: dict[str, Any] = {"attachments": [], "embeds": [], "mentions": [], "mention_roles": [], "pinned": False}
    shown = {
        "content": body.get("content") or "",
        "components": body.get("components") or [],
        "flags": body.get("flags", 0),
    }
    return fixed | empty | {"mention_everyone": False, "tts": False} | shown


def refuse_invalid(body: Mapping[str, Any]) -> None:
    """Raise Invalid where Discord would not take that message."""
    content, components = body.get("content") or "", body.get("components") or []
    ids = list(ids_in(components))
    in_layout = bool(body.get("flags", 0) & LAYOUT_FLAG)
    broken = (
        len(content) > 2_000,
        len(str(body.get("nonce") or "")) > 25,
        not content and not components and not body.get("attachments"),
        any(len(one) > 100 for one in ids),
        len(set(ids)) != len(ids),
        in_layout and (bool(content) or sum(1 for _ in walk(components)) > 40),
        not in_layout and len(components) > 5,
    )
    if any(broken):
        raise Invalid


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, however deep."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if component.get("accessory"):
            yield from walk([component["accessory"]])


def ids_in(components: list[dict[str, Any]]) -> list[str]:
    return [one["custom_id"] for one in walk(components) if one.get("custom_id")]


def text_of(shown: dict[str, Any]) -> str:
    return "\n".join([shown["content"], *(one["content"] for one in walk(shown["components"]) if one.get("content"))])
