"""What has been held long enough: finding it, some members at a time, and removing it, some rows at a time.

Law: nothing in here reads a whole table, and nothing is removed because of what was read before: each removal asks once
more for what could have changed meanwhile. What goes and what stays is decided in bot/rules/retention.py.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.occurrence import UNSEEN, Kind, State
from bot.rules.retention import Anchor, Cuts, Message, Signs, going
from bot.rules.silence import ASK_AFTER
from bot.store.schema import check_in, consent, member, occurrence, plan, refusal, week

# Read in pieces of about a millisecond, so that whoever pressed a button has their turn.
ROWS_IN_ONE_GO: Final = 100

MAY_BE_SEEN: Final = or_(occurrence.c.state.not_in(UNSEEN), occurrence.c.answered_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Found:
    """What can go of some members, by the keys of its rows."""

    quiet: Sequence[int] = ()
    """Members of whom nothing has told for long, as far as was looked: `gone` looks at all of it."""
    answers: Sequence[str] = ()
    check_ins: Sequence[str] = ()
    messages: Sequence[str] = ()
    consents: Sequence[int] = ()


class Upkeep:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def members_after(self, member_id: int, most: int) -> list[int]:
        """The members that come after that one, in the order of their ids."""
        return await self._keys(PAGE, after=member_id, most=most)

    async def find(self, member_ids: Collection[int], cuts: Cuts) -> Found:
        """What can go of these members."""
        ids = [*member_ids]
        return Found(
            quiet=await self._keys(QUIET, ids=ids, since=cuts.members),
            answers=await self._keys(OLD_ANSWERS, ids=ids, before=cuts.answers),
            check_ins=await self._keys(OLD_CHECK_INS, ids=ids, before=cuts.check_ins),
            messages=await self._old_messages(ids, cuts),
            consents=await self._keys(OLD_CONSENTS, ids=ids, before=cuts.consents),
        )

    async def signs(self, member_ids: Collection[int]) -> Mapping[int, Signs]:
        """All that tells when these members were there last."""
        rows = await self._connection.execute(SIGNS, {"ids": [*member_ids]})
        return {member_id: Signs(*signs) for member_id, *signs in rows}

    async def forget_answers(self, occurrence_ids: Collection[str], cuts: Cuts) -> int:
        """Forget which buttons were pressed on these messages, not that one was; of how many."""
        return await self._removed(FORGET_ANSWERS, ids=[*occurrence_ids], cut=cuts.answers)

    async def delete_check_ins(self, check_in_ids: Collection[str]) -> int:
        return await self._removed(DELETE_CHECK_INS, ids=[*check_in_ids])

    async def delete_messages(self, occurrence_ids: Collection[str], cuts: Cuts) -> int:
        """Delete these, but for one that was answered meanwhile; how many went."""
        return await self._removed(DELETE_MESSAGES, ids=[*occurrence_ids], before=cuts.records)

    async def delete_consents(self, consent_ids: Collection[int]) -> int:
        return await self._removed(DELETE_CONSENTS, ids=[*consent_ids])

    async def _old_messages(self, ids: Sequence[int], cuts: Cuts) -> list[str]:
        rows = await self._connection.execute(
            OLD_MESSAGES, {"ids": ids, "before": cuts.records, "answers": cuts.answers}
        )
        old = defaultdict[int, list[Message]](list)
        for place, (member_id, occurrence_id, kind, state, *rest) in enumerate(rows, start=1):
            old[member_id].append(Message(occurrence_id, Kind(kind), State(state), *rest))
            if place % ROWS_IN_ONE_GO == 0:
                await asyncio.sleep(0)
        if not old:
            return []
        anchors = await self._connection.execute(ANCHORS, {"ids": [*old], "since": cuts.records})
        return [one for member_id, *anchor in anchors for one in going(old[member_id], Anchor(*anchor), cuts)]

    async def _keys(self, statement: Select[Any], **values: Any) -> list[Any]:
        return list((await self._connection.execute(statement, values)).scalars())

    async def _removed(self, statement: Any, **values: Any) -> int:
        removed: int = (await self._connection.execute(statement, values)).rowcount
        return removed


def _among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """`ids`: whose, or which."""
    return column.in_(bindparam("ids", expanding=True))


def _own_message(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the member at hand has one like that."""
    return exists().where(occurrence.c.member_id == member.c.member_id, *conditions)


