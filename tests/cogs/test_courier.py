"""What becomes of a letter when Discord, or the way to it, fails in ways that SimCord does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.content.library import Library
from bot.journey.courier import Courier, Letter, NudgeNote
from bot.journey.traffic import Limits, Traffic
from bot.journey.tries import one_more
from bot.rules.delivery import Absent, HeldBack, NotNow, Obstacle, Sent, Unreachable, Unsure
from cogs.courier import build
from tests.support.house import House

CHANNEL = 42
SINCE = datetime(2026, 6, 1, tzinfo=UTC)


async def may_go() -> None:
    """Nothing keeps it back."""


async def may_not_go() -> HeldBack:
    return HeldBack(Obstacle.STOPPED)


class Line:
    """A client whose every call ends as it is told to: with a value, with an error, or never.

    `tries` is how often a send was tried until it ended; None where nobody knows.
    """

    def __init__(self, library: Library, tries: int | None = None, **ends: Any) -> None:
        self.library = library
        self._tries = tries
        self.calls: list[str] = []
        self.cancelled: list[str] = []
        self.let_go = asyncio.Event()
        self._ends = ends

    def get_partial_messageable(self, _channel_id: int) -> Line:
        return self

    async def create_dm(self, _member: discord.Object) -> Any:
        return await self._end("open")

    async def send(self, **_options: Any) -> Any:
        for _ in range(self._tries or 0):
            one_more()
        return await self._end("send")

    async def application_info(self) -> Any:
        return await self._end("time")

    async def history(self, **_options: Any) -> AsyncIterator[Any]:
        for message in await self._end("look"):
            yield message

    async def _end(self, call: str) -> Any:
        self.calls.append(call)
        end = self._ends.get(call)
        end = end.pop(0) if isinstance(end, list) and call != "look" else end
        if end is NEVER:
            try:
                await self.let_go.wait()
            except asyncio.CancelledError:
                self.cancelled.append(call)
                raise
            raise ConnectionResetError
        if isinstance(end, BaseException):
            raise end
        return end


NEVER = object()
MESSAGE = SimpleNamespace(id=7)


def http_error(status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": ""})


def refused_connection() -> aiohttp.ClientConnectorError:
    key: Any = SimpleNamespace(host="discord", port=443, ssl=True)
    return aiohttp.ClientConnectorError(key, OSError("refused"))


@pytest.fixture
def letter(library: Library) -> Letter:
    nudge = library.languages["en"].nudges[0]
    return Letter(1, CHANNEL, "A" * 24, "en", discreet=False, says=NudgeNote(nudge))


Build = Callable[..., Courier]


@pytest.fixture
def courier(house: House) -> Build:
    """Makes a courier of a line, whose calls may take that many seconds."""

    def of(line: Line, timeout: float = 5, **limits: Any) -> Courier:
        client: Any = line
        bounds = Limits(1_000, 5, 10, timedelta(seconds=timeout), **limits)
        return build(client, Traffic(house.database, house.clock, bounds))

    return of


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (MESSAGE, Sent(CHANNEL, 7)),
        (refused_connection(), NotNow(posted=True)),
        (discord.RateLimited(90), NotNow(timedelta(seconds=90), posted=True)),
        (aiohttp.ServerDisconnectedError(), Unsure()),
        (ConnectionResetError(), Unsure()),
        (http_error(502, 0), Unsure()),
        (http_error(408, 0), Unsure()),
        (http_error(401, 0), NotNow(posted=True)),
        (http_error(403, 50007), Unreachable()),
    ],
)
async def test_how_a_send_ends_decides_whether_it_may_have_arrived(
    library: Library, letter: Letter, courier: Build, end: object, outcome: object
) -> None:
    assert await courier(Line(library, send=end)).send(letter, may_go) == outcome


@pytest.mark.parametrize(("tries", "posted"), [(1, False), (2, True), (None, True)])
@pytest.mark.parametrize("end", [http_error(429, 0), http_error(403, 50001), refused_connection()], ids=repr)
async def test_a_no_is_about_the_last_try_and_says_nothing_about_those_before_it(
    library: Library, letter: Letter, courier: Build, end: object, tries: int | None, posted: bool
) -> None:
    outcome = await courier(Line(library, tries, send=end)).send(letter, may_go)

    assert isinstance(outcome, NotNow)
    assert outcome.posted is posted


@pytest.mark.parametrize(("tries", "posted"), [(1, False), (2, True)])
async def test_closed_dms_say_nothing_about_the_tries_before(
    library: Library, letter: Letter, courier: Build, tries: int, posted: bool
) -> None:
    line = Line(library, tries, send=http_error(403, 50007))

    assert await courier(line).send(letter, may_go) == Unreachable(posted)


async def test_a_letter_whose_time_is_over_is_not_tried(
    library: Library, letter: Letter, courier: Build, house: House
) -> None:
    late = replace(letter, until=house.clock.now())

    assert await courier(Line(library, tries=1, send=MESSAGE)).send(late, may_go) == NotNow()


@pytest.mark.parametrize("error", [ValueError(), TypeError(), KeyError(), AttributeError()], ids=repr)
async def test_an_answer_that_makes_no_sense_is_no_answer(
    library: Library, letter: Letter, courier: Build, error: Exception
) -> None:
    assert await courier(Line(library, tries=1, send=error)).send(letter, may_go) == Unsure()
    assert await courier(Line(library, look=error)).find(letter, SINCE) == Unsure()
    assert await courier(Line(library, open=error)).send(replace(letter, channel_id=None), may_go) == NotNow()
    await courier(Line(library, time=error)).ask_time()


async def test_what_fails_before_anything_was_asked_is_a_fault_and_no_outcome(
    library: Library, letter: Letter, courier: Build
) -> None:
    with pytest.raises(ValueError, match="ours"):
        await courier(Line(library, send=ValueError("ours"))).send(letter, may_go)


async def test_a_send_without_an_answer_may_have_arrived(library: Library, letter: Letter, courier: Build) -> None:
    assert await courier(Line(library, send=NEVER), timeout=0.01).send(letter, may_go) == Unsure()


async def test_a_call_that_takes_too_long_is_left_alone_and_never_cancelled(
    library: Library, letter: Letter, courier: Build
) -> None:
    """A cancelled call can leave discord.py's gate for the whole bot shut, for good."""
    line = Line(library, send=NEVER, look=NEVER, open=NEVER)
    tight = courier(line, timeout=0.01)

    assert await tight.send(letter, may_go) == Unsure()
    assert await tight.find(letter, SINCE) == Unsure()
    assert await tight.send(replace(letter, channel_id=None), may_go) == NotNow()

    assert line.calls == ["send", "look", "open"]
    assert line.cancelled == []


