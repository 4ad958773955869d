"""People who are made up, to see what would come to whom, and whether it does anybody harm.

How they answer is invented, and so is how often: nothing here was measured, and no figure that comes of it says what
people do. It can say which of two ways is gentler to somebody who is like this. Where the list is from: docs/pace.md.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.content.nudges import SKIPPABLE, Nudge
from bot.journey.courier import NudgeNote, Question
from bot.journey.course import Beginning, newcomer
from bot.journey.persona import Change, Deed, GoOn, KeepPace, LevelTickets, Message, Press, Reply, Rest, Resume, SayYes
from bot.rules.bearing import Bearing
from bot.rules.choose import Audience
from bot.rules.due import LATER_DAYS
from bot.rules.occurrence import Answer, Kind
from bot.rules.plan import Plan, Size, Wishes
from bot.rules.replies import Question as Asked
from bot.rules.schedule import EVENING

# A Monday in spring, so that both Europe and North America change their clocks within the weeks that follow.
BEGINS: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
ZONE: Final = "Europe/Berlin"

ALL_YES: Final = frozenset(Asked)


@dataclass(frozen=True, slots=True)
class Model:
    """How likely which answer is. Invented; a liking becomes a chance by the logistic curve."""

    did_it: float = 0.7
    """The liking for a kind that somebody likes neither more nor less."""
    effort: float = 0.2
    """What each step towards somebody, and each size, takes off."""
    smaller: float = 0.15
    hurts_below: float = -1.2
    """Only what they like less than this is ever not OK."""
    not_ok: float = 0.08
    not_for_me: float = -1.4
    dislike: float = 1.5
    later: float = 0.3
    of_one: float = 0.3
    """How much their liking differs between the nudges of a kind."""


MODEL: Final = Model()


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody is: what they chose, what they do by themselves, and how they answer."""

    name: str
    size: Size = Size.SMALL
    per_week: int = 3
    bearing: Bearing = field(default_factory=Bearing)
    answers: float = 0.85
    """How often they answer at all, at first."""
    kept_a_day: float = 1.0
    """How much of that is left after each day."""
    tastes: float = 0.6
    """How much their liking differs between kinds (the spread of a bell curve)."""
    changes_after: timedelta | None = None
    """When they begin to like other things."""
    likes_only: str = ""
    """The one kind they like; empty for who has no such."""
    says_yes_to: frozenset[Asked] = ALL_YES
    goes_on: bool = True
    """Whether they press Yes when they are asked whether nudges are still wanted."""
    keeps_pace: bool = False
    deeds: tuple[tuple[timedelta, Deed], ...] = ()
    """What they do of their own accord, and how long after the start."""


def _day(number: float) -> timedelta:
    return timedelta(days=number)


_EVERYTHING: Final = Bearing(audiences=frozenset(Audience), sets=frozenset({"queer"}), skips=frozenset())

WAYS: Final[Mapping[str, Ways]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Ways("steady"),
            Ways("picky", tastes=1.6, answers=0.75),
            Ways("tired", answers=0.95, kept_a_day=0.97, size=Size.TINY),
            Ways("silent", answers=0.0, goes_on=False),
            Ways("always-no", answers=1.0, goes_on=False),
            Ways("tap-everything", answers=1.0, keeps_pace=True),
            Ways("changing", tastes=1.2, changes_after=_day(28)),
            Ways("one-theme", likes_only="reply", answers=0.9),
            Ways("tiny-forever", size=Size.TINY, says_yes_to=frozenset({Asked.SAME_PERSON})),
            Ways("pausing", deeds=((_day(15), Rest(30)), (_day(36), Resume()))),
            Ways("beside", bearing=Bearing(audiences=frozenset({Audience.BESIDE}))),
            Ways(
                "mover",
                deeds=(
                    (_day(10), Change(zone="America/New_York")),
                    (_day(24), Change(zone="Asia/Tokyo")),
                    (_day(40), Change(zone="Pacific/Auckland")),
                    (_day(47), Change(zone=ZONE)),
                ),
            ),
            Ways("all-flags-off", bearing=Bearing(skips=frozenset(SKIPPABLE))),
            Ways("brave", size=Size.BRAVE, per_week=4, bearing=_EVERYTHING, answers=0.95, keeps_pace=True),
        )
    }
)
"""Those of the list, and one who has chosen everything that can be chosen."""


