"""What members do by themselves, and what they answer: drawn for each of them from a stream of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from bot.rules.due import LATER_DAYS
from bot.rules.occurrence import Kind
from bot.rules.plan import PAUSE_DAYS
from bot.rules.seasons import Season
from bot.simulate.acts import Act, Deed
from bot.simulate.faults import DAY, HOUR, MINUTE
from bot.simulate.history import Arrival
from bot.simulate.people import Person

# How often somebody does something of their own accord, in days.
ACCORD_EVERY: Final = 18.0

# A bad moment: that many seconds from when the next nudge is due.
BAD_MOMENTS: Final = (-60.0, -1.0, 0.0, 0.01, 0.05, 0.3, 1.0, 4.0, 15.0, 45.0, 20 * MINUTE)
AT_A_BAD_MOMENT: Final = 0.4

WHILE_COMING: Final[Mapping[Act, int]] = MappingProxyType(
    {
        Act.CHANGE: 40,
        Act.PAUSE: 12,
        Act.RESUME: 12,
        Act.STOP: 6,
        Act.START: 8,
        Act.WITHDRAW: 4,
        Act.AGREE: 3,
        Act.DELETE: 4,
        Act.SHOW_ALL: 6,
        Act.SEASON: 5,
    }
)
WHILE_NOTHING_COMES: Final[Mapping[Act, int]] = MappingProxyType(
    {Act.START: 70, Act.AGREE: 12, Act.RESUME: 6, Act.CHANGE: 6, Act.DELETE: 3, Act.PAUSE: 3}
)
TO_A_NUDGE: Final[Mapping[Act, int]] = MappingProxyType(
    {
        Act.DID_IT: 42,
        Act.SMALLER: 12,
        Act.LATER: 14,
        Act.NOT_TODAY: 17,
        Act.NOT_FOR_ME: 4,
        Act.NOT_OK: 2,
        Act.REST: 5,
        Act.STOP: 2,
    }
)
TO_A_REVIEW: Final[Mapping[Act, int]] = MappingProxyType(
    {Act.KEEP_PACE: 5, Act.SLOW_DOWN: 3, Act.STOP: 1, Act.SEASON: 1}
)
TWICE: Final = 0.1
SAYS_YES: Final = 0.5
"""Where something is asked back."""
SEES_IT_AT_ONCE: Final = 0.55


def until_next(person: Person) -> float:
    """The seconds until they do something of their own accord again."""
    return person.chance.expovariate(1 / (ACCORD_EVERY * DAY)) + MINUTE


def own_accord(person: Person, now: float, next_due: float | None) -> tuple[Deed, float]:
    """What they do, and when: soon, or just when a nudge is on its way."""
    act = _drawn(person, WHILE_COMING if person.said.last.wants else WHILE_NOTHING_COMES)
    at = now
    if next_due is not None and next_due > now and person.chance.random() < AT_A_BAD_MOMENT:
        at = max(now, next_due + person.chance.choice(BAD_MOMENTS))
    return _deed(person, act), at


def replies(person: Person, arrival: Arrival, now: float) -> Iterator[tuple[float, Deed]]:
    """What they do about a message, and when."""
    if not person.answers_at(now):
        return
    match arrival.kind:
        case Kind.NUDGE:
            at = now + _delay(person)
            yield at, _deed(person, _drawn(person, TO_A_NUDGE), arrival)
            if person.chance.random() < SAYS_YES:
                yield at + person.chance.choice((2.0, 20.0, 2 * HOUR)), _deed(person, Act.SAY_YES, arrival)
            if person.chance.random() < TWICE:
                yield at + person.chance.choice((0.1, 3.0, HOUR)), _deed(person, _drawn(person, TO_A_NUDGE), arrival)
        case Kind.STILL_WANTED:
            yield now + person.chance.uniform(0, 20) * DAY, _deed(person, Act.GO_ON)
        case Kind.REVIEW_4 | Kind.REVIEW_8:
            yield now + person.chance.uniform(0, 9) * DAY, _deed(person, _drawn(person, TO_A_REVIEW), arrival)
        case Kind.ALL_SEEN:
            yield now + person.chance.uniform(0, 5) * DAY, _deed(person, Act.SHOW_ALL)
        case Kind.GUILD_OFF:
            yield now + person.chance.uniform(0, 5) * DAY, _deed(person, Act.GO_ON_ALONE)


def _deed(person: Person, act: Act, arrival: Arrival | None = None) -> Deed:
    days = 0
    if act is Act.LATER:
        days = person.chance.choice(LATER_DAYS)
    elif act in {Act.PAUSE, Act.REST}:
        days = person.chance.choice(PAUSE_DAYS)
    elif act is Act.SLOW_DOWN:
        days = person.chance.choice((1, 2))
    return Deed(
        act,
        occurrence_id="" if arrival is None else arrival.occurrence_id,
        nudge_id=None if arrival is None else arrival.nudge_id,
        days=days,
        wishes=person.some_wishes() if act in {Act.START, Act.CHANGE} else None,
        season=person.chance.choice(tuple(Season)) if act is Act.SEASON else Season.LOW_BATTERY,
        press_id=person.next_press() if act in {Act.START, Act.AGREE} else 0,
    )


def _drawn(person: Person, weights: Mapping[Act, int]) -> Act:
    return person.chance.choices(tuple(weights), tuple(weights.values()))[0]


def _delay(person: Person) -> float:
    if person.chance.random() < SEES_IT_AT_ONCE:
        return person.chance.uniform(5, 40 * MINUTE)
    return person.chance.uniform(1, 90) * HOUR
