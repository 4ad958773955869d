"""What a member chose, and where their nudges stand.

Law: a plan has a next due time exactly while it is ACTIVE. The methods are the only ways from one plan to the next.
`lately` is, in all of them, what the member was sent in the last days (`rules.due`). Instants are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from bot.rules.due import Lately, due_after, due_again
from bot.rules.occurrence import Kind
from bot.rules.schedule import DAYS_APART, Schedule, Window, local_date, spread_of

# How many days a pause can be chosen for.
PAUSE_DAYS: Final = (3, 7, 30)

# No pause ends later than this.
LONGEST_PAUSE: Final = timedelta(days=max(PAUSE_DAYS))

# No nudge is due later than this: two weeks after a pause where one comes every other week, with room to spare.
FARTHEST_DUE: Final = LONGEST_PAUSE + timedelta(days=60)


A_WEEK: Final = timedelta(days=7)

# After this week with nudges there are fewer, unless the member says otherwise. Why: docs/pace.md.
LAST_WEEK: Final = 8
REVIEWS: Final = MappingProxyType({4: Kind.REVIEW_4, LAST_WEEK: Kind.REVIEW_8})
MOST_IN_THE_FIRST_WEEK: Final = 2
MOST: Final = max(DAYS_APART)
MOST_AFTERWARDS: Final = 1


class Size(IntEnum):
    """How much a nudge asks. Ordered; the member's own choice is the ceiling. Why: docs/pace.md."""

    TINY = 1
    """Two minutes at the most, and undoable."""
    SMALL = 2
    """Ten minutes at the most, one person."""
    BRAVE = 3
    """A real talk, or asking for something."""


class PlanState(StrEnum):
    """Whether anything comes to a member, and if not, why."""

    ACTIVE = "active"
    """Nudges come. A pause is not a state: it ends by itself."""
    OFF = "off"
    """The member keeps a plan, and has not agreed to nudges by DM."""
    QUIET = "quiet"
    """Six went unanswered: asked once, then quiet until the member says so."""
    UNREACHABLE = "unreachable"
    """Discord would not let a DM through; the member does not know yet."""
    UNREACHABLE_TOLD = "unreachable_told"
    """The same, and the member was told, once, at a command of theirs."""
    GUILD_OFF = "guild_off"
    """Their server switched Porchlight off: the member chooses whether to go on without it."""
    STOPPED = "stopped"
    """The member stopped. Nothing is sent."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a member picks about their nudges."""

    zone: str
    window: Window
    per_week: int
    size: Size
    discreet: bool
    """Show a neutral line first, and ring no bell."""

    def schedule(self, member_id: int) -> Schedule:
        return Schedule(self.zone, self.window, self.per_week, spread_of(member_id))


