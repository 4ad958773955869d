"""A model of Discord, as far as a courier meets it: DMs, nonces, history, and all the ways to say nothing certain.

Law: it knows no more than Discord does, and what it has taken stays taken: a message that was on its way when the
process died, or when the call was given up, may still arrive.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.journey.courier import Letter, NudgeNote, Question
from bot.journey.traffic import Heard
from bot.journey.tries import TooLate, Tries
from bot.rules.delivery import CLOCK_DOUBT, LOOK_THROUGH, Absent, NotNow, Sent, Unreachable, Unsure
from bot.rules.occurrence import Kind
from bot.rules.opens import CLOSED_FOR
from bot.simulate.courses import CALL_SECONDS, FORBIDDEN, OK, QUICK, Course, Courses, SendAnswer
from bot.simulate.faults import Faults
from bot.simulate.fuse import Fuse, Gone, Point
from bot.simulate.history import Arrival, Call, History
from bot.simulate.timeline import Timeline

NONCE_MEMORY: Final = 180.0
"""For how many seconds a nonce is remembered. Discord says "the past few minutes"."""

Hear = Callable[[Heard], None]
"""Told of each answer that comes, whatever the call makes of it."""


@dataclass(frozen=True, slots=True, order=True)
class _OnItsWay:
    """A POST that has left, and will be taken at `at`, whatever becomes of who sent it."""

    at: float
    order: int
    letter: Letter = field(compare=False)
    called: float = field(compare=False)
    tried: float = field(compare=False)


class ModelDiscord:
    """One Discord for the whole world."""

    def __init__(
        self,
        timeline: Timeline,
        history: History,
        chance: random.Random,
        faults: Faults,
        on_arrival: Callable[[Arrival], None],
        at: Callable[[float, Callable[[], None]], None],
        nonce_memory: float = NONCE_MEMORY,
    ) -> None:
        self._timeline = timeline
        self._history = history
        self._chance = chance
        self._faults = faults
        self._courses = Courses(chance, faults)
        self._on_arrival = on_arrival
        self._at = at
        self._nonce_memory = nonce_memory
        self._mailboxes: defaultdict[int, list[Arrival]] = defaultdict(list)
        self._on_their_way: list[_OnItsWay] = []
        self._count = 0
        self.is_out = False
        self.is_refusing = False
        """Whether it says no to everything, as to an address that asked too much."""
        self.closed: set[int] = set()
        """Whose DMs let nothing through."""
        self.next_courses: list[str] = []
        """What is done with the next calls, by the names of `Faults`, before chance is asked again."""

    @property
    def seconds(self) -> float:
        """The true time."""
        return self._timeline.seconds

    @property
    def time(self) -> datetime:
        """What stands in the head of each of its answers."""
        return self._timeline.instant

    def catch_up(self) -> None:
        """Take what has arrived by now."""
        while self._on_their_way and self._on_their_way[0].at <= self._timeline.seconds:
            self._take(self._on_their_way.pop(0))

    async def post(self, letter: Letter, called: float, fuse: Fuse, hear: Hear, tries: Tries) -> SendAnswer | None:
        """One POST of a courier, with all the tries that discord.py makes of it; None when the channel is gone.

        `called` is when the courier was called: it may have had to open the DM since. Raises TooLate.
        """
        tries.one_more()
        begun = self._timeline.seconds
        self._history.call(Call(begun, letter.member_id, letter.occurrence_id, _kind(letter)))
        named = self.next_courses.pop(0) if self.next_courses else self._courses.draw()
        if named == "channel_gone" and letter.channel_id is not None and not self.is_out:
            await asyncio.sleep(QUICK)
            hear(replace(Heard(404), time=self.time))
            return None
        course = self._course(letter, named)
        if course.objected is not None and not await self._wait_out(
            course.objected, letter, (called, begun), fuse, hear, tries
        ):
            return Unsure()
        tried = self._timeline.seconds
        if course.taken is not None:
            self._send_off(letter, called, tried, tried + course.taken)
            if course.taken < course.answered:
                await asyncio.sleep(course.taken)
                self.catch_up()
                fuse.passes(Point.AFTER_POST)
        if course.is_tried_again:
            tries.one_more()
        await asyncio.sleep(max(0.0, tried + course.answered - self._timeline.seconds))
        self.catch_up()
        if course.said is not None:
            hear(replace(course.said, time=self.time))
        if isinstance(course.answer, NotNow) and course.answer.posted:
            return replace(course.answer, posted=tries.may_have_arrived)
        return course.answer or Sent(_channel(letter.member_id), self._newest(letter).message_id)

    async def _wait_out(
        self, no: Heard, letter: Letter, times: tuple[float, float], fuse: Fuse, hear: Hear, tries: Tries
    ) -> bool:
        """As discord.py does, before its next try; False when the call is given up meanwhile, and left alone."""
        assert no.wait is not None
        await asyncio.sleep(QUICK)
        fuse.refuse_dead()
        hear(replace(no, time=self.time))
        again = self._timeline.seconds + no.wait.total_seconds()
        called, begun = times
        if again >= begun + CALL_SECONDS:
            self._at(again, lambda: self._try_alone(letter, called, fuse, tries))
            await asyncio.sleep(begun + CALL_SECONDS - self._timeline.seconds)
            return False
        await asyncio.sleep(again - self._timeline.seconds)
        fuse.refuse_dead()
        tries.one_more()
        return True

    def _try_alone(self, letter: Letter, called: float, fuse: Fuse, tries: Tries) -> None:
        """A call that was left alone goes on for as long as its process lives, and its letter may be sent."""
        with suppress(TooLate, Gone):
            fuse.refuse_dead()
            tries.one_more()
            self._send_off(letter, called, self._timeline.seconds, self._timeline.seconds)

    async def look(self, letter: Letter, since: datetime, hear: Hear) -> Sent | Absent | Unsure:
        """One call of a courier's `find`."""
        is_slow = self._chance.random() < self._faults.slow
        await asyncio.sleep(self._chance.uniform(5, CALL_SECONDS - 1) if is_slow else self._chance.uniform(0.1, 0.8))
        self.catch_up()
        if self.is_out or self._chance.random() < self._faults.look_fails:
            return Unsure()
        if self.is_refusing or (letter.channel_id is None and letter.member_id in self.closed):
            hear(replace(FORBIDDEN, time=self.time))
            return Unsure()
        hear(replace(OK, time=self.time))
        begin = self._timeline.since_begin(since - CLOCK_DOUBT)
        seen = [one for one in self._mailboxes[letter.member_id] if one.accepted >= begin][:LOOK_THROUGH]
        found = next((one for one in seen if one.occurrence_id == letter.occurrence_id), None)
        return Absent() if found is None else Sent(_channel(letter.member_id), found.message_id)

    def _course(self, letter: Letter, named: str) -> Course:
        quick = self._chance.uniform(0.05, 0.4)
        if self.is_out:
            return self._courses.in_an_outage(quick)
        if self.is_refusing:
            return self._courses.while_refusing(quick)
        if letter.channel_id is None and named == "opening_too_fast":
            return Course(None, quick, NotNow(CLOSED_FOR, posted=False), FORBIDDEN)
        if letter.member_id in self.closed:
            return Course(None, quick, Unreachable(), FORBIDDEN)
        return self._courses.course_of(named, quick)

    def _send_off(self, letter: Letter, called: float, tried: float, at: float) -> None:
        self._count += 1
        self._on_their_way.append(_OnItsWay(at, self._count, letter, called, tried))
        self._on_their_way.sort()
        self._at(at, self.catch_up)

    def _take(self, one: _OnItsWay) -> None:
        """A message, unless its nonce is remembered: then there is one already."""
        letter, box = one.letter, self._mailboxes[one.letter.member_id]
        if any(old.occurrence_id == letter.occurrence_id and one.at - old.accepted < self._nonce_memory for old in box):
            self._history.note(one.at, "nonce_known", letter.occurrence_id)
            return
        self._count += 1
        nudge = letter.says if isinstance(letter.says, NudgeNote) else None
        arrival = Arrival(
            member_id=letter.member_id,
            occurrence_id=letter.occurrence_id,
            kind=_kind(letter),
            nudge_id=None if nudge is None else nudge.nudge.nudge_id,
            is_again=nudge is not None and nudge.is_again,
            called=one.called,
            tried=one.tried,
            accepted=one.at,
            message_id=self._count,
        )
        box.append(arrival)
        self._history.arrive(arrival)
        self._on_arrival(arrival)

    def _newest(self, letter: Letter) -> Arrival:
        return next(
            one for one in reversed(self._mailboxes[letter.member_id]) if one.occurrence_id == letter.occurrence_id
        )


def _channel(member_id: int) -> int:
    return 9 * 10**17 + member_id


def _kind(letter: Letter) -> Kind:
    match letter.says:
        case NudgeNote():
            return Kind.NUDGE
        case Question(kind):
            return kind
        case _:
            return Kind.RECEIPT
