"""What members had so far: the largest read of a wake-up, thousands of rows for a hundred members.

Two statements at the most, neither of which looks at more than these members' own rows: everything since an instant;
and for those who had too little since then, some that are older.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.occurrence import OF_A_DATE, UNSEEN, Kind, Seen, State
from bot.store.schema import occurrence

# Read in pieces of about a millisecond, so that whoever pressed a button has their turn.
ROWS_IN_ONE_GO: Final = 100

# To look a member of an enumeration up by its value would be half of what reading a row costs.
KINDS: Final = MappingProxyType({one.value: one for one in Kind})
STATES: Final = MappingProxyType({one.value: one for one in State})

COLUMNS_OF_SEEN: Final = tuple(occurrence.c[one.name] for one in fields(Seen))


def _older_nudges() -> Select[Any]:
    """`ids`: whose. Nudges from before `since`, the newest first, until `last` of them have surely arrived."""
    arrived = func.sum(case((occurrence.c.state == State.SENT, 1), else_=0)).over(
        partition_by=occurrence.c.member_id, order_by=occurrence.c.due_at.desc()
    )
    older = (
        select(occurrence.c.member_id, *COLUMNS_OF_SEEN, arrived.label("arrived"))
        .where(
            occurrence.c.member_id.in_(bindparam("ids", expanding=True)),
            occurrence.c.due_at < bindparam("since"),
            occurrence.c.kind == Kind.NUDGE,
            or_(occurrence.c.state.not_in(UNSEEN), occurrence.c.answered_at.is_not(None)),
        )
        .subquery()
    )
    return select(older).where(older.c.arrived <= bindparam("last")).order_by(older.c.due_at.desc())


# Put together once.
HISTORY: Final = (
    select(occurrence.c.member_id, occurrence.c.slot, *COLUMNS_OF_SEEN)
    .where(occurrence.c.member_id.in_(bindparam("ids", expanding=True)), occurrence.c.due_at >= bindparam("since"))
    .order_by(occurrence.c.due_at.desc())
)
OLDER_NUDGES: Final = _older_nudges()


@dataclass(slots=True)
class History:
    """A member's messages so far."""

    seen: list[Seen] = field(default_factory=list)
    """Those that they may have seen, the newest first."""
    slots: set[str] = field(default_factory=set)
    """The dates that had a nudge or a question, whatever became of it."""

    @property
    def arrived(self) -> int:
        """How many of those that they may have seen are nudges that surely arrived."""
        return sum(one.kind is Kind.NUDGE and one.state is State.SENT for one in self.seen)

    def note(self, slot: str, one: Seen) -> None:
        """Add one that is older than all that were added before."""
        if one.kind in OF_A_DATE:
            self.slots.add(slot)
        # Whatever was answered was seen, whatever became of it by our own account.
        if one.state not in UNSEEN or one.answered_at is not None:
            self.seen.append(one)


async def read_history(
    connection: AsyncConnection, member_ids: Collection[int], since: datetime, last: int
) -> Mapping[int, History]:
    """What these members had since then, and however old, their `last` nudges that arrived; one for each of them."""
    found = defaultdict[int, History](History)
    rows = await connection.execute(HISTORY, {"ids": [*member_ids], "since": since})
    for place, (member_id, slot, *seen) in enumerate(rows, start=1):
        found[member_id].note(slot, _seen(*seen))
        if place % ROWS_IN_ONE_GO == 0:
            await asyncio.sleep(0)
    if lacking := [one for one in member_ids if found[one].arrived < last]:
        older = await connection.execute(OLDER_NUDGES, {"ids": lacking, "since": since, "last": last})
        for member_id, *seen, _arrived in older:
            if found[member_id].arrived < last:
                found[member_id].seen.append(_seen(*seen))
    return found


def _seen(kind: str, state: str, *rest: Any) -> Seen:
    return Seen(KINDS[kind], STATES[state], *rest)
