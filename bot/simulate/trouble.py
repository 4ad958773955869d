"""What goes wrong in a world, one thing after another, until it is told to leave the world in peace."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.simulate.faults import DAY, OUTAGES, REFUSING, STEPS, WRONG_FOR, pick
from bot.simulate.fuse import Point
from bot.simulate.people import GUILDS

if TYPE_CHECKING:
    from bot.simulate.world import World


class Trouble:
    """Drawn from a stream of its own. Each kind comes again and again, at intervals that follow from `Faults`."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world = world
        self._chance = chance
        self._is_over = False

    def begin(self) -> None:
        faults = self._world.faults
        for every, happens in (
            (faults.outage_every, self._outage),
            (faults.kill_every, self._kill),
            (faults.refusing_every, self._refuse),
            (faults.restart_every, self._world.restart),
            (faults.guild_switched_every, self._switch_a_guild),
            (faults.dms_closed_every, self._close_some_dms),
            (faults.clock_step_every, self._step_the_clock),
        ):
            if every:
                self._again(every * DAY, happens)

    def end(self) -> None:
        """Nothing new goes wrong."""
        self._is_over = True

    def _again(self, every: float, happens: Callable[[], None]) -> None:
        def then() -> None:
            if not self._is_over:
                happens()
                self._again(every, happens)

        self._world.at(self._world.timeline.seconds + self._chance.expovariate(1 / every), then)

    def _after(self, seconds: float, happens: Callable[[], None]) -> None:
        self._world.at(self._world.timeline.seconds + seconds, happens)

    def _outage(self) -> None:
        self._world.outage(is_out=True)
        self._after(pick(self._chance, OUTAGES) * self._chance.uniform(0.5, 1), self._outage_over)

    def _outage_over(self) -> None:
        self._world.outage(is_out=False)

    def _refuse(self) -> None:
        self._world.refuse(is_refusing=True)
        self._after(pick(self._chance, REFUSING), lambda: self._world.refuse(is_refusing=False))

    def _kill(self) -> None:
        self._world.kill(self._chance.choice(tuple(Point)), self._chance.randint(1, 3))

    def _switch_a_guild(self) -> None:
        guild_id = self._chance.choice(GUILDS)
        self._world.switch(guild_id, on=False)
        self._after(self._chance.uniform(0.01, 9) * DAY, lambda: self._world.switch(guild_id, on=True))

    def _close_some_dms(self) -> None:
        closed = self._world.discord.closed
        member_id = self._chance.choice(tuple(self._world.people))
        closed.add(member_id)
        self._after(self._chance.uniform(0.1, 30) * DAY, lambda: closed.discard(member_id))

    def _step_the_clock(self) -> None:
        self._world.step_clock(pick(self._chance, STEPS))
        self._after(self._chance.uniform(*WRONG_FOR), lambda: self._world.step_clock(0))
