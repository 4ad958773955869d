"""Once a night, what has been held long enough goes. Nobody is written to about it.

Law: a clock that is wrong deletes nobody. Discord has to have said the time just now; a night after a long break lets
nothing go; and only after a month without one are members deleted (`rules.retention`). What was written while the clock
stood far behind looks old, so that counts as such a break as well.

Members are looked through some at a time and rows go some hundreds at a time, each in a transaction of its own, so that
everybody else has their turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

import structlog

from bot.clock import Clock
from bot.journey.courier import Courier
from bot.journey.doubts import Doubts
from bot.journey.erasing import erase, overwrite
from bot.journey.traffic import Hold, Traffic
from bot.rules.retention import Cuts, Diary, Retention, cuts_of, is_gone, tonight
from bot.store import Database, Records
from bot.store.upkeep import Found

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")
Removal = Callable[[Records], Awaitable[int]]
"""One transaction that removes something; how much it was."""

DIARY: Final = "house_kept"

# Looked through at a time: what is old of theirs is about a thousand rows.
MEMBERS_AT_A_TIME: Final = 100
# Removed in one transaction: some ten milliseconds, for which a nudge or a press waits at the most.
ROWS_AT_A_TIME: Final = 300
DELETED_AT_A_TIME: Final = 5

# An id before all of theirs.
NOBODY: Final = 0


class Housekeep:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        courier: Courier,
        traffic: Traffic,
        retention: Retention,
        doubts: Doubts,
    ) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._traffic = traffic
        self._retention = retention
        self._doubts = doubts
        self._told: Hold | None = None

    async def run(self) -> None:
        """Do it, if a night has come since it was done last, and the time is sure. To be called every now and then."""
        if self._traffic.stood_behind():
            await self._database.write(_forget)
        before = await self._database.read(_diary)
        if before is not None and not before.is_due(self._clock.now()):
            return
        now = await self._sure_time()
        if now is None:
            return
        diary = tonight(before, now)
        gone = await self._let_go(diary, now)
        await self._database.write(partial(_note, diary))
        log.info("retention.done" if diary.lets_things_go else "retention.after_a_break", **gone)
        await self._doubts.count()

    async def _sure_time(self) -> datetime | None:
        """Now; None where that is not sure, or where Discord cannot be asked or nothing can be written down."""
        await self._traffic.ask_the_disk()
        held = self._traffic.hold()
        if held is None:
            await self._courier.ask_time()
            now = self._clock.now()
            # Looked at after the clock was read: somebody may have set it in between.
            if self._traffic.is_sure_of_time():
                self._told = None
                return now
        self._tell(held or Hold.CLOCK)
        return None

    def _tell(self, why: Hold) -> None:
        """Once for each reason, however often it is asked."""
        if why is not self._told:
            log.info("retention.not_now", why=why)
            self._told = why

    async def _let_go(self, diary: Diary, now: datetime) -> Counter[str]:
        """How many went, by what they were."""
        gone = Counter[str](members=0, answers=0, check_ins=0, messages=0, consents=0)
        cuts, after = cuts_of(self._retention, now), NOBODY
        while diary.lets_things_go and (ids := await self._database.read(partial(_page, after))):
            after = ids[-1]
            found = await self._database.read(partial(_find, ids, cuts))
            for what, removal in _removals(found, cuts, with_members=diary.lets_members_go):
                gone[what] += await self._database.write(removal)
        if gone.total():
            await overwrite(self._database)
        return gone


def _removals(found: Found, cuts: Cuts, *, with_members: bool) -> Iterator[tuple[str, Removal]]:
    """What is to go, in pieces of one transaction each."""
    for some in _pieces(found.quiet if with_members else (), DELETED_AT_A_TIME):
        yield "members", partial(_delete_gone, some, cuts)
    for answers in _pieces(found.answers, ROWS_AT_A_TIME):
        yield "answers", partial(_forget_answers, answers, cuts)
    for check_ins in _pieces(found.check_ins, ROWS_AT_A_TIME):
        yield "check_ins", partial(_delete_check_ins, check_ins)
    for messages in _pieces(found.messages, ROWS_AT_A_TIME):
        yield "messages", partial(_delete_messages, messages, cuts)
    for consents in _pieces(found.consents, ROWS_AT_A_TIME):
        yield "consents", partial(_delete_consents, consents)


def _pieces(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (rows[begin : begin + size] for begin in range(0, len(rows), size))


async def _delete_gone(member_ids: Sequence[int], cuts: Cuts, records: Records) -> int:
    """Looked at once more, at all of it, in the transaction that deletes them: one may just have come back."""
    signs = await records.upkeep.signs(member_ids)
    gone = [member_id for member_id, theirs in signs.items() if is_gone(theirs, cuts)]
    for member_id in gone:
        await erase(records, member_id, cuts.now)
    return len(gone)


async def _forget_answers(occurrence_ids: Sequence[str], cuts: Cuts, records: Records) -> int:
    return await records.upkeep.forget_answers(occurrence_ids, cuts)


async def _delete_check_ins(check_in_ids: Sequence[str], records: Records) -> int:
    return await records.upkeep.delete_check_ins(check_in_ids)


async def _delete_messages(occurrence_ids: Sequence[str], cuts: Cuts, records: Records) -> int:
    return await records.upkeep.delete_messages(occurrence_ids, cuts)


async def _delete_consents(consent_ids: Sequence[int], records: Records) -> int:
    return await records.upkeep.delete_consents(consent_ids)


async def _page(after: int, records: Records) -> list[int]:
    return await records.upkeep.members_after(after, MEMBERS_AT_A_TIME)


async def _find(member_ids: Sequence[int], cuts: Cuts, records: Records) -> Found:
    return await records.upkeep.find(member_ids, cuts)


async def _diary(records: Records) -> Diary | None:
    """None where house was never kept, or what stands there makes no sense."""
    last, _, since = (await records.facts.get(DIARY) or "").partition(" ")
    try:
        return Diary(datetime.fromisoformat(last), datetime.fromisoformat(since))
    except ValueError:
        return None


async def _forget(records: Records) -> None:
    """Let the next night be the first one."""
    await records.facts.put(DIARY, "")


async def _note(diary: Diary, records: Records) -> None:
    await records.facts.put(DIARY, f"{diary.last.isoformat()} {diary.since.isoformat()}")
