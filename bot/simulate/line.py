"""The courier of one process, over the model of Discord; it dies with its process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.journey.courier import Letter
from bot.journey.traffic import Heard, Traffic
from bot.journey.tries import TooLate
from bot.rules.delivery import Absent, NotNow, Sent, Unsure
from bot.simulate.courses import QUICK, TOO_FAST_WAIT, SendAnswer
from bot.simulate.fuse import Fuse, Point
from bot.simulate.model import ModelDiscord


class Line:
    """What it hears besides an answer, it tells `Traffic`, as the real one does."""

    def __init__(self, discord: ModelDiscord, fuse: Fuse, traffic: Traffic) -> None:
        self._discord = discord
        self._fuse = fuse
        self._traffic = traffic

    async def send(self, letter: Letter) -> SendAnswer:
        if wait := await self._wait_to_open(letter):
            return NotNow(wait)
        answer = await self._post(letter)
        if answer is not None:
            return answer
        # The channel is gone. Opening it anew costs one call, and only ever one.
        anew = replace(letter, channel_id=None)
        if wait := await self._wait_to_open(anew):
            return NotNow(wait)
        return await self._post(anew) or NotNow()

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        if await self._wait_to_open(letter):
            return Unsure()
        self._fuse.passes(Point.LOOKING)
        found = await self._discord.look(letter, since, self._hear)
        self._fuse.refuse_dead()
        return found

    async def ask_time(self) -> None:
        await self.log_in()

    async def log_in(self) -> bool:
        """Whether Discord answers at all."""
        await asyncio.sleep(QUICK)
        self._fuse.refuse_dead()
        if self._discord.is_out:
            return False
        self._traffic.heard(Heard(200, self._discord.time))
        return True

    async def _wait_to_open(self, letter: Letter) -> timedelta:
        return await self._traffic.ask_to_open() if letter.channel_id is None else timedelta()

    async def _post(self, letter: Letter) -> SendAnswer | None:
        self._fuse.passes(Point.BEFORE_POST)
        tries = self._traffic.tries(letter.until)
        try:
            answer = await self._discord.post(letter, self._fuse, self._hear, tries)
        except TooLate:
            return NotNow(posted=tries.made > 0)
        self._fuse.passes(Point.AFTER_ANSWER)
        if isinstance(answer, NotNow) and answer.wait == TOO_FAST_WAIT:
            self._traffic.opened_too_fast()
        return answer

    def _hear(self, answer: Heard) -> None:
        self._fuse.refuse_dead()
        self._traffic.heard(answer)
