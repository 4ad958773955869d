"""How long what is held stays, and what goes tonight. Why: docs/privacy.md.

Law: nobody goes by a clock that may be wrong, nor for a time in which they could not have come. What another rule still
reads stays, and so does what tells when somebody was there last, for as long as they do. Instants are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.rules.occurrence import UNSEEN, Kind, State

# House is kept once after each of these.
EVERY_NIGHT_AT: Final = time(3, 40, tzinfo=UTC)

# A break longer than this is taken for a clock that jumped, or for a bot that was away: the next night deletes nothing.
LONGEST_BREAK: Final = timedelta(days=7)

# After such a break nobody is deleted for this long. They could not reach us meanwhile, so they have time to come back.
TIME_TO_COME_BACK: Final = timedelta(days=30)

QUESTIONS: Final = frozenset({Kind.STILL_WANTED, Kind.GUILD_OFF})

# Behind UTC as far as a date can be: by then it is over everywhere.
LAST_NOON: Final = time(12, tzinfo=UTC)
A_DAY: Final = timedelta(days=1)
A_WEEK: Final = timedelta(days=7)
LONGEST_MONTH: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long what is held stays."""

    inactive_members: timedelta = timedelta(days=365)
    """A member from whom nothing came, and to whom nothing went."""
    answers: timedelta = timedelta(days=365)
    """Which button was pressed, and check-ins; where they are kept at all."""
    delivery_records: timedelta = timedelta(days=120)
    """What became of a message."""
    withdrawn_consents: timedelta = timedelta(days=365)
    """A yes that was taken back: the proof that there was one."""


UNLESS_SET_OTHERWISE: Final = Retention()


@dataclass(frozen=True, slots=True)
class Cuts:
    """What is older than these goes tonight, unless something says that it stays."""

    now: datetime
    members: datetime
    answers: datetime
    check_ins: date
    """Of the date itself on any calendar; the same age as `answers`."""
    records: datetime
    consents: datetime


def cuts_of(retention: Retention, now: datetime) -> Cuts:
    """What these lengths mean tonight."""
    answers = now - retention.answers
    return Cuts(
        now=now,
        members=now - retention.inactive_members,
        answers=answers,
        check_ins=(answers - A_DAY).date(),
        records=now - retention.delivery_records,
        consents=now - retention.withdrawn_consents,
    )


@dataclass(frozen=True, slots=True)
class Diary:
    """When house was kept last, and since when without a longer break."""

    last: datetime
    since: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether a night has come since; or the clock was set back, which has to be noted."""
        return now < self.last or self.last < last_night(now)

    @property
    def lets_things_go(self) -> bool:
        """Whether it is not the first night after a break."""
        return self.since < self.last

    @property
    def lets_members_go(self) -> bool:
        """Whether everybody has had their time to come back."""
        return self.last - self.since >= TIME_TO_COME_BACK


def tonight(before: Diary | None, now: datetime) -> Diary:
    """The diary with tonight in it."""
    if before is None or not timedelta() <= now - before.last <= LONGEST_BREAK:
        return Diary(last=now, since=now)
    return replace(before, last=now)


def last_night(now: datetime) -> datetime:
    """The last time at which house was to be kept."""
    today = datetime.combine(now.astimezone(UTC).date(), EVERY_NIGHT_AT)
    return today if today <= now else today - A_DAY


@dataclass(frozen=True, slots=True)
class Signs:
    """When something last came from a member, or went to them, by what tells of it. None where nothing does."""

    joined_at: datetime
    agreed_at: datetime | None = None
    """They said yes to something."""
    withdrew_at: datetime | None = None
    """They took a yes back."""
    renewed_at: datetime | None = None
    """They said that nudges may come."""
    paused_until: datetime | None = None
    messaged_at: datetime | None = None
    """A message was due that they may have seen, or asked for."""
    answered_at: datetime | None = None
    set_aside_at: datetime | None = None
    """The beginning of the month in which they set something aside; more is not held."""
    checked_in_on: date | None = None
    week_of: date | None = None
    """The Monday of the last week in which they showed up."""

    @property
    def last(self) -> datetime:
        """The last of them; a date counts to its end, wherever it is, and so does a month."""
        instants = [one for one in astuple(self) if isinstance(one, datetime)]
        if self.set_aside_at is not None:
            instants.append((self.set_aside_at + LONGEST_MONTH).replace(day=1))
        if self.checked_in_on is not None:
            instants.append(_end_of(self.checked_in_on))
        if self.week_of is not None:
            instants.append(_end_of(self.week_of) + A_WEEK - A_DAY)
        return max(instants)


def is_gone(signs: Signs, cuts: Cuts) -> bool:
    """Whether that member has been away so long that they are deleted."""
    return signs.last < cuts.members


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a member, as far as it matters for how long it is held."""

    occurrence_id: str
    kind: Kind
    state: State
    due_at: datetime
    settled_at: datetime | None
    answered_at: datetime | None
    keeps_answer: bool
    """Whether the button that was pressed is held with it."""

    @property
    def may_be_seen(self) -> bool:
        return self.state not in UNSEEN or self.answered_at is not None

    def is_older_than(self, cut: datetime) -> bool:
        """Whether it has come to its end, and nothing happened to it since."""
        if self.settled_at is None:
            return False
        return max(self.due_at, self.settled_at, self.answered_at or self.due_at) < cut


@dataclass(frozen=True, slots=True)
class Anchor:
    """What decides which of a member's old messages stay, however old they are."""

    nudges_from: datetime | None = None
    """When the first of the last nudges that arrived was due, by which silence is heard; None where there are fewer."""
    something_since: bool = False
    """Whether they may have seen anything that was due since the cut."""


def going(old: Sequence[Message], anchor: Anchor, cuts: Cuts) -> list[str]:
    """Which of a member's messages go. `old` are all that were due before the cut.

    However old, these stay: the last nudges, by which silence is heard; the last questions, as long as these nudges are
    old themselves, for their buttons lead on; and what tells last that the member was there.
    """
    staying = _staying(sorted(old, key=lambda one: one.due_at, reverse=True), anchor, cuts)
    return [
        one.occurrence_id
        for one in old
        if one.is_older_than(cuts.records) and not one.keeps_answer and one.occurrence_id not in staying
    ]


def _staying(newest_first: Sequence[Message], anchor: Anchor, cuts: Cuts) -> set[str]:
    seen = [one for one in newest_first if one.may_be_seen]
    nudges_from = anchor.nudges_from
    staying = {
        one.occurrence_id
        for one in seen
        if one.kind is Kind.NUDGE and (nudges_from is None or one.due_at >= nudges_from)
    }
    if nudges_from is None or nudges_from < cuts.records:
        staying |= _first_of_each(one for one in seen if one.kind in QUESTIONS)
    if not anchor.something_since:
        answered = [(one.answered_at, one.occurrence_id) for one in seen if one.answered_at is not None]
        staying |= {one.occurrence_id for one in seen[:1]} | {last for _, last in sorted(answered)[-1:]}
    return staying


def _first_of_each(questions: Iterable[Message]) -> set[str]:
    found: dict[Kind, str] = {}
    for one in questions:
        found.setdefault(one.kind, one.occurrence_id)
    return set(found.values())


def _end_of(day: date) -> datetime:
    return datetime.combine(day + A_DAY, LAST_NOON)
