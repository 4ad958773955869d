"""A member says yes: to each purpose by itself, in private, by pressing Start. Nothing is stored before that press."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import NotEnabledHere, NotStarted
from bot.journey.ledger import give, take_back
from bot.journey.standing import known_schedule, purposes_of
from bot.rules.consent import Purpose
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan, PlanState, Wishes
from bot.rules.schedule import next_days, next_due
from bot.store import Database, Records

TIMES_SHOWN: Final = 3

# The receipt answers a press; when it cannot go out within this time, it does not come later as a surprise.
RECEIPT_WITHIN: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Started:
    receipt_id: str | None
    """The receipt to send now, unless this very press was seen before; None where no DM was agreed to."""


class OptIn:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def next_times(self, member_id: int, wishes: Wishes) -> list[datetime]:
        """The next three times, for the member to check against their own clock. Raises UnknownZone."""
        return next_days(known_schedule(member_id, wishes), self._clock.now(), TIMES_SHOWN)

    async def start(
        self,
        member_id: int,
        guild_id: int | None,
        language: str,
        purposes: frozenset[Purpose],
        wishes: Wishes,
        press_id: int,
    ) -> Started:
        """Store the yes and the wishes. `press_id` names the press, so that Discord may deliver it twice.

        Raises NotEnabledHere where the server has Porchlight switched off, UnknownZone for a zone that is none.
        """
        now = self._clock.now()
        schedule = known_schedule(member_id, wishes)
        wants_nudges = Purpose.NUDGES in purposes

        async def work(records: Records) -> Started:
            if guild_id is not None:
                guild = await records.guilds.get(guild_id)
                if guild is None or not guild.is_on:
                    raise NotEnabledHere
            before = await purposes_of(records, member_id)
            await records.members.put(member_id, guild_id, language, now)
            await take_back(records, member_id, before - purposes, now)
            await give(records, member_id, purposes - before, now)
            await records.plans.put(
                Plan(
                    member_id=member_id,
                    schedule=schedule,
                    size=wishes.size,
                    discreet=wishes.discreet,
                    state=PlanState.ACTIVE,
                    since_at=now,
                    paused_until=None,
                    next_due_at=next_due(schedule, now) if wants_nudges else None,
                )
            )
            return await _with_receipt(records, member_id, press_id, now) if wants_nudges else Started(None)

        return await self._database.write(work)

    async def try_again(self, member_id: int, press_id: int) -> Started:
        """After closed DMs: let nudges come again, and send a new receipt to see whether they arrive.

        Raises NotStarted for a member who has not agreed to nudges.
        """
        now = self._clock.now()

        async def work(records: Records) -> Started:
            plan = await records.plans.get(member_id)
            if plan is None or Purpose.NUDGES not in await purposes_of(records, member_id):
                raise NotStarted
            due = next_due(plan.schedule, now)
            await records.plans.put(replace(plan, state=PlanState.ACTIVE, since_at=now, next_due_at=due))
            return await _with_receipt(records, member_id, press_id, now)

        return await self._database.write(work)


async def _with_receipt(records: Records, member_id: int, press_id: int, now: datetime) -> Started:
    receipt = _receipt(member_id, press_id, now)
    await records.occurrences.add([receipt])
    return Started(receipt.occurrence_id)


def _receipt(member_id: int, press_id: int, now: datetime) -> Occurrence:
    slot = str(press_id)
    return Occurrence(
        occurrence_id=occurrence_id(member_id, Kind.RECEIPT, slot),
        member_id=member_id,
        kind=Kind.RECEIPT,
        slot=slot,
        state=State.WAITING,
        nudge_id=None,
        due_at=now,
        until_at=now + RECEIPT_WITHIN,
        wake_at=now,
    )
