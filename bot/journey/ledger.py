"""Giving and taking back a yes; shared by the steps that do either."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.rules.consent import Purpose
from bot.rules.plan import PlanState
from bot.store import Records


async def give(records: Records, member_id: int, purposes: Iterable[Purpose], now: datetime) -> None:
    """Write down a yes to each purpose, in today's wording."""
    wordings = records.questions.wordings
    await records.consents.give(member_id, {purpose: wordings[purpose] for purpose in purposes}, now)


async def take_back(
    records: Records,
    member_id: int,
    purposes: Iterable[Purpose],
    now: datetime,
    nudges_end_in: PlanState = PlanState.OFF,
) -> None:
    """Close each purpose, in whatever wording it was given, and remove what it allowed to be kept; nothing else."""
    gone = frozenset(purposes)
    await records.consents.withdraw(member_id, gone, now)
    if Purpose.NUDGES in gone:
        await _send_nothing(records, member_id, now, nudges_end_in)
    if Purpose.ANSWERS in gone:
        await records.occurrences.forget_answers(member_id)
    if Purpose.CHECK_INS in gone:
        await records.check_ins.forget(member_id)
    if Purpose.STREAK in gone:
        await records.weeks.forget(member_id)
        await records.members.hide_streak(member_id, hidden=False)


async def have_a_bearing(records: Records, member_id: int, *, wants_nudges: bool) -> None:
    """With a yes, so that its being there tells nothing; one to nudges leaves no earlier no to stand against it.

    Whoever's key is gone has none.
    """
    found = await records.bearings.by_ids([member_id])
    await records.bearings.put_all({one: it.wanted() if wants_nudges else it for one, it in found.items()})


async def _send_nothing(records: Records, member_id: int, now: datetime, state: PlanState) -> None:
    await records.occurrences.dissolve_waiting(member_id, now)
    plan = await records.plans.get(member_id)
    if plan is not None:
        await records.plans.put(plan.ended(state))
