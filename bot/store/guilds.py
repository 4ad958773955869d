"""Servers: where Porchlight was switched on, and where its card stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.consent import Purpose
from bot.store.schema import consent, guild, member


@dataclass(frozen=True, slots=True)
class Guild:
    guild_id: int
    channel_id: int
    card_message_id: int | None
    enabled_at: datetime
    disabled_at: datetime | None

    @property
    def is_on(self) -> bool:
        return self.disabled_at is None


class Guilds:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, guild_id: int) -> Guild | None:
        row = (await self._connection.execute(select(guild).where(guild.c.guild_id == guild_id))).mappings().first()
        return None if row is None else Guild(**row)

    async def enable(self, guild_id: int, channel_id: int, card_message_id: int, now: datetime) -> None:
        fresh = {
            "channel_id": channel_id,
            "card_message_id": card_message_id,
            "enabled_at": now,
            "disabled_at": None,
        }
        statement = insert(guild).values(guild_id=guild_id, **fresh)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=[guild.c.guild_id], set_=fresh))

    async def disable(self, guild_id: int, now: datetime) -> bool:
        """False when it was off already."""
        result = await self._connection.execute(
            update(guild).where(guild.c.guild_id == guild_id, guild.c.disabled_at.is_(None)).values(disabled_at=now)
        )
        return result.rowcount > 0

    async def off_among(self, guild_ids: Collection[int]) -> frozenset[int]:
        """Those of these servers that have Porchlight switched off."""
        rows = await self._connection.execute(
            select(guild.c.guild_id).where(guild.c.guild_id.in_(guild_ids), guild.c.disabled_at.is_not(None))
        )
        return frozenset(rows.scalars())

    async def counted_members(self, guild_id: int) -> int:
        """How many members who came from this server agreed to be counted. Round before showing it to anybody."""
        people = (
            select(func.count(func.distinct(consent.c.member_id)))
            .join(member, member.c.member_id == consent.c.member_id)
            .where(
                member.c.guild_id == guild_id,
                consent.c.purpose == Purpose.COUNTS,
                consent.c.withdrawn_at.is_(None),
            )
        )
        return int((await self._connection.execute(people)).scalar_one())
