"""Setting right what was written by a clock that was wrong: nobody may wait a year for a nudge because of it.

It runs once at the first wake-up, and again after the clock was doubted: only then can such rows be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.journey.past import pasts
from bot.rules.delivery import PUT_OFF
from bot.rules.due import Lately
from bot.rules.plan import FARTHEST_DUE, LONGEST_PAUSE, Plan
from bot.store import Database, Records

log = structlog.stdlib.get_logger(__name__)

AT_ONCE: Final = 100

# The end of a claim, the next try, the next look: none of them is ever as far ahead as this.
LONGEST_WAIT: Final = timedelta(days=1)


# No clock in the world shows a later date than this, counted from that of UTC.
EASTERNMOST: Final = timedelta(days=1)


class Mending:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._wanted = True

    def ask_for_it(self) -> None:
        """The clock is doubted: what is written from now on may need it."""
        self._wanted = True

    async def mend(self) -> None:
        """Do it, if it is wanted."""
        if not self._wanted:
            return
        now = self._clock.now()
        found = await self._database.read(
            lambda records: records.plans.ahead_of(
                now, now + LONGEST_PAUSE, now + FARTHEST_DUE, now.date() + EASTERNMOST
            )
        )
        for some in range(0, len(found), AT_ONCE):
            await self._mend(found[some : some + AT_ONCE], now)
        await self._database.write(lambda records: records.occurrences.wake_from(now + LONGEST_WAIT, now))
        if found:
            log.warning("mending.done", plans=len(found))
        self._wanted = False

    async def _mend(self, member_ids: Sequence[int], now: datetime) -> None:
        async def work(records: Records) -> None:
            found = await records.plans.find(member_ids)
            if found.unreadable:
                log.error("mending.unreadable", plans=len(found.unreadable))
            before = await pasts(records, member_ids, now)
            await records.plans.put_all([_mended(plan, now, before[plan.member_id].lately) for plan in found.plans])

        await self._database.write(work)


def _mended(plan: Plan, now: datetime, lately: Lately) -> Plan:
    """One that cannot be decided about is put off, so that it keeps nobody else back."""
    try:
        return plan.mended(now, lately)
    except Exception:
        log.exception("mending.undecided")
        return plan.moved_on(now + PUT_OFF, plan.again_nudge_id)
