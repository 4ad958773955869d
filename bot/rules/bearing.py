"""How one member's nudges are to be chosen: what they set, and what their answers made of it.

Law: it holds no word and no person, only what the next choice needs; and nothing in it moves because of silence.
Dates are the member's own. It is sealed as a whole (`store.bearings`).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.rules.choose import CONTACT, OFF_AT_FIRST, Audience, Draw
from bot.rules.plan import LONGEST_PAUSE, Plan, Size
from bot.rules.schedule import local_date
from bot.rules.seasons import SEASONS, Season, SeasonRule
from bot.rules.silence import ASK_AFTER
from bot.rules.tickets import Tickets

# For how long a step that was done counts towards "that's plenty", and a person towards "two are plenty".
LOOK_BACK: Final = timedelta(days=14)

# Two zones' dates are this far apart at the most: what is dated farther ahead was written by a clock that was wrong.
AHEAD: Final = timedelta(days=2)
A_DAY: Final = timedelta(days=1)

# A season covers the first nudge after its pause, which comes no later than this after the pause is over.
FIRST_WAITS: Final = timedelta(days=21)

# After something was not OK, for how long nothing deep comes. 72 hours, and on the calendar never fewer.
GENTLE_FOR: Final = timedelta(days=4)

# So many full steps are done before a bigger size is offered, and so many more before it is offered again.
FIRST_OFFER_AFTER: Final = 3
NEXT_OFFER_AFTER: Final = 6

# Two of these running make steps one size smaller.
NOT_TODAYS_TO_EASE: Final = 2

# More of them are not counted.
COUNTED: Final = 99


@dataclass(frozen=True, slots=True)
class Step:
    """A step towards somebody that was done: when, and whether with somebody else than the one before."""

    day: date
    with_someone_new: bool = True


@dataclass(frozen=True, slots=True)
class Bearing:
    """Its defaults are those of somebody who has just started."""

    audiences: AbstractSet[Audience] = frozenset({Audience.SELF})
    sets: AbstractSet[str] = frozenset()
    """Sets of nudges that were switched on."""
    skips: AbstractSet[str] = OFF_AT_FIRST
    """What no nudge may be about."""
    tickets: Tickets = field(default_factory=Tickets)
    steps: tuple[Step, ...] = ()
    """Those of the last `LOOK_BACK`, the oldest first."""
    full_steps: int = 0
    """How many full steps were ever done, up to `COUNTED`."""
    offer_in: int = FIRST_OFFER_AFTER
    """After how many more of them a bigger size is offered."""
    had_brave: bool = False
    """Whether they picked brave ones, which *Not today* then eased away. They are offered again, and asked first."""
    not_todays: int = 0
    """How many *Not today* there were running."""
    noes: tuple[date, ...] = ()
    """The days of the answers that said no, since something was done: the latest of them, the oldest first."""
    not_ok_on: date | None = None
    """When something was not OK last, while that still counts."""
    season: Season | None = None
    season_until: date | None = None
    """The first day after it."""
    draw: Draw | None = None
    """How the latest nudge was chosen."""

    def season_on(self, day: date) -> SeasonRule | None:
        """What the season of that day means; None in none."""
        if self.season is None or self.season_until is None or day >= self.season_until:
            return None
        return SEASONS[self.season]

    def is_gentle(self, day: date) -> bool:
        """Whether something was not OK so lately that nothing deep may come."""
        return self.not_ok_on is not None and -AHEAD <= day - self.not_ok_on < GENTLE_FOR

    def steps_in(self, time: timedelta, day: date) -> list[Step]:
        """The steps towards somebody in that time, up to that day."""
        return [one for one in self.steps if -AHEAD <= day - one.day < time]

    @property
    def most_offered(self) -> Size:
        """The biggest size that is ever offered: small; and brave to who had picked that."""
        return Size.BRAVE if self.had_brave else Size.SMALL

    def noes_since(self, day: date) -> int:
        """How many answers running said no from that day on, as far as they are counted."""
        return sum(one >= day for one in self.noes)

    @property
    def last_step_on(self) -> date | None:
        """When the latest of them was done."""
        return self.steps[-1].day if self.steps else None

    def people_on(self, day: date) -> int:
        """How many different people these were with in the last two weeks, as far as was said.

        The first of them was with somebody, also where that was the same person as long before.
        """
        steps = self.steps_in(LOOK_BACK, day)
        return bool(steps) + sum(one.with_someone_new for one in steps[1:])

    def did(self, exposure: int, theme: str, day: date) -> Bearing:
        """A full step was done. Whoever it was with counts as somebody new, until they say otherwise."""
        pruned = self.pruned(day)
        steps = (*pruned.steps, Step(day)) if exposure >= CONTACT else pruned.steps
        return replace(
            pruned,
            steps=steps,
            tickets=self.tickets.did_it(theme, day),
            full_steps=min(COUNTED, self.full_steps + 1),
            offer_in=max(0, self.offer_in - 1),
            not_todays=0,
            noes=(),
        )

    def did_smaller(self) -> Bearing:
        """The smaller version was done: it counts as an answer, and lets nothing grow."""
        return replace(self, not_todays=0, noes=())

    def said_no(self, day: date) -> Bearing:
        """To one nudge, in whichever way."""
        return replace(self, noes=(*self.noes, day)[-ASK_AFTER:])

    def was_same_person(self, day: date) -> Bearing:
        """The step of that day was with the same person as the one before it; that of another is past asking."""
        if self.last_step_on != day:
            return self
        *before, last = self.steps
        return replace(self, steps=(*before, replace(last, with_someone_new=False)))

    def offered(self) -> Bearing:
        """A bigger size was offered; not again for a while, whatever they say."""
        return replace(self, offer_in=NEXT_OFFER_AFTER)

    def not_today(self) -> Bearing:
        return replace(self, not_todays=self.not_todays + 1)

    def eased(self, size: Size) -> Bearing:
        """Steps were made one smaller than that size."""
        had_brave = self.had_brave or size is Size.BRAVE
        return replace(self, not_todays=0, offer_in=FIRST_OFFER_AFTER, had_brave=had_brave)

    def not_ok(self, day: date) -> Bearing:
        return replace(self, not_ok_on=day, offer_in=FIRST_OFFER_AFTER, not_todays=0, had_brave=False)

    def begin_season(self, season: Season, day: date, first_on: date | None = None) -> Bearing:
        """From that day on. `first_on` is when the first nudge after its pause comes, which it always covers."""
        ends = day + SEASONS[season].lasts
        return replace(self, season=season, season_until=max(ends, first_on + A_DAY) if first_on else ends)

    def waiting_for(self, plan: Plan, now: datetime) -> Bearing:
        """The next nudge comes another time by now: a season that is about that one waits for it."""
        rule = self.season_on(local_date(plan.schedule.zone, now))
        if rule is None or not rule.is_for_the_first or self.season_until is None or plan.next_due_at is None:
            return self
        first_on = local_date(plan.schedule.zone, plan.next_due_at)
        return replace(self, season_until=max(self.season_until, first_on + A_DAY))

    def wanted(self) -> Bearing:
        """They say that nudges may come: no earlier no stands against that."""
        return replace(self, noes=())

    def end_season(self) -> Bearing:
        return replace(self, season=None, season_until=None)

    def pruned(self, day: date) -> Bearing:
        """Without what no choice looks at any more on that day. A season that a wrong clock began ends in its time."""
        not_ok_on = self.not_ok_on if self.is_gentle(day) else None
        kept = replace(self, steps=tuple(self.steps_in(LOOK_BACK, day)), not_ok_on=not_ok_on)
        rule = self.season_on(day)
        if rule is None or self.season_until is None:
            return kept.end_season()
        is_possible = self.season_until <= day + max(rule.lasts, LONGEST_PAUSE) + FIRST_WAITS + AHEAD
        return kept if is_possible else replace(kept, season_until=day + rule.lasts)
