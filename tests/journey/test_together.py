"""Things that are asked for at the same time are done in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.journey.together import MOST, Together


class Kitchen:
    """Doubles numbers. Minus one is at fault; while `shut`, it takes its time."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.busy = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def double(self, numbers: Sequence[int]) -> Sequence[int]:
        self.goes.append(list(numbers))
        self.busy.set()
        await self.open.wait()
        if -1 in numbers:
            raise ValueError("minus one")
        return [2 * number for number in numbers]


async def test_what_comes_together_is_done_together_and_each_gets_its_own() -> None:
    kitchen = Kitchen()
    together = Together(kitchen.double)

    assert await asyncio.gather(*(together.ask(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert kitchen.goes == [[0, 1, 2, 3, 4]]


async def test_what_is_asked_for_meanwhile_waits_for_the_next_go() -> None:
    kitchen = Kitchen()
    together = Together(kitchen.double)
    kitchen.open.clear()
    first = asyncio.create_task(together.ask(1))
    await kitchen.busy.wait()
    rest = [asyncio.create_task(together.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0)

    kitchen.open.set()

    assert await asyncio.gather(first, *rest) == [2, 4, 6]
    assert kitchen.goes == [[1], [2, 3]]


async def test_one_go_has_its_bounds() -> None:
    kitchen = Kitchen()
    together = Together(kitchen.double)

    await asyncio.gather(*(together.ask(number) for number in range(MOST + 1)))

    assert [len(go) for go in kitchen.goes] == [MOST, 1]


async def test_one_that_is_at_fault_spoils_it_for_nobody_else() -> None:
    together = Together(Kitchen().double)

    found = await asyncio.gather(*(together.ask(number) for number in (1, -1, 3)), return_exceptions=True)

    assert [found[0], found[2]] == [2, 6]
    assert isinstance(found[1], ValueError)
    assert await together.ask(4) == 8


async def test_who_does_not_wait_any_more_is_no_trouble() -> None:
    kitchen = Kitchen()
    together = Together(kitchen.double)
    kitchen.open.clear()
    left = [asyncio.create_task(together.ask(number)) for number in (1, -1)]
    await kitchen.busy.wait()
    for task in left:
        task.cancel()
    stayed = asyncio.create_task(together.ask(5))
    kitchen.open.set()

    assert await stayed == 10
    with pytest.raises(asyncio.CancelledError):
        await left[0]


async def test_who_leaves_while_somebody_else_is_done_is_no_trouble_either() -> None:
    kitchen = Kitchen()
    together = Together(kitchen.double)
    kitchen.open.clear()
    left, stayed = (asyncio.create_task(together.ask(number)) for number in (1, 2))
    await kitchen.busy.wait()
    left.cancel()
    kitchen.open.set()

    assert await stayed == 4
