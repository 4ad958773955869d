"""Plans: what members chose, and the queue of what is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import RowMapping, TypeDecorator, bindparam, func, or_, select, type_coerce, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import Window
from bot.store.schema import plan

# These are made sense of with their row, not while it is fetched: one that makes none spoils no other.
TIMES: Final = {column.name: column.type for column in plan.columns if isinstance(column.type, TypeDecorator)}
COLUMNS: Final = tuple(
    type_coerce(column, TIMES[column.name].impl_instance).label(column.name) if column.name in TIMES else column
    for column in plan.columns
)

BY_IDS: Final = select(*COLUMNS).where(plan.c.member_id.in_(bindparam("ids", expanding=True)))
DUE: Final = (
    select(*COLUMNS).where(plan.c.next_due_at <= bindparam("now")).order_by(plan.c.next_due_at).limit(bindparam("most"))
)
# None of them asks which.
DIALECT: Final = DefaultDialect()

FIRST_DUE: Final = select(func.min(plan.c.next_due_at))


@dataclass(frozen=True, slots=True)
class Found:
    """Plans, and whose plan makes no sense, as after somebody mended the database by hand."""

    plans: list[Plan] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.plans) + len(self.unreadable)


class Plans:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, member_id: int) -> Plan | None:
        return (await self.by_ids([member_id])).get(member_id)

    async def by_ids(self, member_ids: Collection[int]) -> Mapping[int, Plan]:
        rows = await self._connection.execute(BY_IDS, {"ids": [*member_ids]})
        return {row["member_id"]: _plan(row) for row in rows.mappings()}

    async def find(self, member_ids: Collection[int]) -> Found:
        """The plans of these, also where one of them makes no sense."""
        return _found((await self._connection.execute(BY_IDS, {"ids": [*member_ids]})).mappings())

    async def due(self, now: datetime, limit: int) -> Found:
        """The plans whose next nudge is due, the oldest first."""
        return _found((await self._connection.execute(DUE, {"now": now, "most": limit})).mappings())

    async def put_off(self, member_ids: Collection[int], until: datetime) -> None:
        """Let those wait until then, whatever else stands in them."""
        if member_ids:
            await self._connection.execute(
                update(plan).where(plan.c.member_id.in_(member_ids)).values(next_due_at=until)
            )

    async def ahead_of(self, since: datetime, paused: datetime, due: datetime, week: date) -> list[int]:
        """Whose plans began later than `since`, pause longer than `paused`, or are due or in a week that is later."""
        too_far = or_(
            plan.c.since_at > since,
            plan.c.paused_until > paused,
            plan.c.next_due_at > due,
            plan.c.week_began > week,
        )
        return list((await self._connection.execute(select(plan.c.member_id).where(too_far))).scalars())

    async def first_due_at(self) -> datetime | None:
        first: datetime | None = (await self._connection.execute(FIRST_DUE)).scalar()
        return first

    async def put(self, new: Plan) -> None:
        values = _values(new)
        statement = insert(plan).values(member_id=new.member_id, **values)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=[plan.c.member_id], set_=values))

    async def put_all(self, plans: Collection[Plan]) -> None:
        """Store many at once, all of which are there already."""
        rows = [{"of": one.member_id, **_values(one)} for one in plans]
        if rows:
            await self._connection.execute(update(plan).where(plan.c.member_id == bindparam("of")), rows)


def _found(rows: Iterable[RowMapping]) -> Found:
    found = Found()
    for row in rows:
        try:
            found.plans.append(_plan(row))
        except (ValueError, TypeError, OverflowError):
            found.unreadable.append(row["member_id"])
    return found


def _plan(row: RowMapping) -> Plan:
    times: dict[str, Any] = {name: kind.process_result_value(row[name], DIALECT) for name, kind in TIMES.items()}
    return Plan(
        member_id=row["member_id"],
        wishes=Wishes(
            zone=row["zone"],
            window=Window(row["window_start"], row["window_end"]),
            per_week=row["per_week"],
            size=Size(row["size"]),
            discreet=row["discreet"],
        ),
        state=PlanState(row["state"]),
        since_at=times["since_at"],
        paused_until=times["paused_until"],
        next_due_at=times["next_due_at"],
        again_nudge_id=row["again_nudge_id"],
        level=row["level"],
        weeks=row["weeks"],
        week_began=times["week_began"],
        reviewed=row["reviewed"],
        all_seen=row["all_seen"],
        keeps_pace=row["keeps_pace"],
    )


def _values(new: Plan) -> dict[str, Any]:
    wishes = new.wishes
    return {
        "state": new.state,
        "zone": wishes.zone,
        "window_start": wishes.window.start,
        "window_end": wishes.window.end,
        "per_week": wishes.per_week,
        "size": int(wishes.size),
        "discreet": wishes.discreet,
        "since_at": new.since_at,
        "paused_until": new.paused_until,
        "next_due_at": new.next_due_at,
        "again_nudge_id": new.again_nudge_id,
        "level": new.level,
        "weeks": new.weeks,
        "week_began": new.week_began,
        "reviewed": new.reviewed,
        "all_seen": new.all_seen,
        "keeps_pace": new.keeps_pace,
    }
