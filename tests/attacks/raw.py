"""Interactions as Discord would send them, and as nobody would: handed to the client past everything that checks them.

SimCord's people can only do what a person can. Here anything can be said, in anybody's name, and everything that the
bot says back is kept.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import discord
from simcord import interactions
from simcord.backend import serializers

from tests.support.screen import Screen, texts_in
from tests.support.world import Person, World

SLASH, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
KINDS: Final = (SLASH, COMPONENT, AUTOCOMPLETE, FORM)
BUTTON, MENU, CHANNELS = 2, 3, 8
EPHEMERAL: Final = 64

# How long nothing happens before nothing more will: what waits for the file is known, and waited for anyway.
IDLE_SECONDS: Final = 0.002
PATIENCE_SECONDS: Final = 60

# An acknowledgement that says something new, puts off, edits, and completes.
SAYS, SAYS_LATER, EDITS_LATER, EDITS, COMPLETES, OPENS_FORM = 4, 5, 6, 7, 8, 9


@dataclass
class Answer:
    """What came back of one interaction: every body that the bot sent because of it."""

    acknowledged: bool
    kind: int | None
    bodies: list[dict[str, Any]] = field(default_factory=list)
    to_channels: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """What was written beside that: by channel."""

    @property
    def text(self) -> str:
        """All that a person can read in it."""
        return "\n".join(text for body in self.bodies for text in _texts(body))

    @property
    def raw(self) -> str:
        """All of it, with what nobody reads."""
        return json.dumps(self.bodies, ensure_ascii=False)

    @property
    def is_private(self) -> bool:
        """Whether everything new in it is for its member's eyes alone."""
        new = [body for body in self.bodies if body.get("is_new")]
        return all(int(body.get("flags") or 0) & EPHEMERAL for body in new)

    @property
    def mentions_nobody(self) -> bool:
        """Whether everything in it that could mention somebody says that it does not."""
        said = [*self.bodies, *(body for _, body in self.to_channels)]
        return all(body.get("allowed_mentions") == {"parse": []} for body in said if _is_message(body))


def payload(world: World, person: Person, kind: int, data: Any, *, in_dm: bool, on: Screen | None = None) -> Any:
    """What Discord would send, and its record of it."""
    backend = world.env.backend
    channel = person.actor.user.dm_channel.id if in_dm else world.channel.id
    record, said = interactions.base_payload(
        backend,
        type=kind,
        channel_id=channel,
        guild_id=None if in_dm else world.guild_id,
        user_id=person.id,
        data={},
    )
    # Put in afterwards, because SimCord would look into it.
    said["data"] = data
    if on is not None:
        stored = backend.get_message(_channel_of(on), on.shown.id)
        said["message"] = dict(serializers.message_payload(backend, stored))
        record.source_message_id = stored.id
    return said


async def deliver(world: World, said: Any) -> Answer:
    """Let it arrive, wait until nothing more happens, and gather what was answered."""
    requests = world.env.http_requests
    begin = len(requests)
    with world.env._bot_scope():
        world.app.client._connection.parsers["INTERACTION_CREATE"](said)
    await world.env.settle(timeout=PATIENCE_SECONDS, idle=IDLE_SECONDS)
    return _gathered(requests[begin:])


async def slash(world: World, person: Person, name: str, *, in_dm: bool = False, **options: Any) -> Answer:
    """A command with these options, whatever is on offer."""
    given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
    return await deliver(world, payload(world, person, SLASH, command(name, given), in_dm=in_dm))


async def complete(world: World, person: Person, name: str, option: str, typed: Any) -> Answer:
    given = [{"name": option, "type": 3, "value": typed, "focused": True}]
    return await deliver(world, payload(world, person, AUTOCOMPLETE, command(name, given), in_dm=False))


async def press(
    world: World,
    person: Person,
    custom_id: str,
    *,
    values: list[Any] | None = None,
    kind: int | None = None,
    in_dm: bool = False,
) -> Answer:
    """A control of that id, on a message of the bot's that really holds it."""
    kind = kind or (BUTTON if values is None else MENU)
    shown = message_in(world, person, in_dm=in_dm, components=[row_of(custom_id, kind)])
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind}
    if values is not None:
        data["values"] = values
    said = payload(world, person, COMPONENT, data, in_dm=in_dm)
    stand_on(world, said, shown)
    return await deliver(world, said)


def message_in(
    world: World, person: Person, *, in_dm: bool, components: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A message of the bot's to that person, or in the server."""
    backend = world.env.backend
    channel = person.actor.user.dm_channel.id if in_dm else world.channel.id
    shown = backend.create_message(
        channel,
        backend.bot_user.id,
        content="" if components else "x",
        components=components or [],
        flags=1 << 15 if components else 0,
    )
    return dict(serializers.message_payload(backend, shown))


def stand_on(world: World, said: dict[str, Any], shown: dict[str, Any]) -> None:
    """Let what was said have been pressed on that message."""
    said["message"] = copy.deepcopy(shown)
    world.env.backend.interactions[int(said["id"])].source_message_id = int(shown["id"])


async def send_form(world: World, person: Person, custom_id: str, fields: dict[str, Any]) -> Answer:
    components = [{"type": 18, "component": {"custom_id": name, **field}} for name, field in fields.items()]
    data = {"custom_id": custom_id, "components": components}
    return await deliver(world, payload(world, person, FORM, data, in_dm=False))


def command(name: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    """A command's data, and that of one within a group."""
    top, _, within = name.partition(" ")
    nested = [{"name": within, "type": 1, "options": options}] if within else options
    return {"id": "1", "name": top, "type": 1, "options": nested}


def row_of(custom_id: str, kind: int) -> dict[str, Any]:
    if kind == BUTTON:
        control: dict[str, Any] = {"type": BUTTON, "style": 2, "label": "x", "custom_id": custom_id}
    else:
        control = {"type": kind, "custom_id": custom_id, "min_values": 1, "max_values": 1}
        control |= {"options": [{"label": "x", "value": "x"}]} if kind == MENU else {"channel_types": [0]}
    return {"type": 1, "components": [control]}


def _gathered(requests: list[Any]) -> Answer:
    answer = Answer(acknowledged=False, kind=None)
    for one in requests:
        body = one.json if isinstance(one.json, dict) else {}
        if one.path.endswith("/callback"):
            answer.acknowledged = True
            answer.kind = body.get("type")
            answer.bodies.append((body.get("data") or {}) | {"is_new": answer.kind == SAYS, "kind": answer.kind})
        elif one.path.startswith("/webhooks/") and one.method in ("POST", "PATCH"):
            answer.bodies.append(body | {"is_new": one.method == "POST"})
        elif one.path.startswith("/channels/") and one.path.endswith("/messages"):
            answer.to_channels.append((int(one.path.split("/")[2]), body))
    return answer


def _is_message(body: dict[str, Any]) -> bool:
    """Whether it shows something: a form, choices and a mere acknowledgement mention nobody."""
    return body.get("kind") not in (COMPLETES, OPENS_FORM) and bool(body.get("components") or body.get("content"))


def _texts(body: dict[str, Any]) -> Iterator[str]:
    for key in ("content", "title"):
        if isinstance(body.get(key), str):
            yield body[key]
    yield from texts_in(body.get("components") or [])
    yield from (choice["name"] for choice in body.get("choices") or [])


def _channel_of(on: Screen) -> int:
    return on.shown.channel.id if isinstance(on.shown, discord.Message) else on.shown.channel_id
