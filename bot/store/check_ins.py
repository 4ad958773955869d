"""Check-ins that their members wanted kept: picks from lists, by their names in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import check_in
from bot.store.sealed import mark, sealed
from bot.store.seals import Seals


class CheckIns:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def add(self, press_id: int, member_id: int, day: date, picks: Mapping[str, str]) -> bool:
        """Keep one; False when that of this very press is kept already.

        Discord's ids tell the moment of a press, of which nothing but the day is to be known. So it goes by a mark.
        """
        key = await self._seals.key_of(member_id)
        check_in_id = mark(key, press_id)
        words = sealed(key, check_in.c.picks, check_in_id, dict(picks))
        result = await self._connection.execute(
            insert(check_in)
            .values(check_in_id=check_in_id, member_id=member_id, day=day, picks=words)
            .on_conflict_do_nothing()
        )
        return result.rowcount > 0

    async def forget(self, member_id: int) -> None:
        await self._connection.execute(delete(check_in).where(check_in.c.member_id == member_id))
