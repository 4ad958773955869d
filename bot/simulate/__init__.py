"""A year in minutes: the real journeys and the real store, in a world that goes wrong all the time, and a judge of it.

    timeline  time that jumps: an event loop and a clock over it      life      one process, from start to death
    people    members, and what they have surely said                 world     all of it, going on over time
    acts      what they can do, and what each says that holds         trouble   what goes wrong in it, and when
    habits    what of it they do, and when                            history   everything that happened, and a digest
    deeds     how they do it: the calls that cogs make                evidence  the history, put in order
    faults    what goes wrong, and how often                          judge     the promises, one by one
    courses   what can become of a call to Discord                    rhythm    of these, how often is too often
    model     Discord, as a courier meets it                          weeks     what a member's week may hold
    line      the courier over it                                     again     what does not come twice
    disk      the store, watched from outside                         losses    the ways to lose a nudge
    fuse      where a process can die                                 sealed    and what the files hold at the end
    hearing   what the bot says to its log                            report    the table

Beside the world, and without one: `personas` are people who are made up, and `story` tells their weeks as they would
read them (`bot.journey.foresee`).

Everything follows from a seed, to the last commit: `simulate` twice with one seed gives one digest. The running bot
uses nothing in here, and nothing in here talks to a network. What is promised, and where that ends: docs/delivery.md.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.clock import SystemClock, use_pinned_zones
from bot.content.library import Library, load_library
from bot.journey.journeys import Journeys
from bot.simulate.evidence import Evidence
from bot.simulate.faults import DAY, Faults
from bot.simulate.judge import judge
from bot.simulate.life import Furnish
from bot.simulate.model import NONCE_MEMORY
from bot.simulate.report import Report, report
from bot.simulate.world import World

__all__ = ["Report", "simulate"]


def _silently(_day: int) -> None:
    """Nobody watches."""


def simulate(
    members: int,
    days: int,
    seed: int,
    *,
    faults: Faults | None = None,
    library: Library | None = None,
    furnish: Furnish = Journeys.over,
    nonce_memory: float = NONCE_MEMORY,
    watch: Callable[[int], None] = _silently,
) -> Report:
    """Let that many members live for that many days, calling `watch` after each; then judge.

    It runs event loops of its own, and so cannot be called inside of one.
    """
    use_pinned_zones()
    clock = SystemClock()
    begun = clock.monotonic()
    with tempfile.TemporaryDirectory(prefix="porchlight-") as folder:
        world = World(
            Path(folder),
            library or load_library(),
            members,
            seed,
            faults or Faults(),
            furnish=furnish,
            nonce_memory=nonce_memory,
        )
        for day in range(days):
            world.advance((day + 1) * DAY)
            watch(day)
        world.finish()
    evidence = Evidence(world.history, world.people, world.guilds, world.timeline.seconds)
    return report(evidence, judge(evidence), seed, world.lives_begun, clock.monotonic() - begun)
