"""Members' keys within one unit of work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Unsealable
from bot.keys import MemberKey
from bot.store.keyring import KeyRing
from bot.store.schema import member

NAMES: Final = select(member.c.member_id, member.c.key_id).where(
    member.c.member_id.in_(bindparam("ids", expanding=True)), member.c.key_id.is_not(None)
)


class Seals:
    """A key that this unit of work has asked for is not asked for again, as long as it is not destroyed."""

    def __init__(self, connection: AsyncConnection, ring: KeyRing) -> None:
        self._connection = connection
        self._ring = ring
        self._known: dict[int, MemberKey] = {}

    async def key_of(self, member_id: int) -> MemberKey:
        """That member's key. Raises Unsealable when it is gone."""
        key = await self.key_if_left(member_id)
        if key is None:
            raise Unsealable("The member's key is gone.")
        return key

    async def key_if_left(self, member_id: int) -> MemberKey | None:
        """That member's key; None when it is gone."""
        return (await self.keys_of([member_id])).get(member_id)

    async def keys_of(self, member_ids: Collection[int]) -> Mapping[int, MemberKey]:
        """The keys of these members; one whose key is gone is left out."""
        if unknown := [one for one in member_ids if one not in self._known]:
            names = await self._names(unknown)
            secrets = await self._ring.secrets_of(names.values())
            self._known |= {one: MemberKey(one, name, secrets[name]) for one, name in names.items() if name in secrets}
        return {one: self._known[one] for one in member_ids if one in self._known}

    async def name_of(self, member_id: int) -> str:
        """What the member's key is called, which is made now if they have none."""
        known = (await self._names([member_id])).get(member_id)
        return known or next(iter(await self._ring.make(1)))

    async def bury(self, member_id: int, at: datetime) -> None:
        """Destroy the member's key for good, whatever becomes of this unit of work."""
        self._known.pop(member_id, None)
        for key_id in (await self._names([member_id])).values():
            await self._ring.bury(key_id, at)

    async def _names(self, member_ids: Collection[int]) -> dict[int, str]:
        rows = await self._connection.execute(NAMES, {"ids": [*member_ids]})
        return dict(rows.all())
