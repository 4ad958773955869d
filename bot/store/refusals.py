"""What members never want to see again: a nudge, or a theme. Sealed: the row tells nobody what it is about.

Nor does its time, of which the month alone is kept: the instant stands with the answer to the nudge as well, and would
say which one it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Unsealable
from bot.rules.choose import Refused
from bot.store.schema import refusal
from bot.store.sealed import mark, opened, sealed
from bot.store.seals import Seals

NUDGE: Final = "nudge"
THEME: Final = "theme"
NOT_OK: Final = "not_ok"

PAGE: Final = (
    select(refusal.c.member_id)
    .where(refusal.c.member_id > bindparam("after"))
    .distinct()
    .order_by(refusal.c.member_id)
    .limit(bindparam("most"))
)
BY_IDS: Final = select(refusal).where(refusal.c.member_id.in_(bindparam("ids", expanding=True)))
SETTLE: Final = delete(refusal).where(
    refusal.c.member_id.in_(bindparam("ids", expanding=True)),
    refusal.c.refusal_id.in_(bindparam("marks", expanding=True)),
)


class Refusals:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def of(self, member_id: int) -> Refused:
        """Raises Unsealable when it cannot be read: nobody can know then what must not come."""
        refused = (await self.by_ids([member_id])).get(member_id)
        if refused is None:
            raise Unsealable("What the member set aside cannot be read.")
        return refused

    async def by_ids(self, member_ids: Collection[int]) -> Mapping[int, Refused]:
        """What each of these members set aside; whose cannot be read is left out."""
        rows = (await self._connection.execute(BY_IDS, {"ids": [*member_ids]})).mappings().all()
        keys, unreadable = await self._seals.keys_of({row["member_id"] for row in rows}), set[int]()
        found = {member_id: {NUDGE: set[str](), THEME: set[str](), NOT_OK: set[str]()} for member_id in member_ids}
        for row in rows:
            member_id = row["member_id"]
            try:
                picked = opened(keys[member_id], refusal, row)["picked"]
                found[member_id][picked["what"]].add(picked["subject"])
            except (KeyError, Unsealable):
                # Also what a newer version wrote, and this one knows nothing about.
                unreadable.add(member_id)
        return {
            one: Refused(them[NUDGE], them[THEME], them[NOT_OK]) for one, them in found.items() if one not in unreadable
        }

    async def members_after(self, member_id: int, most: int) -> list[int]:
        """The members that set something aside and come after that one, in the order of their ids."""
        return list((await self._connection.execute(PAGE, {"after": member_id, "most": most})).scalars())

    async def objections(self, member_ids: Collection[int]) -> list[AbstractSet[str]]:
        """What was not OK, as one set for each of these members who said so and can be read; not whose it is."""
        return [refused.not_ok for refused in (await self.by_ids(member_ids)).values() if refused.not_ok]

    async def settle(self, member_ids: Collection[int], nudge_id: str) -> None:
        """What these members objected to in that nudge counts no more; it stays set aside."""
        keys = await self._seals.keys_of(member_ids)
        marks = [mark(key, {"what": NOT_OK, "subject": nudge_id}) for key in keys.values()]
        await self._connection.execute(SETTLE, {"ids": [*keys], "marks": marks})

    async def refuse_nudge(self, member_id: int, nudge_id: str, now: datetime) -> None:
        await self._refuse(member_id, NUDGE, nudge_id, now)

    async def object_to(self, member_id: int, nudge_id: str, now: datetime) -> None:
        """It was not OK: beside being set aside, that counts for everybody (`rules.doubts`)."""
        await self._refuse(member_id, NOT_OK, nudge_id, now)

    async def refuse_theme(self, member_id: int, theme: str, now: datetime) -> None:
        await self._refuse(member_id, THEME, theme, now)

    async def allow_theme(self, member_id: int, theme: str) -> None:
        """That kind can come again. What of it was set aside by itself stays so."""
        key = await self._seals.key_of(member_id)
        refusal_id = mark(key, {"what": THEME, "subject": theme})
        await self._connection.execute(
            delete(refusal).where(refusal.c.member_id == member_id, refusal.c.refusal_id == refusal_id)
        )

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
            .values(member_id=member_id, refusal_id=refusal_id, picked=words, refused_at=_month_of(now))
            .on_conflict_do_nothing()
        )


def _month_of(now: datetime) -> datetime:
    """When that month began, by UTC."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
