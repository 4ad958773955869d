"""The whole world over time: members, Discord, one process after another, and what goes wrong.

`World.advance` lets it go on; `World.agenda` holds what will happen. While no process runs, members press in vain and
try again later, as people do.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from bot.content.library import Library
from bot.journey.journeys import Journeys
from bot.keys import MasterKeys
from bot.simulate import habits
from bot.simulate.acts import Deed
from bot.simulate.deeds import do
from bot.simulate.disk import Compiled, Told
from bot.simulate.faults import DAY, DOWNTIMES, HOUR, MINUTE, Faults, pick, stream
from bot.simulate.fuse import Gone, Point
from bot.simulate.hearing import hearing
from bot.simulate.history import Arrival, History
from bot.simulate.life import Furnish, Life
from bot.simulate.model import NONCE_MEMORY, ModelDiscord
from bot.simulate.people import GUILDS, Person, Said, people
from bot.simulate.sealed import astray
from bot.simulate.timeline import SkewedClock, Timeline
from bot.simulate.trouble import Trouble

# At the end everything is left in peace, so that whatever is under way can come to its end.
PEACE: Final = 3 * HOUR

Happening = Callable[[], None]


@dataclass(order=True, slots=True)
class _Entry:
    at: float
    order: int
    happens: Happening = field(compare=False)


class World:
    """Everything in it follows from `members`, `seed` and `faults`."""

    def __init__(
        self,
        folder: Path,
        library: Library,
        members: int,
        seed: int,
        faults: Faults,
        *,
        furnish: Furnish = Journeys.over,
        nonce_memory: float = NONCE_MEMORY,
        lively: bool = True,
        keeps_house: bool = False,
    ) -> None:
        self.timeline = Timeline()
        self.history = History()
        self.faults = faults
        self.clock = SkewedClock(self.timeline)
        self.people = {one.member_id: one for one in people(members, seed)}
        self.guilds: dict[int, Said[bool]] = {guild_id: Said(first=False) for guild_id in GUILDS}
        self.chance = stream(seed, "world")
        self.discord = ModelDiscord(
            self.timeline, self.history, stream(seed, "discord"), faults, self._arrived, self.at, nonce_memory
        )
        self.life: Life | None = None
        self.lives_begun = 0
        self.down_until = 0.0
        self._path = folder / "porchlight.db"
        self._master = MasterKeys.fresh()
        self._library = library
        self._seed = seed
        self._furnish = furnish
        self._keeps_house = keeps_house
        self._compiled = Compiled()
        self._agenda: list[_Entry] = []
        self._order = 0
        self._commit = 0
        for guild_id in GUILDS:
            self.at(1.0, partial(self.switch, guild_id, on=True))
        self.trouble = Trouble(self, stream(seed, "trouble"))
        if lively:
            self._begin_living()
            self.trouble.begin()

    # What happens when

    def at(self, seconds: float, happens: Happening) -> None:
        """Let that happen then, or at once where that is past."""
        self._order += 1
        heapq.heappush(self._agenda, _Entry(max(seconds, self.timeline.seconds), self._order, happens))
        if self.life is not None:
            self.life.run_no_further_than(seconds)

    def advance(self, seconds: float) -> None:
        """Let the world go on up to that moment."""
        with hearing(self._fault):
            while self.timeline.seconds < seconds:
                until = min(seconds, self._agenda[0].at if self._agenda else seconds)
                self._go_on_to(until)
                self._happen()

    def finish(self) -> None:
        """Let the last things come to their end, with Discord up and nothing going wrong any more."""
        self.trouble.end()
        self.outage(is_out=False)
        self.refuse(is_refusing=False)
        self.step_clock(0)
        self.advance(self.timeline.seconds + PEACE)
        with hearing(self._fault):
            if self.life is not None:
                self.life.ask_to_stop()
                self.life.run_to(self.timeline.seconds + MINUTE)
                self._bury()
            self.discord.catch_up()
        self.history.astray += astray(self._path)

    def abandon(self) -> None:
        """Leave it as it is, and take nothing along: as a power cut would."""
        with hearing(self._fault):
            if self.life is not None:
                self.kill(Point.ANY_TIME)
                self._bury()

    def _go_on_to(self, until: float) -> None:
        """Up to that moment, or to the next thing that happens before it."""
        if self.life is None and self.down_until <= self.timeline.seconds:
            self._begin_life()
        if self.life is None:
            self.timeline.seconds = min(until, self.down_until)
        else:
            self.life.run_to(until)

    def _happen(self) -> None:
        self.discord.catch_up()
        while self._agenda and self._agenda[0].at <= self.timeline.seconds:
            heapq.heappop(self._agenda).happens()
        if self.life is not None and self.life.is_over:
            self._bury()

    # Processes

    def _begin_life(self) -> None:
        self.lives_begun += 1
        self.history.note(self.timeline.seconds, "started")
        self.life = Life(
            self.timeline,
            self.clock,
            self._path,
            self._master,
            self._library,
            self.discord,
            self._told,
            self._died,
            lambda error: self._fault(repr(error)),
            stream(self._seed, f"life {self.lives_begun}"),
            self._compiled,
            self._furnish,
            keeps_house=self._keeps_house,
        )

    def _died(self, point: Point) -> None:
        self.history.note(self.timeline.seconds, "killed", point)

    def _bury(self) -> None:
        if self.life is not None:
            self.life.sweep()
            self.life = None
            self.down_until = self.timeline.seconds + pick(self.chance, DOWNTIMES)

    def kill(self, point: Point, passes: int = 1) -> None:
        """Let the process die at that point, the next time or the one after."""
        if self.life is None:
            return
        if point is not Point.ANY_TIME:
            self.life.fuse.set_for(point, passes)
        else:
            try:
                self.life.fuse.burn(point)
            except Gone:
                return

    # What is told

    def _told(self, told: Told) -> None:
        self._commit += 1
        self.history.tell(self.timeline.seconds, self._commit, told)

    def _fault(self, what: str) -> None:
        if self.life is None or not self.life.fuse.is_burnt:
            self.history.faults.append((self.timeline.seconds, what))

    # Members

    def deed(self, person: Person, deed: Deed) -> None:
        """Let a member do that now; if nobody answers, they try again in a while."""
        journeys = self.life.journeys if self.life is not None and not self.life.is_over else None
        if person.busy or journeys is None or self.discord.is_out:
            self.at(self.timeline.seconds + person.chance.uniform(1, 40) * MINUTE, lambda: self.deed(person, deed))
            return
        assert self.life is not None
        life, person.busy = self.life, True
        self.history.note(self.timeline.seconds, deed.act, person.member_id, deed)

        def ended(is_done: bool) -> None:
            person.busy = False
            if not is_done:
                self.at(self.timeline.seconds + person.chance.uniform(1, 20) * MINUTE, lambda: self.deed(person, deed))

        life.errand(do(person, deed, journeys, self.timeline), ended)

    def switch(self, guild_id: int, *, on: bool) -> None:
        """A moderator switches Porchlight on or off in their server."""
        journeys = self.life.journeys if self.life is not None and not self.life.is_over else None
        if journeys is None:
            self.at(self.timeline.seconds + MINUTE, lambda: self.switch(guild_id, on=on))
            return
        assert self.life is not None
        self.history.note(self.timeline.seconds, "guild_on" if on else "guild_off", guild_id)
        change = self.guilds[guild_id].begin(self.timeline.seconds, on)

        async def work() -> None:
            if on:
                await journeys.enable.switch_on(guild_id, guild_id + 1)
            else:
                await journeys.enable.switch_off(guild_id)
            Said.end(change, self.timeline.seconds, on)

        def ended(is_done: bool) -> None:
            if not is_done:
                self.at(self.timeline.seconds + MINUTE, lambda: self.switch(guild_id, on=on))

        self.life.errand(work(), ended)

    def _arrived(self, arrival: Arrival) -> None:
        person = self.people[arrival.member_id]
        for at, deed in habits.replies(person, arrival, arrival.accepted):
            self.at(at, partial(self.deed, person, deed))

    def _begin_living(self) -> None:
        for person in self.people.values():
            self.at(person.chance.uniform(60, 20 * DAY), partial(self._live_on, person))

    def _live_on(self, person: Person) -> None:
        """Something of a member's own accord, and the next time for that."""
        deed, at = habits.own_accord(person, self.timeline.seconds, self._next_due(person))
        self.at(at, lambda: self.deed(person, deed))
        self.at(self.timeline.seconds + habits.until_next(person), lambda: self._live_on(person))

    def _next_due(self, person: Person) -> float | None:
        """When their next nudge is due, as it was last seen; so that things can happen at a bad moment."""
        after = self.history.next_due.get(person.member_id)
        return None if after is None else self.timeline.since_begin(after)

    def outage(self, *, is_out: bool) -> None:
        """Discord goes away, or comes back."""
        if is_out is not self.discord.is_out:
            self.discord.is_out = is_out
            self.history.note(self.timeline.seconds, "outage" if is_out else "outage_over")
            self.history.hold(self.timeline.seconds, "outage", stands=is_out)

    def refuse(self, *, is_refusing: bool) -> None:
        """Discord says no to everything, or listens again."""
        if is_refusing is not self.discord.is_refusing:
            self.discord.is_refusing = is_refusing
            self.history.note(self.timeline.seconds, "refusing" if is_refusing else "refusing_over")
            self.history.hold(self.timeline.seconds, "refusing", stands=is_refusing)

    def restart(self) -> None:
        """The operator asks the process to stop; another one is begun."""
        if self.life is not None:
            self.history.note(self.timeline.seconds, "restart")
            self.life.ask_to_stop()

    def step_clock(self, seconds: float) -> None:
        """Set the wall clock of the machine that far away from the truth."""
        if self.clock.skew == timedelta(seconds=seconds):
            return
        self.history.note(self.timeline.seconds, "clock_step", seconds)
        self.clock.skew = timedelta(seconds=seconds)
        self.history.hold(self.timeline.seconds, "clock", stands=bool(seconds))
        if self.life is not None:
            self.life.wake()
