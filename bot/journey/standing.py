"""Reading what decides whether a member may be written to; shared by the steps that ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.errors import NoLongerHeld, NotStarted, NudgesOff, UnknownZone
from bot.rules.consent import Purpose
from bot.rules.delivery import Standing
from bot.rules.occurrence import Occurrence, is_occurrence_id
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
    return await standings_of(records, await records.plans.by_ids(member_ids))


async def standings_of(records: Records, plans: Mapping[int, Plan]) -> Mapping[int, MemberStanding]:
    """Where the members with these plans stand."""
    members = await records.members.by_ids(plans)
    ledgers = await records.consents.by_ids(plans)
    off = await records.guilds.disabled_among({m.guild_id for m in members.values() if m.guild_id is not None})
    return {
        member_id: MemberStanding(
            members[member_id],
            Standing(
                plan,
                records.questions.holding(ledgers.get(member_id, ())),
                members[member_id].guild_id not in off,
            ),
        )
        for member_id, plan in plans.items()
    }


async def standing_of(records: Records, member_id: int) -> MemberStanding | None:
    """The member and where they stand; None without a plan."""
    return (await standings(records, [member_id])).get(member_id)


async def known(records: Records, member_id: int) -> MemberStanding:
    """The member and where they stand. Raises NotStarted without a plan."""
    who = await standing_of(records, member_id)
    if who is None:
        raise NotStarted
    return who


async def willing(records: Records, member_id: int) -> MemberStanding:
    """The same, of a member who agrees to nudges. Raises NotStarted; and NudgesOff: only a new yes changes that."""
    who = await known(records, member_id)
    if Purpose.NUDGES not in who.standing.purposes:
        raise NudgesOff
    return who


async def own_message(records: Records, member_id: int, occurrence_id: str) -> Occurrence:
    """The member's own message. Raises NoLongerHeld, for another's the same as where there is none."""
    occurrence = await records.occurrences.get(occurrence_id) if is_occurrence_id(occurrence_id) else None
    if occurrence is None or occurrence.member_id != member_id:
        raise NoLongerHeld
    return occurrence


async def purposes_of(records: Records, member_id: int) -> frozenset[Purpose]:
    """What the member agrees to now."""
    return records.questions.holding(await records.consents.of(member_id))


def schedule_of(member_id: int, wishes: Wishes) -> Schedule:
    """The schedule that these wishes make for this member. Raises UnknownZone."""
    if not is_zone(wishes.zone):
        raise UnknownZone
    return wishes.schedule(member_id)
