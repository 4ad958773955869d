"""What Discord's answers say besides what they were asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession, web

from bot.journey.traffic import Heard
from bot.listening import listener, of

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


async def test_every_answer_of_a_session_is_heard() -> None:
    app, heard = web.Application(), list[Heard]()
    app.router.add_get("/fine", answer_200)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with ClientSession(trace_configs=[listener(heard.append)]) as session:
        for path in ("fine", "missing", "fine"):
            async with session.get(f"http://{host}:{port}/{path}"):
                pass
    await runner.cleanup()

    assert [one.status for one in heard] == [200, 404, 200]
    assert all(one.time is not None for one in heard)


async def answer_200(_request: web.Request) -> web.Response:
    return web.Response(text="fine")
