"""Which nudges are out of circulation, and how that is counted.

Law: who objects to what is known to their own sealed rows alone. What is written down for everybody is the outcome: the
ids of the nudges that come to nobody. It is counted at night and never at a press, so that nobody who watches what
still comes to them can tell when somebody objected. Nothing is added up from one count to the next: whoever brings back
what they set aside, or leaves, no longer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final

import structlog

from bot.rules.doubts import AT_ONCE, withdrawn_by
from bot.store import Database, Records

log = structlog.stdlib.get_logger(__name__)

# The fact with the ids of what is withdrawn.
WITHDRAWN: Final = "withdrawn_nudges"

# Opened at a time: some hundreds of rows, which takes some milliseconds.
MEMBERS_AT_A_TIME: Final = 25

# An id before all of theirs.
NOBODY: Final = 0


class Doubts:
    """The count, over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self) -> None:
        """Count anew, write down what comes to nobody, and tell the log which nudges that changes."""
        before, now = await self._count()
        if len(now) == AT_ONCE:
            log.warning("content.as_many_as_can_be", nudges=AT_ONCE)
        for nudge_id in sorted(now - before):
            log.warning("content.withdrawn", nudge=nudge_id)
        for nudge_id in sorted(before - now):
            log.info("content.comes_again", nudge=nudge_id)

    async def put_back(self, nudge_id: str) -> None:
        """Somebody looked at it, and it is OK: whoever objected so far counts no more. To them it never comes."""
        after = NOBODY
        while ids := await self._database.read(partial(_page, after)):
            after = ids[-1]
            await self._database.write(partial(_settle, ids, nudge_id))
        await self._count()

    async def _count(self) -> tuple[frozenset[str], frozenset[str]]:
        """What came to nobody before, and what does from now on."""
        objections, after = list[AbstractSet[str]](), NOBODY
        while ids := await self._database.read(partial(_page, after)):
            after = ids[-1]
            objections += await self._database.read(partial(_objections, ids))
        before = await self._database.read(withdrawn)
        now = withdrawn_by(objections)
        if now != before:
            await self._database.write(partial(_note, now))
        return before, now


async def withdrawn(records: Records) -> frozenset[str]:
    """The nudges that come to nobody until somebody has looked at them."""
    return named_in(await records.facts.get(WITHDRAWN))


def named_in(fact: str | None) -> frozenset[str]:
    """The nudges that this fact names; none where there is none."""
    return frozenset((fact or "").split())


async def _page(after: int, records: Records) -> list[int]:
    return await records.refusals.members_after(after, MEMBERS_AT_A_TIME)


async def _objections(member_ids: Sequence[int], records: Records) -> Sequence[AbstractSet[str]]:
    return await records.refusals.objections(member_ids)


async def _settle(member_ids: Sequence[int], nudge_id: str, records: Records) -> None:
    await records.refusals.settle(member_ids, nudge_id)


async def _note(nudge_ids: AbstractSet[str], records: Records) -> None:
    await records.facts.put(WITHDRAWN, " ".join(sorted(nudge_ids)))
