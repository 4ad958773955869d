"""A course of things that may come: where it begins, and what happens in it. For `foresee`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.journey.past import Past
from bot.journey.persona import Deed, Message, Reply
from bot.journey.standing import MemberStanding
from bot.rules.bearing import Bearing
from bot.rules.choose import NOT_AGAIN_FOR, Refused
from bot.rules.consent import ON_AT_FIRST
from bot.rules.delivery import Standing
from bot.rules.due import Lately
from bot.rules.occurrence import Kind, Occurrence, Seen, State
from bot.rules.plan import Plan, PlanState, Wishes
from bot.rules.silence import ASK_AFTER
from bot.store.members import Member


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where somebody stands, and what they had so far."""

    who: MemberStanding
    past: Past
    is_new: bool = False
    """Whether they say yes at this moment, and get the receipt of it."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where they stand."""

    plan: Plan
    bearing: Bearing
    refused: Refused


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was seen or done, and where it leaves them."""

    at: datetime
    what: Message | Reply | Deed
    where: Where


def newcomer(member_id: int, wishes: Wishes, now: datetime, language: str, bearing: Bearing | None = None) -> Beginning:
    """Somebody who says yes to nudges now, and to nothing else."""
    plan = Plan(member_id, wishes, PlanState.OFF, since_at=now).going_on(now, Lately())
    member = Member(member_id, None, language, now, None, streak_hidden=False, asked=None)
    standing = Standing(plan, ON_AT_FIRST, guild_on=True)
    past = Past((), now, frozenset(), Refused(), bearing or Bearing())
    return Beginning(MemberStanding(member, standing), past, is_new=True)


class Memory:
    """What came so far, as `store.history` would tell of it."""

    def __init__(self, before: Past) -> None:
        self._before = before
        self._seen = [*before.history]
        self._places = dict[str, int]()
        """Which of the messages, counted from the oldest one, has that id."""
        self._slots = set(before.slots)

    def add(self, one: Occurrence) -> None:
        """It arrived."""
        self._places[one.occurrence_id] = len(self._seen)
        self._seen.insert(0, Seen(one.kind, State.SENT, one.nudge_id, one.due_at, one.until_at, None))

    def take(self, slot: str) -> None:
        """That date has had its chance."""
        self._slots.add(slot)

    def past(self, now: datetime, where: Where) -> Past:
        """What came since a nudge rests, and their last that arrived, however old."""
        since, arrived, history = now - NOT_AGAIN_FOR, 0, []
        for one in self._seen:
            if one.due_at < since and (arrived >= ASK_AFTER or one.kind is not Kind.NUDGE):
                continue
            history.append(one)
            arrived += one.kind is Kind.NUDGE and one.state is State.SENT
        return Past(history, now, self._slots, where.refused, where.bearing, self._before.withdrawn)

    def note_answer(self, message: Message, now: datetime) -> bool:
        """Whether it is the first one."""
        is_first = self.answered_at(message) is None
        if is_first:
            place = self._place(message)
            self._seen[place] = replace(self._seen[place], answered_at=now)
        return is_first

    def answered_at(self, message: Message) -> datetime | None:
        return self._seen[self._place(message)].answered_at

    def _place(self, message: Message) -> int:
        return len(self._seen) - 1 - self._places[message.occurrence_id]
