"""What a member would see, held against the rows: the promise, counted.

Law: nothing here believes the bot. Messages are the ones the double took; what was due, when, and in which window, is
what the test itself put into the file, or rows that only the member's own choices changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from tests.support.crowd import Someone, crowd, fill, just_now, zone_where_it_is
from tests.wire.double import Double
from tests.wire.mail import dm_of, moment_of
from tests.wire.process import Bot

# A message leaves while the window holds, and arrives a moment later.
ON_THE_WAY_SECONDS: Final = 1.0

# A row exactly when that many messages are in that state.
STAND: Final = "SELECT count(*) FROM occurrence HAVING sum(state = ?) = ?"

BROKEN: Final = ("duplicates", "lost", "outside", "untrue", "forgotten")
EXPLAINED: Final = frozenset({"dissolved", "unreachable", "unknown"})
NOT_ARRIVED: Final = frozenset({"dissolved", "unreachable"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of that many members' nudges; all that `broken` looks at has to be zero."""

    due: int
    arrived: int
    dissolved: int
    unknown: int
    duplicates: int = 0
    lost: int = 0
    outside: int = 0
    untrue: int = 0
    """Rows that say something else than what stands in the DM."""
    presses: int = 0
    """Answers that members saw taken, where the test has members press."""
    forgotten: int = 0
    """Those among them that are not in the file."""

    @property
    def broken(self) -> dict[str, int]:
        counted = asdict(self)
        return {name: counted[name] for name in BROKEN if counted[name]}


def judge(bot: Bot, double: Double, people: Mapping[int, Someone]) -> Verdict:
    """Look at every one of them. Nobody may be running."""
    rows = bot.sql("SELECT member_id, occurrence_id, state FROM occurrence WHERE kind = 'nudge'")
    state = {member_id: (occurrence_id, state) for member_id, occurrence_id, state in rows}
    assert len(state) == len(rows), "somebody has two nudges"
    tally = Counter[str](due=len(people))
    for member_id, one in people.items():
        occurrence_id, became = state.get(member_id, ("", "none"))
        ids = [int(shown["id"]) for shown in double.dm_with(member_id) if occurrence_id in str(shown["components"])]
        strange = len(double.dm_with(member_id)) - len(ids)
        tally["arrived"] += bool(ids)
        tally["dissolved"] += became == "dissolved"
        tally["unknown"] += became == "unknown"
        tally["duplicates"] += max(0, len(ids) - 1) + strange
        tally["lost"] += not ids and became not in EXPLAINED
        tally["outside"] += sum(not _is_inside(one, identity) for identity in ids)
        tally["untrue"] += became in NOT_ARRIVED if ids else became == "sent"
    return Verdict(**{name: tally[name] for name in Verdict.__slots__})


def _is_inside(one: Someone, identity: int) -> bool:
    """Whether the member's clock stood in their window when the message was taken."""
    zone = ZoneInfo(one.zone)
    taken = datetime.fromtimestamp(moment_of(identity), UTC)
    latest = taken.astimezone(zone)
    earliest = datetime.fromtimestamp(moment_of(identity) - ON_THE_WAY_SECONDS, UTC).astimezone(zone)
    same_day = latest.date() == one.due.astimezone(zone).date()
    return same_day and any(one.window.holds(at.hour * 60 + at.minute) for at in (earliest, latest))


def due_now(bot: Bot, count: int, *, strangers: bool = False) -> dict[int, Someone]:
    """That many members whose nudge has been due for a second, in the middle of their day.

    Their DMs are open since their receipt, unless they are `strangers`.
    """
    everybody = crowd(count, just_now(), zone_where_it_is(13))
    people = [one if strangers else replace(one, dm_channel_id=dm_of(one.member_id)) for one in everybody]
    fill(bot.file, people)
    return {one.member_id: one for one in people}


def pass_time(bot: Bot, double: Double, seconds: float) -> None:
    """As if that long had gone by since each try: claims and waits run out, nonces are forgotten. Nobody may run."""
    by = int(seconds * 1000)
    bot.sql("UPDATE occurrence SET wake_at = wake_at - ?, first_tried_at = first_tried_at - ?", by, by)
    double.mail.pass_time(seconds)


def is_sound(bot: Bot) -> bool:
    return bot.sql("PRAGMA quick_check") == [("ok",)] and bot.sql("PRAGMA foreign_key_check") == []
