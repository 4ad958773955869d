"""Occurrences: every message, from its beginning to what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import compress
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, func, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.delivery import Fate
from bot.rules.occurrence import BEGINNINGS, TRANSITIONS, Answer, Kind, Occurrence, State, occurrence_id
from bot.store.history import History, read_history
from bot.store.schema import EPOCH, Instant, occurrence
from bot.store.sealed import sealed
from bot.store.seals import Seals

ALIVE: Final = tuple(state for state, onward in TRANSITIONS.items() if State.CLAIMED in onward)

COLUMNS: Final = tuple(one.name for one in fields(Occurrence))
OF_AN_OCCURRENCE: Final = tuple(occurrence.c[name] for name in COLUMNS)

# Asked at every wake-up, and so put together once.
NEEDING: Final = (
    select(*OF_AN_OCCURRENCE)
    .where(occurrence.c.wake_at <= bindparam("now"), occurrence.c.state.in_(ALIVE))
    .order_by(occurrence.c.wake_at)
    .limit(bindparam("most"))
)
ADD: Final = insert(occurrence).on_conflict_do_nothing().returning(occurrence.c.occurrence_id)
HELD: Final = select(occurrence.c.occurrence_id, occurrence.c.claim).where(
    occurrence.c.occurrence_id.in_(bindparam("ids", expanding=True))
)
# What it sets stands in `_end_of`.
END: Final = update(occurrence).where(
    occurrence.c.occurrence_id == bindparam("of"), occurrence.c.claim == bindparam("held")
)
FIRST_WAKE: Final = select(func.min(occurrence.c.wake_at))


@dataclass(frozen=True, slots=True)
class Claimed:
    """An occurrence in our hands, and whether an earlier try of it may have arrived."""

    occurrence: Occurrence
    tried_before: bool = False

    @property
    def is_tried_again(self) -> bool:
        """Whether somebody had it in hand before, whatever came of that."""
        return self.occurrence.attempts > 1


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed occurrence, and when; and where its message is, if it has one (channel, message)."""

    occurrence: Occurrence
    fate: Fate
    place: tuple[int, int | None] | None
    at: datetime


