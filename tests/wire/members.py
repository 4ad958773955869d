"""What people do at their end: commands, presses, picks; and what Discord makes of the answers.

Law, as on Discord: an interaction is acknowledged within three seconds, once, and answered within fifteen minutes;
later it is unknown (10062), and a second acknowledgement is refused (40060).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.canaries import marked
from tests.wire.mail import APPLICATION, CHANNEL, MEMBER, Mail, dm_of, ids_in, message

ACKNOWLEDGE_WITHIN: Final = 3.0
TOKEN_LIVES: Final = 900.0

# What an acknowledgement can be: 4 says something, 5 and 6 promise to, 7 puts it in the place of what was pressed.
SAYS, SAYS_LATER, EDITS_LATER, EDITS = 4, 5, 6, 7

Dispatch = Callable[[str, Any], Awaitable[None]]


class Refused(Exception):
    """Discord's no to an answer: status and code."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(status, code)
        self.status, self.code = status, code


@dataclass
class Interaction:
    """One interaction, and what became of it."""

    identity: int
    began: float
    pressed: int | None
    """The message it stands on, where Discord keeps that one."""
    answer: asyncio.Future[dict[str, Any]]
    acknowledged: int | None = None
    shown: dict[str, Any] = field(default_factory=dict)


class Members:
    """Everybody but the bot."""

    def __init__(self, mail: Mail, dispatch: Dispatch, now: Callable[[], float], next_id: Callable[[], int]) -> None:
        self._mail = mail
        self._dispatch = dispatch
        self._now = now
        self._next_id = next_id
        self.interactions: dict[int, Interaction] = {}
        self.refused: list[int] = []
        """The codes of the answers that came too late, or twice."""

    async def slash(self, name: str, sub: str | None, user: int, options: Mapping[str, str]) -> Interaction:
        given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        nested = given if sub is None else [{"name": sub, "type": 1, "options": given}]
        return await self._begin(2, {"id": "1", "name": name, "type": 1, "options": nested}, user)

    async def press(self, shown: dict[str, Any], step: str, user: int) -> Interaction:
        custom_id = next(one for one in ids_in(shown["components"]) if one.split(":")[2] == step)
        return await self._begin(3, {"custom_id": custom_id, "component_type": 2}, user, shown)

    async def pick(self, shown: dict[str, Any], step: str, value: str, user: int) -> Interaction:
        custom_id = next(one for one in ids_in(shown["components"]) if one.split(":")[2] == step)
        return await self._begin(3, {"custom_id": custom_id, "component_type": 3, "values": [value]}, user, shown)

    async def _begin(
        self, kind: int, data: dict[str, Any], user: int, shown: dict[str, Any] | None = None
    ) -> Interaction:
        identity = self._next_id()
        in_dm = shown is not None and shown["channel_id"] == str(dm_of(user))
        pressed = int(shown["id"]) if shown is not None and int(shown["id"]) in self._mail.taken else None
        answer = asyncio.get_running_loop().create_future()
        began = self.interactions[identity] = Interaction(identity, self._now(), pressed, answer)
        channel = dm_of(user) if in_dm else CHANNEL
        payload: dict[str, Any] = {
            "id": str(identity),
            "application_id": str(APPLICATION),
            "type": kind,
            "token": token_of(identity),
            "version": 1,
            "data": data,
            "channel_id": str(channel),
            "channel": {"id": str(channel), "type": 1 if in_dm else 0},
            "locale": "en-GB",
            "attachment_size_limit": 10**7,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1,
        }
        whose = {"user": user_of(user)} | ({} if shown is None else {"message": shown})
        await self._dispatch("INTERACTION_CREATE", payload | whose)
        return began

    def acknowledge(self, identity: int, body: dict[str, Any]) -> dict[str, Any]:
        """What Discord answers to an acknowledgement. Raises Refused."""
        one = self._known(identity, ACKNOWLEDGE_WITHIN)
        if one.acknowledged is not None:
            self._refuse(400, 40060)
        one.acknowledged = body["type"]
        if body["type"] in (SAYS, EDITS):
            self._show(one, body["data"])
        about = {"id": str(identity), "type": 2, "response_message_id": str(identity)}
        shown = one.shown or message(identity, CHANNEL, {})
        return {"interaction": about, "resource": {"type": body["type"], "message": shown}}

    def edit_answer(self, token: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put this in the place of the first answer. Raises Refused."""
        one = self._known(int(token.removeprefix("interaction-")), TOKEN_LIVES)
        if one.acknowledged is None:
            self._refuse(404, 10015)
        return self._show(one, body)

    def follow_up(self, token: str, body: dict[str, Any]) -> dict[str, Any]:
        """One more message. Raises Refused."""
        one = self._known(int(token.removeprefix("interaction-")), TOKEN_LIVES)
        if one.acknowledged is None:
            self._refuse(404, 10015)
        return message(self._next_id(), CHANNEL, body)

    def _known(self, identity: int, within: float) -> Interaction:
        one = self.interactions.get(identity)
        if one is None or (one.acknowledged is None and self._now() - one.began > within):
            self._refuse(404, 10062)
        assert one is not None
        if self._now() - one.began > TOKEN_LIVES:
            self._refuse(401, 50027)
        return one

    def _show(self, one: Interaction, body: dict[str, Any]) -> dict[str, Any]:
        if one.pressed is not None and one.acknowledged in (EDITS, EDITS_LATER):
            one.shown = self._mail.edit(one.pressed, body)
        else:
            one.shown = message(one.identity, CHANNEL, body)
        if not one.answer.done():
            one.answer.set_result(one.shown)
        return one.shown

    def _refuse(self, status: int, code: int) -> None:
        self.refused.append(code)
        raise Refused(status, code)


def token_of(identity: int) -> str:
    return f"interaction-{identity}"


def user_of(user: int) -> dict[str, Any]:
    name = marked("robin" if user == MEMBER else f"member-{user % 10**6}")
    return {"id": str(user), "username": name, "discriminator": "0", "avatar": None, "global_name": name.title()}
