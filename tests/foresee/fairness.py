"""Whether the lottery is fair to everybody on the list: beside chance alone, within the same hard stops.

How these people answer is invented (`bot.simulate.personas`). So the ranking can be trusted a little, and no number is
what people do. Of a member with few nudges, one answer more or less is a lot: noise is counted, and allowed for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from statistics import mean, quantiles, stdev

from bot.content.library import Library
from bot.journey.courier import NudgeNote
from bot.journey.foresee import foresee
from bot.journey.persona import Message, Persona, Reply
from bot.rules.occurrence import Answer
from bot.rules.plan import Size
from bot.simulate.personas import BEGINS, WAYS, WithLevelTickets, beginning_of, somebody

WEEKS = timedelta(weeks=8)
OBJECTIONS = {Answer.NOT_FOR_ME, Answer.NOT_OK}


@dataclass(frozen=True)
class Member:
    """What eight weeks came to for one of them."""

    nudges: int
    did: float
    """How many of them were done, of all that came."""
    objected: float
    brave: int


def member(name: str, persona: Persona, seed: int, library: Library) -> Member:
    nudges, did, objected, brave = 0, 0, 0, 0
    for event in foresee(beginning_of(name, seed), library, persona, BEGINS + WEEKS):
        match event.what:
            case Message(says=NudgeNote(nudge)):
                nudges += 1
                brave += nudge.size is Size.BRAVE
            case Reply(press, already=False):
                did += press.answer is Answer.DID_IT
                objected += press.answer in OBJECTIONS
    return Member(nudges, did / nudges, objected / nudges, brave)


@dataclass(frozen=True)
class Row:
    """One of the list, by the lottery and by chance alone."""

    name: str
    lottery: Sequence[Member]
    chance: Sequence[Member]

    @property
    def did(self) -> tuple[float, float]:
        return mean(one.did for one in self.lottery), mean(one.did for one in self.chance)

    @property
    def quarter(self) -> tuple[float, float]:
        """The rate that three in four members are above."""
        return _quarter([one.did for one in self.lottery]), _quarter([one.did for one in self.chance])

    @property
    def objected(self) -> tuple[float, float]:
        return mean(one.objected for one in self.lottery), mean(one.objected for one in self.chance)

    @property
    def noise_of_did(self) -> float:
        """Two standard errors of the difference between the two quarters, which are noisier than the means."""
        return 2 * 1.36 * _error([one.did for one in self.lottery], [one.did for one in self.chance])

    @property
    def noise_of_objections(self) -> float:
        return 2 * _error([one.objected for one in self.lottery], [one.objected for one in self.chance])


def rows(members: int, library: Library) -> list[Row]:
    return [
        Row(
            name,
            [member(name, somebody(name, seed), seed, library) for seed in range(1, members + 1)],
            [member(name, WithLevelTickets(somebody(name, seed)), seed, library) for seed in range(1, members + 1)],
        )
        for name in WAYS
    ]


def table(rows: Sequence[Row]) -> str:
    """To be printed."""
    head = f"{'':15} {'did it, mean':>16} {'did it, p25':>16} {'objections':>16} {'brave':>6}"
    lines = [
        f"{row.name:15} {_pair(row.did)} {_pair(row.quarter)} {_pair(row.objected)} "
        f"{sum(one.brave for one in row.lottery) / sum(one.nudges for one in row.lottery):6.3f}"
        for row in rows
    ]
    return "\n".join([head, f"{'':15} {'lottery  chance':>16} {'lottery  chance':>16} {'lottery  chance':>16}", *lines])


def _pair(pair: tuple[float, float]) -> str:
    return f"{pair[0]:8.3f}{pair[1]:8.3f}"


def _quarter(rates: Sequence[float]) -> float:
    return quantiles(rates, n=4)[0]


def _error(one: Sequence[float], other: Sequence[float]) -> float:
    return sqrt(stdev(one) ** 2 / len(one) + stdev(other) ** 2 / len(other))