class Somebody:
    """One person who is like that. Two with the same seed do the same."""

    def __init__(self, ways: Ways, seed: int) -> None:
        self._ways = ways
        self._seed = seed
        self._chance = random.Random(f"{ways.name}:{seed}")  # noqa: S311 - nobody is protected by it
        self._begun = BEGINS

    def by_themselves(self, begun: datetime, _plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        self._begun = begun
        return [(begun + after, deed) for after, deed in self._ways.deeds]

    def about(self, seen: Message | Reply, at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        match seen:
            case Message(says=NudgeNote(nudge)):
                return self._to_a_nudge(seen, nudge, at)
            case Message(says=Question(kind)):
                return self._to_a_question(seen, kind)
            case Reply(question=asked) if asked in self._ways.says_yes_to:
                return [(timedelta(seconds=8), SayYes(seen.press.message, asked))]
        return []

    def _to_a_question(self, message: Message, kind: Kind) -> Iterable[tuple[timedelta, Deed]]:
        if kind is Kind.STILL_WANTED and self._ways.goes_on:
            return [(timedelta(days=2), GoOn())]
        if kind is Kind.REVIEW_8 and self._ways.keeps_pace:
            return [(timedelta(hours=3), KeepPace(message))]
        return []

    def _to_a_nudge(self, message: Message, nudge: Nudge, at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        days = (at - self._begun) / timedelta(days=1)
        after = timedelta(minutes=round(self._chance.uniform(1, 600)))
        if self._chance.random() >= self._ways.answers * self._ways.kept_a_day**days:
            return []
        return [(after, self._answer(message, nudge, at))]

    def _answer(self, message: Message, nudge: Nudge, at: datetime) -> Press:
        """They do what they like, more so when it asks little; what they do not like they say no to."""
        chance, taste, model = self._chance, self.taste(nudge, at), MODEL
        effort = model.effort * (nudge.exposure + nudge.size - Size.TINY)
        if chance.random() < _squeezed(model.did_it + taste - effort):
            return Press(message, Answer.DID_IT, smaller=chance.random() < model.smaller)
        if taste < model.hurts_below and chance.random() < model.not_ok:
            return Press(message, Answer.NOT_OK)
        if chance.random() < _squeezed(model.not_for_me - model.dislike * taste):
            return Press(message, Answer.NOT_FOR_ME)
        if chance.random() < model.later:
            return Press(message, Answer.LATER, days=chance.choice(LATER_DAYS))
        return Press(message, Answer.NOT_TODAY)

    def taste(self, nudge: Nudge, at: datetime) -> float:
        """How much they like this one then; 0 for neither way."""
        after = self._ways.changes_after
        era = int(after is not None and at - self._begun >= after)
        if self._ways.likes_only:
            return 1.5 if nudge.theme == self._ways.likes_only else -1.5
        of_kind = random.Random(f"{self._ways.name}:{self._seed}:{era}:{nudge.theme}")  # noqa: S311 - as above
        of_it = random.Random(f"{self._ways.name}:{self._seed}:{nudge.nudge_id}")  # noqa: S311 - as above
        return of_kind.gauss(0, self._ways.tastes) + of_it.gauss(0, MODEL.of_one)


class AlwaysNo(Somebody):
    """Says no to all of it, in one of the two ways that say so."""

    def _answer(self, message: Message, _nudge: Nudge, _at: datetime) -> Press:
        return Press(message, self._chance.choice((Answer.NOT_FOR_ME, Answer.NOT_TODAY)))


class TapsEverything(Somebody):
    """Presses whatever can be pressed, at once and more than once."""

    def _to_a_nudge(self, message: Message, _nudge: Nudge, _at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        second = self._chance.choice((Answer.DID_IT, Answer.NOT_TODAY, Answer.LATER))
        return [
            (timedelta(seconds=4), Press(message, Answer.DID_IT)),
            (timedelta(seconds=6), Press(message, second, days=1)),
        ]


class WithLevelTickets:
    """The same person, whose kinds all have as many tickets at every moment: what chance alone would bring them."""

    def __init__(self, somebody: Somebody) -> None:
        self._somebody = somebody

    def by_themselves(self, begun: datetime, plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        return self._somebody.by_themselves(begun, plan)

    def about(self, seen: Message | Reply, at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        deeds = list(self._somebody.about(seen, at))
        return [*deeds, (timedelta(), LevelTickets())] if isinstance(seen, Reply) else deeds


def somebody(name: str, seed: int) -> Somebody:
    """One of the list, by name."""
    kinds = {"always-no": AlwaysNo, "tap-everything": TapsEverything}
    return kinds.get(name, Somebody)(WAYS[name], seed)


def beginning_of(name: str, seed: int, zone: str = ZONE, at: datetime = BEGINS) -> Beginning:
    """Where they begin: a yes to nudges, with what they chose."""
    ways = WAYS[name]
    wishes = Wishes(zone, EVENING, ways.per_week, ways.size, discreet=False)
    return newcomer(seed, wishes, at, "en", ways.bearing)


def _squeezed(liking: float) -> float:
    """A chance, between 0 and 1."""
    return 1 / (1 + math.exp(-liking))
