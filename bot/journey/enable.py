"""A moderator switches Porchlight on in their server, or off again. They see counts, and never a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.rules.consent import Purpose
from bot.rules.counts import COUNT_EVERY, safe_count
from bot.store import Database, Records
from bot.store.guilds import Guild


@dataclass(frozen=True, slots=True)
class Status:
    """What a moderator may know."""

    is_on: bool
    channel_id: int
    since: datetime
    people: int | None
    """Members who agreed to be counted, rounded; None below ten."""
    counted_at: datetime
    """When they were counted. Nobody is counted anew within a week of that."""


class Enable:
    """Switching on, switching off, and status."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def switch_on(self, guild_id: int, channel_id: int) -> None:
        """From now on members of this server can say yes. The card already stands in that channel."""
        now = self._clock.now()
        await self._database.write(lambda records: records.guilds.enable(guild_id, channel_id, now))

    async def switch_off(self, guild_id: int) -> bool:
        """Nothing more goes out on this server's behalf, from this moment on. False when it was off already."""
        now = self._clock.now()
        return await self._database.write(lambda records: records.guilds.disable(guild_id, now))

    async def is_on(self, guild_id: int) -> bool:
        guild = await self._database.read(lambda records: records.guilds.get(guild_id))
        return guild is not None and guild.is_on

    async def status(self, guild_id: int) -> Status | None:
        """None for a server that was never set up."""
        now = self._clock.now()

        async def work(records: Records) -> Status | None:
            guild = await records.guilds.get(guild_id)
            if guild is None:
                return None
            if guild.counted_at is None or now - guild.counted_at >= COUNT_EVERY:
                guild = await _counted(records, guild, now)
            assert guild.counted_at is not None, "it was counted just now, or before"
            return Status(
                guild.is_on, guild.channel_id, guild.disabled_at or guild.enabled_at, guild.people, guild.counted_at
            )

        return await self._database.write(work)


async def _counted(records: Records, guild: Guild, now: datetime) -> Guild:
    wording = records.questions.wordings[Purpose.COUNTS]
    people = safe_count(await records.consents.count(guild.guild_id, Purpose.COUNTS, wording))
    await records.guilds.note_count(guild.guild_id, people, now)
    return replace(guild, people=people, counted_at=now)
