"""Hypothesis leads the same world: whatever it thinks of doing next, no promise may be broken by then."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.clock import use_pinned_zones
from bot.content.library import load_library
from bot.rules.due import LATER_DAYS
from bot.rules.occurrence import Kind
from bot.rules.plan import PAUSE_DAYS, Size, Wishes
from bot.rules.schedule import WINDOWS
from bot.rules.seasons import Season
from bot.simulate.acts import ANSWERS, Act, Deed
from bot.simulate.evidence import Evidence
from bot.simulate.faults import CALM, DAY, HOUR, MINUTE
from bot.simulate.fuse import Point
from bot.simulate.judge import judge
from bot.simulate.people import GUILDS, HARD_ZONES, Person
from bot.simulate.world import World

COURSES = ("refused", "refused_after_all", "lost_before", "lost_after", "late", "slow", "fine")
LIBRARY = load_library()

wishes = st.builds(
    Wishes,
    zone=st.sampled_from(HARD_ZONES),
    window=st.sampled_from(WINDOWS),
    per_week=st.integers(1, 4),
    size=st.sampled_from(Size),
    discreet=st.booleans(),
)
whose = st.integers(0, 2)
WITHOUT_WISHES = sorted(set(Act) - ANSWERS - {Act.START, Act.CHANGE})


class Lived(RuleBasedStateMachine):
    """Three members, one process at a time, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        use_pinned_zones()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name), LIBRARY, 3, 1, CALM, lively=False)
        self.members: list[Person] = list(self.world.people.values())
        self.world.advance(HOUR)

    @initialize(first=wishes, second=wishes)
    def two_have_started(self, first: Wishes, second: Wishes) -> None:
        self.starts(0, first)
        self.starts(1, second)
        self.world.advance(self.world.timeline.seconds + MINUTE)

    @rule(seconds=st.sampled_from([1.0, 20.0, 3 * MINUTE, 2 * HOUR, 9 * HOUR, DAY, 4 * DAY]))
    def time_passes(self, seconds: float) -> None:
        self.world.advance(self.world.timeline.seconds + seconds)

    @rule(who=whose, before=st.sampled_from([-1.0, 0.0, 0.02, 0.2, 5.0, 100.0]))
    def time_passes_until_a_nudge_is_on_its_way(self, who: int, before: float) -> None:
        due = self.world.history.next_due.get(self.members[who].member_id)
        if due is not None:
            at = self.world.timeline.since_begin(due) + before
            self.world.advance(max(self.world.timeline.seconds, min(at, self.world.timeline.seconds + 8 * DAY)))

    @rule(who=whose, picks=wishes)
    def starts(self, who: int, picks: Wishes) -> None:
        self._does(who, Deed(Act.START, wishes=picks, press_id=self.members[who].next_press()))

    @rule(who=whose, picks=wishes)
    def moves(self, who: int, picks: Wishes) -> None:
        self._does(who, Deed(Act.CHANGE, wishes=picks))

    @rule(
        who=whose,
        act=st.sampled_from(WITHOUT_WISHES),
        days=st.sampled_from(PAUSE_DAYS),
        season=st.sampled_from(Season),
    )
    def does_something(self, who: int, act: Act, days: int, season: Season) -> None:
        self._does(who, Deed(act, days=days, season=season, press_id=self.members[who].next_press()))

    @rule(data=st.data(), act=st.sampled_from(sorted(ANSWERS | {Act.SAY_YES})))
    def answers(self, data: st.DataObject, act: Act) -> None:
        nudges = [one for one in self.world.history.arrivals if one.kind is Kind.NUDGE]
        if nudges:
            one = data.draw(st.sampled_from(nudges[-6:]))
            days = LATER_DAYS[1] if act is Act.LATER else PAUSE_DAYS[0]
            self.world.deed(self.world.people[one.member_id], Deed(act, one.occurrence_id, one.nudge_id, days))

    @rule(point=st.sampled_from(Point), passes=st.integers(1, 3))
    def the_process_dies(self, point: Point, passes: int) -> None:
        self.world.kill(point, passes)

    @rule()
    def the_process_is_restarted(self) -> None:
        self.world.restart()

    @rule(courses=st.lists(st.sampled_from(COURSES), min_size=1, max_size=4))
    def the_next_calls_go_otherwise(self, courses: list[str]) -> None:
        self.world.discord.next_courses = courses

    @rule()
    def discord_goes_away_or_comes_back(self) -> None:
        self.world.outage(is_out=not self.world.discord.is_out)

    @rule(who=whose)
    def dms_are_closed_or_opened(self, who: int) -> None:
        self.world.discord.closed ^= {self.members[who].member_id}

    @rule(guild_id=st.sampled_from(GUILDS), on=st.booleans())
    def a_server_is_switched(self, guild_id: int, on: bool) -> None:
        self.world.switch(guild_id, on=on)

    @rule(seconds=st.sampled_from([0.0, 25 * MINUTE, -25 * MINUTE, HOUR, -HOUR]))
    def the_clock_is_set(self, seconds: float) -> None:
        self.world.step_clock(seconds)

    @precondition(lambda self: self.world.history.arrivals)
    @invariant()
    def no_promise_is_broken(self) -> None:
        assert judge(self._evidence(None)) == []

    def teardown(self) -> None:
        """In the end all comes to rest, and nothing is lost."""
        try:
            self.world.finish()
            assert judge(self._evidence(self.world.timeline.seconds)) == []
        finally:
            self.world.abandon()
            self.folder.cleanup()

    def _does(self, who: int, deed: Deed) -> None:
        self.world.deed(self.members[who], deed)

    def _evidence(self, ended: float | None) -> Evidence:
        world = self.world
        return Evidence(world.history, world.people, world.guilds, ended)


def examples(count: int, steps: int) -> Any:
    """How much of it: the same every time, so that a run of all tests never depends on luck."""
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


TestLived = Lived.TestCase
TestLived.settings = examples(12, 25)
