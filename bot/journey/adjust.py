"""A member changes something: what they chose, a pause, going on after silence or without the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import NotStarted
from bot.journey.standing import known_schedule, purposes_of
from bot.rules.consent import Purpose
from bot.rules.occurrence import Kind
from bot.rules.plan import Plan, PlanState, Wishes
from bot.rules.schedule import next_due
from bot.store import Database, Records

PAUSE_DAYS: Final = (3, 7, 30)

# Whoever moves to another zone is not reached twice in one long day. Source: reliability.md 5.
LEAST_GAP: Final = timedelta(hours=8)


class Adjust:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def plan(self, member_id: int) -> Plan | None:
        return await self._database.read(lambda records: records.plans.get(member_id))

    async def choose(self, member_id: int, wishes: Wishes) -> Plan:
        """Take new wishes from now on. Raises NotStarted, UnknownZone."""
        schedule = known_schedule(member_id, wishes)
        now = self._clock.now()

        async def work(records: Records) -> Plan:
            plan = await records.plans.get(member_id)
            if plan is None:
                raise NotStarted
            due = plan.next_due_at
            if due is not None:
                last = await records.occurrences.recent([member_id], now - LEAST_GAP)
                rested = [one.due_at + LEAST_GAP for one in last.get(member_id, []) if one.kind is Kind.NUDGE]
                due = next_due(schedule, max([now, plan.paused_until or now, *rested]))
            chosen = replace(plan, schedule=schedule, size=wishes.size, discreet=wishes.discreet, next_due_at=due)
            await records.plans.put(chosen)
            return chosen

        return await self._database.write(work)

    async def pause(self, member_id: int, days: int) -> datetime:
        """Send nothing for that many days; when nudges come back. Raises NotStarted."""
        until = self._clock.now() + timedelta(days=days)

        def paused(plan: Plan, _now: datetime) -> Plan:
            due = None if plan.next_due_at is None else next_due(plan.schedule, until)
            return replace(plan, paused_until=until, next_due_at=due)

        await self._change(member_id, paused)
        return until

    async def resume(self, member_id: int) -> Plan:
        """Let nudges come again, after a pause, a stop, a silence or closed DMs. Silence is counted anew from here.

        Raises NotStarted, also for a member who has not agreed to nudges: only a new yes can change that.
        """

        def resumed(plan: Plan, now: datetime) -> Plan:
            return replace(
                plan,
                state=PlanState.ACTIVE,
                since_at=now,
                paused_until=None,
                next_due_at=next_due(plan.schedule, now),
            )

        return await self._change(member_id, resumed, needs=Purpose.NUDGES)

    async def tell_once(self, member_id: int) -> bool:
        """Whether to tell the member now that their DMs are closed: True once, each time they were found so."""

        async def work(records: Records) -> bool:
            plan = await records.plans.get(member_id)
            if plan is None or plan.state is not PlanState.UNREACHABLE:
                return False
            await records.plans.put(replace(plan, state=PlanState.UNREACHABLE_TOLD))
            return True

        return await self._database.write(work)

    async def go_on_without_server(self, member_id: int) -> Plan:
        """Keep the nudges of a server that was switched off, from now on as nobody's but the member's own."""
        await self._database.write(lambda records: records.members.leave_guild(member_id))
        return await self.resume(member_id)

    async def show_all_again(self, member_id: int) -> None:
        """Undo every "not for me" and "this wasn't OK"."""
        await self._database.write(lambda records: records.refusals.forget(member_id))

    async def _change(
        self, member_id: int, change: Callable[[Plan, datetime], Plan], needs: Purpose | None = None
    ) -> Plan:
        now = self._clock.now()

        async def work(records: Records) -> Plan:
            plan = await records.plans.get(member_id)
            if plan is None or (needs and needs not in await purposes_of(records, member_id)):
                raise NotStarted
            changed = change(plan, now)
            await records.plans.put(changed)
            return changed

        return await self._database.write(work)
