"""What keeps the pace gentle over weeks, whatever is answered: seasons, silence, and what is held of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from bot.rules.bearing import Step
from bot.rules.occurrence import Answer, Kind, Occurrence, State
from bot.rules.schedule import local_date
from bot.rules.seasons import SEASONS, Season
from bot.rules.tickets import Tickets
from tests.support.house import EVENING, ROBIN, House

ZONE = EVENING.zone


async def nudges(house: House, how_many: int, *, answered: bool = False) -> list[Occurrence]:
    """The next ones that come by themselves."""
    found: list[Occurrence] = []
    while len(found) < how_many:
        came = await house.to_next_nudge()
        if came.kind is Kind.NUDGE and came.state is State.SENT:
            found.append(came)
            if answered:
                await house.journeys.answer.press(ROBIN, came.occurrence_id, Answer.DID_IT, "en", smaller=True)
    return found


async def test_nothing_comes_in_the_pause_that_a_season_begins_with(house: House) -> None:
    await house.start()
    await house.been_here(3)
    begun = house.clock.now()

    await house.journeys.tune.begin_season(ROBIN, Season.GRIEF)

    (first,) = await nudges(house, 1)
    assert first.due_at >= begun + SEASONS[Season.GRIEF].pause


async def test_in_a_season_that_is_slow_half_as_many_come(house: House) -> None:
    await house.start()
    await house.been_here(3)
    before = await nudges(house, 3, answered=True)
    await house.journeys.tune.begin_season(ROBIN, Season.BREAK_UP)

    after = await nudges(house, 3, answered=True)

    def days(came: list[Occurrence]) -> int:
        return sum((two.due_at - one.due_at).days for one, two in pairwise(came))

    assert days(after) >= days(before) + 4


async def test_silence_changes_no_ticket(house: House) -> None:
    """Nor does what comes: only an answer does."""
    await house.start()
    await house.been_here(5)
    tickets = Tickets({"kind": 20.0, "notice": 5.0}, local_date(ZONE, house.clock.now()))
    await house.bear(tickets=tickets)

    await nudges(house, 5)

    assert (await house.bearing()).tickets == tickets


async def test_what_no_choice_looks_at_any_more_goes_with_the_next_nudge(house: House) -> None:
    await house.start()
    await house.been_here(3)
    today = local_date(ZONE, house.clock.now())
    long_ago = today - timedelta(days=20)
    await house.bear(
        steps=(Step(long_ago), Step(today)), not_ok_on=long_ago, season=Season.LOW_BATTERY, season_until=long_ago
    )

    await nudges(house, 1)

    left = await house.bearing()
    assert left.steps == (Step(today),)
    assert (left.not_ok_on, left.season, left.season_until) == (None, None, None)
