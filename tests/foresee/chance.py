"""Somebody who does anything at all, at any time; and whatever they may have chosen. Everything from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.content.nudges import SKIPPABLE
from bot.journey.courier import NudgeNote, Question
from bot.journey.course import Beginning, newcomer
from bot.journey.persona import (
    BeginSeason,
    Change,
    Deed,
    GoOn,
    KeepPace,
    LevelTickets,
    Message,
    Press,
    Reply,
    Rest,
    Resume,
    SayYes,
    SlowDown,
)
from bot.rules.bearing import Bearing
from bot.rules.choose import Audience
from bot.rules.due import LATER_DAYS
from bot.rules.occurrence import Answer, Kind
from bot.rules.plan import PAUSE_DAYS, Plan, Size, Wishes
from bot.rules.schedule import WINDOWS
from bot.rules.seasons import Season
from bot.simulate.people import HARD_ZONES
from bot.simulate.personas import BEGINS

ZONES = (*HARD_ZONES, "Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC")
AUDIENCES = (frozenset({Audience.SELF}), frozenset({Audience.BESIDE}), frozenset(Audience))


class Anybody:
    """Their answers have weights of their own, so that some seeds mostly do, and others mostly refuse."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"anybody:{seed}")  # noqa: S311 - nobody is protected by it
        self._weights = [self._chance.expovariate(1) for _ in Answer]
        self._weights[0] *= self._chance.choice((1, 1, 5))
        self._answers = self._chance.choice((0.3, 0.7, 0.95, 1.0))
        self._yes = self._chance.random()
        self._accord = self._chance.choice((0, 0, 2, 6))

    def by_themselves(self, begun: datetime, _plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        for _ in range(self._accord):
            yield begun + timedelta(days=self._chance.uniform(0, 60)), self._deed()

    def about(self, seen: Message | Reply, _at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        match seen:
            case Message(says=NudgeNote()):
                for _ in range(self._chance.choice((1, 1, 1, 2))):
                    if self._chance.random() < self._answers:
                        yield self._after(), self._press(seen)
            case Message(says=Question()) if self._chance.random() < self._yes:
                yield self._after(), self._to_a_question(seen)
            case Reply(question=asked) if asked is not None and self._chance.random() < self._yes:
                yield self._after(), SayYes(seen.press.message, asked)

    def _to_a_question(self, message: Message) -> Deed:
        assert isinstance(message.says, Question)
        if message.says.kind is Kind.STILL_WANTED:
            return GoOn()
        if message.says.kind is Kind.ALL_SEEN:
            return LevelTickets()
        return self._chance.choice((KeepPace(message), SlowDown(message, message.says.fewer)))

    def _after(self) -> timedelta:
        return timedelta(seconds=self._chance.choice((0, 5, 600, 30_000, 100_000, 400_000)))

    def _press(self, message: Message) -> Press:
        (answer,) = self._chance.choices([*Answer], self._weights)
        days = self._chance.choice(PAUSE_DAYS if answer is Answer.PAUSE else LATER_DAYS)
        return Press(message, answer, smaller=self._chance.random() < 0.1, days=days)

    def _deed(self) -> Deed:
        chance = self._chance
        return chance.choice(
            (
                Rest(chance.choice(PAUSE_DAYS)),
                Resume(),
                BeginSeason(chance.choice([*Season])),
                Change(zone=chance.choice(ZONES)),
                Change(per_week=chance.randint(1, 4), window=chance.choice(WINDOWS)),
                Change(size=chance.choice([*Size])),
                LevelTickets(),
            )
        )


class SlowToSayYes:
    """Does everything at once, and says yes to what is asked back when another step may have been done since."""

    def by_themselves(self, _begun: datetime, _plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        return ()

    def about(self, seen: Message | Reply, _at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        match seen:
            case Message(says=NudgeNote()):
                yield timedelta(minutes=5), Press(seen, Answer.DID_IT)
            case Reply(question=asked) if asked is not None:
                yield timedelta(days=20), SayYes(seen.press.message, asked)


class LateToAnswer:
    """Is silent until nothing comes any more, and then answers the first ones."""

    def __init__(self) -> None:
        self._kept: list[Message] = []

    def by_themselves(self, _begun: datetime, _plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        return ()

    def about(self, seen: Message | Reply, _at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        match seen:
            case Message(says=NudgeNote()):
                self._kept.append(seen)
            case Message(says=Question(Kind.STILL_WANTED)):
                yield timedelta(days=1), Press(self._kept[0], Answer.LATER, days=2)
                yield timedelta(days=2), Press(self._kept[1], Answer.PAUSE, days=3)
                yield timedelta(days=3), Press(self._kept[2], Answer.NOT_FOR_ME)
                yield timedelta(days=4), Press(self._kept[2], Answer.NOT_FOR_ME)
                yield timedelta(days=5), GoOn()


def any_beginning(seed: int) -> Beginning:
    """Any settings that can be chosen."""
    chance = random.Random(f"beginning:{seed}")  # noqa: S311 - the same
    wishes = Wishes(
        chance.choice(ZONES), chance.choice(WINDOWS), chance.randint(1, 4), chance.choice([*Size]), discreet=False
    )
    bearing = Bearing(
        audiences=chance.choice(AUDIENCES),
        sets=chance.choice((frozenset(), frozenset({"queer"}))),
        skips=frozenset(one for one in sorted(SKIPPABLE) if chance.random() < chance.choice((0.1, 0.5))),
    )
    at = BEGINS + timedelta(minutes=chance.randint(0, 365 * 24 * 60))
    return newcomer(seed + 1, wishes, at, "en", bearing)
