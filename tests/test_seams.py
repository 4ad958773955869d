"""Where discord.py is not the one we are made for, we stop and say so."""

from __future__ import annotations

from typing import Any

import pytest
from yarl import URL

from bot import seams
from bot.errors import MissingPart


class Route:
    BASE = "https://discord.com/api/v10"


class WebSocket:
    DEFAULT_GATEWAY = URL("wss://gateway.discord.gg/")

    @classmethod
    def from_client(cls, client: Any, *, gateway: URL | None = None) -> None: ...


class NoBase: ...


class NoDefault(WebSocket):
    DEFAULT_GATEWAY = "wss://gateway.discord.gg/"  # type: ignore[assignment]


class NoChoice(WebSocket):
    @classmethod
    def from_client(cls, client: Any) -> None: ...  # type: ignore[override]


def test_the_pinned_discord_py_is_as_expected() -> None:
    seams.check()
    seams.check(Route, WebSocket)


@pytest.mark.parametrize(
    ("route", "websocket", "what"),
    [(NoBase, WebSocket, "Route.BASE"), (Route, NoDefault, "DEFAULT_GATEWAY"), (Route, NoChoice, "takes no gateway")],
)
def test_a_discord_py_of_another_shape_is_refused_by_name(route: type, websocket: type, what: str) -> None:
    with pytest.raises(MissingPart, match=what):
        seams.check(route, websocket)


class State:
    """As much of discord.py's as is touched."""

    def __init__(self, read: Any = None) -> None:
        self.parsers = {} if read is None else {seams.INTERACTION: read}


class Client:
    def __init__(self, state: State) -> None:
        self._connection = state


def test_where_interactions_are_read_elsewhere_it_says_so() -> None:
    with pytest.raises(MissingPart, match="INTERACTION_CREATE is read nowhere"):
        seams.outlive_nonsense(Client(State()), lambda _interaction, _error: None)  # type: ignore[arg-type]


def test_what_cannot_be_read_is_told_and_what_can_be_is_read() -> None:
    told: list[Exception] = []
    read: list[object] = []

    def reads(data: Any) -> None:
        read.append(data["id"])

    state = State(reads)
    seams.outlive_nonsense(Client(state), lambda _interaction, error: told.append(error))  # type: ignore[arg-type]
    for data in ({"id": 1}, {}, None):
        state.parsers[seams.INTERACTION](data)

    assert read == [1]
    assert [type(one) for one in told] == [KeyError, TypeError]
