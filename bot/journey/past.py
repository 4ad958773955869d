"""What a member's messages so far say about the next one: what they may have seen, what is taken, what they refuse."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.content.library import Language
from bot.content.nudges import Nudge
from bot.errors import Unsealable
from bot.journey.doubts import withdrawn
from bot.rules.bearing import Bearing
from bot.rules.choose import NOT_AGAIN_FOR, Bounds, Chosen, Refused, choose, shown_before
from bot.rules.due import LOOK_BACK, Lately
from bot.rules.occurrence import IN_PLACE_OF_A_NUDGE, Kind, Seen, State
from bot.rules.pace import bounds_of
from bot.rules.plan import Plan
from bot.rules.schedule import local_date, noon_of
from bot.rules.seasons import Season, SeasonRule
from bot.rules.silence import ASK_AFTER, is_time_to_ask, silent_run
from bot.store import Records


@dataclass(frozen=True, slots=True)
class Past:
    """The past of one member."""

    history: Sequence[Seen]
    """What they may have seen for as long as a nudge rests, and their last that arrived, however old. Newest first."""
    now: datetime
    """When it was looked at."""
    slots: AbstractSet[str]
    """The dates that had a nudge or a question for as long as a nudge rests, whatever became of it."""
    refused: Refused | None
    """None where it cannot be read: then nothing can be chosen, and everything else still works."""
    bearing: Bearing | None
    """None where it cannot be read, with the same in its wake."""
    withdrawn: AbstractSet[str] = frozenset()
    """The nudges that come to nobody until somebody has looked at them."""

    @property
    def lately(self) -> Lately:
        """As `rules.due` wants it. What came in the place of a nudge takes it; one that was only shown takes none."""
        since = self.now - LOOK_BACK
        sent = [one for one in self.history if one.kind in IN_PLACE_OF_A_NUDGE and one.due_at >= since]
        return Lately(tuple(one.due_at for one in sent), tuple(one.until_at for one in sent), frozenset(self.slots))

    @property
    def is_readable(self) -> bool:
        """Whether it can be read what must not come."""
        return self.refused is not None and self.bearing is not None

    def season_on(self, day: date) -> SeasonRule | None:
        """What the season of that day means; None in none, and where that cannot be read."""
        return None if self.bearing is None else self.bearing.season_on(day)

    def bounds(self, plan: Plan, language: Language, now: datetime, again: str | None = None) -> Bounds:
        """What may come now. Raises Unsealable where it cannot be read what must not.

        `again` is a nudge that was asked for again: that it came before then holds nothing back, it least of all.
        """
        if self.refused is None or self.bearing is None:
            raise Unsealable
        shown = [one for one in shown_before(self.history) if one.nudge_id != again]
        return bounds_of(plan, self.bearing, self.refused, language.nudge_by_id, shown, now, self.withdrawn)

    def may_still_come(self, plan: Plan, language: Language, nudge_id: str, now: datetime) -> bool:
        """Whether that nudge, chosen earlier, may come to them now too."""
        nudge = language.nudge_by_id.get(nudge_id)
        return nudge is not None and self.is_readable and self.bounds(plan, language, now, nudge_id).allow(nudge)

    def choose(self, plan: Plan, language: Language, slot: str, now: datetime) -> Chosen[Nudge] | None:
        """The nudge of that date; None when none is left that fits. Raises what `bounds` raises."""
        bounds, seed = self.bounds(plan, language, now), f"{plan.member_id}:{slot}"
        assert self.bearing is not None, "`bounds` has raised by then"
        day = local_date(plan.schedule.zone, now)
        tickets = self.bearing.tickets.on(day)
        chosen = choose(language.nudges, bounds, shown_before(self.history), seed, now, tickets)
        if chosen is None:
            return None
        told = replace(chosen.draw, week=plan.week_on(day), most=bounds.size, because=bounds.because)
        return replace(chosen, draw=told)

    def silent_run(self, plan: Plan) -> int:
        """How many nudges in a row went unanswered. Any answer ends the silence, also one to an older nudge.

        An answer that was written down by a clock that stood ahead counts for its own nudge alone.
        """
        answers = [one.answered_at for one in self.history if one.answered_at is not None]
        last_answer = max((at for at in answers if at <= self.now), default=plan.since_at)
        return silent_run(
            [
                one.answered_at is not None or last_answer >= one.due_at
                for one in self.history
                if one.kind is Kind.NUDGE and one.state is State.SENT and one.due_at >= plan.since_at
            ]
        )

    def is_time_to_ask(self, plan: Plan) -> bool:
        """Whether nudges may be unwanted: so many in a row went unanswered, or were all said no to.

        Whoever has asked to see one again wants that one.
        """
        since = local_date(plan.schedule.zone, plan.since_at)
        noes = 0 if self.bearing is None or plan.again_nudge_id else self.bearing.noes_since(since)
        return is_time_to_ask(self.silent_run(plan)) or is_time_to_ask(noes)

    def was_asked(self, plan: Plan, kind: Kind) -> bool:
        """Whether that question may have been seen since the member last said that nudges may come."""
        return any(one.kind is kind and one.due_at >= plan.since_at for one in self.history)


def season_of(bearing: Bearing | None, zone: str, now: datetime) -> tuple[Season | None, datetime | None]:
    """The season that a member is in, and when it ends; of neither where there is none."""
    if bearing is None or bearing.season_until is None or bearing.season_on(local_date(zone, now)) is None:
        return None, None
    return bearing.season, noon_of(zone, bearing.season_until)


async def pasts(records: Records, member_ids: Collection[int], now: datetime) -> Mapping[int, Past]:
    """The past of each of these members."""
    history = await records.occurrences.history(member_ids, now - NOT_AGAIN_FOR, last=ASK_AFTER)
    refused = await records.refusals.by_ids(member_ids)
    bearings, out = await records.bearings.by_ids(member_ids), await withdrawn(records)
    return {
        one: Past(history[one].seen, now, history[one].slots, refused.get(one), bearings.get(one), out)
        for one in member_ids
    }


async def past_of(records: Records, member_id: int, now: datetime) -> Past:
    """The past of this one."""
    return (await pasts(records, [member_id], now))[member_id]
