"""All that is held about one member, whatever the tables are: to show it, to hand it over, to erase it.

These walk the schema, so a table added later is shown, exported and erased from its first day.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import Instant, LocalDate, member_tables
from bot.store.sealed import sealed_columns, told
from bot.store.seals import Seals


class Holdings:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def of(self, member_id: int) -> dict[str, list[dict[str, Any]]]:
        """Every row about the member, by table, what is sealed opened; tables without one are left out.

        What does not open any more is UNREADABLE, and its row is told all the same.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        for table in member_tables():
            rows = await self._connection.execute(
                select(table).where(table.c.member_id == member_id).order_by(*_oldest_first(table))
            )
            if held := [dict(row) for row in rows.mappings()]:
                found[table.name] = await self._opened(member_id, table, held)
        return found

    async def _opened(self, member_id: int, table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not sealed_columns(table):
            return rows
        key = await self._seals.key_if_left(member_id)
        return [told(key, table, row) for row in rows]

    async def erase(self, member_id: int, now: datetime) -> int:
        """Destroy the member's key for good, and delete every row about them; how many there were.

        The key is gone even if this unit of work fails; then the rows follow with the next errands.
        """
        await self._seals.bury(member_id, now)
        return await erase_rows(self._connection, member_id)


async def erase_rows(connection: AsyncConnection, member_id: int) -> int:
    """Delete every row about the member; how many there were."""
    erased = 0
    for table in reversed(member_tables()):
        result = await connection.execute(delete(table).where(table.c.member_id == member_id))
        erased += result.rowcount
    return erased


def _oldest_first(table: Table) -> list[Column[Any]]:
    times = [column for column in table.columns if isinstance(column.type, Instant | LocalDate) and not column.nullable]
    return [*times, *table.primary_key.columns]
