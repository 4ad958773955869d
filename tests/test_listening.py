"""What Discord's answers say besides what they were asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession, web

from bot.journey.traffic import Heard
from bot.journey.tries import TooLate, Tries
from bot.listening import listener, of
from tests.support.clock import MovableClock

SEND = ("/", "api", "v10", "channels", "1", "messages")


def test_an_answer_carries_discords_time() -> None:
    heard = of(200, {"Date": "Mon, 23 Nov 2026 09:03:14 GMT"}, SEND)

    assert heard == Heard(200, time=datetime(2026, 11, 23, 9, 3, 14, tzinfo=UTC))


def test_an_objection_says_how_long_to_wait_and_whose_fault_it_is() -> None:
    assert of(429, {"Retry-After": "1.5", "X-RateLimit-Scope": "global"}, SEND) == Heard(
        429, wait=timedelta(seconds=1.5)
    )
    assert of(429, {"Retry-After": "65", "X-RateLimit-Scope": "shared"}, SEND).is_shared


@pytest.mark.parametrize(
    "headers",
    [{"Date": "yesterday"}, {"Date": ""}, {"Retry-After": "soon"}, {"Retry-After": "nan"}, {"Retry-After": "9e99"}, {}],
    ids=str,
)
def test_headers_that_make_no_sense_say_nothing(headers: dict[str, str]) -> None:
    assert of(200, headers, SEND) == Heard(200)


@pytest.mark.parametrize("path", ["interactions/1/token/callback", "webhooks/1/token/messages/@original"])
def test_what_is_asked_with_the_token_of_a_press_is_not_ours(path: str) -> None:
    assert not of(401, {}, ("/", "api", "v10", *path.split("/"))).is_ours


@dataclass
class Line:
    """A session that is listened to, and a server that knows one path."""

    session: ClientSession
    address: str
    heard: list[Heard]

    async def ask(self, *paths: str) -> None:
        for path in paths:
            async with self.session.get(f"{self.address}/{path}"):
                pass


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    app, heard = web.Application(), list[Heard]()
    app.router.add_get("/fine", answer_200)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with ClientSession(trace_configs=[listener(heard.append)]) as session:
        yield Line(session, f"http://{host}:{port}", heard)
    await runner.cleanup()


async def test_every_answer_of_a_session_is_heard(line: Line) -> None:
    await line.ask("fine", "missing", "fine")

    assert [one.status for one in line.heard] == [200, 404, 200]
    assert all(one.time is not None for one in line.heard)


async def test_whatever_is_asked_for_a_letter_is_a_try_of_it_and_nothing_else_is(line: Line) -> None:
    clock = MovableClock()
    tries, others = Tries(clock, None), Tries(clock, None)
    assert tries.may_have_arrived, "nobody knows how often it was tried"

    await asyncio.gather(
        asyncio.create_task(tries.of(line.ask("fine"))), asyncio.create_task(others.of(line.ask("fine", "fine")))
    )
    await line.ask("fine")

    assert (tries.made, others.made) == (1, 2)
    assert (tries.may_have_arrived, others.may_have_arrived) == (False, True)


async def test_from_the_end_of_its_time_on_no_try_of_a_letter_leaves_and_everything_else_does(line: Line) -> None:
    clock = MovableClock()
    tries = Tries(clock, clock.now() + timedelta(seconds=10))
    clock.move(seconds=9)
    await asyncio.create_task(tries.of(line.ask("fine")))
    clock.move(seconds=1)

    with pytest.raises(TooLate):
        await asyncio.create_task(tries.of(line.ask("fine")))
    await line.ask("fine")

    assert tries.made == 1
    assert len(line.heard) == 2


async def answer_200(_request: web.Request) -> web.Response:
    return web.Response(text="fine")
