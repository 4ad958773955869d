"""A moderator switches Porchlight on in their server, or off again. They see counts, and never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.rules.counts import safe_count
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Status:
    """What a moderator may know."""

    is_on: bool
    channel_id: int
    since: datetime
    people: int | None
    """Members who agreed to be counted, rounded; None below ten."""


class Enable:
    """Switching on, switching off, and status."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def switch_on(self, guild_id: int, channel_id: int, card_message_id: int) -> None:
        """From now on members of this server can say yes. The card already stands in that channel."""
        now = self._clock.now()

        async def work(records: Records) -> None:
            await records.guilds.enable(guild_id, channel_id, card_message_id, now)

        await self._database.write(work)

    async def switch_off(self, guild_id: int) -> bool:
        """Nothing more goes out on this server's behalf, from this moment on. False when it was off already."""
        now = self._clock.now()

        async def work(records: Records) -> bool:
            return await records.guilds.disable(guild_id, now)

        return await self._database.write(work)

    async def is_on(self, guild_id: int) -> bool:
        status = await self.status(guild_id)
        return status is not None and status.is_on

    async def status(self, guild_id: int) -> Status | None:
        """None for a server that was never set up."""

        async def work(records: Records) -> Status | None:
            guild = await records.guilds.get(guild_id)
            if guild is None:
                return None
            people = safe_count(await records.guilds.counted_members(guild_id))
            return Status(guild.is_on, guild.channel_id, guild.disabled_at or guild.enabled_at, people)

        return await self._database.read(work)