class Occurrences:
    def __init__(self, connection: AsyncConnection, seals: Seals) -> None:
        self._connection = connection
        self._seals = seals

    async def get(self, occurrence_id: str) -> Occurrence | None:
        return await self._first(occurrence.c.occurrence_id == occurrence_id)

    async def find(self, member_id: int, kind: Kind, slot: str) -> Occurrence | None:
        return await self.get(occurrence_id(member_id, kind, slot))

    async def add(self, new: Collection[Occurrence]) -> frozenset[str]:
        """Add those that are not there yet; the ids of the ones that were added.

        Raises ValueError for one that goes by another id than its own: it would be a second one in the same slot.
        """
        if any(_id_of(one) != one.occurrence_id for one in new):
            raise ValueError("An occurrence goes by the id of its member, kind and slot.")
        rows = {one.occurrence_id: {name: getattr(one, name) for name in COLUMNS} for one in new}
        assert all(row["state"] in BEGINNINGS for row in rows.values())
        if not rows:
            return frozenset()
        added = await self._connection.execute(ADD, [*rows.values()])
        return frozenset(added.scalars())

    async def history(self, member_ids: Collection[int], since: datetime, last: int = 0) -> Mapping[int, History]:
        """What these members had since then, and however old, their `last` nudges that arrived."""
        return await read_history(self._connection, member_ids, since, last)

    async def take_over(self, now: datetime, claim: str, until: datetime, limit: int) -> list[Claimed]:
        """Claim what needs attention: retries that are due, claims that died, messages to look for."""
        needing = await self._connection.execute(NEEDING, {"now": now, "most": limit})
        return await self._claim(needing.mappings(), now, claim, until)

    async def take(self, occurrence_id: str, now: datetime, claim: str, until: datetime) -> Claimed | None:
        """Claim that one, if it is waiting."""
        waiting = await self._connection.execute(
            select(*OF_AN_OCCURRENCE).where(
                occurrence.c.occurrence_id == occurrence_id, occurrence.c.state == State.WAITING
            )
        )
        return next(iter(await self._claim(waiting.mappings(), now, claim, until)), None)

    async def settle_all(self, settled: Sequence[Settled]) -> Sequence[bool]:
        """Write down what became of each; whether its claim was still ours, of each.

        Not by id: somebody who lost a claim and who took it over can settle the same one together.
        """
        assert all(one.fate.state in TRANSITIONS[State.CLAIMED] for one in settled), settled
        ids = [one.occurrence.occurrence_id for one in settled]
        held = await self._connection.execute(HELD, {"ids": ids})
        claims: dict[str, str | None] = {identity: claim for identity, claim in held if claim is not None}
        are_ours = [claims.get(one.occurrence.occurrence_id, "") == one.occurrence.claim for one in settled]
        if any(are_ours):
            await self._connection.execute(END, [_end_of(one) for one in compress(settled, are_ours)])
        return are_ours

    async def release_claims(self, now: datetime) -> None:
        """At start: whoever had a claim is gone, so nobody needs to wait for it to run out.

        Nor for longer than that, where a clock stands ahead that nobody has checked yet.
        """
        await self._connection.execute(
            update(occurrence)
            # Whatever is claimed has a wake_at; to say so lets the index find it among millions.
            .where(occurrence.c.state == State.CLAIMED, occurrence.c.wake_at > EPOCH)
            .values(wake_at=func.min(occurrence.c.wake_at, literal(now, Instant)))
        )

    async def wake_from(self, later_than: datetime, now: datetime) -> None:
        """Whatever waits for longer than that, or was not even due yet, needs attention now."""
        too_far = or_(occurrence.c.wake_at > later_than, occurrence.c.due_at > now)
        await self._connection.execute(
            update(occurrence).where(occurrence.c.wake_at > now, too_far).values(wake_at=now)
        )

    async def dissolve_waiting(self, member_id: int, now: datetime) -> None:
        """Let go of what was surely not sent. What may have arrived is looked for, and let go then."""
        await self._connection.execute(
            update(occurrence)
            .where(
                occurrence.c.member_id == member_id,
                occurrence.c.state == State.WAITING,
                occurrence.c.first_tried_at.is_(None),
            )
            .values(state=State.DISSOLVED, wake_at=None, settled_at=now)
        )

    async def answer(self, member_id: int, occurrence_id: str, answer: Answer | None, now: datetime) -> bool:
        """Note the first answer; False when there was one already. `answer` is None where it may not be kept.

        Where the member's key is gone, it cannot be kept; that there was one can.
        """
        kept = None if answer is None else await self._sealed(member_id, occurrence_id, answer)
        result = await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.occurrence_id == occurrence_id, occurrence.c.answered_at.is_(None))
            .values(answered_at=now, answer=kept)
        )
        return result.rowcount > 0

    async def amend(self, member_id: int, occurrence_id: str, answer: Answer) -> None:
        """Put another answer in the place of the one that is kept, if one is."""
        kept = await self._sealed(member_id, occurrence_id, answer)
        await self._connection.execute(
            update(occurrence)
            .where(occurrence.c.occurrence_id == occurrence_id, occurrence.c.answer.is_not(None))
            .values(answer=kept)
        )

    async def forget_answers(self, member_id: int) -> None:
        """Forget which buttons were pressed, not that something was."""
        await self._connection.execute(
            update(occurrence).where(occurrence.c.member_id == member_id).values(answer=None)
        )

    async def first_wake_at(self) -> datetime | None:
        first: datetime | None = (await self._connection.execute(FIRST_WAKE)).scalar()
        return first

    async def _sealed(self, member_id: int, occurrence_id: str, answer: Answer) -> bytes | None:
        key = await self._seals.key_if_left(member_id)
        return None if key is None else sealed(key, occurrence.c.answer, occurrence_id, answer)

    async def _first(self, *conditions: Any) -> Occurrence | None:
        row = (await self._connection.execute(select(*OF_AN_OCCURRENCE).where(*conditions))).mappings().first()
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


def _id_of(one: Occurrence) -> str:
    return occurrence_id(one.member_id, one.kind, one.slot)


def _end_of(one: Settled) -> dict[str, Any]:
    channel_id, message_id = one.place or (None, None)
    return {
        "of": one.occurrence.occurrence_id,
        "held": one.occurrence.claim,
        "state": one.fate.state,
        "wake_at": one.fate.wake_at,
        "claim": None,
        "first_tried_at": None if one.fate.forget_try else one.occurrence.first_tried_at,
        "settled_at": one.at if one.fate.wake_at is None else None,
        "channel_id": channel_id,
        "message_id": message_id,
    }


def _occurrence(row: RowMapping) -> Occurrence:
    return Occurrence(**{**row, "kind": Kind(row["kind"]), "state": State(row["state"])})
