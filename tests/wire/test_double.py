"""The double keeps Discord's laws, so that no drill passes because its Discord was too kind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from tests.wire.double import Double
from tests.wire.faults import Asked, Ending, Fault, take_and, too_many, web_page
from tests.wire.gateway import TOKEN
from tests.wire.limits import Limits
from tests.wire.mail import DM, Deleted, Invalid, Mail, moment_of, snowflake

NOW = 1_800_000_000.0


def body(nonce: str, **more: Any) -> bytes:
    return json.dumps({"content": "hello", "nonce": nonce, "enforce_nonce": True} | more).encode()


@pytest.fixture
def mail() -> Mail:
    return Mail()


class Caller:
    """A bot with nothing but a token."""

    def __init__(self, double: Double, session: aiohttp.ClientSession) -> None:
        self._base = f"http://127.0.0.1:{double.port}/api/v10"
        self._session = session

    async def post(self, path: str, data: Any, kind: str = "application/json") -> aiohttp.ClientResponse:
        headers = {"Authorization": f"Bot {TOKEN}", "Content-Type": kind}
        answer = await self._session.post(f"{self._base}/{path}", data=json.dumps(data), headers=headers)
        await answer.read()
        return answer


@pytest.fixture
async def caller(double: Double) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(double, session)


def test_a_nonce_is_remembered_for_minutes_and_no_longer(mail: Mail) -> None:
    first = mail.post(DM, body("n"), NOW)

    assert mail.post(DM, body("n"), NOW + 179)["id"] == first["id"]
    assert mail.post(DM, body("n"), NOW + 181)["id"] != first["id"]


def test_a_nonce_that_is_not_to_be_enforced_makes_a_second_message(mail: Mail) -> None:
    first = mail.post(DM, body("n"), NOW)

    assert mail.post(DM, body("n", enforce_nonce=False), NOW + 1)["id"] != first["id"]


def test_a_nonce_whose_message_was_deleted_is_an_error(mail: Mail) -> None:
    mail.delete(int(mail.post(DM, body("n"), NOW)["id"]))

    with pytest.raises(Deleted):
        mail.post(DM, body("n"), NOW + 1)


@pytest.mark.parametrize(
    "broken",
    [
        {"content": "x" * 2_001},
        {"content": ""},
        {"nonce": "n" * 26},
        {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "x" * 101}]}]},
        {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "x"}, {"type": 2, "custom_id": "x"}]}]},
        {"flags": 1 << 15},
    ],
)
def test_what_discord_would_not_take_is_not_taken(mail: Mail, broken: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        mail.post(DM, body(**{"nonce": "n"} | broken), NOW)


def test_history_comes_the_newest_first_in_pages_that_follow_each_other(mail: Mail) -> None:
    ids = [mail.post(DM, body(str(n)), NOW + n)["id"] for n in range(5)]

    assert [one["id"] for one in mail.history(DM, {}, NOW + 9)] == ids[::-1]
    assert [one["id"] for one in mail.history(DM, {"after": ids[0], "limit": "2"}, NOW + 9)] == [ids[2], ids[1]]
    assert [one["id"] for one in mail.history(DM, {"before": ids[2], "limit": "1"}, NOW + 9)] == [ids[1]]
    with pytest.raises(Invalid):
        mail.history(DM, {"limit": "101"}, NOW)


def test_history_may_lag_behind(mail: Mail) -> None:
    mail.history_lag = 2
    mail.post(DM, body("n"), NOW)

    assert mail.history(DM, {}, NOW + 1) == []
    assert len(mail.history(DM, {}, NOW + 3)) == 1


def test_ids_tell_their_moment() -> None:
    assert moment_of(snowflake(NOW, 3)) == NOW


def asks(route: str, *at: float) -> Iterator[Asked]:
    return (Asked(one, "POST", route, ("7",), b"", n) for n, one in enumerate(at, 1))


def test_the_global_limit_counts_any_second_and_spares_answers_to_interactions() -> None:
    limits = Limits(per_second=2)

    said = [limits.check(one) for one in asks("send", NOW, NOW + 0.9, NOW + 0.95, NOW + 2)]
    assert [fault is not None for fault in said] == [False, False, True, False]
    assert said[2] is not None
    assert said[2].headers["X-RateLimit-Global"] == "true"
    assert [limits.check(one) for one in asks("callback", *[NOW + 2] * 9)] == [None] * 9
    assert (limits.given, limits.peak) == (1, 3)


def test_what_waited_because_the_double_itself_stood_still_is_not_held_against_the_bot() -> None:
    """The second one waited for up to 0.4 seconds, so it may have come in long before the third one."""
    limits = Limits(per_second=2)
    first, second, third, at_once = asks("send", NOW, NOW + 0.9, NOW + 1, NOW + 1.3)

    assert [limits.check(one) for one in (first, second)] == [None, None]
    limits.stood_still(NOW + 0.9, 0.4)
    assert limits.check(third) is None
    assert limits.check(at_once) is not None, "a stall excuses as much as it took, and no more"


def test_many_short_waits_excuse_no_more_than_the_longest_of_them() -> None:
    """A timer is always a little late. Added up, that would be a good part of each second."""
    limits = Limits(per_second=2)
    for beat in range(50):
        limits.stood_still(NOW + beat / 50, 0.01)

    said = [limits.check(one) for one in asks("send", NOW + 0.1, NOW + 0.2, NOW + 1)]

    assert [fault is not None for fault in said] == [False, False, True]


def test_a_limit_of_a_route_is_told_in_headers_and_kept_per_channel() -> None:
    limits = Limits(buckets={"send": (2, 5.0)})

    said = [limits.check(one) for one in asks("send", NOW, NOW, NOW, NOW + 5.1)]

    assert [fault is not None for fault in said] == [False, False, True, False]
    told = limits.headers(next(asks("send", NOW + 5.1)))
    assert (told["X-RateLimit-Limit"], told["X-RateLimit-Remaining"]) == ("2", "1")
    assert limits.check(Asked(NOW + 5.1, "POST", "send", ("8",), b"", 9)) is None


async def test_answers_are_exactly_json_and_bodies_have_to_be(double: Double, caller: Caller) -> None:
    answer = await caller.post(f"channels/{DM}/messages", json.loads(body("n")))
    assert answer.headers["Content-Type"] == "application/json"
    assert {"Via", "Date", "X-RateLimit-Remaining", "X-RateLimit-Reset-After"} <= set(answer.headers)

    assert (await caller.post(f"channels/{DM}/messages", {}, kind="text/plain")).status == 400
    assert len(double.mail.taken) == 1


async def test_a_wrong_token_is_refused(double: Double) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"http://127.0.0.1:{double.port}/api/v10/users/@me")

    assert answer.status == 401


async def test_what_was_taken_is_there_though_its_answer_is_lost(double: Double, caller: Caller) -> None:
    lost = [take_and(Ending.RESET), take_and(Ending.CUT), take_and(Ending.HALF_CLOSED), Fault(ending=Ending.RESET)]
    double.faults.next("send", *lost)
    for number in range(len(lost)):
        with pytest.raises(aiohttp.ClientError):
            await caller.post(f"channels/{DM}/messages", json.loads(body(str(number))))

    assert len(double.mail.taken) == 3


async def test_silence_lasts(double: Double, caller: Caller) -> None:
    double.faults.next("send", take_and(Ending.SILENCE))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await caller.post(f"channels/{DM}/messages", json.loads(body("n")))
    assert len(double.mail.taken) == 1


async def test_a_429_has_the_shape_that_was_asked_for(double: Double, caller: Caller) -> None:
    double.faults.next("send", too_many(3, scope="global"), too_many(3, scope="shared"), web_page(429))
    path, said = f"channels/{DM}/messages", json.loads(body("n"))

    everybody, shared, page = [await caller.post(path, said) for _ in range(3)]

    assert (await everybody.json())["global"] is True
    assert everybody.headers["Retry-After"] == "3"
    assert shared.headers["X-RateLimit-Scope"] == "shared"
    assert "Via" not in page.headers
    assert page.content_type == "text/html"


async def test_an_interaction_is_acknowledged_once_and_in_time(double: Double, caller: Caller) -> None:
    now = [NOW]
    members = type(double.members)(double.mail, _into_the_void, lambda: now[0], iter(range(5, 99)).__next__)
    one = await members.slash("help", None, 1, {})
    members.acknowledge(one.identity, {"type": 5})
    with pytest.raises(Exception, match="40060"):
        members.acknowledge(one.identity, {"type": 4, "data": {}})
    late = await members.slash("help", None, 1, {})
    now[0] += 3.1
    with pytest.raises(Exception, match="10062"):
        members.acknowledge(late.identity, {"type": 5})
    now[0] += 900
    with pytest.raises(Exception, match="50027"):
        members.edit_answer(f"interaction-{one.identity}", {})


async def _into_the_void(_event: str, _data: Any) -> None:
    """Nobody is connected."""
