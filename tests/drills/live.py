"""Live through the worlds of one guard: `python -m tests.drills.live nonce` says whether its promise was broken."""

from __future__ import annotations

import sys

from bot.simulate import simulate
from tests.drills.guard import Guard, World
from tests.drills.guards import GUARDS

BROKEN = 70


def is_broken(guard: Guard) -> bool:
    """Whether the judge finds, in any of its worlds, the breach that this guard is there against."""
    world = guard.proof
    assert isinstance(world, World)
    runs = (simulate(world.members, world.days, seed, faults=world.faults) for seed in world.seeds)
    return any(breach.promise is world.breaks for run in runs for breach in run.breaches)


if __name__ == "__main__":
    (guard,) = [one for one in GUARDS if one.name == sys.argv[1]]
    sys.exit(BROKEN if is_broken(guard) else 0)
