"""What members never want to see again: a nudge, or a theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.choose import Refused
from bot.store.schema import refusal

NUDGE: Final = "nudge"
THEME: Final = "theme"

BY_IDS: Final = select(refusal).where(refusal.c.member_id.in_(bindparam("ids", expanding=True)))


class Refusals:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, member_id: int) -> Refused:
        return (await self.by_ids([member_id])).get(member_id, Refused())

    async def by_ids(self, member_ids: Collection[int]) -> Mapping[int, Refused]:
        rows = await self._connection.execute(BY_IDS, {"ids": [*member_ids]})
        refused = defaultdict[int, dict[str, set[str]]](lambda: {NUDGE: set(), THEME: set()})
        for row in rows.mappings():
            refused[row["member_id"]][row["what"]].add(row["subject"])
        return {member_id: Refused(kinds[NUDGE], kinds[THEME]) for member_id, kinds in refused.items()}

    async def refuse_nudge(self, member_id: int, nudge_id: str, now: datetime) -> None:
        await self._refuse(member_id, NUDGE, nudge_id, now)

    async def refuse_theme(self, member_id: int, theme: str, now: datetime) -> None:
        await self._refuse(member_id, THEME, theme, now)

    async def forget(self, member_id: int) -> None:
        """Show everything again."""
        await self._connection.execute(delete(refusal).where(refusal.c.member_id == member_id))

    async def _refuse(self, member_id: int, what: str, subject: str, now: datetime) -> None:
        await self._connection.execute(
            insert(refusal)
            .values(member_id=member_id, what=what, subject=subject, refused_at=now)
            .on_conflict_do_nothing()
        )
