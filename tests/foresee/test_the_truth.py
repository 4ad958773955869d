"""What is foreseen is what comes: the same weeks, lived through the real journeys over a real database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.journey.courier import NudgeNote
from bot.journey.foresee import foresee
from bot.journey.persona import BeginSeason, Change, Deed, Message, Persona, Press, Reply, Rest, Resume, SayYes
from bot.rules.occurrence import Answer
from bot.rules.plan import Plan, Size
from bot.rules.schedule import WINDOWS
from bot.rules.seasons import Season
from bot.simulate.personas import WAYS, Somebody, WithLevelTickets, beginning_of, somebody
from tests.foresee.chance import LateToAnswer, SlowToSayYes
from tests.foresee.lived import Lived, seen
from tests.support.house import open_house

WEEKS = timedelta(weeks=12)


class Restless(Somebody):
    """Does everything that can be done, at odd times and twice."""

    def by_themselves(self, begun: datetime, plan: Plan) -> Iterable[tuple[datetime, Deed]]:
        yield from super().by_themselves(begun, plan)
        deeds = (
            Rest(3),
            BeginSeason(Season.LOW_BATTERY),
            Change(zone="America/Nuuk", size=Size.BRAVE),
            Resume(),
            Change(per_week=4, window=WINDOWS[1]),
            BeginSeason(Season.GRIEF),
            Resume(),
            Change(zone="Pacific/Apia", size=Size.SMALL),
        )
        yield from ((begun + timedelta(days=9 * place + 5, minutes=17), one) for place, one in enumerate(deeds))

    def about(self, seen: Message | Reply, at: datetime) -> Iterable[tuple[timedelta, Deed]]:
        yield from super().about(seen, at)
        match seen:
            case Message(says=NudgeNote()):
                answer = self._chance.choice([*Answer])
                yield timedelta(hours=self._chance.choice((1, 30))), Press(seen, answer, days=3)
            case Reply(question=question) if question is not None:
                yield timedelta(days=1), SayYes(seen.press.message, question)


def lives() -> dict[str, tuple[str, Persona]]:
    return {
        **{name: (name, somebody(name, 5)) for name in WAYS},
        **{f"restless {seed}": ("brave", Restless(WAYS["brave"], seed)) for seed in range(1, 7)},
        "slow to say yes": ("brave", SlowToSayYes()),
        "late to answer": ("steady", LateToAnswer()),
        "with level tickets": ("picky", WithLevelTickets(somebody("picky", 3))),
    }


@pytest.mark.parametrize("life", lives())
async def test_the_same_messages_come_at_the_same_instants_as_through_the_journeys(
    tmp_path: Path, library: Library, life: str
) -> None:
    name, persona = lives()[life]
    async with open_house(tmp_path, library) as house:
        member_id = 100_000_000_000_000_000 + len(life)
        beginning = beginning_of(name, member_id, at=house.clock.now())
        until = house.clock.now() + WEEKS
        wishes, bearing = beginning.who.standing.plan.wishes, beginning.past.bearing
        assert bearing is not None

        lived = Lived(house, member_id, persona)
        came = [one async for one in lived.weeks(wishes, bearing, until)]
        plan, bearing = await lived.where()

    events = list(foresee(beginning, library, lives()[life][1], until))
    foreseen = [one for event in events if (one := seen(event.at, event.what)) is not None]
    for place, (one, other) in enumerate(zip(came, foreseen, strict=False)):
        assert one == other, f"{place}: {one} came, {other} was foreseen"
    assert len(came) == len(foreseen) > 5
    assert (plan, bearing) == (events[-1].where.plan, events[-1].where.bearing)
