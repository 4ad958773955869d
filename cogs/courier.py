"""Carrying letters over Discord, once. Law: whatever Discord or the way to it does becomes an outcome; none raises.

What each answer of Discord means, and why a lost answer means nothing certain: docs/delivery.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, TypeVar

import aiohttp
import discord
import structlog

from bot.client import Porchlight
from bot.journey.courier import Courier, LastLook, Letter, SendOutcome
from bot.journey.traffic import Traffic
from bot.journey.tries import TooLate, Tries
from bot.rules.delivery import CLOCK_DOUBT, LOOK_THROUGH, NEVER, Absent, NotNow, Sent, Unreachable, Unsure
from bot.rules.opens import CLOSED_FOR
from cogs._ui.letters import letter_screen

T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)

CANNOT_SEND_TO_USER: Final = 50007
NO_MUTUAL_GUILDS: Final = 50278
UNKNOWN_USER: Final = 10013
UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
OPENING_DMS_TOO_FAST: Final = 40003
GONE: Final = frozenset({CANNOT_SEND_TO_USER, NO_MUTUAL_GUILDS, UNKNOWN_USER})

# What is raised when an answer never came. aiohttp's own errors are not OSErrors, nor the other way round.
LOST: Final = (TimeoutError, aiohttp.ClientError, OSError)

# What discord.py raises over an answer that is whole and makes no sense: half a JSON, a web page, a message without id.
SENSELESS: Final = (ValueError, TypeError, LookupError, AttributeError)

# However a question to Discord ended without an answer to it.
UNANSWERED: Final = (*LOST, *SENSELESS, discord.DiscordException)

# Answers that say no, to whoever asked like this.
REFUSALS: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


class DiscordCourier:
    """Sends by the letter's own nonce, and recognises its messages by the ids in their buttons.

    A call that takes too long is left alone, and never cancelled: while Discord holds the whole bot back, discord.py
    closes a gate and sleeps, and a cancelled sleep would leave that gate shut for everybody, for good. It is only kept
    from trying once more.
    """

    def __init__(self, client: Porchlight, traffic: Traffic) -> None:
        self._client = client
        self._traffic = traffic
        self._timeout = traffic.limits.call.total_seconds()
        self._left_alone: set[asyncio.Task[Any]] = set()

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        if letter.channel_id is None:
            return await self._send_opening(letter, last_look)
        deadline = self._deadline()
        outcome = await self._post(letter, letter.channel_id, deadline)
        # The channel we knew may be gone. Opening it anew costs one call, and only ever one.
        return outcome or await self._send_opening(letter, last_look, deadline)

    async def _send_opening(self, letter: Letter, last_look: LastLook, deadline: float | None = None) -> SendOutcome:
        """Open the DM, look again, and send. To wait until it may be opened takes nothing from the call's own time."""
        if wait := await self._traffic.ask_to_open():
            return NotNow(wait)
        deadline = deadline or self._deadline()
        channel_id = await self._open_channel(letter.member_id, deadline)
        if not isinstance(channel_id, int):
            return channel_id
        return await last_look() or await self._post(letter, channel_id, deadline) or NotNow()

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        if letter.channel_id is None and await self._traffic.ask_to_open():
            return Unsure()
        deadline = self._deadline()
        channel_id = letter.channel_id or await self._open_channel(letter.member_id, deadline)
        if not isinstance(channel_id, int):
            return Unsure()
        try:
            found = await self._within(deadline, self._look(letter, channel_id, since))
        except UNANSWERED:
            return Unsure()
        return Absent() if found is None else Sent(channel_id, found)

    async def ask_time(self) -> None:
        with contextlib.suppress(*UNANSWERED):
            await self._within(self._deadline(), self._client.application_info())

    async def _look(self, letter: Letter, channel_id: int, since: datetime) -> int | None:
        """The id of the message that carries the letter's id; None when there is none."""
        channel = self._client.get_partial_messageable(channel_id)
        async for message in channel.history(after=since - CLOCK_DOUBT, limit=LOOK_THROUGH):
            if _carries(message, letter.occurrence_id):
                return message.id
        return None

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._timeout

    async def _within(self, deadline: float, call: Coroutine[Any, Any, T]) -> T:
        """What the call returns or raises. Raises TimeoutError at the deadline, and lets the call end by itself."""
        task = asyncio.ensure_future(call)
        self._left_alone.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        if not task.done():
            raise TimeoutError
        return task.result()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._left_alone.discard(task)
        if not task.cancelled():
            task.exception()  # nobody else may be there to ask for it

    async def _open_channel(self, member_id: int, deadline: float) -> int | Unreachable | NotNow:
        try:
            channel = await self._within(deadline, self._client.create_dm(discord.Object(member_id)))
        except discord.HTTPException as error:
            return self._refusal(error, posted=False)
        except UNANSWERED:
            return NotNow()
        return channel.id

    async def _post(
        self, letter: Letter, channel_id: int, deadline: float
    ) -> Sent | Unreachable | NotNow | Unsure | None:
        """The outcome of one POST; None when the channel is gone."""
        view = letter_screen(letter, self._client.library.language(letter.language).words)
        channel = self._client.get_partial_messageable(channel_id)
        call = channel.send(view=view, nonce=letter.occurrence_id, silent=letter.discreet)
        tries = self._traffic.tries(letter.until)
        try:
            message = await self._within(deadline, tries.of(call))
        except TooLate:
            return NotNow(posted=tries.made > 0)
        except discord.RateLimited as error:
            return NotNow(timedelta(seconds=error.retry_after), tries.may_have_arrived)
        except discord.HTTPException as error:
            return self._outcome(error, channel_id, tries)
        except aiohttp.ClientConnectorError:
            return NotNow(posted=tries.may_have_arrived)
        except LOST:
            return Unsure()
        except SENSELESS:
            if not tries.made:
                raise  # nobody was asked, so it is no answer
            log.warning("courier.senseless")
            return Unsure()
        finally:
            # Minutes later its nonce may be forgotten, and its member may have stopped.
            tries.end()
        return Sent(channel_id, message.id)

    def _outcome(
        self, error: discord.HTTPException, channel_id: int, tries: Tries
    ) -> Sent | Unreachable | NotNow | Unsure | None:
        if error.code == UNKNOWN_CHANNEL:
            return None
        if error.code == UNKNOWN_MESSAGE:
            # The nonce was known, and its message has been deleted since: it had arrived.
            return Sent(channel_id, None)
        if error.code in GONE:
            # What was asked once, or by a way that counts nothing, has had this one answer.
            return Unreachable(posted=tries.made > 1)
        return self._refusal(error, posted=tries.may_have_arrived) if error.status in REFUSALS else Unsure()

    def _refusal(self, error: discord.HTTPException, *, posted: bool) -> Unreachable | NotNow:
        """What a no means. Blocked members are never tried again by ourselves.

        The no is discord.py's last word; before it, it may have tried by itself, and that may have arrived.
        """
        if error.code in GONE:
            return Unreachable()
        if error.code == OPENING_DMS_TOO_FAST:
            self._traffic.opened_too_fast()
            return NotNow(CLOSED_FOR, posted)
        if error.status == HTTPStatus.BAD_REQUEST:
            # So was the same letter in each try before: none of them has arrived.
            log.error("courier.malformed", code=error.code)
            return NotNow(NEVER)
        log.warning("courier.refused", status=error.status, code=error.code)
        return NotNow(posted=posted)


def _carries(message: discord.Message, occurrence_id: str) -> bool:
    return any(occurrence_id in str(component.to_dict()) for component in message.components)


def build(client: Porchlight, traffic: Traffic) -> Courier:
    """The courier of this client. `traffic.limits.call` bounds each letter, with all of its calls."""
    return DiscordCourier(client, traffic)
