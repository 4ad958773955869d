"""A member says yes: to each purpose by itself, in private, by pressing Start. Nothing is stored before that press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.errors import NotEnabledHere
from bot.journey.erasing import overwrite
from bot.journey.farewell import Farewells
from bot.journey.ledger import give, have_a_bearing, take_back
from bot.journey.letters import ask_for_receipt
from bot.journey.past import past_of
from bot.journey.standing import MemberStanding, schedule_of, standing_of, willing
from bot.rules.consent import Purpose
from bot.rules.due import Lately
from bot.rules.plan import Plan, PlanState, Wishes
from bot.rules.schedule import next_dues
from bot.store import Database, Records

TIMES_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Started:
    """What became of a Start."""

    receipt_id: str | None
    """The receipt to send now, unless this very press was seen before; None where no DM was agreed to."""
    is_kept: bool = True
    """False where nothing was agreed to, so that nothing was kept."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a member agreed to and chose before; nothing for somebody new."""

    purposes: frozenset[Purpose] = frozenset()
    wishes: Wishes | None = None
    void: frozenset[Purpose] = frozenset()
    """What they said yes to in words that have changed since. What it kept is still there."""

    @property
    def given(self) -> frozenset[Purpose]:
        """All that a new start can end."""
        return self.purposes | self.void


@dataclass(frozen=True, slots=True)
class Times:
    """When nudges would come, and the pause that they wait for, if there is one."""

    next: tuple[datetime, ...]
    paused_until: datetime | None = None


class OptIn:
    def __init__(self, database: Database, clock: Clock, farewells: Farewells) -> None:
        self._database = database
        self._clock = clock
        self._farewells = farewells

    async def before(self, member_id: int) -> Before:
        """Where this member's draft begins."""
        now = self._clock.now()
        return await self._database.read(lambda records: _before(records, member_id, now))

    async def next_times(self, member_id: int, wishes: Wishes) -> Times:
        """The next three times, for the member to check against their own clock. Raises UnknownZone."""
        now = self._clock.now()
        schedule_of(member_id, wishes)
        plan = await self._database.read(lambda records: records.plans.get(member_id))
        schedule = _fresh(plan, member_id, wishes, now).rhythm(now)
        if plan is None or plan.paused_until is None or not plan.is_paused(now):
            return Times(tuple(next_dues(schedule, now, TIMES_SHOWN)))
        return Times(tuple(next_dues(schedule, plan.paused_until, TIMES_SHOWN)), plan.paused_until)

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

        Whoever starts anew keeps a pause, what they asked to see again, how far steps have grown, and the server they
        came from, unless that has Porchlight switched off by now. What a yes that ends had allowed to be kept is
        overwritten. Raises NotEnabledHere where this server has it switched off, UnknownZone for a zone that is none,
        JustLeft for a press that a deletion has overtaken.
        """
        now = self._clock.now()
        schedule_of(member_id, wishes)

        async def work(records: Records) -> tuple[Started, bool]:
            self._farewells.refuse_older(member_id, press_id)
            await _refuse_disabled(records, guild_id)
            if not purposes and await records.members.get(member_id) is None:
                return Started(None, is_kept=False), False
            who, before = await standing_of(records, member_id), await _before(records, member_id, now)
            await records.members.put(member_id, _home(who, guild_id), language, now)
            await records.members.note_asked(member_id, records.questions.edition)
            lately = (await past_of(records, member_id, now)).lately
            plan = _plan(who, member_id, wishes, now, lately, purposes)
            await records.plans.put(plan)
            await have_a_bearing(records, member_id, wants_nudges=Purpose.NUDGES in purposes)
            await take_back(records, member_id, frozenset(Purpose) - purposes, now)
            await give(records, member_id, purposes - before.purposes, now)
            receipt = await ask_for_receipt(records, member_id, press_id, now) if Purpose.NUDGES in purposes else None
            return Started(receipt), bool(before.given - purposes)

        started, ended_some = await self._database.write(work)
        if ended_some:
            await overwrite(self._database)
        return started

    async def try_again(self, member_id: int, press_id: int) -> Started:
        """After closed DMs: let nudges come again, and send a new receipt to see whether they arrive.

        A pause stays. Raises NotStarted; and NudgesOff for a member who has not agreed to nudges.
        """
        now = self._clock.now()

        async def work(records: Records) -> Started:
            plan = (await willing(records, member_id)).standing.plan
            await records.plans.put(plan.going_on(now, (await past_of(records, member_id, now)).lately))
            await have_a_bearing(records, member_id, wants_nudges=True)
            return Started(await ask_for_receipt(records, member_id, press_id, now))

        return await self._database.write(work)


async def _before(records: Records, member_id: int, now: datetime) -> Before:
    plan = await records.plans.get(member_id)
    ledger, questions = await records.consents.of(member_id), records.questions
    wishes = None if plan is None else plan.wishes_at(now)
    return Before(questions.holding(ledger), wishes, questions.void(ledger))


async def _refuse_disabled(records: Records, guild_id: int | None) -> None:
    if guild_id is not None:
        guild = await records.guilds.get(guild_id)
        if guild is None or not guild.is_on:
            raise NotEnabledHere


def _home(who: MemberStanding | None, guild_id: int | None) -> int | None:
    """The server a member belongs to. One that they came from and that is still on stays it."""
    return who.member.guild_id if who is not None and who.standing.guild_on else guild_id


def _fresh(before: Plan | None, member_id: int, wishes: Wishes, now: datetime) -> Plan:
    """The plan there was, or a new one, with these wishes."""
    return (before or Plan(member_id, wishes, PlanState.OFF, since_at=now)).with_wishes(wishes, now)


def _plan(
    who: MemberStanding | None,
    member_id: int,
    wishes: Wishes,
    now: datetime,
    lately: Lately,
    purposes: frozenset[Purpose],
) -> Plan:
    """The plan that these wishes make, out of the one there was."""
    plan = _fresh(None if who is None else who.standing.plan, member_id, wishes, now)
    return plan.going_on(now, lately) if Purpose.NUDGES in purposes else plan.ended(PlanState.OFF)