class Stubborn(Line):
    """Tries once more by itself as soon as it may, as discord.py does."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.has_tried = asyncio.Event()

    async def send(self, **_options: Any) -> Any:
        for _ in range(2):
            one_more()
            self.calls.append("try")
            self.has_tried.set()
            await self.let_go.wait()
        return MESSAGE


@pytest.mark.parametrize("how", ["too long", "cancelled"])
async def test_a_call_that_is_left_alone_tries_no_more(
    library: Library, letter: Letter, courier: Build, how: str
) -> None:
    """discord.py tries five times, and each can take a minute; by then the letter was looked for, and sent."""
    line = Stubborn(library)
    if how == "too long":
        assert await courier(line, timeout=0.01).send(letter, may_go) == Unsure()
    else:
        sending = asyncio.create_task(courier(line).send(letter, may_go))
        await line.has_tried.wait()
        sending.cancel()
        await asyncio.wait({sending})

    line.let_go.set()
    for _ in range(5):
        await asyncio.sleep(0)

    assert line.calls == ["try"]


async def test_what_ends_after_nobody_waits_for_it_any_more_troubles_nobody(
    library: Library, letter: Letter, courier: Build
) -> None:
    line = Line(library, send=NEVER)
    assert await courier(line, timeout=0.01).send(letter, may_go) == Unsure()

    line.let_go.set()
    for _ in range(3):
        await asyncio.sleep(0)

    assert line.cancelled == []


async def test_a_dm_that_does_not_open_in_time_was_surely_not_written_in(
    library: Library, letter: Letter, courier: Build
) -> None:
    unopened = replace(letter, channel_id=None)
    line = Line(library, open=NEVER)

    assert await courier(line, timeout=0.01).send(unopened, may_go) == NotNow()
    assert await courier(line, timeout=0.01).find(unopened, SINCE) == Unsure()
    assert "send" not in line.calls


async def test_a_channel_that_is_gone_is_opened_once_and_not_for_ever(
    library: Library, letter: Letter, courier: Build
) -> None:
    gone = http_error(404, 10003)
    line = Line(library, send=[gone, gone], open=SimpleNamespace(id=43))

    assert await courier(line).send(letter, may_go) == NotNow()
    assert line.calls == ["send", "open", "send"]


async def test_a_channel_that_is_gone_and_does_not_open_again_ends_there(
    library: Library, letter: Letter, courier: Build
) -> None:
    line = Line(library, send=http_error(404, 10003), open=http_error(403, 50278))

    assert await courier(line).send(letter, may_go) == Unreachable()


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ([], Absent()),
        (http_error(500, 0), Unsure()),
        (ConnectionResetError(), Unsure()),
        (NEVER, Unsure()),
    ],
)
async def test_looking_says_absent_only_when_it_could_look(
    library: Library, letter: Letter, courier: Build, end: object, outcome: object
) -> None:
    assert await courier(Line(library, look=end), timeout=0.05).find(letter, SINCE) == outcome


async def test_whoever_stops_while_their_dm_is_opened_gets_nothing(
    library: Library, letter: Letter, courier: Build
) -> None:
    unopened = replace(letter, channel_id=None)
    opening = Line(library, open=SimpleNamespace(id=43), send=MESSAGE)
    gone = Line(library, tries=1, open=SimpleNamespace(id=43), send=http_error(404, 10003))

    assert await courier(opening).send(unopened, may_not_go) == HeldBack(Obstacle.STOPPED)
    assert await courier(gone).send(letter, may_not_go) == HeldBack(Obstacle.STOPPED)
    assert opening.calls == ["open"]
    assert gone.calls == ["send", "open"]


async def test_a_dm_that_may_not_be_opened_yet_waits_without_a_call(
    library: Library, letter: Letter, courier: Build
) -> None:
    unopened = replace(letter, channel_id=None)
    line = Line(library, open=SimpleNamespace(id=43), send=MESSAGE)
    governed = courier(line, opens_per_day=1)

    assert await governed.send(unopened, may_go) == Sent(43, 7)
    assert await governed.send(unopened, may_go) == NotNow(timedelta(hours=12))
    assert await governed.find(unopened, SINCE) == Unsure()
    assert line.calls == ["open", "send"]


async def test_when_dms_are_opened_too_fast_none_is_opened_for_ten_minutes_and_open_ones_are_written_in(
    library: Library, letter: Letter, courier: Build
) -> None:
    unopened = replace(letter, channel_id=None)
    line = Line(library, open=http_error(403, 40003), send=MESSAGE)
    governed = courier(line)

    assert await governed.send(unopened, may_go) == NotNow(timedelta(minutes=10))
    assert await governed.send(unopened, may_go) == NotNow(timedelta(minutes=10))
    assert await governed.send(letter, may_go) == Sent(CHANNEL, 7)
    assert line.calls == ["open", "send"]


async def test_asking_for_the_time_never_fails(library: Library, courier: Build) -> None:
    for end in (None, http_error(401, 0), ConnectionResetError(), NEVER):
        line = Line(library, time=end)
        await courier(line, timeout=0.01).ask_time()
        assert line.calls == ["time"]
