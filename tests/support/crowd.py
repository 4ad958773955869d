"""Many members at once: rows as their own Start would have left them, put into the file while nobody runs.

Law: what stands in the rows is what the rules allow. Every plan is made as a `Plan` before it is written, so a crowd
that the rules would refuse fails here; each member has their yes in the ledger, in today's wording.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bot.rules.consent import QUESTIONS, WORDINGS, Purpose
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import Window
from bot.store.schema import EPOCH, consent, guild, member, plan

# Far from the ids of the double's own people.
FIRST: Final = 300_000_000_000_000_000

# The widest window there is without a night in it.
ALL_DAY: Final = Window(8 * 60, 22 * 60)


@dataclass(frozen=True, slots=True)
class Someone:
    """A member who said yes, and when their next nudge is due."""

    member_id: int
    due: datetime
    zone: str
    window: Window = ALL_DAY
    dm_channel_id: int | None = None
    guild_id: int | None = None
    discreet: bool = False


def zone_where_it_is(hour: int) -> str:
    """A zone whose clocks show that hour now, so that a window holds now whenever the tests run."""
    ahead = (hour - datetime.now(UTC).hour) % 24
    ahead = ahead - 24 if ahead > 14 else ahead
    # The signs of these names are the other way round. Twelve is as far west as they go.
    if ahead < -12:
        raise ValueError(f"no zone is {-ahead} hours behind")
    return f"Etc/GMT{-ahead:+d}"


def zone_where_it_is_one_o_clock() -> str:
    return zone_where_it_is(13)


def milliseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def just_now(seconds: float = 1) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def fill(file: Path, people: Iterable[Someone]) -> None:
    """Add them to that file, which has the tables already. They opted in a week ago."""
    since = datetime.now(UTC) - timedelta(days=7)
    members, consents, plans = [], [], []
    for one in people:
        members.append(
            {
                "member_id": one.member_id,
                "guild_id": one.guild_id,
                "language": "en",
                "joined_at": since,
                "dm_channel_id": one.dm_channel_id,
                "streak_hidden": False,
                "asked": QUESTIONS.edition,
                "key_id": None,
            }
        )
        consents.append(
            {
                "member_id": one.member_id,
                "purpose": Purpose.NUDGES,
                "wording": WORDINGS[Purpose.NUDGES],
                "given_at": since,
                "withdrawn_at": None,
            }
        )
        plans.append(_row(one, since))
    connection = sqlite3.connect(file, timeout=20)
    try:
        with connection:
            for table, rows in ((member, members), (consent, consents), (plan, plans)):
                _insert(connection, table, rows)
    finally:
        connection.close()


def switch_on(file: Path, guild_id: int) -> None:
    """A server that has Porchlight on."""
    row = {"guild_id": guild_id, "channel_id": guild_id + 1, "enabled_at": just_now(), "disabled_at": None}
    connection = sqlite3.connect(file, timeout=20)
    try:
        with connection:
            _insert(connection, guild, [row | {"people": None, "counted_at": None}])
    finally:
        connection.close()


def crowd(count: int, due: datetime, zone: str, *, first: int = FIRST, **more: Any) -> list[Someone]:
    """That many members with ids in a row, all due then."""
    return [Someone(first + n, due, zone, **more) for n in range(count)]


def _row(one: Someone, since: datetime) -> dict[str, Any]:
    wishes = Wishes(one.zone, one.window, per_week=4, size=Size.SMALL, discreet=one.discreet)
    made = Plan(one.member_id, wishes, PlanState.ACTIVE, since_at=since, next_due_at=one.due)
    return {
        "member_id": made.member_id,
        "state": made.state,
        "zone": wishes.zone,
        "window_start": wishes.window.start,
        "window_end": wishes.window.end,
        "per_week": wishes.per_week,
        "size": int(wishes.size),
        "discreet": wishes.discreet,
        "since_at": made.since_at,
        "paused_until": None,
        "next_due_at": made.next_due_at,
        "again_nudge_id": None,
        "level": made.level,
        "weeks": made.weeks,
        "week_began": made.week_began,
        "reviewed": made.reviewed,
        "all_seen": made.all_seen,
        "keeps_pace": made.keeps_pace,
    }


def _insert(connection: sqlite3.Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Every column of the schema but a generated key has to be given."""
    names = [column.name for column in table.columns if column.name != f"{table.name}_id" or column.name in rows[0]]
    marks = ", ".join("?" for _ in names)
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of the schema
    connection.executemany(statement, ([_plain(row[name]) for name in names] for row in rows))


def _plain(value: Any) -> Any:
    return milliseconds(value) if isinstance(value, datetime) else value
