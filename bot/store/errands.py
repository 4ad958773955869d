"""Finishing what two files could not do at one moment: keys that nobody came to have, and members who are to be gone.

Law: a member whose key was buried is erased, whoever asked for it, whenever this process hears of it, and in whatever
copy they turn up again. Errands are finished in units of work that write, so that none of them is about a unit that is
still under way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseUnusable
from bot.store.facts import Facts
from bot.store.holdings import erase_rows
from bot.store.key_schema import TOMBSTONES
from bot.store.keyring import Errand, KeyRing
from bot.store.schema import member

BY_KEY: Final = select(member.c.key_id, member.c.member_id).where(
    member.c.key_id.in_(bindparam("keys", expanding=True))
)

EVERYBODY: Final = select(member.c.member_id, member.c.key_id).where(member.c.key_id.is_not(None))


class Errands:
    def __init__(self, connection: AsyncConnection, ring: KeyRing) -> None:
        self._connection = connection
        self._ring = ring
        self._facts = Facts(connection)

    async def erase_again(self) -> int:
        """After a restore: erase whoever had been erased since that copy was made; how many members that were.

        Raises DatabaseUnusable when it is the key database that is too old.
        """
        heard_of, last = int(await self._facts.get(TOMBSTONES) or 0), await self._ring.last_tombstone()
        if last < heard_of:
            raise DatabaseUnusable(
                "The key database is older than the database: it does not know of members who deleted everything "
                "since. Put the newer one back, or restore both from one backup."
            )
        if last == heard_of:
            return 0
        marks = await self._ring.marks_since(heard_of)
        erased = 0
        for member_id, key_id in (await self._connection.execute(EVERYBODY)).all():
            if self._ring.mark(key_id) in marks:
                erased += bool(await erase_rows(self._connection, member_id))
        await self._facts.put(TOMBSTONES, str(last))
        return erased

    async def erase(self, errands: Mapping[str, Errand]) -> int:
        """Erase whoever's key was buried; how many members that were."""
        buried = [key_id for key_id, what in errands.items() if what is Errand.ERASE]
        members = await self._members(buried)
        for member_id in members.values():
            await erase_rows(self._connection, member_id)
        if buried:
            await self._facts.put(TOMBSTONES, str(await self._ring.last_tombstone()))
        return len(members)

    async def finish(self, errands: Mapping[str, Errand]) -> None:
        """Once what was erased is committed: forget these errands, and the keys that no member came to have."""
        made = [key_id for key_id, what in errands.items() if what is Errand.MAKE]
        unused = set(made) - set(await self._members(made))
        await self._ring.finish(errands.keys() - unused, unused)

    async def _members(self, key_ids: Collection[str]) -> dict[str, int]:
        if not key_ids:
            return {}
        rows = await self._connection.execute(BY_KEY, {"keys": [*key_ids]})
        return dict(rows.all())
