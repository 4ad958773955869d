"""The only touch of discord.py's internals. Looked at once at start: where discord.py changed, we stop and say so.

Pinned to discord.py 2.7.1; what each touch relies on stands beside it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.errors import MissingPart

INTERACTION: Final = "INTERACTION_CREATE"
EXPECTED: Final = "This version of discord.py is not the one that Porchlight is made for: {what}. Run the pinned one."


def check(route: type[Any] = Route, websocket: type[Any] = DiscordWebSocket) -> None:
    """Raise MissingPart when discord.py's classes are not shaped as the function below expects."""
    if not isinstance(getattr(route, "BASE", None), str):
        raise MissingPart(EXPECTED.format(what="Route.BASE is gone"))
    if not isinstance(getattr(websocket, "DEFAULT_GATEWAY", None), yarl.URL):
        raise MissingPart(EXPECTED.format(what="DiscordWebSocket.DEFAULT_GATEWAY is gone"))
    if "gateway" not in inspect.signature(websocket.from_client).parameters:
        raise MissingPart(EXPECTED.format(what="DiscordWebSocket.from_client takes no gateway"))


def point_to(api_url: str, gateway_url: str | None) -> None:
    """Send REST calls, and the gateway when one is given, to these addresses, for the whole process.

    A gateway that was given stays: Discord names another address in GET /gateway/bot and in every READY, for resuming,
    and discord.py would follow it away from the proxy or test server that the operator chose.
    """
    check()
    Route.BASE = api_url.rstrip("/")
    if gateway_url is None:
        return
    chosen = yarl.URL(gateway_url)
    connect = DiscordWebSocket.from_client.__func__  # type: ignore[attr-defined]

    async def from_client(cls: type[DiscordWebSocket], client: Any, /, **options: Any) -> DiscordWebSocket:
        websocket: DiscordWebSocket = await connect(cls, client, **options | {"gateway": chosen})
        return websocket

    DiscordWebSocket.DEFAULT_GATEWAY = chosen
    DiscordWebSocket.from_client = classmethod(from_client)  # type: ignore[method-assign,assignment]


def outlive_nonsense(
    client: discord.Client, in_vain: Callable[[discord.Interaction[Any] | None, Exception], None]
) -> None:
    """Let an interaction that discord.py cannot read end nothing: `in_vain` hears of it, and of whom it came from.

    discord.py reads events in the course of the connection, where an exception ends the whole process.
    """
    state = client._connection  # noqa: SLF001 - this is the place for it
    read = state.parsers.get(INTERACTION)
    if read is None:
        raise MissingPart(EXPECTED.format(what=f"{INTERACTION} is read nowhere"))

    def read_or_hear(data: Any) -> None:
        try:
            read(data)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, everybody else goes on
            in_vain(_whoever(data, state), error)

    state.parsers[INTERACTION] = read_or_hear


def _whoever(data: Any, state: Any) -> discord.Interaction[Any] | None:
    """The interaction, where at least its envelope can be read."""
    try:
        return discord.Interaction(data=data, state=state)
    except Exception:  # noqa: BLE001 - then it comes from nobody
        return None
