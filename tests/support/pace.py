"""A member who has been here for a while, without living through it: their plan, their bearing, and what they had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.rules.bearing import Bearing
from bot.rules.plan import Plan
from bot.rules.schedule import local_date
from bot.store import Records
from tests.support.screen import Screen
from tests.support.sql import looking_into
from tests.support.world import World


async def plan_of(world: World) -> Plan:
    """Robin's plan."""
    found = await world.app.database.read(lambda records: records.plans.get(world.robin.id))
    assert found is not None
    return found


async def bearing_of(world: World) -> Bearing:
    """Robin's bearing."""
    found = await world.app.database.read(lambda records: records.bearings.by_ids([world.robin.id]))
    return found[world.robin.id]


async def change_plan(world: World, change: Callable[[Plan], Plan]) -> None:
    plan = change(await plan_of(world))
    await world.app.database.write(lambda records: records.plans.put(plan))


async def change_bearing(world: World, change: Callable[[Bearing], Bearing]) -> None:
    bearing = change(await bearing_of(world))
    await world.app.database.write(lambda records: records.bearings.put(world.robin.id, bearing))


async def weeks_have_passed(world: World, weeks: int, *, reviewed: int = 0) -> None:
    """So many weeks with nudges are over."""
    began = local_date("Europe/Berlin", world.env.now()) - timedelta(days=8)
    await change_plan(world, lambda plan: replace(plan, weeks=weeks, week_began=began, reviewed=reviewed))


async def set_aside(world: World, *, nudges: tuple[str, ...] = (), themes: tuple[str, ...] = ()) -> None:
    async def work(records: Records) -> None:
        for nudge_id in nudges:
            await records.refusals.refuse_nudge(world.robin.id, nudge_id, world.env.now())
        for theme in themes:
            await records.refusals.refuse_theme(world.robin.id, theme, world.env.now())

    await world.app.database.write(work)


async def nudge_is(world: World, nudge_id: str) -> Screen:
    """The next nudge comes, and it is that one."""
    shown = await world.to_next_nudge()
    own = shown.control("stop").rpartition(":")[2]
    with looking_into(world.file) as connection:
        connection.exec_driver_sql("UPDATE occurrence SET nudge_id = ? WHERE occurrence_id = ?", (nudge_id, own))
    return shown
