"""What members never want to see again: a nudge, or a theme. Sealed: the row tells nobody what it is about."""

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
from bot.store.sealed import mark, opened, sealed
from bot.store.seals import Seals

NUDGE: Final = "nudge"
THEME: Final = "theme"

BY_IDS: Final = select(refusal).where(refusal.c.member_id.in_(bindparam("ids", expanding=True)))


class Refusals:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def of(self, member_id: int) -> Refused:
        return (await self.by_ids([member_id])).get(member_id, Refused())

    async def by_ids(self, member_ids: Collection[int]) -> Mapping[int, Refused]:
        rows = (await self._connection.execute(BY_IDS, {"ids": [*member_ids]})).mappings().all()
        keys = await self._seals.keys_of({row["member_id"] for row in rows})
        refused = defaultdict[int, dict[str, set[str]]](lambda: {NUDGE: set(), THEME: set()})
        for row in rows:
            picked = opened(keys[row["member_id"]], refusal, row)["picked"]
            refused[row["member_id"]][picked["what"]].add(picked["subject"])
        return {member_id: Refused(kinds[NUDGE], kinds[THEME]) for member_id, kinds in refused.items()}

    async def refuse_nudge(self, member_id: int, nudge_id: str, now: datetime) -> None:
        await self._refuse(member_id, NUDGE, nudge_id, now)

    async def refuse_theme(self, member_id: int, theme: str, now: datetime) -> None:
        await self._refuse(member_id, THEME, theme, now)

    async def forget(self, member_id: int) -> None:
        """Show everything again."""
        await self._connection.execute(delete(refusal).where(refusal.c.member_id == member_id))

    async def _refuse(self, member_id: int, what: str, subject: str, now: datetime) -> None:
        key = await self._seals.key_of(member_id)
        picked = {"what": what, "subject": subject}
        refusal_id = mark(key, picked)
        words = sealed(key, refusal.c.picked, refusal_id, picked)
        await self._connection.execute(
            insert(refusal)
            .values(member_id=member_id, refusal_id=refusal_id, picked=words, refused_at=now)
            .on_conflict_do_nothing()
        )
