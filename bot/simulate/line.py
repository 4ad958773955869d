"""The courier of one process, over the model of Discord; it dies with its process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.journey.courier import LastLook, Letter, SendOutcome
from bot.journey.traffic import Heard, Traffic
from bot.journey.tries import TooLate
from bot.rules.delivery import Absent, NotNow, Sent, Unsure
from bot.rules.opens import CLOSED_FOR
from bot.simulate.courses import QUICK, SendAnswer
from bot.simulate.fuse import Fuse, Point
from bot.simulate.model import ModelDiscord


class Line:
    """What it hears besides an answer, it tells `Traffic`, as the real one does."""

    def __init__(self, discord: ModelDiscord, fuse: Fuse, traffic: Traffic) -> None:
        self._discord = discord
        self._fuse = fuse
        self._traffic = traffic

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        if letter.channel_id is None:
            return await self._send_opening(letter, last_look)
        answer = await self._post(letter)
        # The channel may be gone. Opening it anew costs one call, and only ever one.
        return answer or await self._send_opening(replace(letter, channel_id=None), last_look)

    async def _send_opening(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        if wait := await self._traffic.ask_to_open():
            return NotNow(wait)
        return await last_look() or await self._post(letter) or NotNow()

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        if letter.channel_id is None and await self._traffic.ask_to_open():
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

    async def _post(self, letter: Letter) -> SendAnswer | None:
        handed_over = self._discord.seconds
        self._fuse.passes(Point.BEFORE_POST)
        tries = self._traffic.tries(letter.until)
        try:
            answer = await self._discord.post(letter, handed_over, self._fuse, self._hear, tries)
        except TooLate:
            return NotNow(posted=tries.made > 0)
        self._fuse.passes(Point.AFTER_ANSWER)
        if isinstance(answer, NotNow) and answer.wait == CLOSED_FOR:
            self._traffic.opened_too_fast()
        return answer

    def _hear(self, answer: Heard) -> None:
        self._fuse.refuse_dead()
        self._traffic.heard(answer)
