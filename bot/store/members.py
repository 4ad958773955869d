"""Members: who said yes to something, and how to reach them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import member
from bot.store.seals import Seals


@dataclass(frozen=True, slots=True)
class Member:
    member_id: int
    guild_id: int | None
    """The server they came from, if any."""
    language: str
    joined_at: datetime
    dm_channel_id: int | None
    streak_hidden: bool
    asked: int | None
    """The edition of the questions they were last asked; None for who only ever kept a check-in."""


BY_IDS: Final = select(*(member.c[one.name] for one in fields(Member))).where(
    member.c.member_id.in_(bindparam("ids", expanding=True))
)


class Members:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def get(self, member_id: int) -> Member | None:
        return (await self.by_ids([member_id])).get(member_id)

    async def by_ids(self, member_ids: Collection[int]) -> Mapping[int, Member]:
        rows = await self._connection.execute(BY_IDS, {"ids": [*member_ids]})
        return {row["member_id"]: Member(**row) for row in rows.mappings()}

    async def put(self, member_id: int, guild_id: int | None, language: str, now: datetime) -> None:
        """Add the member, or note the server and language they come with this time."""
        statement = insert(member).values(
            member_id=member_id,
            guild_id=guild_id,
            language=language,
            joined_at=now,
            streak_hidden=False,
            key_id=await self._seals.name_of(member_id),
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[member.c.member_id], set_={"guild_id": guild_id, "language": language}
            )
        )

    async def note_dm_channel(self, member_id: int, channel_id: int) -> None:
        await self._change(member_id, dm_channel_id=channel_id)

    async def leave_guild(self, member_id: int) -> None:
        """Go on without the server they came from."""
        await self._change(member_id, guild_id=None)

    async def hide_streak(self, member_id: int, hidden: bool) -> None:
        await self._change(member_id, streak_hidden=hidden)

    async def note_asked(self, member_id: int, edition: int) -> None:
        """They were asked everything that there is to ask in that edition."""
        await self._change(member_id, asked=edition)

    async def _change(self, member_id: int, **values: object) -> None:
        await self._connection.execute(update(member).where(member.c.member_id == member_id).values(**values))
