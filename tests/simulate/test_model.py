"""The model Discord does what docs/delivery.md takes Discord to do, and knows nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from bot.content.library import Library
from bot.journey.courier import Letter, NudgeNote
from bot.journey.traffic import Heard
from bot.journey.tries import TooLate, Tries
from bot.rules.delivery import Absent, NotNow, Sent, Unreachable, Unsure
from bot.rules.occurrence import Kind, occurrence_id
from bot.simulate.faults import CALM, stream
from bot.simulate.fuse import Fuse
from bot.simulate.history import Arrival, History
from bot.simulate.model import NONCE_MEMORY, ModelDiscord
from bot.simulate.timeline import SkewedClock, Timeline, VirtualLoop

ROBIN = 10**17


class Table:
    """A model Discord on a table, and one letter to send."""

    def __init__(self, library: Library) -> None:
        self.timeline, self.history, self.seen = Timeline(), History(), list[Arrival]()
        self.discord = ModelDiscord(
            self.timeline, self.history, stream(1, "discord"), CALM, self.seen.append, self.note_later
        )
        nudge = library.language("en").nudges[0]
        name = occurrence_id(ROBIN, Kind.NUDGE, "2026-01-06")
        self.letter = Letter(ROBIN, 1, name, "en", discreet=False, says=NudgeNote(nudge))
        self.fuse = Fuse(lambda _point: None)
        self.heard = list[Heard]()

    def note_later(self, at: float, happens: Callable[[], None]) -> None:
        """As in a world: it happens then, if the test lets that much time pass."""
        asyncio.get_running_loop().call_at(at, happens)

    async def send(self, course: str = "fine") -> Sent | Unreachable | NotNow | Unsure | None:
        self.discord.next_courses = [course]
        return await self.discord.post(self.letter, self.timeline.seconds, self.fuse, self.heard.append, self.tries())

    def tries(self) -> Tries:
        return Tries(SkewedClock(self.timeline), self.letter.until)

    async def look(self, back: float = 60) -> Sent | Absent | Unsure:
        return await self.discord.look(self.letter, self.timeline.instant - timedelta(seconds=back), self.heard.append)

    def play(self, life: Callable[[], Awaitable[Any]]) -> Any:
        async def played() -> Any:
            return await life()

        loop = VirtualLoop(self.timeline)
        try:
            return loop.run_until_complete(played())
        finally:
            loop.close()


@pytest.fixture
def table(library: Library) -> Table:
    return Table(library)


COURSES = (
    ("fine", Sent, 1),
    ("slow", Sent, 1),
    ("refused", NotNow, 0),
    ("channel_gone", type(None), 0),
    ("refused_after_all", NotNow, 1),
    ("lost_before", Unsure, 0),
    ("lost_after", Unsure, 1),
    ("malformed", NotNow, 0),
)


@pytest.mark.parametrize(("course", "answer", "arrivals"), COURSES)
def test_what_is_answered_and_what_is_true_are_two_things(
    table: Table, course: str, answer: type, arrivals: int
) -> None:
    assert isinstance(table.play(lambda: table.send(course)), answer)
    assert len(table.seen) == arrivals


def test_a_429_is_waited_out_inside_of_the_call_or_said_and_always_heard(table: Table) -> None:
    """What discord.py waits out by itself is heard as well, though the call goes through in the end."""
    answers = set[type]()

    async def life() -> None:
        for _ in range(60):
            table.heard.clear()
            begun, before = table.timeline.seconds, len(table.seen)
            answer = await table.send("limited")
            answers.add(type(answer))
            no = next(one for one in table.heard if one.status == HTTPStatus.TOO_MANY_REQUESTS)
            match answer:
                case Sent():
                    assert [one.status for one in table.heard] == [HTTPStatus.TOO_MANY_REQUESTS, 200]
                    assert no.wait is not None
                    assert timedelta(seconds=table.timeline.seconds - begun) > no.wait
                case Unsure():
                    await asyncio.sleep(60)
                    table.discord.catch_up()
                case NotNow(wait, posted):
                    assert (wait, posted) == (no.wait, False), "it was the only try"
            assert len(table.seen) - before == (0 if isinstance(answer, NotNow) else 1)
            await asyncio.sleep(NONCE_MEMORY + 1)

    table.play(life)

    assert answers == {Sent, Unsure, NotNow}


def test_no_try_leaves_after_the_end_of_its_letter_not_even_one_that_was_left_alone(table: Table) -> None:
    async def life() -> None:
        for _ in range(60):
            end = table.timeline.seconds + 0.15
            table.letter = replace(table.letter, until=table.timeline.at(end))
            with suppress(TooLate):
                await table.send("limited")
            await asyncio.sleep(60)
            with pytest.raises(TooLate):
                await table.send()

    table.play(life)

    assert table.seen == []


def test_while_it_refuses_everything_each_no_is_heard(table: Table) -> None:
    async def life() -> None:
        table.discord.is_refusing = True
        assert await table.send() == NotNow()
        assert await table.look() == Unsure()

    table.play(life)

    assert {one.status for one in table.heard} <= {403, 429}
    assert len(table.heard) == 2
    assert table.seen == []


def test_what_was_left_alone_may_arrive_later(table: Table) -> None:
    async def life() -> None:
        assert await table.send("late") == Unsure()
        assert table.seen == []
        await asyncio.sleep(60)
        assert isinstance(await table.look(back=100), Sent)

    table.play(life)

    assert len(table.seen) == 1


def test_what_is_under_way_when_the_process_dies_arrives_all_the_same(table: Table) -> None:
    async def life() -> None:
        call = asyncio.ensure_future(table.send("slow"))
        await asyncio.sleep(0.01)
        call.cancel()

    table.play(life)
    table.timeline.seconds += 30
    table.discord.catch_up()

    assert len(table.seen) == 1


@pytest.mark.parametrize(("apart", "arrivals"), [(10, 1), (NONCE_MEMORY - 10, 1), (NONCE_MEMORY + 10, 2)])
def test_a_nonce_is_remembered_for_minutes_and_no_longer(table: Table, apart: float, arrivals: int) -> None:
    async def life() -> None:
        first = await table.send()
        await asyncio.sleep(apart)
        again = await table.send()
        assert (first == again) is (arrivals == 1)

    table.play(life)

    assert len(table.seen) == arrivals


def test_the_history_shows_what_was_taken_and_not_what_came_long_before(table: Table) -> None:
    async def life() -> None:
        assert await table.look() == Absent()
        sent = await table.send()
        assert await table.look() == sent
        await asyncio.sleep(3_600)
        assert await table.look(back=60) == Absent()
        assert await table.look(back=3_600) == sent

    table.play(life)


def test_nothing_gets_through_to_closed_dms_nor_in_an_outage(table: Table) -> None:
    async def life() -> None:
        table.discord.closed.add(ROBIN)
        assert await table.send() == Unreachable()
        table.discord.closed.clear()
        table.discord.is_out = True
        answers = [await table.send() for _ in range(20)]
        assert {type(answer) for answer in answers} == {NotNow, Unsure}
        assert await table.look() == Unsure()

    table.play(life)

    assert len(table.seen) <= 1, "an outage takes one in thirty, and answers none"


def test_a_dm_that_is_not_open_yet_can_be_refused_by_itself(table: Table) -> None:
    table.letter = replace(table.letter, channel_id=None)

    answer = table.play(lambda: table.send("opening_too_fast"))

    assert isinstance(answer, NotNow)
    assert not answer.posted
    assert table.seen == []
