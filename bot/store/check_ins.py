"""Check-ins that their members wanted kept: picks from lists, by their names in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import check_in
from bot.store.sealed import sealed
from bot.store.seals import Seals


class CheckIns:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def add(self, check_in_id: str, member_id: int, day: date, picks: Mapping[str, str]) -> bool:
        """Keep one; False when this very one is kept already."""
        key = await self._seals.key_of(member_id)
        words = sealed(key, check_in.c.picks, check_in_id, dict(picks))
        result = await self._connection.execute(
            insert(check_in)
            .values(check_in_id=check_in_id, member_id=member_id, day=day, picks=words)
            .on_conflict_do_nothing()
        )
        return result.rowcount > 0

    async def forget(self, member_id: int) -> None:
        await self._connection.execute(delete(check_in).where(check_in.c.member_id == member_id))
