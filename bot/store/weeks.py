"""Weeks in which a member showed up. A week is added once and counts for ever, until the member forgets them all."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import week


class Weeks:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, member_id: int) -> int:
        counted = select(func.count()).select_from(week).where(week.c.member_id == member_id)
        return int((await self._connection.execute(counted)).scalar_one())

    async def add(self, member_id: int, monday: date) -> None:
        await self._connection.execute(insert(week).values(member_id=member_id, monday=monday).on_conflict_do_nothing())

    async def forget(self, member_id: int) -> None:
        await self._connection.execute(delete(week).where(week.c.member_id == member_id))
