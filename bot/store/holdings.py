"""All that is held about one member, whatever the tables are: to show it, to hand it over, to erase it.

These walk the schema, so a table added later is shown, exported and erased from its first day.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import Instant, LocalDate, metadata


class Holdings:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, member_id: int) -> dict[str, list[dict[str, Any]]]:
        """Every row about the member, by table; tables without one are left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        for table in member_tables():
            rows = await self._connection.execute(
                select(table).where(table.c.member_id == member_id).order_by(*_oldest_first(table))
            )
            if held := [dict(row) for row in rows.mappings()]:
                found[table.name] = held
        return found

    async def erase(self, member_id: int) -> int:
        """Delete every row about the member; how many there were."""
        erased = 0
        for table in reversed(member_tables()):
            result = await self._connection.execute(delete(table).where(table.c.member_id == member_id))
            erased += result.rowcount
        return erased


def member_tables() -> list[Table]:
    """The tables that hold something about members, parents before children."""
    return [table for table in metadata.sorted_tables if "member_id" in table.c]


def _oldest_first(table: Table) -> list[Column[Any]]:
    times = [column for column in table.columns if isinstance(column.type, Instant | LocalDate) and not column.nullable]
    return [*times, *table.primary_key.columns]
