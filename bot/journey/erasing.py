"""Deleting a member whole: the same way whether they ask for it themselves or have been away too long.

Law: this is the one way out. What deleting means beyond the rows is added here, and so for both.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.store import Database, Records

log = structlog.stdlib.get_logger(__name__)


async def erase(records: Records, member_id: int, now: datetime) -> int:
    """Destroy the member's key and delete every row about them; how many there were.

    A letter on its way finds nobody, and is held back.
    """
    return await records.holdings.erase(member_id, now)


async def overwrite(database: Database) -> None:
    """After what was deleted is committed: overwrite what is left of it in the logs too."""
    if not await database.scrub():
        log.warning("erasing.scrub_delayed")
