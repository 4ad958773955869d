"""Guilds: where Porchlight was switched on, and where its card stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import guild

OFF: Final = select(guild.c.guild_id).where(
    guild.c.guild_id.in_(bindparam("ids", expanding=True)), guild.c.disabled_at.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Guild:
    guild_id: int
    channel_id: int
    enabled_at: datetime
    disabled_at: datetime | None
    people: int | None
    """Who agreed to be counted, rounded, as of `counted_at`; None below ten."""
    counted_at: datetime | None

    @property
    def is_on(self) -> bool:
        return self.disabled_at is None


class Guilds:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, guild_id: int) -> Guild | None:
        row = (await self._connection.execute(select(guild).where(guild.c.guild_id == guild_id))).mappings().first()
        return None if row is None else Guild(**row)

    async def enable(self, guild_id: int, channel_id: int, now: datetime) -> None:
        fresh = {"channel_id": channel_id, "enabled_at": now, "disabled_at": None}
        statement = insert(guild).values(guild_id=guild_id, **fresh)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=[guild.c.guild_id], set_=fresh))

    async def disable(self, guild_id: int, now: datetime) -> bool:
        """False when it was off already."""
        result = await self._connection.execute(
            update(guild).where(guild.c.guild_id == guild_id, guild.c.disabled_at.is_(None)).values(disabled_at=now)
        )
        return result.rowcount > 0

    async def disabled_among(self, guild_ids: Collection[int]) -> frozenset[int]:
        """Those of these guilds that have Porchlight switched off."""
        if not guild_ids:
            return frozenset()
        rows = await self._connection.execute(OFF, {"ids": [*guild_ids]})
        return frozenset(rows.scalars())

    async def note_count(self, guild_id: int, people: int | None, now: datetime) -> None:
        """Note what the moderators are shown: a rounded number, or none."""
        await self._connection.execute(
            update(guild).where(guild.c.guild_id == guild_id).values(people=people, counted_at=now)
        )
