"""A course of things that may come: where it begins, and what happens in it. For `foresee`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.journey.past import Past
from bot.journey.persona import Deed, Message, Reply
from bot.journey.standing import MemberStanding
from bot.rules.bearing import Bearing
from bot.rules.choose import Refused
from bot.rules.consent import ON_AT_FIRST
from bot.rules.delivery import Standing
from bot.rules.due import Lately
from bot.rules.plan import Plan, PlanState, Wishes
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
