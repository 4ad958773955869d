"""The ledger of consents. Entries are added and closed; only deleting the member removes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.consent import Consent, Purpose
from bot.store.schema import consent, member

BY_IDS: Final = (
    select(consent).where(consent.c.member_id.in_(bindparam("ids", expanding=True))).order_by(consent.c.consent_id)
)


class Consents:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, member_id: int) -> list[Consent]:
        return (await self.by_ids([member_id])).get(member_id, [])

    async def by_ids(self, member_ids: Collection[int]) -> Mapping[int, list[Consent]]:
        """Every entry of these members, oldest first."""
        rows = await self._connection.execute(BY_IDS, {"ids": [*member_ids]})
        ledger = defaultdict[int, list[Consent]](list)
        for row in rows.mappings():
            ledger[row["member_id"]].append(
                Consent(Purpose(row["purpose"]), row["wording"], row["given_at"], row["withdrawn_at"])
            )
        return ledger

    async def count(self, guild_id: int, purpose: Purpose, wording: int) -> int:
        """How many members of that server hold to that wording of that purpose. Round before showing it to anybody."""
        people = (
            select(func.count(func.distinct(consent.c.member_id)))
            .join(member, member.c.member_id == consent.c.member_id)
            .where(
                member.c.guild_id == guild_id,
                consent.c.purpose == purpose,
                consent.c.wording == wording,
                consent.c.withdrawn_at.is_(None),
            )
        )
        return int((await self._connection.execute(people)).scalar_one())

    async def give(self, member_id: int, wordings: Mapping[Purpose, int], now: datetime) -> None:
        """Record a yes to each purpose, in that wording. A purpose's earlier entry is closed first."""
        if not wordings:
            return
        await self.withdraw(member_id, wordings, now)
        await self._connection.execute(
            insert(consent),
            [
                {"member_id": member_id, "purpose": purpose, "wording": wording, "given_at": now}
                for purpose, wording in wordings.items()
            ],
        )

    async def withdraw(self, member_id: int, purposes: Iterable[Purpose], now: datetime) -> None:
        await self._connection.execute(
            update(consent)
            .where(
                consent.c.member_id == member_id,
                consent.c.purpose.in_(list(purposes)),
                consent.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=now)
        )
