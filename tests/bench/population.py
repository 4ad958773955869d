"""Files with many members who said yes, and making some of them due.

A file is made once and kept in .cache/bench; nobody in it is due for weeks. A past is eight weeks of three nudges each,
every second of them answered. One member in twenty has it, everybody in a small file. It was written day by day, as
it would have come, so that a member's rows lie far apart. Whoever has a past has set two of its nudges aside, and has a
bearing that answers have made; and every member has a key, wrapped as the bot wraps it: a wake-up unwraps, opens and
seals what it really would. The file is made anew when the tables change, and every week.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.content.library import load_library
from bot.keys import MemberKey
from bot.keys.sealing import KEY_BYTES
from bot.rules.bearing import Bearing, Step
from bot.rules.choose import Draw
from bot.rules.consent import WORDINGS, Purpose
from bot.rules.occurrence import Kind, State, occurrence_id
from bot.rules.schedule import Window
from bot.rules.tickets import Tickets
from bot.store import Database
from bot.store.bearings import FORM
from bot.store.keyring import beside
from bot.store.refusals import NUDGE
from bot.store.schema import bearing, refusal
from bot.store.sealed import mark, sealed
from tests.bench.processes import CACHE, ROOT, make_cache
from tests.support.keys import MASTER

FIRST = 10**17
CHANNELS = 10**16
DAY = 86_400_000
WEEKS = 8
DAYS_OF_A_WEEK = (2, 4, 7)
SET_ASIDE_EACH = 2
KEYS_IN_ONE_GO = 10_000
ONE_IN = 20
SMALL = 20_000
HOME = "Europe/Berlin"
# Wide enough that no benchmark outlasts it, whatever the hour at which it starts.
WINDOW = (12 * 60, 17 * 60)

PEOPLE = """
INSERT INTO member (member_id, guild_id, language, joined_at, dm_channel_id, streak_hidden, asked, key_id)
VALUES (?, NULL, 'en', ?, ?, 0, 1, ?)
"""
KEYS = "INSERT INTO wrapped_key (key_id, version, sealed) VALUES (?, ?, ?)"
BEARINGS = "INSERT INTO bearing (member_id, picked) VALUES (?, ?)"
SET_ASIDE = "INSERT INTO refusal (member_id, refusal_id, picked, refused_at) VALUES (?, ?, ?, ?)"
LEDGER = """
INSERT INTO consent (member_id, purpose, wording, given_at)
SELECT member_id, :purpose, :wording, joined_at FROM member ORDER BY member_id
"""
PLANS = """
INSERT INTO plan (member_id, state, zone, window_start, window_end, per_week, size, discreet, since_at, next_due_at,
                  level, weeks, week_began, reviewed, all_seen, keeps_pace)
SELECT member_id, 'active', :zone, :start, :end, 3, 3, 0, joined_at,
       :later + (member_id - :first) * 7919 % (14 * 86400000), 2, :weeks, :week_began, :weeks, 0, 1
FROM member ORDER BY member_id
"""
PAST = """
INSERT OR IGNORE INTO occurrence (occurrence_id, member_id, kind, slot, state, nudge_id, again, due_at, until_at,
                                  attempts, settled_at, channel_id, message_id, answered_at)
VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, 1, ?, ?, ?, ?)
"""


def ids(numbers: Sequence[int]) -> list[int]:
    return [FIRST + number for number in numbers]


async def opted_in(count: int) -> Path:
    """A file with that many members, one in twenty of them with a past, and nobody due."""
    make_cache()
    path = CACHE / f"members-{count}-{_version()}.db"
    if path.exists():
        await asyncio.to_thread(settle_down, path)
        return path
    for outdated in CACHE.glob(f"members-{count}-*"):
        outdated.unlink()
    fresh = path.with_suffix(".new")
    for one in (fresh, beside(fresh)):
        one.unlink(missing_ok=True)
    async with Database.open(f"sqlite:///{fresh}", MASTER):
        pass
    await asyncio.to_thread(_fill, fresh, count)
    beside(fresh).rename(beside(path))
    fresh.rename(path)
    return path


def copy(of: Path, name: str) -> Path:
    """A copy to change at will."""
    path = CACHE / f"{name}.db"
    for ending in ("", "-wal", "-shm"):
        for one in (path, beside(path)):
            one.with_name(one.name + ending).unlink(missing_ok=True)
    shutil.copyfile(of, path)
    shutil.copyfile(beside(of), beside(path))
    return path


def make_due(path: Path, numbers: Sequence[int], ago: float = 1.0) -> None:
    """These members, who have a past, are due since `ago` seconds, inside their window."""
    now = datetime.now(UTC)
    zone = zone_of_the_afternoon(now)
    due = milliseconds(now) - int(ago * 1_000)
    with _open(path) as connection:
        assert _all_have_a_past(connection, numbers), "see with_a_past"
        connection.executemany(
            "UPDATE plan SET next_due_at = ?, zone = ? WHERE member_id = ?",
            [(due, zone, member_id) for member_id in ids(numbers)],
        )
    connection.close()


def due_at(path: Path, now: datetime, dues: Iterable[tuple[int, str, Window, datetime]]) -> None:
    """These members (by id) live in that zone and window and are due then, with a past of eight weeks before `now`."""
    rows = [(zone, window.start, window.end, milliseconds(due), member_id) for member_id, zone, window, due in dues]
    with _open(path) as connection:
        connection.execute("DELETE FROM occurrence")
        connection.executemany(PAST, _pasts([member_id - FIRST for *_, member_id in rows], now))
        connection.execute("UPDATE plan SET since_at = ?", (milliseconds(now) - 90 * DAY,))
        connection.executemany(
            "UPDATE plan SET zone = ?, window_start = ?, window_end = ?, next_due_at = ? WHERE member_id = ?", rows
        )
    connection.close()


def zone_of_the_afternoon(now: datetime) -> str:
    """A zone whose clocks show between one and two in the afternoon."""
    ahead = (13 - now.hour) % 24
    ahead = ahead - 24 if ahead > 14 else ahead
    return f"Etc/GMT{-ahead:+d}"


def with_a_past(count: int) -> Sequence[int]:
    """Who has a past, in a file of that many members."""
    return range(0, count, 1 if count <= SMALL else ONE_IN)


def _all_have_a_past(connection: sqlite3.Connection, numbers: Sequence[int]) -> bool:
    has_some = "SELECT EXISTS (SELECT 1 FROM occurrence WHERE member_id = ?)"
    return all(connection.execute(has_some, (member_id,)).fetchone() == (1,) for member_id in ids(numbers))


def _pasts(numbers: Sequence[int], now: datetime) -> Iterator[tuple[object, ...]]:
    """The oldest first."""
    nudges = [nudge.nudge_id for nudge in load_library().language("en").nudges]
    days = [7 * week + day for week in range(WEEKS) for day in DAYS_OF_A_WEEK]
    for place, day in reversed([*enumerate(days)]):
        for member_id in ids(numbers):
            yield _of_the_past(member_id, now - timedelta(days=day), place, nudges)


def _of_the_past(member_id: int, at: datetime, place: int, nudges: Sequence[str]) -> tuple[object, ...]:
    slot, due = at.date().isoformat(), milliseconds(at)
    identity = occurrence_id(member_id, Kind.NUDGE, slot)
    nudge = nudges[(member_id + place) % len(nudges)]
    answered = due + 60_000 if place % 2 == 0 else None
    until, message = due + 3_600_000, member_id + place
    return identity, member_id, Kind.NUDGE, slot, State.SENT, nudge, due, until, due, CHANNELS, message, answered


def _set_aside(keys: Iterable[MemberKey], now: datetime) -> Iterator[tuple[object, ...]]:
    """Nudges that they have had, so that what still fits them is as before."""
    nudges = [nudge.nudge_id for nudge in load_library().language("en").nudges]
    for key in keys:
        for place in range(SET_ASIDE_EACH):
            picked = {"what": NUDGE, "subject": nudges[(key.member_id + place) % len(nudges)]}
            row_id = mark(key, picked)
            yield key.member_id, row_id, sealed(key, refusal.c.picked, row_id, picked), milliseconds(now)


def _bearings(keys: Iterable[MemberKey], now: datetime) -> Iterator[tuple[object, ...]]:
    """Of somebody who has answered for weeks, and whose latest nudge was drawn among all kinds."""
    nudges = load_library().language("en").nudges
    kinds, today = sorted({nudge.theme for nudge in nudges}), now.date()
    picked = FORM.dump_python(
        Bearing(
            tickets=Tickets(dict.fromkeys(kinds[::3], 13.5), today),
            steps=(Step(today - timedelta(days=9)), Step(today - timedelta(days=4), with_someone_new=False)),
            full_steps=12,
            draw=Draw(nudges[0].nudge_id, nudges[0].theme, dict.fromkeys(kinds, 10.0), f"{FIRST}:{today}", WEEKS),
        ),
        mode="json",
    )
    for key in keys:
        yield key.member_id, sealed(key, bearing.c.picked, str(key.member_id), picked)


def _join(connection: sqlite3.Connection, path: Path, count: int, then: int) -> list[MemberKey]:
    """Members, each with a key; those of whoever has a past are returned."""
    has_a_past, kept = with_a_past(count), list[MemberKey]()
    with closing(_open(beside(path))) as ring, ring:
        for begin in range(0, count, KEYS_IN_ONE_GO):
            numbers = range(begin, min(begin + KEYS_IN_ONE_GO, count))
            keys = [MemberKey(FIRST + one, secrets.token_hex(16), os.urandom(KEY_BYTES)) for one in numbers]
            wrapped = [(key.key_id, MASTER.wrap(key.key_id, key.secret)) for key in keys]
            ring.executemany(KEYS, [(key_id, one.version, one.sealed) for key_id, one in wrapped])
            connection.executemany(
                PEOPLE, [(key.member_id, then, CHANNELS + key.member_id - FIRST, key.key_id) for key in keys]
            )
            kept += [key for key in keys if key.member_id - FIRST in has_a_past]
    return kept


def _fill(path: Path, count: int) -> None:
    now = datetime.now(UTC)
    start, end = WINDOW
    values = {
        "first": FIRST,
        "purpose": Purpose.NUDGES,
        "wording": WORDINGS[Purpose.NUDGES],
        "zone": HOME,
        "start": start,
        "end": end,
        "later": milliseconds(now) + 45 * DAY,
        "weeks": WEEKS,
        "week_began": (now - timedelta(days=DAYS_OF_A_WEEK[0])).date().isoformat(),
    }
    with _open(path) as connection:
        keys = _join(connection, path, count, milliseconds(now) - 90 * DAY)
        for statement in (LEDGER, PLANS):
            connection.execute(statement, values)
        connection.executemany(PAST, _pasts(with_a_past(count), now))
        connection.executemany(SET_ASIDE, _set_aside(keys, now))
        connection.executemany(BEARINGS, _bearings(keys, now))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def settle_down(path: Path) -> None:
    """Undo what an earlier run left: whoever was made due lives at home again, is due in weeks, and has their past."""
    with _open(path) as connection:
        connection.execute(
            # Nothing of the past was ever tried by the bot.
            "DELETE FROM occurrence WHERE first_tried_at IS NOT NULL AND member_id IN "
            "(SELECT member_id FROM plan WHERE zone <> ?)",
            (HOME,),
        )
        connection.execute(
            "UPDATE plan SET state = 'active', next_due_at = ?, zone = ? WHERE zone <> ?",
            (milliseconds(datetime.now(UTC)) + 45 * DAY, HOME, HOME),
        )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")
    return connection


def _version() -> str:
    """Changes with the tables, with this file, and with the week."""
    digest = hashlib.sha256()
    for source in (*sorted((ROOT / "bot/store/migrations/versions").glob("*.py")), Path(__file__)):
        digest.update(source.read_bytes())
    today: date = datetime.now(UTC).date()
    return f"{today:%G%V}-{digest.hexdigest()[:8]}"


def milliseconds(at: datetime) -> int:
    """As the tables have it: UTC, since 1970."""
    return int(at.timestamp() * 1_000)
