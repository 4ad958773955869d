"""Facts about this installation itself, by name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import fact


class Facts:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str) -> str | None:
        return (await self._connection.execute(select(fact.c.value).where(fact.c.name == name))).scalar()

    async def put(self, name: str, value: str) -> None:
        statement = insert(fact).values(name=name, value=value)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[fact.c.name], set_={"value": value})
        )
