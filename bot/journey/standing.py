"""Reading what decides whether a member may be written to; shared by the steps that ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.errors import UnknownZone
from bot.rules.consent import Purpose, held
from bot.rules.delivery import Standing
from bot.rules.plan import Wishes
from bot.rules.schedule import Schedule, is_zone
from bot.store import Records
from bot.store.members import Member


@dataclass(frozen=True, slots=True)
class Known:
    """A member and where they stand."""

    member: Member
    standing: Standing


async def known_among(records: Records, member_ids: Collection[int]) -> Mapping[int, Known]:
    """Those of these members who have a plan, with where they stand."""
    members = await records.members.among(member_ids)
    plans = await records.plans.among(member_ids)
    ledgers = await records.consents.among(member_ids)
    off = await records.guilds.off_among({m.guild_id for m in members.values() if m.guild_id is not None})
    return {
        member_id: Known(
            members[member_id],
            Standing(plan, held(ledgers.get(member_id, ())), members[member_id].guild_id not in off),
        )
        for member_id, plan in plans.items()
    }


async def known(records: Records, member_id: int) -> Known | None:
    """The member and where they stand; None without a plan."""
    return (await known_among(records, [member_id])).get(member_id)


def known_schedule(member_id: int, wishes: Wishes) -> Schedule:
    """The schedule that these wishes make for this member. Raises UnknownZone."""
    if not is_zone(wishes.zone):
        raise UnknownZone
    return wishes.schedule(member_id)


async def purposes_of(records: Records, member_id: int) -> frozenset[Purpose]:
    """What the member agrees to now."""
    return held(await records.consents.of(member_id))
