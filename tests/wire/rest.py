"""A Discord's REST: which route a request is of, and what it does where nothing goes wrong.

Law: strict where Discord is. Bodies are JSON, or multipart with a `payload_json`; answers are exactly
`application/json`, with the rate limit headers and the `Via` by which discord.py tells Discord from what stands before
it; a route that is not known is an error that names itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Final

from aiohttp import web

from tests.wire.faults import JSON, Asked, Fault
from tests.wire.gateway import NOWHERE, TOKEN
from tests.wire.limits import Limits
from tests.wire.mail import APPLICATION, BOT, Deleted, Invalid, Mail, dm_of, member_of
from tests.wire.members import Members, Refused, user_of

ID: Final = r"(\d+)"
ROUTES: Final = tuple(
    (method, re.compile(pattern), name)
    for method, pattern, name in (
        ("GET", r"users/@me", "me"),
        ("GET", r"oauth2/applications/@me", "application"),
        ("GET", r"gateway/bot", "gateway"),
        ("PUT", rf"applications/{ID}/commands", "commands"),
        ("POST", r"users/@me/channels", "open"),
        ("POST", rf"channels/{ID}/messages", "send"),
        ("GET", rf"channels/{ID}/messages", "history"),
        ("POST", rf"interactions/{ID}/([^/]+)/callback", "callback"),
        ("POST", rf"webhooks/{ID}/([^/]+)", "followup"),
        ("PATCH", rf"webhooks/{ID}/([^/]+)/messages/@original", "edit_answer"),
        ("GET", rf"webhooks/{ID}/([^/]+)/messages/@original", "show_answer"),
    )
)
# Whoever holds the token in the path may; no other is asked for.
BY_PATH: Final = frozenset({"callback", "followup", "edit_answer", "show_answer"})


@dataclass
class Answers:
    """How answers look: whose limits they tell of, and how far Discord's clock is from ours, in seconds."""

    limits: Limits
    now: Callable[[], float]
    skew: float = 0.0

    def date(self) -> str:
        """Discord's time, as it stands on every answer."""
        return formatdate(self.now() + self.skew, usegmt=True)

    def json(self, asked: Asked, data: Any, status: int = 200) -> web.Response:
        limits = {} if asked.route in BY_PATH else self.limits.headers(asked)
        return self._response(json.dumps(data).encode(), status, JSON, {"Via": "1.1 double"} | limits)

    def error(self, asked: Asked, status: int, code: int = 0) -> web.Response:
        return self.json(asked, {"message": f"{status}: no", "code": code}, status)

    def of(self, asked: Asked, fault: Fault, whole: web.Response | None) -> web.Response:
        """What a fault says, in the form it says it; `whole` is what would have been said otherwise."""
        if fault.page is not None:
            return self._response(fault.page, fault.status or 200, "text/html; charset=UTF-8", {})
        if fault.garbled and whole is not None:
            assert isinstance(whole.body, bytes)
            return self._response(whole.body[: len(whole.body) // 2], 200, JSON, {"Via": "1.1 double"})
        if fault.status is None:
            return whole or self.error(asked, 500)
        said = {"message": f"{fault.status}: no", "code": fault.code} | dict(fault.more)
        via = {"Via": "1.1 double"} if fault.via else {}
        limits = self.limits.headers(asked) if fault.via else {}
        headers = via | limits | dict(fault.headers)
        return self._response(json.dumps(said).encode(), fault.status, JSON, headers)

    def _response(self, body: bytes, status: int, kind: str, headers: dict[str, str]) -> web.Response:
        return web.Response(body=body, status=status, headers={"Content-Type": kind, "Date": self.date()} | headers)


class Rest:
    """What each route does."""

    def __init__(self, answers: Answers, mail: Mail, members: Members) -> None:
        self._answers = answers
        self._mail = mail
        self._members = members
        self.gone: set[int] = set()
        """DM channels that are not there any more, until they are opened anew."""
        self.unknown: list[str] = []

    def work(self, asked: Asked, query: dict[str, str], authorization: str | None) -> web.Response:
        """Do what was asked; the answer."""
        if asked.route not in BY_PATH and authorization != f"Bot {TOKEN}":
            return self._answers.error(asked, 401)
        try:
            return self._answers.json(asked, self._do(asked, query))
        except Invalid:
            return self._answers.error(asked, 400, 50035)
        except Deleted:
            return self._answers.error(asked, 404, 10008)
        except Refused as no:
            return self._answers.error(asked, no.status, no.code)
        except KeyError:
            self.unknown.append(f"{asked.method} {asked.route} {asked.place}")
            return self._answers.error(asked, 501)

    def _do(self, asked: Asked, query: dict[str, str]) -> Any:  # noqa: C901 - one case for each route there is
        place = asked.place
        match asked.route:
            case "me":
                return BOT
            case "application":
                return _application()
            case "gateway":
                limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
                return {"url": NOWHERE, "shards": 1, "session_start_limit": limit}
            case "commands":
                named = enumerate(asked.body)
                return [one | {"id": str(n), "application_id": str(APPLICATION)} for n, one in named]
            case "open":
                return self._open(int(asked.body["recipient_id"]))
            case "send":
                self._refuse_gone(int(place[0]))
                return self._mail.post(int(place[0]), asked.raw, asked.at)
            case "history":
                self._refuse_gone(int(place[0]))
                return self._mail.history(int(place[0]), query, asked.at)
            case "callback":
                return self._members.acknowledge(int(place[0]), asked.body)
            case "followup":
                return self._members.follow_up(place[1], asked.body)
            case "edit_answer":
                return self._members.edit_answer(place[1], asked.body)
        raise KeyError(asked.route)

    def _open(self, member: int) -> dict[str, Any]:
        self.gone.discard(dm_of(member))
        return {"id": str(dm_of(member)), "type": 1, "recipients": [user_of(member)], "last_message_id": None}

    def _refuse_gone(self, channel: int) -> None:
        if channel in self.gone:
            raise Refused(404, 10003)


def route_of(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    """The name of the route, and the ids in its path; "unknown" where there is none such."""
    for of_method, pattern, name in ROUTES:
        if of_method == method and (found := pattern.fullmatch(path)):
            return name, found.groups()
    return "unknown", (path,)


async def payload(request: web.Request) -> bytes:
    """The JSON of a request, also out of a multipart one. Raises Invalid where it is neither."""
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        form = await request.post()
        said = form.get("payload_json")
        if not isinstance(said, str):
            raise Invalid
        return said.encode()
    raw = await request.read()
    if raw and kind != JSON:
        raise Invalid
    return raw


def member_asked(asked: Asked) -> int | None:
    """Whose DM a request is about."""
    match asked.route:
        case "open":
            return int(asked.body["recipient_id"])
        case "send" | "history":
            return member_of(int(asked.place[0]))
    return None


def _application() -> dict[str, Any]:
    named = {"id": str(APPLICATION), "name": "porchlight", "icon": None, "description": "", "verify_key": "0"}
    return named | {"bot_public": True, "bot_require_code_grant": False, "owner": BOT, "flags": 0}
