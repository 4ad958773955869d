"""Reading what decides whether and when a member may be written to; shared by the steps that ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import UnknownZone
from bot.rules.choose import Bounds, Refused
from bot.rules.consent import Purpose, holding
from bot.rules.delivery import Standing
from bot.rules.due import LOOK_BACK, Lately
from bot.rules.occurrence import Kind, Occurrence
from bot.rules.plan import Plan, Wishes
from bot.rules.schedule import Schedule, is_zone
from bot.store import Records
from bot.store.members import Member


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """A member and where they stand."""

    member: Member
    standing: Standing


async def standings(records: Records, member_ids: Collection[int]) -> Mapping[int, MemberStanding]:
    """Those of these members who have a plan, with where they stand."""
    members = await records.members.by_ids(member_ids)
    plans = await records.plans.by_ids(member_ids)
    ledgers = await records.consents.by_ids(member_ids)
    off = await records.guilds.disabled_among({m.guild_id for m in members.values() if m.guild_id is not None})
    return {
        member_id: MemberStanding(
            members[member_id],
            Standing(plan, holding(ledgers.get(member_id, ())), members[member_id].guild_id not in off),
        )
        for member_id, plan in plans.items()
    }


async def standing_of(records: Records, member_id: int) -> MemberStanding | None:
    """The member and where they stand; None without a plan."""
    return (await standings(records, [member_id])).get(member_id)


async def purposes_of(records: Records, member_id: int) -> frozenset[Purpose]:
    """What the member agrees to now."""
    return holding(await records.consents.of(member_id))


async def lately_of(records: Records, member_id: int, now: datetime) -> Lately:
    """What this member was sent in the last days."""
    history = await records.occurrences.history([member_id], now - LOOK_BACK)
    slots = await records.occurrences.slots([member_id], now - LOOK_BACK)
    return lately_from(history.get(member_id, ()), slots.get(member_id, frozenset()))


def lately_from(history: Iterable[Occurrence], slots: frozenset[str]) -> Lately:
    """The nudges among these, with all dates that had one. One that was only shown takes no place among them."""
    return Lately(tuple(one.due_at for one in history if one.kind is Kind.NUDGE), slots)


def bounds_of(plan: Plan, refused: Refused) -> Bounds:
    """What bounds the choice of this member's nudges."""
    return Bounds(plan.wishes.size, plan.level, refused)


def schedule_of(member_id: int, wishes: Wishes) -> Schedule:
    """The schedule that these wishes make for this member. Raises UnknownZone."""
    if not is_zone(wishes.zone):
        raise UnknownZone
    return wishes.schedule(member_id)
