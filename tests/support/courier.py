"""A courier that keeps what it is given, and answers what a test tells it to."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.journey.courier import LastLook, Letter, NudgeNote, Question, Receipt, SendOutcome
from bot.rules.delivery import Absent, NotNow, Sent, Unreachable, Unsure

DM_CHANNEL = 900_000_000_000_000_001

SendAnswer = Sent | Unreachable | NotNow | Unsure | Exception


async def _nothing_happens() -> None:
    """Nor does anybody wait for anything."""


@dataclass
class FakeCourier:
    """Sends unless told otherwise. `arrived` is what a member would see; a nonce makes no second copy."""

    answers: deque[SendAnswer] = field(default_factory=deque)
    looks: deque[Sent | Absent | Unsure] = field(default_factory=deque)
    sent: list[Letter] = field(default_factory=list)
    tells_time: Callable[[], None] | None = None
    """What Discord's answer brings about: it is heard."""
    asked_for_time: int = 0
    looked_for: list[tuple[Letter, datetime]] = field(default_factory=list)
    while_looking: Callable[[], None] = lambda: None
    while_opening: Callable[[], Awaitable[object]] = _nothing_happens

    async def send(self, letter: Letter, last_look: LastLook) -> SendOutcome:
        if letter.channel_id is None:
            await self.while_opening()
            if held_back := await last_look():
                return held_back
        self.sent.append(letter)
        answer = self.answers.popleft() if self.answers else Sent(DM_CHANNEL, len(self.sent))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_time(self) -> None:
        self.asked_for_time += 1
        if self.tells_time is not None:
            self.tells_time()

    async def find(self, letter: Letter, since: datetime) -> Sent | Absent | Unsure:
        self.looked_for.append((letter, since))
        self.while_looking()
        return self.looks.popleft() if self.looks else Absent()

    @property
    def kinds(self) -> list[str]:
        """What was carried, in order: "receipt", "nudge", or the kind of a question."""
        return [_kind(letter) for letter in self.sent]


def _kind(letter: Letter) -> str:
    match letter.says:
        case NudgeNote():
            return "nudge"
        case Receipt():
            return "receipt"
        case Question(kind):
            return kind.value
