"""How each member's nudges are chosen (`rules.bearing`), sealed as a whole: what was set, and what answers made of it.

There is a row from the start on, so that its being there tells nothing, and it has no time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Unsealable
from bot.rules.bearing import Bearing
from bot.store.schema import bearing
from bot.store.sealed import opened, sealed
from bot.store.seals import Seals

BY_IDS: Final = select(bearing).where(bearing.c.member_id.in_(bindparam("ids", expanding=True)))
PUT: Final = insert(bearing)
PUT_OVER: Final = PUT.on_conflict_do_update(index_elements=[bearing.c.member_id], set_={"picked": PUT.excluded.picked})

FORM: Final[TypeAdapter[Bearing]] = TypeAdapter(Bearing)


class Bearings:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def by_ids(self, member_ids: Collection[int]) -> Mapping[int, Bearing]:
        """That of each of these members, somebody new's where there is none; one that cannot be read is left out."""
        rows = (await self._connection.execute(BY_IDS, {"ids": [*member_ids]})).mappings().all()
        keys = await self._seals.keys_of([row["member_id"] for row in rows])
        found = {member_id: Bearing() for member_id in member_ids}
        for row in rows:
            try:
                found[row["member_id"]] = FORM.validate_python(opened(keys[row["member_id"]], bearing, row)["picked"])
            except (KeyError, Unsealable, ValidationError):
                del found[row["member_id"]]
        return found

    async def put(self, member_id: int, new: Bearing) -> None:
        """Store it. Raises Unsealable when the member's key is gone."""
        if not await self.put_all({member_id: new}):
            raise Unsealable("The member's key is gone.")

    async def put_all(self, new: Mapping[int, Bearing]) -> int:
        """Store those whose key is left; how many that were."""
        keys = await self._seals.keys_of(new)
        rows: list[dict[str, Any]] = [
            {
                "member_id": member_id,
                "picked": sealed(key, bearing.c.picked, str(member_id), FORM.dump_python(new[member_id], mode="json")),
            }
            for member_id, key in keys.items()
        ]
        if rows:
            await self._connection.execute(PUT_OVER, rows)
        return len(rows)