@dataclass(frozen=True, slots=True)
class Plan:
    """A member's choices, and where they stand."""

    member_id: int
    wishes: Wishes
    state: PlanState
    since_at: datetime
    """When the member last said that nudges may come. Silence is counted from here."""
    paused_until: datetime | None = None
    next_due_at: datetime | None = None
    again_nudge_id: str | None = None
    """A nudge the member asked to see again (Later): it takes the next place, it is never added."""
    level: int = 0
    """The exposure that steps have grown to. Only a *Did it* raises it (`rules.choose`)."""
    weeks: int = 0
    """In how many weeks nudges came so far: seven days each, from one that came (`week_on`)."""
    week_began: date | None = None
    """When the last of them began, on the member's own calendar."""
    reviewed: int = 0
    """After how many weeks the last review was asked."""
    all_seen: bool = False
    """Whether they were told that no nudge is left that fits, since they last said that nudges may come."""
    keeps_pace: bool = False
    """Whether they chose, at the review, to go on as often as before."""

    def __post_init__(self) -> None:
        if (self.state is PlanState.ACTIVE) is (self.next_due_at is None):
            raise ValueError(f"a plan that is {self.state} and next due at {self.next_due_at}")

    @property
    def schedule(self) -> Schedule:
        return self.wishes.schedule(self.member_id)

    def rhythm(self, now: datetime) -> Schedule:
        """The schedule as often as it goes by now: the first week has fewer, and so have all after week eight."""
        most = self._most_in(self._week_at(now))
        return replace(self.schedule, per_week=min(self.wishes.per_week, most))

    def week_on(self, day: date) -> int:
        """Which of their weeks with nudges that day is in, or begins: 1 for the first."""
        if self.week_began is None:
            return 1
        return self.weeks + (day - self.week_began >= A_WEEK)

    def review_on(self, day: date) -> Kind | None:
        """The review that is to be asked on that day, if one is."""
        reached = [weeks for weeks in REVIEWS if self.reviewed < weeks < self.week_on(day)]
        return REVIEWS[max(reached)] if reached else None

    def saying(self, kind: Kind, day: date) -> Plan:
        """A message of that kind goes out on that day."""
        match kind:
            case Kind.NUDGE:
                return self.counted(day)
            case Kind.ALL_SEEN:
                return replace(self, all_seen=True)
            case Kind.REVIEW_4 | Kind.REVIEW_8:
                return replace(self, reviewed=_weeks_of(kind))
        return self

    def not_said(self, kind: Kind) -> Plan:
        """It did not go out after all: what is said once is still to be said."""
        match kind:
            case Kind.ALL_SEEN:
                return replace(self, all_seen=False)
            case Kind.REVIEW_4 | Kind.REVIEW_8:
                return replace(self, reviewed=max((one for one in REVIEWS if one < _weeks_of(kind)), default=0))
        return self

    def counted(self, day: date) -> Plan:
        """A nudge comes on that day, or is shown."""
        week = self.week_on(day)
        began = self.week_began if week == self.weeks else day
        return replace(self, weeks=week, week_began=began)

    def _week_at(self, now: datetime) -> int:
        return self.week_on(local_date(self.wishes.zone, now))

    def _most_in(self, week: int) -> int:
        if week == 1:
            return MOST_IN_THE_FIRST_WEEK
        return MOST if week <= LAST_WEEK or self.keeps_pace else MOST_AFTERWARDS

    def wishes_at(self, now: datetime) -> Wishes:
        """What they picked; after week eight with one a week, unless they said otherwise."""
        if self._week_at(now) <= LAST_WEEK:
            return self.wishes
        return replace(self.wishes, per_week=self.rhythm(now).per_week)

    def with_wishes(self, wishes: Wishes, now: datetime) -> Plan:
        """With other wishes. After week eight, to pick more than one a week is to say otherwise."""
        if self._week_at(now) <= LAST_WEEK:
            return replace(self, wishes=wishes)
        return replace(self, wishes=wishes, keeps_pace=wishes.per_week > MOST_AFTERWARDS)

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def free_from(self, now: datetime) -> datetime:
        """From when on something may come: now, or the end of a pause."""
        return max(now, self.paused_until or now)

    def going_on(self, now: datetime, lately: Lately) -> Plan:
        """Nudges come from now on, or from the end of a pause. Silence is counted anew."""
        due = due_after(self.rhythm(now), self.free_from(now), lately)
        return replace(self, state=PlanState.ACTIVE, since_at=now, next_due_at=due, all_seen=False)

    def resumed(self, now: datetime, lately: Lately) -> Plan:
        """Nudges come from now on; a pause ends."""
        return replace(self, paused_until=None).going_on(now, lately)

    def ended(self, state: PlanState) -> Plan:
        """Nothing is on its way any more, for the reason that `state` gives."""
        return replace(self, state=state, next_due_at=None, again_nudge_id=None)

    def paused(self, until: datetime, lately: Lately) -> Plan:
        """Nothing comes before `until`. What comes by itself at all comes after it."""
        if self.state is not PlanState.ACTIVE:
            return replace(self, paused_until=until)
        return replace(self, paused_until=until, next_due_at=due_after(self.rhythm(until), until, lately))

    def resting(self, pause: timedelta, now: datetime, lately: Lately) -> Plan:
        """Nothing comes for so long, and not before the end of a pause that is longer."""
        return self.paused(self.free_from(now + pause), lately)

    def changed(self, wishes: Wishes, now: datetime, lately: Lately) -> Plan:
        """Other wishes from now on. They end no pause, and begin nothing that does not come now."""
        new = self.with_wishes(wishes, now)
        if self.state is not PlanState.ACTIVE:
            return new
        return replace(new, next_due_at=due_after(new.rhythm(now), self.free_from(now), lately))

    def keeping_pace(self, now: datetime, lately: Lately) -> Plan:
        """They want as many a week as before. Before the end of week eight, that changes nothing."""
        return self if self._week_at(now) <= LAST_WEEK else self.changed(self.wishes, now, lately)

    def slowed(self, per_week: int, now: datetime, lately: Lately) -> Plan:
        """That many a week from now on, and never more than there were."""
        wishes = self.wishes_at(now)
        return self.changed(replace(wishes, per_week=min(wishes.per_week, max(1, per_week))), now, lately)

    def grown(self, exposure: int) -> Plan:
        """A step of that exposure was done: the next ones may go one further."""
        return replace(self, level=max(self.level, exposure))

    def made_gentle(self, now: datetime, lately: Lately) -> Plan:
        """Something was not OK: steps begin anew, tiny, and what was asked for again does not come."""
        tiny = replace(self.wishes, size=Size.TINY)
        return replace(self, wishes=tiny, level=0).without_again(now, lately)

    def with_again(self, nudge_id: str, days: int, now: datetime, lately: Lately) -> Plan:
        """That nudge comes once more, in that many days or after a pause, in the place of the next one."""
        if self.state is not PlanState.ACTIVE:
            return self
        due = due_again(self.rhythm(now), days, now, lately)
        if due < self.free_from(now):
            due = due_after(self.rhythm(now), self.free_from(now), lately)
        return replace(self, next_due_at=due, again_nudge_id=nudge_id)

    def without_again(self, now: datetime, lately: Lately) -> Plan:
        """What was asked for again does not come, nor does anything else in its place."""
        if self.again_nudge_id is None or self.state is not PlanState.ACTIVE:
            return self
        return self.moved_on(due_after(self.rhythm(now), self.free_from(now), lately))

    def mended(self, now: datetime, lately: Lately) -> Plan:
        """The same, where nothing is farther ahead than a right clock could have put it."""
        until = None if self.paused_until is None else min(self.paused_until, now + LONGEST_PAUSE)
        began = None if self.week_began is None else min(self.week_began, local_date(self.schedule.zone, now))
        plan = replace(self, paused_until=until, since_at=min(self.since_at, now), week_began=began)
        began_ahead = self.since_at > now
        if plan.next_due_at is None or (plan.next_due_at <= now + FARTHEST_DUE and not began_ahead):
            return plan
        return plan.moved_on(due_after(plan.rhythm(now), plan.free_from(now), lately), plan.again_nudge_id)

    def moved_on(self, due: datetime, again_nudge_id: str | None = None) -> Plan:
        """The nudge that was due has had its chance; the next one is due then."""
        return replace(self, next_due_at=due, again_nudge_id=again_nudge_id)


def _weeks_of(review: Kind) -> int:
    return next(weeks for weeks, kind in REVIEWS.items() if kind is review)
