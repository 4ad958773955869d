"""A model of Discord, as far as a courier meets it: DMs, nonces, history, and all the ways to say nothing certain.

Law: it knows no more than Discord does, and what it has taken stays taken: a message that was on its way when the
process died, or when the call was given up, may still arrive. `Line` is the `Courier` of one process, and dies with it.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.journey.courier import Letter, NudgeNote, Question
from bot.journey.traffic import Heard, Traffic
from bot.rules.delivery import Absent, NotNow, Sent, Unreachable, Unsure
from bot.rules.occurrence import Kind
from bot.simulate.faults import Faults
from bot.simulate.fuse import Fuse, Point
from bot.simulate.history import Arrival, Call, History
from bot.simulate.timeline import Timeline

NONCE_MEMORY: Final = 180.0
"""For how many seconds a nonce is remembered. Discord says "the past few minutes"."""

CALL_SECONDS: Final = 20.0
"""When a call is given up, as `delivery.send_timeout_seconds` does."""

CLOCK_DOUBT: Final = timedelta(minutes=5)
LOOK_THROUGH: Final = 50
QUICK: Final = 0.1

TOO_FAST_WAIT: Final = timedelta(minutes=10)
NEVER: Final = timedelta(days=2)

SendAnswer = Sent | Unreachable | NotNow | Unsure


@dataclass(frozen=True, slots=True, order=True)
class _OnItsWay:
    """A POST that has left, and will be taken at `at`, whatever becomes of who sent it."""

    at: float
    order: int
    letter: Letter = field(compare=False)
    called: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Course:
    """What becomes of one POST: the seconds until it is taken (None: never) and until it is answered."""

    taken: float | None
    answered: float
    answer: SendAnswer | None
    """None for the message that was taken."""


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
        self._on_arrival = on_arrival
        self._at = at
        self._nonce_memory = nonce_memory
        self._mailboxes: defaultdict[int, list[Arrival]] = defaultdict(list)
        self._on_their_way: list[_OnItsWay] = []
        self._count = 0
        self.is_out = False
        self.closed: set[int] = set()
        """Whose DMs let nothing through."""
        self.next_courses: list[str] = []
        """What is done with the next calls, by the names of `Faults`, before chance is asked again."""

    @property
    def time(self) -> datetime:
        """What stands in the head of each of its answers."""
        return self._timeline.instant

    def catch_up(self) -> None:
        """Take what has arrived by now."""
        while self._on_their_way and self._on_their_way[0].at <= self._timeline.seconds:
            self._take(self._on_their_way.pop(0))

    async def post(self, letter: Letter, fuse: Fuse) -> SendAnswer:
        """One call of a courier's `send`."""
        called = self._timeline.seconds
        self._history.call(Call(called, letter.member_id, letter.occurrence_id, _kind(letter)))
        course = self._course(letter)
        if course.taken is not None:
            self._send_off(letter, called, called + course.taken)
            if course.taken < course.answered:
                await asyncio.sleep(course.taken)
                self.catch_up()
                fuse.passes(Point.AFTER_POST)
        await asyncio.sleep(max(0.0, called + course.answered - self._timeline.seconds))
        self.catch_up()
        return course.answer or Sent(_channel(letter.member_id), self._newest(letter).message_id)

    async def look(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        """One call of a courier's `find`."""
        is_slow = self._chance.random() < self._faults.slow
        await asyncio.sleep(self._chance.uniform(5, CALL_SECONDS - 1) if is_slow else self._chance.uniform(0.1, 0.8))
        self.catch_up()
        if self.is_out or self._chance.random() < self._faults.look_fails:
            return Unsure()
        if letter.channel_id is None and letter.member_id in self.closed:
            return Unsure()
        begin = self._timeline.since_begin(since - CLOCK_DOUBT)
        seen = [one for one in self._mailboxes[letter.member_id] if one.accepted >= begin][:LOOK_THROUGH]
        found = next((one for one in seen if one.occurrence_id == letter.occurrence_id), None)
        return Absent() if found is None else Sent(_channel(letter.member_id), found.message_id)

    def _course(self, letter: Letter) -> _Course:
        named = self.next_courses.pop(0) if self.next_courses else self._drawn()
        quick = self._chance.uniform(0.05, 0.4)
        if self.is_out:
            return self._course_in_an_outage(quick)
        if letter.channel_id is None and named == "opening_too_fast":
            return _Course(None, quick, NotNow(TOO_FAST_WAIT, posted=False))
        if letter.member_id in self.closed:
            return _Course(None, quick, Unreachable())
        return self._course_of(named, quick)

    def _course_of(self, named: str, quick: float) -> _Course:
        """What the name of a fault means; any other name is none."""
        match named:
            case "refused":
                return _Course(None, quick, NotNow(self._wait(), posted=True))
            case "refused_after_all":
                return _Course(quick, quick + self._chance.uniform(1, 15), NotNow(self._wait(), posted=True))
            case "lost_before":
                return _Course(None, self._chance.choice((quick, CALL_SECONDS)), Unsure())
            case "lost_after":
                return _Course(quick, self._chance.choice((quick * 2, CALL_SECONDS)), Unsure())
            case "late":
                return _Course(CALL_SECONDS + self._chance.uniform(0, 25), CALL_SECONDS, Unsure())
            case "malformed":
                return _Course(None, quick, NotNow(NEVER, posted=True))
            case "slow":
                slow = self._chance.uniform(2, CALL_SECONDS - 1)
                return _Course(slow * self._chance.random(), slow, None)
        return _Course(quick / 2, quick, None)

    def _course_in_an_outage(self, quick: float) -> _Course:
        drawn = self._chance.random()
        if drawn < 0.5:  # noqa: PLR2004 - the shares of an outage's three faces
            return _Course(None, quick, NotNow(posted=True))
        if drawn < 0.97:  # noqa: PLR2004
            return _Course(None, self._chance.choice((quick, CALL_SECONDS)), Unsure())
        return _Course(quick, CALL_SECONDS, Unsure())

    def _drawn(self) -> str:
        left = self._chance.random()
        for name in ("refused", "refused_after_all", "lost_before", "lost_after", "late", "malformed", "slow"):
            left -= getattr(self._faults, name)
            if left < 0:
                return name
        return "opening_too_fast" if self._chance.random() < self._faults.opening_too_fast else "fine"

    def _wait(self) -> timedelta | None:
        return self._chance.choice((None, None, timedelta(seconds=1), timedelta(seconds=40), timedelta(minutes=14)))

    def _send_off(self, letter: Letter, called: float, at: float) -> None:
        self._count += 1
        self._on_their_way.append(_OnItsWay(at, self._count, letter, called))
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


class Line:
    """The courier of one process. What it hears besides an answer, it tells `Traffic`, as the real one does."""

    def __init__(self, discord: ModelDiscord, fuse: Fuse, traffic: Traffic) -> None:
        self._discord = discord
        self._fuse = fuse
        self._traffic = traffic

    async def send(self, letter: Letter) -> SendAnswer:
        if wait := await self._wait_to_open(letter):
            return NotNow(wait)
        self._fuse.passes(Point.BEFORE_POST)
        answer = await self._discord.post(letter, self._fuse)
        self._fuse.passes(Point.AFTER_ANSWER)
        self._hear(answer)
        return answer

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        if await self._wait_to_open(letter):
            return Unsure()
        self._fuse.passes(Point.LOOKING)
        found = await self._discord.look(letter, since)
        self._fuse.refuse_dead()
        self._hear(found)
        return found

    async def ask_time(self) -> None:
        await self.log_in()

    async def log_in(self) -> bool:
        """Whether Discord answers at all."""
        await asyncio.sleep(QUICK)
        self._fuse.refuse_dead()
        if self._discord.is_out:
            return False
        self._traffic.heard(Heard(200, self._discord.time))
        return True

    async def _wait_to_open(self, letter: Letter) -> timedelta:
        return await self._traffic.ask_to_open() if letter.channel_id is None else timedelta()

    def _hear(self, answer: SendAnswer | Absent) -> None:
        match answer:
            case NotNow(wait) if wait == TOO_FAST_WAIT:
                self._traffic.opened_too_fast()
                self._traffic.heard(Heard(403, self._discord.time))
            case NotNow(wait) if wait is not None and wait < NEVER:
                self._traffic.heard(Heard(429, self._discord.time, wait))
            case NotNow() | Unsure() if self._discord.is_out:
                return
            case Unreachable() | NotNow():
                self._traffic.heard(Heard(403, self._discord.time))
            case Sent() | Absent():
                self._traffic.heard(Heard(200, self._discord.time))


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
