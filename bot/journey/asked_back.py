"""What an answer was answered with: a bit bigger, the same person, leave out the kind. No answer is an answer too.

Each is asked on the member's own nudge, and raises NoLongerHeld on anybody else's.
"""

from __future__ import annotations

from bot.clock import Clock
from bot.content.library import Library
from bot.content.nudges import Nudge
from bot.errors import CannotSetAside, NoLongerHeld, Unsealable
from bot.journey.past import past_of
from bot.journey.standing import known, own_message
from bot.rules.bearing import Bearing
from bot.rules.occurrence import Occurrence
from bot.rules.replies import said_bigger
from bot.rules.schedule import local_date
from bot.store import Database, Records


class AskedBack:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def go_bigger(self, member_id: int, occurrence_id: str, language: str) -> None:
        """Yes to a bit bigger than that nudge."""
        now = self._clock.now()

        async def work(records: Records) -> None:
            done = self._nudge_of(await own_message(records, member_id, occurrence_id), language)
            who, past = await known(records, member_id), await past_of(records, member_id, now)
            bearing = past.bearing or Bearing()
            await records.plans.put(said_bigger(who.standing.plan, done.size, bearing.most_offered))

        await self._database.write(work)

    async def same_person(self, member_id: int, occurrence_id: str) -> None:
        """The step that this nudge was about was with the same person as before. Raises Unsealable."""
        now = self._clock.now()

        async def work(records: Records) -> None:
            occurrence = await own_message(records, member_id, occurrence_id)
            who, past = await known(records, member_id), await past_of(records, member_id, now)
            if past.bearing is None:
                raise Unsealable
            if occurrence.answered_at is not None:
                day = local_date(who.standing.plan.schedule.zone, occurrence.answered_at)
                await records.bearings.put(member_id, past.bearing.was_same_person(day))

        await self._database.write(work)

    async def skip_kind(self, member_id: int, occurrence_id: str, language: str) -> Nudge:
        """Leave out the whole kind of that nudge, and say which nudge it was. Raises CannotSetAside."""
        now = self._clock.now()

        async def work(records: Records) -> Nudge:
            nudge = self._nudge_of(await own_message(records, member_id, occurrence_id), language)
            await records.refusals.refuse_theme(member_id, nudge.theme, now)
            return nudge

        try:
            return await self._database.write(work)
        except Unsealable:
            raise CannotSetAside from None

    def _nudge_of(self, occurrence: Occurrence, language: str) -> Nudge:
        nudge = self._library.language(language).nudge_by_id.get(occurrence.nudge_id or "")
        if nudge is None:
            raise NoLongerHeld
        return nudge