def _last(column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    """The largest in that column of the member at hand."""
    owner = column.table.c.member_id
    return select(func.max(column)).where(owner == member.c.member_id, *conditions).scalar_subquery()


def _quiet() -> Select[Any]:
    """`ids`, `since`: those of these members of whom what is looked up quickly tells nothing since then."""
    since: Any = bindparam("since")
    their_plan = and_(
        plan.c.member_id == member.c.member_id, or_(plan.c.since_at >= since, plan.c.paused_until >= since)
    )
    return select(member.c.member_id).where(
        _among(member.c.member_id),
        member.c.joined_at < since,
        ~exists().where(their_plan),
        ~_own_message(occurrence.c.due_at >= since, MAY_BE_SEEN),
    )


def _signs() -> Select[Any]:
    """`ids`: all that tells when somebody was there, in the order of `Signs`."""
    told = {
        "joined_at": member.c.joined_at,
        "agreed_at": _last(consent.c.given_at),
        "withdrew_at": _last(consent.c.withdrawn_at),
        "renewed_at": _last(plan.c.since_at),
        "paused_until": _last(plan.c.paused_until),
        "messaged_at": _last(occurrence.c.due_at, MAY_BE_SEEN),
        "answered_at": _last(occurrence.c.answered_at),
        "set_aside_at": _last(refusal.c.refused_at),
        "checked_in_on": _last(check_in.c.day),
        "week_of": _last(week.c.monday),
    }
    in_order = [told[one.name].label(one.name) for one in fields(Signs)]
    return select(member.c.member_id, *in_order).where(_among(member.c.member_id))


def _anchors() -> Select[Any]:
    """`ids`, `since`: what decides which old messages of these members stay."""
    last_nudges = (
        select(occurrence.c.due_at)
        .where(
            occurrence.c.member_id == member.c.member_id,
            occurrence.c.kind == Kind.NUDGE,
            occurrence.c.state == State.SENT,
        )
        .order_by(occurrence.c.due_at.desc())
        .limit(1)
        .offset(ASK_AFTER - 1)
        .scalar_subquery()
    )
    since: Any = bindparam("since")
    return select(member.c.member_id, last_nudges, _own_message(occurrence.c.due_at >= since, MAY_BE_SEEN)).where(
        _among(member.c.member_id)
    )


def _is_before(column: ColumnElement[Any], name: str = "before") -> ColumnElement[bool]:
    return column < bindparam(name)


# Put together once.
PAGE: Final = (
    select(member.c.member_id)
    .where(member.c.member_id > bindparam("after"))
    .order_by(member.c.member_id)
    .limit(bindparam("most"))
)
QUIET: Final = _quiet()
SIGNS: Final = _signs()
ANCHORS: Final = _anchors()
OLD_ANSWERS: Final = select(occurrence.c.occurrence_id).where(
    _among(occurrence.c.member_id),
    _is_before(occurrence.c.due_at),
    _is_before(occurrence.c.answered_at),
    occurrence.c.answer.is_not(None),
)
OLD_CHECK_INS: Final = select(check_in.c.check_in_id).where(_among(check_in.c.member_id), _is_before(check_in.c.day))
OLD_CONSENTS: Final = select(consent.c.consent_id).where(
    _among(consent.c.member_id), _is_before(consent.c.withdrawn_at)
)
OLD_MESSAGES: Final = select(
    occurrence.c.member_id,
    occurrence.c.occurrence_id,
    occurrence.c.kind,
    occurrence.c.state,
    occurrence.c.due_at,
    occurrence.c.settled_at,
    occurrence.c.answered_at,
    and_(occurrence.c.answer.is_not(None), occurrence.c.answered_at >= bindparam("answers")),
).where(_among(occurrence.c.member_id), _is_before(occurrence.c.due_at))
# A value of its own name: SQLAlchemy would take `before` for a column to set.
FORGET_ANSWERS: Final = (
    update(occurrence)
    .where(_among(occurrence.c.occurrence_id), _is_before(occurrence.c.answered_at, "cut"))
    .values(answer=None)
)
DELETE_CHECK_INS: Final = delete(check_in).where(_among(check_in.c.check_in_id))
DELETE_CONSENTS: Final = delete(consent).where(_among(consent.c.consent_id))
DELETE_MESSAGES: Final = delete(occurrence).where(
    _among(occurrence.c.occurrence_id),
    or_(occurrence.c.answered_at.is_(None), _is_before(occurrence.c.answered_at)),
)
