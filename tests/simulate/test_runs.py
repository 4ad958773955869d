"""Short runs with everything that goes wrong: nothing is broken, and a seed is one run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.journey.journeys import Journeys
from bot.rules.occurrence import Kind
from bot.simulate import simulate
from bot.simulate.acts import Act, Deed
from bot.simulate.evidence import Evidence
from bot.simulate.faults import CALM, DAY, HOUR, Faults
from bot.simulate.history import History
from bot.simulate.judge import judge
from bot.simulate.promises import Promise
from bot.simulate.world import World

HOSTILE = Faults(kill_every=0.8, outage_every=4, clock_step_every=6, guild_switched_every=8)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_broken_in_six_weeks(library: Library, seed: int) -> None:
    told = simulate(10, 42, seed, faults=HOSTILE, library=library)

    assert told.breaches == ()
    assert told.counts["sent"] > 20
    for trouble in ("kills", "outages", "restarts", "clock steps", "answers"):
        assert told.counts[trouble] > 0, trouble


def test_in_a_calm_world_everything_comes_at_its_minute(library: Library) -> None:
    told = simulate(8, 40, 4, faults=CALM, library=library)

    assert told.breaches == ()
    assert told.counts["sent"] > 30
    assert told.counts["late"] == told.counts["never known"] == told.counts["kills"] == 0


def test_a_seed_is_one_run_and_another_seed_another(library: Library) -> None:
    one, same, other = (simulate(5, 15, seed, faults=HOSTILE, library=library) for seed in (5, 5, 6))

    assert (one.digest, one.counts) == (same.digest, same.counts)
    assert one.digest != other.digest


def test_a_discord_that_forgets_nonces_at_once_shows_why_they_are_needed(library: Library) -> None:
    """The same run, but for what Discord remembers: the promise stands on it, and the judge sees when it is gone."""
    faults = replace(CALM, lost_after=0.2, refused_after_all=0.2)

    told = simulate(8, 35, 8, faults=faults, library=library, nonce_memory=0.0)

    assert {breach.promise for breach in told.breaches} >= {Promise.DUPLICATE}
    assert told.first is not None
    assert "Seed 8 broke a promise" in told.sentence


def test_history_is_the_same_whichever_way_a_world_is_led_through_it(library: Library, tmp_path: Path) -> None:
    """Time may be cut anywhere: what happens does not depend on who watches."""

    def lived(name: str, steps: int) -> History:
        (tmp_path / name).mkdir(mode=0o700)
        world = World(tmp_path / name, library, 4, 9, Faults(), furnish=Journeys.over)
        for step in range(steps):
            world.advance((step + 1) * 20 * DAY / steps)
        world.finish()
        return world.history

    assert lived("whole", 1).digest == lived("cut", 97).digest


def test_a_pause_chosen_while_the_clock_stood_a_year_ahead_is_the_one_that_was_meant(
    library: Library, tmp_path: Path
) -> None:
    """What was told by that clock is held against nobody; what was meant is."""
    world = World(tmp_path, library, 1, 1, CALM, lively=False)
    (person,) = world.people.values()
    world.advance(HOUR)
    world.deed(person, Deed(Act.START, wishes=person.some_wishes(), press_id=person.next_press()))
    world.advance(2 * HOUR)
    world.step_clock(365 * DAY)
    world.deed(person, Deed(Act.PAUSE, days=3))
    world.advance(3 * HOUR)
    world.step_clock(0)
    world.advance(60 * DAY)
    world.finish()

    stand = person.said.last
    assert stand.paused_until == pytest.approx(2 * HOUR + 3 * DAY, abs=60)
    assert stand.told_until > 365 * DAY
    nudges = [one for one in world.history.arrivals if one.kind is Kind.NUDGE]
    assert nudges, "mended, the pause is over after a month at the latest"
    assert nudges[0].called > stand.paused_until
    assert judge(Evidence(world.history, world.people, world.guilds, world.timeline.seconds)) == []
