"""Occurrences: every message, from its claim to what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, Select, and_, bindparam, func, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.delivery import Fate
from bot.rules.occurrence import BEGINNINGS, OF_A_DATE, TRANSITIONS, UNSEEN, Answer, Kind, Occurrence, Seen, State
from bot.store.schema import Instant, occurrence

ALIVE: Final = tuple(state for state, onward in TRANSITIONS.items() if State.CLAIMED in onward)

COLUMNS: Final = tuple(field.name for field in fields(Occurrence))
OF_SEEN: Final = tuple(field.name for field in fields(Seen))


def _history() -> Select[Any]:
    """`ids`: whose. `since` and `last`: what is due later than that, and so many nudges however old."""
    place = (
        func.row_number()
        .over(partition_by=(occurrence.c.member_id, occurrence.c.kind), order_by=occurrence.c.due_at.desc())
        .label("place")
    )
    seen = (
        select(occurrence.c.member_id, *(occurrence.c[name] for name in OF_SEEN), place)
        .where(
            occurrence.c.member_id.in_(bindparam("ids", expanding=True)),
            or_(occurrence.c.state.not_in(UNSEEN), occurrence.c.answered_at.is_not(None)),
        )
        .subquery()
    )
    is_late = and_(seen.c.kind == Kind.NUDGE, seen.c.place <= bindparam("last"))
    return (
        select(seen.c.member_id, *(seen.c[name] for name in OF_SEEN))
        .where(or_(seen.c.due_at >= bindparam("since"), is_late))
        .order_by(seen.c.due_at.desc())
    )


# Asked at every wake-up, and so put together once.
HISTORY: Final = _history()
SLOTS: Final = select(occurrence.c.member_id, occurrence.c.slot).where(
    occurrence.c.member_id.in_(bindparam("ids", expanding=True)),
    occurrence.c.kind.in_(OF_A_DATE),
    occurrence.c.due_at >= bindparam("since"),
)
NEEDING: Final = (
    select(occurrence)
    .where(occurrence.c.wake_at <= bindparam("now"), occurrence.c.state.in_(ALIVE))
    .order_by(occurrence.c.wake_at)
    .limit(bindparam("most"))
)
FIRST_WAKE: Final = select(func.min(occurrence.c.wake_at))


@dataclass(frozen=True, slots=True)
class Claimed:
    """An occurrence in our hands, and whether an earlier try of it may have arrived."""

    occurrence: Occurrence
    tried_before: bool = False


class Occurrences:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, occurrence_id: str) -> Occurrence | None:
        return await self._first(occurrence.c.occurrence_id == occurrence_id)

    async def find(self, member_id: int, kind: Kind, slot: str) -> Occurrence | None:
        return await self._first(
            occurrence.c.member_id == member_id, occurrence.c.kind == kind, occurrence.c.slot == slot
        )

    async def add(self, new: Iterable[Occurrence]) -> frozenset[str]:
        """Add those that are not there yet; the ids of the ones that were added."""
        rows = {one.occurrence_id: {name: getattr(one, name) for name in COLUMNS} for one in new}
        assert all(row["state"] in BEGINNINGS for row in rows.values())
        there = await self._connection.execute(
            select(occurrence.c.occurrence_id).where(occurrence.c.occurrence_id.in_(rows))
        )
        added = rows.keys() - set(there.scalars())
        if added:
            await self._connection.execute(insert(occurrence), [rows[one] for one in rows if one in added])
        return frozenset(added)

    async def history(self, member_ids: Collection[int], since: datetime, last: int = 0) -> Mapping[int, list[Seen]]:
        """What these members may have seen since then, and their `last` nudges however old; the newest first.

        Whatever was answered was seen, whatever became of it by our own account.
        """
        rows = await self._connection.execute(HISTORY, {"ids": [*member_ids], "since": since, "last": last})
        found = defaultdict[int, list[Seen]](list)
        for member_id, kind, state, *rest in rows:
            found[member_id].append(Seen(Kind(kind), State(state), *rest))
        return found

    async def slots(self, member_ids: Collection[int], since: datetime) -> Mapping[int, frozenset[str]]:
        """The dates that had a nudge or a question since then, whatever became of it."""
        rows = await self._connection.execute(SLOTS, {"ids": [*member_ids], "since": since})
        found = defaultdict[int, set[str]](set)
        for member_id, slot in rows:
            found[member_id].add(slot)
        return {member_id: frozenset(slots) for member_id, slots in found.items()}

    async def take_over(self, now: datetime, claim: str, until: datetime, limit: int) -> list[Claimed]:
        """Claim what needs attention: retries that are due, claims that died, messages to look for."""
        needing = await self._connection.execute(NEEDING, {"now": now, "most": limit})
        return await self._claim(needing.mappings(), now, claim, until)

    async def take(self, occurrence_id: str, now: datetime, claim: str, until: datetime) -> Claimed | None:
        """Claim that one, if it is waiting."""
        waiting = await self._connection.execute(
            select(occurrence).where(occurrence.c.occurrence_id == occurrence_id, occurrence.c.state == State.WAITING)
        )
        return next(iter(await self._claim(waiting.mappings(), now, claim, until)), None)

    async def settle(
        self, claimed: Occurrence, fate: Fate, place: tuple[int, int | None] | None, now: datetime
    ) -> bool:
        """Write down what became of it; False when the claim was lost, or the member deleted, in the meantime."""
        assert fate.state in TRANSITIONS[State.CLAIMED], fate
        channel_id, message_id = place or (None, None)
        result = await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.occurrence_id == claimed.occurrence_id, occurrence.c.claim == claimed.claim)
            .values(
                state=fate.state,
                wake_at=fate.wake_at,
                claim=None,
                first_tried_at=None if fate.forget_try else claimed.first_tried_at,
                settled_at=now if fate.wake_at is None else None,
                channel_id=channel_id,
                message_id=message_id,
            )
        )
        return result.rowcount > 0

    async def release_claims(self, now: datetime) -> None:
        """At start: whoever had a claim is gone, so nobody needs to wait for it to run out."""
        await self._connection.execute(
            update(occurrence).where(occurrence.c.state == State.CLAIMED).values(wake_at=now)
        )

    async def wake_from(self, later_than: datetime, now: datetime) -> None:
        """Whatever waits for longer than that needs attention now."""
        await self._connection.execute(update(occurrence).where(occurrence.c.wake_at > later_than).values(wake_at=now))

    async def dissolve_waiting(self, member_id: int, now: datetime) -> None:
        """Let go of what has not been sent yet."""
        await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.member_id == member_id, occurrence.c.state == State.WAITING)
            .values(state=State.DISSOLVED, wake_at=None, settled_at=now)
        )

    async def answer(self, occurrence_id: str, answer: Answer | None, now: datetime) -> bool:
        """Note the first answer; False when there was one already. `answer` is None where it may not be kept."""
        result = await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.occurrence_id == occurrence_id, occurrence.c.answered_at.is_(None))
            .values(answered_at=now, answer=answer)
        )
        return result.rowcount > 0

    async def amend(self, occurrence_id: str, answer: Answer) -> None:
        """Put another answer in the place of the one that is kept, if one is."""
        await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.occurrence_id == occurrence_id, occurrence.c.answer.is_not(None))
            .values(answer=answer)
        )

    async def forget_answers(self, member_id: int) -> None:
        """Forget which buttons were pressed, not that something was."""
        await self._connection.execute(
            update(occurrence).where(occurrence.c.member_id == member_id).values(answer=None)
        )

    async def first_wake_at(self) -> datetime | None:
        first: datetime | None = (await self._connection.execute(FIRST_WAKE)).scalar()
        return first

    async def _first(self, *conditions: Any) -> Occurrence | None:
        row = (await self._connection.execute(select(occurrence).where(*conditions))).mappings().first()
        return None if row is None else _occurrence(row)

    async def _claim(self, rows: Iterable[RowMapping], now: datetime, claim: str, until: datetime) -> list[Claimed]:
        found = [_occurrence(row) for row in rows]
        if not found:
            return []
        await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.occurrence_id.in_([one.occurrence_id for one in found]))
            .values(
                state=State.CLAIMED,
                claim=claim,
                wake_at=until,
                attempts=occurrence.c.attempts + 1,
                # Without its type, the instant would be stored in a form that cannot be read back.
                first_tried_at=func.coalesce(occurrence.c.first_tried_at, literal(now, Instant)),
            )
        )
        return [
            Claimed(
                replace(
                    one,
                    state=State.CLAIMED,
                    claim=claim,
                    wake_at=until,
                    attempts=one.attempts + 1,
                    first_tried_at=one.first_tried_at or now,
                ),
                tried_before=one.first_tried_at is not None,
            )
            for one in found
        ]


def _occurrence(row: RowMapping) -> Occurrence:
    kept = dict(row)
    answer = kept.pop("answer")
    return Occurrence(
        **kept | {"kind": Kind(kept["kind"]), "state": State(kept["state"])},
        answer=None if answer is None else Answer(answer),
    )
