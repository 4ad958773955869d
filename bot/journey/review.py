"""A member looks at all that is held about them, takes it along, and changes what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.errors import NotStarted
from bot.journey.erasing import overwrite
from bot.journey.ledger import give, have_a_bearing, take_back
from bot.journey.letters import ask_for_receipt
from bot.journey.past import past_of
from bot.journey.standing import purposes_of
from bot.rules.consent import Purpose
from bot.rules.held import Unreadable
from bot.rules.retention import Retention
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class Holding:
    """Every row about a member, by table, when it was read, and for how long such rows stay."""

    rows: dict[str, list[dict[str, Any]]]
    at: datetime
    retention: Retention

    @property
    def is_readable(self) -> bool:
        """Whether all of it can still be read by its member."""
        values = (value for rows in self.rows.values() for row in rows for value in row.values())
        return Unreadable.UNREADABLE not in values


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a member agrees to now, and the receipt to send when nudges are newly among it."""

    purposes: frozenset[Purpose]
    void: frozenset[Purpose] = frozenset()
    """What they agreed to in words that have changed since: it counts for nothing until they agree anew."""
    offered: frozenset[Purpose] = frozenset(Purpose)
    """What they can say yes to now. Most of it takes a plan, and there is none before a Start."""
    receipt_id: str | None = None


class Review:
    def __init__(self, database: Database, clock: Clock, retention: Retention) -> None:
        self._database = database
        self._clock = clock
        self._retention = retention

    async def holding(self, member_id: int) -> Holding:
        rows = await self._database.read(lambda records: records.holdings.of(member_id))
        return Holding(rows, self._clock.now(), self._retention)

    async def purposes(self, member_id: int) -> frozenset[Purpose]:
        return await self._database.read(lambda records: purposes_of(records, member_id))

    async def choices(self, member_id: int) -> Agreed:
        """What they agree to, beside all that is asked today; so whoever sees this has been asked all of it."""
        if await self._database.read(lambda records: _is_behind(records, member_id)):
            await self._database.write(lambda records: _note_asked(records, member_id))
        return await self._database.read(lambda records: _agreed(records, member_id))

    async def ask_anew(self, member_id: int) -> frozenset[Purpose]:
        """What this member is to be asked again, or for the first time; from here on they have been asked.

        Nothing the second time, whether they answered or not.
        """
        if not await self._database.read(lambda records: _to_ask(records, member_id)):
            return frozenset()

        async def work(records: Records) -> frozenset[Purpose]:
            asked = await _to_ask(records, member_id)
            await _note_asked(records, member_id)
            return asked

        return await self._database.write(work)

    async def agree(self, member_id: int, purpose: Purpose, press_id: int) -> Agreed:
        """Say yes to one purpose. A yes to nudges is answered with a receipt.

        Raises NotStarted before any start; somebody who only keeps check-ins can agree to nothing but that.
        """
        now = self._clock.now()

        async def work(records: Records) -> Agreed:
            if purpose not in await _offered(records, member_id):
                raise NotStarted
            if purpose in await purposes_of(records, member_id):
                return await _agreed(records, member_id)
            await give(records, member_id, {purpose}, now)
            agreed = await _agreed(records, member_id)
            if purpose is not Purpose.NUDGES:
                return agreed
            await _let_nudges_come(records, member_id, now)
            return replace(agreed, receipt_id=await ask_for_receipt(records, member_id, press_id, now))

        return await self._database.write(work)

    async def withdraw(self, member_id: int, purpose: Purpose) -> Agreed:
        """Take one yes back, in whatever wording it was given, with all that it allowed, and overwrite that."""
        now = self._clock.now()

        async def work(records: Records) -> Agreed:
            await take_back(records, member_id, {purpose}, now)
            return await _agreed(records, member_id)

        agreed = await self._database.write(work)
        await overwrite(self._database)
        return agreed


async def _agreed(records: Records, member_id: int) -> Agreed:
    ledger = await records.consents.of(member_id)
    offered = await _offered(records, member_id)
    return Agreed(records.questions.holding(ledger), records.questions.void(ledger), offered)


async def _is_behind(records: Records, member_id: int) -> bool:
    """Whether there is something to ask that this member was not asked yet."""
    member = await records.members.get(member_id)
    return member is not None and (member.asked or 0) < records.questions.edition


async def _to_ask(records: Records, member_id: int) -> frozenset[Purpose]:
    member = await records.members.get(member_id)
    if member is None:
        return frozenset()
    has_started = await records.plans.get(member_id) is not None
    ledger = await records.consents.of(member_id)
    return records.questions.to_ask_anew(ledger, member.asked, has_started=has_started)


async def _note_asked(records: Records, member_id: int) -> None:
    await records.members.note_asked(member_id, records.questions.edition)


async def _offered(records: Records, member_id: int) -> frozenset[Purpose]:
    """Everything once they have started; check-ins alone to whoever only keeps those; nothing to a stranger."""
    if await records.plans.get(member_id) is not None:
        return frozenset(Purpose)
    is_known = await records.members.get(member_id) is not None
    return frozenset({Purpose.CHECK_INS}) if is_known else frozenset()


async def _let_nudges_come(records: Records, member_id: int, now: datetime) -> None:
    plan = await records.plans.get(member_id)
    assert plan is not None, "nobody agrees to nudges without having started"
    await records.plans.put(plan.going_on(now, (await past_of(records, member_id, now)).lately))
    await have_a_bearing(records, member_id, wants_nudges=True)
