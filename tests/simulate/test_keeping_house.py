"""Months in which everything goes wrong, and house is kept every night: nothing is missing that a promise stands on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.journey.journeys import Journeys
from bot.rules.retention import Retention
from bot.simulate.evidence import Evidence
from bot.simulate.faults import DAY, Faults
from bot.simulate.judge import judge
from bot.simulate.world import World

# As short as can be set (tests/test_settings.py).
SHORTEST = Retention(
    inactive_members=timedelta(days=90),
    answers=timedelta(days=90),
    delivery_records=timedelta(days=60),
    withdrawn_consents=timedelta(days=90),
)
HOSTILE = Faults(kill_every=2, outage_every=10, clock_step_every=12, guild_switched_every=20)


def taken_for_gone(world: World) -> Iterator[str]:
    """How it stood with those who went and had not asked for it."""
    stood: dict[int, str] = {}
    for plan in world.history.plans:
        asked = [one.begun for one in world.people[plan.member_id].said.changes if one.to.wishes is None]
        if plan.state == "deleted" and not any(at <= plan.at for at in asked):
            yield stood[plan.member_id]
        stood[plan.member_id] = plan.state


@pytest.mark.parametrize("seed", [1, 2])
def test_no_promise_is_broken_and_nobody_goes_but_of_their_own_will(
    library: Library, tmp_path: Path, seed: int
) -> None:
    furnish = partial(Journeys.over, retention=SHORTEST)
    world = World(tmp_path, library, 6, seed, HOSTILE, furnish=furnish, keeps_house=True)
    world.advance(150 * DAY)
    world.finish()

    history = world.history
    assert judge(Evidence(history, world.people, world.guilds, world.timeline.seconds)) == []
    assert history.counts["clock_step"] > 5
    deleted = {plan.at for plan in history.plans if plan.state == "deleted"}
    # Where DMs stay closed, other hours leave nothing that has a time (docs/privacy.md).
    assert set(taken_for_gone(world)) <= {"unreachable"}
    assert len([at for at in history.erased.values() if at not in deleted]) > 5, "what was old went by itself"
