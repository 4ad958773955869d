"""Sealing what an earlier version had stored in the clear: once, at the first start after that upgrade.

Law: a member without a key is from before, and gets one in the transaction that seals all they have; so nobody has a
key and something in the clear, however often this is interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from sqlalchemy import RowMapping, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import MemberKey
from bot.store.keyring import KeyRing
from bot.store.schema import member, member_tables, refusal
from bot.store.sealed import id_column, mark, sealed, sealed_columns

# Members in one transaction.
AT_ONCE: Final = 200

FROM_BEFORE: Final = select(member.c.member_id).where(member.c.key_id.is_(None)).limit(AT_ONCE)
HAS_KEY: Final = update(member).where(member.c.member_id == bindparam("who")).values(key_id=bindparam("called"))


async def seal_some(connection: AsyncConnection, ring: KeyRing) -> int:
    """Seal all that some of these members have; how many members it were."""
    member_ids = (await connection.execute(FROM_BEFORE)).scalars().all()
    if not member_ids:
        return 0
    made = (await ring.make(len(member_ids))).items()
    keys = {who: MemberKey(who, key_id, secret) for who, (key_id, secret) in zip(member_ids, made, strict=True)}
    for table in member_tables():
        if columns := sealed_columns(table):
            rows = await connection.execute(select(table).where(table.c.member_id.in_(member_ids)))
            for row in rows.mappings().all():
                clear = {one.name: json.loads(row[one.name]) for one in columns if row[one.name] is not None}
                await _seal(connection, keys[row["member_id"]], table, row, clear)
    await connection.execute(HAS_KEY, [{"who": who, "called": key.key_id} for who, key in keys.items()])
    return len(member_ids)


async def _seal(
    connection: AsyncConnection, key: MemberKey, table: Table, row: RowMapping, clear: Mapping[str, object]
) -> None:
    """That row anew. A refusal's id named what was refused, so it gets another one."""
    if not clear:
        return
    names = id_column(table)
    row_id = mark(key, clear["picked"]) if table is refusal else str(row[names.name])
    anew = {name: sealed(key, table.c[name], row_id, value) for name, value in clear.items()}
    this = (table.c.member_id == key.member_id) & (names == row[names.name])
    await connection.execute(update(table).where(this).values({**anew, names.name: row_id}))
