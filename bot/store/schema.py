"""The tables.

Law, held by tests/test_privacy.py: whatever row is about a member has a `member_id` column, so that deleting a member
is one walk over these tables; no other column may identify a person. What a member answered or picked is Sealed.
Instants are UTC milliseconds, local dates ISO text. No column holds a word that a member wrote: they pick, they never
type.

Keys that are numbers are Integer: SQLite holds 64 bits in one, and takes it for the row's own number where it is the
whole key, so that there is one tree to look in, not two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from bot.keys.sealing import LEAST_BYTES

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# Room for a bearing with a season, a draw among all kinds, and what months of answers made of it: no length tells any
# of this. Only whoever takes a step nearly every day could need more.
BEARING_BYTES: Final = 2048


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC milliseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(milliseconds=value)


class LocalDate(TypeDecorator[date]):
    """A date on the member's own calendar, kept as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, _dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Sealed(TypeDecorator[bytes]):
    """JSON that only the member's key opens (bot/store/sealed.py), as long as any other of up to `least` bytes."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, least: int = LEAST_BYTES) -> None:
        super().__init__()
        self.least = least


metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _member_key(*, primary_key: bool) -> Column[int]:
    return Column(
        "member_id",
        Integer,
        ForeignKey("member.member_id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


# Facts about this installation itself, such as the hash of the commands Discord was last told.
fact: Final = Table(
    "fact",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# A server, where its card stands, and the rounded number that its moderators were last shown.
guild: Final = Table(
    "guild",
    metadata,
    Column("guild_id", Integer, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("enabled_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("people", Integer),
    Column("counted_at", Instant),
)

# Somebody who said yes to something. `asked` is the edition of the questions they were last asked (`rules.consent`).
member: Final = Table(
    "member",
    metadata,
    Column("member_id", Integer, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger),
    Column("language", Text, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("dm_channel_id", BigInteger),
    Column("streak_hidden", Boolean, nullable=False),
    Column("asked", Integer),
    # Of what is sealed with it, an older version had nothing: whoever has none yet gets one at the next start.
    Column("key_id", Text),
    Index(None, "key_id", unique=True),
)

# The ledger: what a member said yes to, in which wording, and when they took it back.
consent: Final = Table(
    "consent",
    metadata,
    Column("consent_id", Integer, primary_key=True),
    _member_key(primary_key=False),
    Column("purpose", Text, nullable=False),
    Column("wording", Integer, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    # All of it: what a wake-up asks about a member stands in one place, without a look at the row.
    Index("ix_consent_all", "member_id", "purpose", "wording", "given_at", "withdrawn_at"),
)

# What a member chose, and when their next nudge is due.
plan: Final = Table(
    "plan",
    metadata,
    _member_key(primary_key=True),
    Column("state", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("window_start", Integer, nullable=False),
    Column("window_end", Integer, nullable=False),
    Column("per_week", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("paused_until", Instant),
    Column("next_due_at", Instant),
    Column("again_nudge_id", Text),
    Column("level", Integer, nullable=False),
    Column("weeks", Integer, nullable=False),
    Column("week_began", LocalDate),
    Column("reviewed", Integer, nullable=False),
    Column("all_seen", Boolean, nullable=False),
    Column("keeps_pace", Boolean, nullable=False),
    Index(None, "next_due_at"),
)

# How their nudges are chosen: what they set, and what their answers made of it (`rules.bearing`).
bearing: Final = Table(
    "bearing",
    metadata,
    _member_key(primary_key=True),
    Column("picked", Sealed(BEARING_BYTES), nullable=False),
)

# One message to a member, planned, sent or dissolved. Its id says whose, which kind and which slot, so that these are
# unique with it.
occurrence: Final = Table(
    "occurrence",
    metadata,
    Column("occurrence_id", Text, primary_key=True),
    _member_key(primary_key=False),
    Column("kind", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("nudge_id", Text),
    Column("again", Boolean, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("wake_at", Instant),
    Column("claim", Text),
    Column("attempts", Integer, nullable=False),
    Column("first_tried_at", Instant),
    Column("settled_at", Instant),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("answered_at", Instant),
    Column("answer", Sealed),
    # A member's rows lie scattered over the file, one for each day; here, what a wake-up reads of them lies together.
    Index(
        "ix_occurrence_history", "member_id", "due_at", "kind", "state", "nudge_id", "slot", "until_at", "answered_at"
    ),
    Index(None, "wake_at"),
)

# What a member never wants to see again: one nudge, or a whole theme; and in which month they said so.
refusal: Final = Table(
    "refusal",
    metadata,
    _member_key(primary_key=True),
    Column("refusal_id", Text, primary_key=True),
    Column("picked", Sealed, nullable=False),
    Column("refused_at", Instant, nullable=False),
)

# A check-in that its member wanted kept: picks from lists, nothing else.
check_in: Final = Table(
    "check_in",
    metadata,
    Column("check_in_id", Text, primary_key=True),
    _member_key(primary_key=False),
    Column("day", LocalDate, nullable=False),
    Column("picks", Sealed, nullable=False),
    Index(None, "member_id"),
)

# A week in which a member answered, or chose to rest.
week: Final = Table(
    "week",
    metadata,
    _member_key(primary_key=True),
    Column("monday", LocalDate, primary_key=True),
)


def member_tables() -> list[Table]:
    """The tables that hold something about members, parents before children."""
    return [table for table in metadata.sorted_tables if "member_id" in table.c]
