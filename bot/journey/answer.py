"""One press answers a nudge, once. Every answer is welcome; none of them counts against anybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.content.library import Library
from bot.content.nudges import Nudge
from bot.errors import NoLongerHeld, NotYours
from bot.journey.standing import known, purposes_of
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind, Occurrence
from bot.rules.plan import Plan, PlanState, Size
from bot.rules.rhythm import milestone, week_of
from bot.rules.schedule import due_on, local_date
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the member's own: its kind, its nudge if it has one, and their plan."""

    kind: Kind
    nudge: Nudge | None
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What to say back. `already` says that this nudge had its answer before."""

    nudge: Nudge | None
    already: bool
    weeks: int | None = None
    """The count of weeks, when this answer brought it to one worth a line."""


class AnswerNudge:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def look(self, member_id: int, occurrence_id: str, language: str) -> Seen:
        """What stands on that message; changes nothing. Raises NotYours, or NoLongerHeld."""

        async def work(records: Records) -> Seen:
            occurrence = await _own(records, member_id, occurrence_id)
            plan = await records.plans.get(member_id)
            return Seen(occurrence.kind, self._nudge(occurrence, language), plan)

        return await self._database.read(work)

    async def press(self, member_id: int, occurrence_id: str, answer: Answer, language: str) -> Answered:
        """Take one answer. Raises NotYours for somebody else's button, NoLongerHeld for a deleted message."""
        return await self._take(member_id, occurrence_id, answer, language, later_days=None)

    async def later(self, member_id: int, occurrence_id: str, days: int, language: str) -> Answered:
        """Take "later": the same nudge once more, in that many days, in the place of the next one."""
        return await self._take(member_id, occurrence_id, Answer.LATER, language, later_days=days)

    async def _take(
        self, member_id: int, occurrence_id: str, answer: Answer, language: str, later_days: int | None
    ) -> Answered:
        now = self._clock.now()

        async def work(records: Records) -> Answered:
            occurrence = await _own(records, member_id, occurrence_id)
            purposes = await purposes_of(records, member_id)
            kept = answer if Purpose.ANSWERS in purposes else None
            first = await records.occurrences.answer(occurrence_id, kept, now)
            nudge = self._nudge(occurrence, language)
            if not first:
                return Answered(nudge, already=True)
            who = await known(records, member_id)
            plan = who.standing.plan if who else None
            await _follow(records, occurrence, nudge, answer, now)
            if plan is not None and later_days is not None:
                await _offer_again(records, plan, occurrence, later_days, now)
            weeks = await _note_week(records, plan, now) if plan and Purpose.RHYTHM in purposes else None
            hidden = who is not None and who.member.rhythm_hidden
            return Answered(nudge, already=False, weeks=None if hidden else weeks)

        return await self._database.write(work)

    def _nudge(self, occurrence: Occurrence, language: str) -> Nudge | None:
        nudges = self._library.language(language).nudge_by_id
        return None if occurrence.nudge_id is None else nudges.get(occurrence.nudge_id)


async def _own(records: Records, member_id: int, occurrence_id: str) -> Occurrence:
    occurrence = await records.occurrences.get(occurrence_id)
    if occurrence is None:
        raise NoLongerHeld
    if occurrence.member_id != member_id:
        raise NotYours
    return occurrence


async def _follow(records: Records, occurrence: Occurrence, nudge: Nudge | None, answer: Answer, now: datetime) -> None:
    """What an answer changes beyond itself. Source: evidence.md 6.4."""
    member_id = occurrence.member_id
    if nudge is None:
        return
    if answer in (Answer.NOT_FOR_ME, Answer.NOT_OK):
        await records.refusals.refuse_nudge(member_id, nudge.nudge_id, now)
    if answer is Answer.NOT_OK:
        await records.refusals.refuse_theme(member_id, nudge.theme, now)
        plan = await records.plans.get(member_id)
        if plan is not None:
            await records.plans.put(replace(plan, size=Size.TINY))


async def _offer_again(records: Records, plan: Plan, occurrence: Occurrence, days: int, now: datetime) -> None:
    """Later replaces what was next, and never adds to it."""
    if plan.state is not PlanState.ACTIVE or plan.next_due_at is None:
        return
    day = local_date(plan.schedule.zone, now) + timedelta(days=days)
    due = due_on(plan.schedule, day) or plan.next_due_at
    await records.plans.put(replace(plan, next_due_at=due, again_nudge_id=occurrence.nudge_id))


async def _note_week(records: Records, plan: Plan, now: datetime) -> int | None:
    before = await records.weeks.count(plan.member_id)
    await records.weeks.add(plan.member_id, week_of(local_date(plan.schedule.zone, now)))
    return milestone(before, await records.weeks.count(plan.member_id))
