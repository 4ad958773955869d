"""A member sets what may come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import NotStarted, Outdated, Unsealable
from bot.journey.tune import Tune
from bot.rules.bearing import Bearing
from bot.rules.choose import Audience
from bot.rules.plan import PlanState
from bot.rules.schedule import local_date
from bot.rules.seasons import SEASONS, Season
from tests.journey.test_worst_moments import lose_key
from tests.support.house import EVENING, ROBIN, House

EVERYTHING: dict[str, Callable[[Tune], Awaitable[object]]] = {
    "look": lambda tune: tune.look(ROBIN),
    "skip": lambda tune: tune.skip(ROBIN, {"money"}),
    "for whom": lambda tune: tune.for_whom(ROBIN, set(Audience)),
    "a set": lambda tune: tune.switch_set(ROBIN, "queer", on=True),
    "tickets": lambda tune: tune.set_tickets(ROBIN, "reply", 15),
    "reset": lambda tune: tune.reset_tickets(ROBIN),
    "leave out": lambda tune: tune.leave_out(ROBIN, "reply"),
    "let in": lambda tune: tune.switch_kind_on(ROBIN, "reply"),
    "a season": lambda tune: tune.begin_season(ROBIN, Season.GRIEF),
}


async def bearing(house: House) -> Bearing:
    return (await house.database.read(lambda records: records.bearings.by_ids([ROBIN])))[ROBIN]


@pytest.mark.parametrize("press", EVERYTHING.values(), ids=EVERYTHING)
async def test_it_takes_a_plan(house: House, press: Callable[[Tune], Awaitable[object]]) -> None:
    with pytest.raises(NotStarted):
        await press(house.journeys.tune)


@pytest.mark.parametrize("press", EVERYTHING.values(), ids=EVERYTHING)
async def test_whose_key_is_gone_is_told_so_and_nothing_changes(
    house: House, tmp_path: Path, press: Callable[[Tune], Awaitable[object]]
) -> None:
    await house.start()
    lose_key(tmp_path, ROBIN)
    before = await house.rows()

    with pytest.raises(Unsealable):
        await press(house.journeys.tune)

    assert await house.rows() == before
    await house.journeys.adjust.resume(ROBIN)


async def test_at_first_every_kind_for_oneself_has_ten_tickets(house: House) -> None:
    await house.start()

    tuning = await house.journeys.tune.look(ROBIN)

    assert len(tuning.on) == 12
    assert set(tuning.on.values()) == {10}
    assert tuning.off == ()


async def test_what_is_set_is_kept(house: House) -> None:
    await house.start()
    tune = house.journeys.tune
    await tune.skip(ROBIN, {"money", "voice"})
    await tune.switch_set(ROBIN, "queer", on=True)
    await tune.set_tickets(ROBIN, "reply", 15)
    tuning = await tune.for_whom(ROBIN, {Audience.SELF, Audience.BESIDE})

    assert tuning.bearing == await bearing(house)
    assert (tuning.bearing.skips, tuning.bearing.sets) == ({"money", "voice"}, {"queer"})
    assert tuning.on["reply"] == 15
    assert (await tune.switch_set(ROBIN, "queer", on=False)).bearing.sets == set()
    assert (await tune.reset_tickets(ROBIN)).on["reply"] == 10


async def test_a_kind_that_is_left_out_can_come_again_while_its_nudges_stay_set_aside(house: House) -> None:
    await house.start()
    now, tune = house.clock.now(), house.journeys.tune
    await house.database.write(lambda records: records.refusals.refuse_nudge(ROBIN, "reply-react", now))
    for _ in range(2):
        assert (await tune.leave_out(ROBIN, "reply")).off == ("reply",)
    for _ in range(2):
        assert (await tune.switch_kind_on(ROBIN, "reply")).off == ()

    refused = await house.database.read(lambda records: records.refusals.of(ROBIN))
    assert (refused.themes, refused.nudges) == (set(), {"reply-react"})


async def test_a_kind_that_there_is_not_for_them_is_outdated(house: House) -> None:
    await house.start()
    for press in (
        house.journeys.tune.set_tickets(ROBIN, "dancing", 15),
        house.journeys.tune.leave_out(ROBIN, "beside_open"),
    ):
        with pytest.raises(Outdated):
            await press
    assert await bearing(house) == Bearing()


@pytest.mark.parametrize("season", Season)
async def test_a_season_pauses_first_and_covers_what_comes_after(house: House, season: Season) -> None:
    await house.start()

    quiet = await house.journeys.tune.begin_season(ROBIN, season)

    plan = await house.plan()
    assert quiet.plan == plan
    assert plan.paused_until is not None
    assert plan.next_due_at is not None
    assert plan.next_due_at > plan.paused_until
    zone = plan.schedule.zone
    assert (await bearing(house)).season_on(local_date(zone, plan.next_due_at)) is not None
    assert (await bearing(house)).season_on(local_date(zone, quiet.ends_at)) is None
    assert (await house.journeys.adjust.outlook(ROBIN)).season_ends_at == quiet.ends_at


@pytest.mark.parametrize("what", ["fewer a week", "a pause in the settings", "a pause on a nudge"])
async def test_the_first_one_after_a_low_battery_is_gentle_also_where_it_is_put_off(house: House, what: str) -> None:
    await house.start()
    await house.steps_have_grown()
    came = await house.to_next_nudge()
    await house.journeys.tune.begin_season(ROBIN, Season.LOW_BATTERY)
    match what:
        case "fewer a week":
            await house.journeys.adjust.change(ROBIN, replace(EVENING, per_week=1))
        case "a pause in the settings":
            await house.journeys.adjust.pause(ROBIN, 30)
        case _:
            await house.journeys.answer.pause(ROBIN, came.occurrence_id, 30, "en")

    first, second = await house.to_next_nudge(), await house.to_next_nudge()

    assert house.nudge(first.nudge_id).theme == "kind"
    assert house.nudge(second.nudge_id).theme != "kind", "then it goes on as before"


@pytest.mark.parametrize("season", Season)
async def test_a_season_shortens_no_pause_and_covers_what_comes_after_it(house: House, season: Season) -> None:
    await house.start()
    paused_until = (await house.journeys.adjust.pause(ROBIN, 30)).plan.paused_until

    quiet = await house.journeys.tune.begin_season(ROBIN, season)

    assert quiet.plan.paused_until == paused_until
    today = house.clock.now().date()
    assert (await house.bearing()).pruned(today).season_until == (await house.bearing()).season_until
    came = await house.to_next_nudge()
    assert paused_until is not None
    assert came.due_at >= paused_until
    assert house.nudge(came.nudge_id).theme in SEASONS[season].themes


async def test_a_season_of_a_plan_that_is_stopped_begins_nothing(house: House) -> None:
    await house.start()
    await house.journeys.leave.stop(ROBIN)

    quiet = await house.journeys.tune.begin_season(ROBIN, Season.LOW_BATTERY)

    assert quiet.plan.state is PlanState.STOPPED
    assert quiet.plan.next_due_at is None


async def test_resume_ends_a_season_and_what_ends_by_itself_is_told_no_more(house: House) -> None:
    await house.start()
    await house.journeys.tune.begin_season(ROBIN, Season.BREAK_UP)
    await house.journeys.adjust.go_on(ROBIN)
    assert (await house.journeys.adjust.outlook(ROBIN)).season is Season.BREAK_UP
    house.clock.move(days=40)
    assert (await house.journeys.adjust.outlook(ROBIN)).season is None

    await house.journeys.tune.begin_season(ROBIN, Season.GRIEF)
    await house.journeys.adjust.resume(ROBIN)

    assert (await bearing(house)).season is None
