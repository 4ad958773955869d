"""Whose file it is: a token that the last one to open it wrote there, and that every write looks at first.

The lock (bot/store/lock.py) keeps a second copy out on one machine. Where it does not reach (another machine, a lock
file that somebody deleted), the second copy's token is what the first one finds at its next write; and it stops.
"""

from __future__ import annotations

from typing import Final

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import Facts

OWNER: Final = "owner"


async def take_over(connection: AsyncConnection, token: str) -> None:
    """Write that token over whichever is there."""
    await Facts(connection).put(OWNER, token)


async def is_still(connection: AsyncConnection, token: str) -> bool:
    """Whether nobody took over since. Every write pays for it: one look-up by key, one hop to the driver's thread."""
    pooled = await connection.get_raw_connection()
    driver = pooled.driver_connection
    assert isinstance(driver, aiosqlite.Connection)
    rows = await driver.execute_fetchall("SELECT value FROM fact WHERE name = ?", (OWNER,))
    return [value for (value,) in rows] == [token]
