"""What promises are judged on: the history, what members said, and what servers were switched to.

Whoever deleted everything begins anew: what was before cannot be known to anybody, and is not held against what
follows. So the messages of a member are looked at in eras, from one deletion to the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from bot.rules.occurrence import Kind
from bot.simulate.history import Arrival, History, PlanMove, RowMove
from bot.simulate.people import Person, Said, Stand
from bot.simulate.timeline import BEGINS
from bot.simulate.weeks import Dated, dated

SLACK: Final = 1.0

# What a date can lead to.
OF_A_DATE: Final = frozenset(
    {Kind.NUDGE, Kind.STILL_WANTED, Kind.GUILD_OFF, Kind.REVIEW_4, Kind.REVIEW_8, Kind.ALL_SEEN}
)


@dataclass(frozen=True, slots=True)
class Row:
    """One occurrence, as the disk told of it."""

    begin: RowMove
    state: str
    """The last one."""
    settled: float
    """When it came to that state."""

    @property
    def due(self) -> float:
        return (self.begin.due_at - BEGINS).total_seconds()

    @property
    def until(self) -> float:
        return (self.begin.until_at - BEGINS).total_seconds()


@dataclass(frozen=True)
class Evidence:
    """All of it, and the order in which it is asked for."""

    history: History
    people: Mapping[int, Person]
    guilds: Mapping[int, Said[bool]]
    ended: float | None = None
    """When the world came to rest; None where it is looked at in the middle of things."""

    @cached_property
    def rows(self) -> Mapping[tuple[str, int], Row]:
        """Every occurrence by its id and era."""
        found: dict[tuple[str, int], Row] = {}
        for move in self.history.rows:
            key = (move.occurrence_id, self.era(move.member_id, move.at))
            before = found.get(key)
            begin = move if before is None or move.before is None else before.begin
            found[key] = Row(begin, move.after, move.at)
        return found

    @cached_property
    def by_member(self) -> Mapping[tuple[int, int], list[Arrival]]:
        """The messages of each member and era, in the order in which they came."""
        found: defaultdict[tuple[int, int], list[Arrival]] = defaultdict(list)
        for one in sorted(self.history.arrivals, key=lambda one: (one.accepted, one.message_id)):
            found[one.member_id, self._era_of(one)].append(one)
        return found

    @cached_property
    def rows_of(self) -> Mapping[int, list[RowMove]]:
        """What the disk told of each member's occurrences."""
        found: defaultdict[int, list[RowMove]] = defaultdict(list)
        for row in self.history.rows:
            found[row.member_id].append(row)
        return found

    @cached_property
    def dates_of(self) -> Mapping[tuple[int, int], list[Dated]]:
        """The dates of each member and era that were decided about, with the week that each was in."""
        begun: defaultdict[tuple[int, int], list[RowMove]] = defaultdict(list)
        for move in self.history.rows:
            if move.before is None and move.kind in OF_A_DATE:
                begun[move.member_id, self.era(move.member_id, move.at)].append(move)
        return {whose: dated(moves) for whose, moves in begun.items()}

    @cached_property
    def _dated(self) -> Mapping[tuple[str, int], Dated]:
        return {(one.move.occurrence_id, era): one for (_, era), dates in self.dates_of.items() for one in dates}

    def dated(self, one: Arrival) -> Dated | None:
        """The date that this message was for; None where the database never told of it."""
        return self._dated.get((one.occurrence_id, self._era_of(one)))

    @cached_property
    def plans_of(self) -> Mapping[int, list[PlanMove]]:
        """What the disk told of when each member's next nudge is due."""
        found: defaultdict[int, list[PlanMove]] = defaultdict(list)
        for plan in self.history.plans:
            found[plan.member_id].append(plan)
        return found

    @cached_property
    def _deletions(self) -> Mapping[int, list[float]]:
        return {
            member_id: [
                change.begun if change.ended is None else change.ended
                for change in person.said.changes
                if change.to.wishes is None
            ]
            for member_id, person in self.people.items()
        }

    @cached_property
    def _begins(self) -> Mapping[str, list[float]]:
        """When each occurrence was begun: more than once where its member had deleted everything in between."""
        found: defaultdict[str, list[float]] = defaultdict(list)
        for move in self.history.rows:
            if move.before is None:
                found[move.occurrence_id].append(move.at)
        return found

    def era(self, member_id: int, at: float) -> int:
        """How often the member had deleted everything by then; or had begun to, where no answer to that ever came."""
        return bisect_right(self._deletions.get(member_id, []), at)

    def _era_of(self, one: Arrival) -> int:
        """The era in which that message was begun, be it handed over while its member was leaving."""
        begins = self._begins.get(one.occurrence_id, [])
        before = bisect_right(begins, one.called)
        return self.era(one.member_id, begins[before - 1] if before else one.called)

    def row(self, one: Arrival) -> Row | None:
        """What the database last said about that message, deleted since or not; None where it never said any."""
        return self.rows.get((one.occurrence_id, self._era_of(one)))

    def nudges(self) -> Iterator[list[Arrival]]:
        """The nudges of each member and era, in order."""
        for arrivals in self.by_member.values():
            yield [one for one in arrivals if one.kind is Kind.NUDGE]

    def stands(self, one: Arrival) -> list[Stand]:
        """All that may have held for the member when the bot handed that message over."""
        return self.people[one.member_id].said.at(one.called)

    def guild_states(self, stand: Stand, at: float) -> set[bool]:
        """Whether that member's server was on; it may have been both."""
        if stand.guild_id is None:
            return {True}
        return set(self.guilds[stand.guild_id].at(at))

    def last_touch(self, member_id: int, before: float) -> float:
        """When the member last answered anything, or said that nudges may come."""
        person = self.people[member_id]
        answers = [answer.begun for answer in person.answers if answer.begun <= before]
        return max([*answers, self.last_renewal(member_id, before)], default=0.0)

    def last_renewal(self, member_id: int, before: float) -> float:
        """When the member last said that nudges may come."""
        changes = self.people[member_id].said.changes
        return max((one.begun for one in changes if one.renews and one.begun <= before), default=0.0)

    def is_touched(self, member_id: int, begin: float, end: float) -> bool:
        """Whether anything that the member or their server said may have changed anything in between."""
        person = self.people[member_id]
        spans = [(one.begun, one.ended) for one in person.said.changes]
        spans += [(one.begun, one.ended) for one in person.answers]
        for home in person.homes:
            spans += [(one.begun, one.ended) for one in self.guilds[home].changes]
        return any(begun <= end + SLACK and (ended is None or ended >= begin - SLACK) for begun, ended in spans)


def local(zone: str, seconds: float) -> datetime:
    """What a clock in that zone shows."""
    return instant(seconds).astimezone(ZoneInfo(zone))


def local_day(zone: str, seconds: float) -> date:
    """The date on a calendar in that zone."""
    return local(zone, seconds).date()


def instant(seconds: float) -> datetime:
    """The instant, in UTC."""
    return BEGINS + timedelta(seconds=seconds)
