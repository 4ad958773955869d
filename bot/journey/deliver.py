"""What is due goes out: claim it, carry it, write down what became of it.

Three moments, each of which may be the last one before a crash (docs/delivery.md):

    claim   one transaction: the occurrence exists, is ours, and has a first try (`claims`)
    carry   it is looked at again, then one POST, recognisable by its id (`carrying`)
    settle  one transaction: the outcome, unless somebody else has the claim by now (`carrying`)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.carrying import Carrier
from bot.journey.claims import Claims
from bot.journey.courier import Courier
from bot.journey.mending import Mending
from bot.journey.traffic import Hold, Traffic
from bot.rules.occurrence import State
from bot.store import Database, Records
from bot.store.occurrences import Claimed

# While nothing may be sent, this is how often we look whether that has changed.
LOOK_WHILE_HELD: Final = timedelta(seconds=15)

# While the last letters are on their way, this is how often we look for what has become due in the meantime.
LOOK_WHILE_CARRYING_SECONDS: Final = 1.0


def _silently() -> None:
    """Nobody watches."""


class Deliver:
    def __init__(self, database: Database, clock: Clock, library: Library, courier: Courier, traffic: Traffic) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._traffic = traffic
        self._claims = Claims(database, clock, library)
        self._carrier = Carrier(database, clock, library, courier, traffic)
        self._mending = Mending(database, clock)
        self._slots = asyncio.Semaphore(traffic.limits.at_once)
        self._slots_for_more_tries = asyncio.Semaphore(max(1, traffic.limits.at_once // 2))
        self._stopping = False

    async def begin(self) -> None:
        """Once, at start: whatever an earlier process had claimed is free to be taken over."""
        await self._claims.release()

    def stop(self) -> None:
        """Claim nothing more. What is being carried is finished."""
        self._stopping = True

    async def run(self, alive: Callable[[], None] = _silently) -> datetime | None:
        """Deliver all that is due now. Returns when to look again, or None.

        It goes on until nothing is due, and claims more while the last letters are still on their way. It calls `alive`
        after each letter and after each full batch, which may be let go as a whole.
        """
        await self._database.finish_errands()
        if await self._is_held():
            return self._clock.now() + LOOK_WHILE_HELD
        await self._mending.mend()
        hands = Hands()
        async with asyncio.TaskGroup() as carriers:
            while True:
                free = await hands.free(self._traffic.in_hand_at_most)
                # Asked after waiting, right before claiming: the clock may have been set meanwhile.
                if self._stopping or await self._hold() is not None:
                    break
                batch = await self._claims.take_due(free.for_all, free.for_more_tries)
                for claimed in batch.claimed:
                    hands.take(claimed)
                    carriers.create_task(self._carry(claimed, partial(hands.put, claimed), alive))
                if batch.is_full:
                    alive()
                elif await hands.are_empty(LOOK_WHILE_CARRYING_SECONDS) and free.for_more_tries:
                    break
        return await self.next_due()

    async def next_due(self) -> datetime | None:
        """When something is due next; None when nothing is."""
        return await self._database.read(_first_due)

    async def send_now(self, occurrence_id: str) -> State:
        """Deliver that one, which is waiting, and say what became of it."""
        if await self._hold() is None:
            claimed = await self._claims.take_one(occurrence_id)
            if claimed is not None:
                await self._carry(claimed)
        after = await self._database.read(lambda records: records.occurrences.get(occurrence_id))
        return State.DISSOLVED if after is None else after.state

    async def _carry(self, claimed: Claimed, *afterwards: Callable[[], None]) -> None:
        try:
            async with self._slots_for_more_tries if claimed.is_tried_again else nullcontext(), self._slots:
                await self._carrier.carry(claimed)
        finally:
            for call in afterwards:
                call()

    async def _hold(self) -> Hold | None:
        """Why nothing may be claimed now; None when it may."""
        await self._traffic.ask_the_disk()
        return self._traffic.hold()

    async def _is_held(self) -> bool:
        """Whether nothing may be sent. Where the clock is doubted, Discord is asked for the time."""
        held = await self._hold()
        if held is Hold.CLOCK:
            await self._courier.ask_time()
            held = self._traffic.hold()
        if self._traffic.was_doubted():
            self._mending.ask_for_it()
        return held is not None


@dataclass(frozen=True, slots=True)
class FreeHands:
    """How many letters can be taken in hand, and how many of them may have been tried before."""

    for_all: int
    for_more_tries: int


class Hands:
    """How many letters are in hand. There is room for more once half of them are on their way to being settled.

    Those that were tried before fill no more than half: where they hang, new ones still get through.
    """

    def __init__(self) -> None:
        self._held = 0
        self._held_again = 0
        self._changed = asyncio.Event()

    def take(self, claimed: Claimed) -> None:
        self._held += 1
        self._held_again += claimed.is_tried_again

    def put(self, claimed: Claimed) -> None:
        self._held -= 1
        self._held_again -= claimed.is_tried_again
        self._changed.set()

    async def free(self, most: int) -> FreeHands:
        """Wait until at least half of `most` is free; how much that is."""
        while self._held * 2 > most:
            self._changed.clear()
            await self._changed.wait()
        return FreeHands(most - self._held, max(0, max(1, most // 2) - self._held_again))

    async def are_empty(self, within: float) -> bool:
        """Wait until nothing is in hand, `within` seconds at the most; whether that is so."""
        try:
            async with asyncio.timeout(within):
                while self._held:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True


async def _first_due(records: Records) -> datetime | None:
    times = [await records.plans.first_due_at(), await records.occurrences.first_wake_at()]
    return min((time for time in times if time is not None), default=None)
