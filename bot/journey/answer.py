"""One press answers a nudge, once. Every answer is welcome; none of them counts against anybody.

*Not for me* and *This wasn't OK* are heard even after another answer: they only ever make things gentler.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.content.library import Language, Library
from bot.content.nudges import Nudge
from bot.errors import CannotSetAside, NoLongerHeld, Unsealable
from bot.journey.courier import Says
from bot.journey.letters import says_of
from bot.journey.past import past_of
from bot.journey.standing import MemberStanding, own_message, standing_of
from bot.rules.bearing import Bearing
from bot.rules.choose import Draw, Refused
from bot.rules.consent import Purpose
from bot.rules.occurrence import ALWAYS_HEARD, Answer, Occurrence
from bot.rules.plan import Plan, PlanState
from bot.rules.replies import Followed, Pressed, Question, follow
from bot.rules.schedule import local_date
from bot.rules.streak import milestone, week_of
from bot.store import Database, Records


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """A message of the member's own: what stands on it, whether it has its answer, and the member's plan."""

    says: Says
    is_answered: bool
    plan: Plan
    draw: Draw | None = None
    """How it was chosen, while that is held: of the latest nudge alone."""
    was_not_ok: bool = False
    """Whether they said that it was not OK."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What to say back."""

    nudge: Nudge | None
    already: bool
    """Whether this nudge had its answer before, so that this press changed nothing."""
    weeks: int | None = None
    """The count of weeks, when this answer brought it to one worth a line."""
    comes_at: datetime | None = None
    """After *Later*: when it comes again; None where nothing comes by itself."""
    paused_until: datetime | None = None
    """The pause that is chosen now, or that *Later* waits for."""
    question: Question | None = None
    """What is asked back, in the same place."""
    is_plenty: bool = False
    """Whether so much was done lately that it may land first."""


class AnswerNudge:
    def __init__(self, database: Database, clock: Clock, library: Library) -> None:
        self._database = database
        self._clock = clock
        self._library = library

    async def look(self, member_id: int, occurrence_id: str, language: str) -> OwnMessage:
        """What stands on that message; changes nothing. Raises NoLongerHeld."""
        now = self._clock.now()

        async def work(records: Records) -> OwnMessage:
            occurrence = await own_message(records, member_id, occurrence_id)
            who = await _standing(records, member_id)
            says = says_of(occurrence, who.standing, self._library.language(language), now)
            if says is None:
                raise NoLongerHeld
            draw = await _draw_of(records, occurrence)
            refused = (await records.refusals.by_ids([member_id])).get(member_id) or Refused()
            was_not_ok = occurrence.nudge_id in refused.not_ok
            return OwnMessage(says, occurrence.answered_at is not None, who.standing.plan, draw, was_not_ok)

        return await self._database.read(work)

    async def press(
        self, member_id: int, occurrence_id: str, answer: Answer, language: str, *, smaller: bool = False
    ) -> Answered:
        """Take one answer, to the nudge or to its smaller version.

        Raises NoLongerHeld for a deleted message, and for somebody else's; CannotSetAside when what was not for them
        cannot be kept, because their key is gone.
        """

        async def work(records: Records) -> Answered:
            press = await self._begin(records, member_id, occurrence_id, answer, language)
            if not press.is_first and answer not in ALWAYS_HEARD:
                return await _conclude(records, press, already=True)
            spoken = self._library.language(language)
            followed = await _follow(records, press, answer, spoken, smaller=smaller)
            answered = await _conclude(records, press, already=False)
            return replace(answered, question=followed.question, is_plenty=followed.is_plenty)

        try:
            return await self._database.write(work)
        except Unsealable:
            raise CannotSetAside from None  # no other answer needs the key

    async def later(self, member_id: int, occurrence_id: str, days: int, language: str) -> Answered:
        """Take "later": the same nudge once more, in that many days, in the place of the next one."""

        async def work(records: Records) -> Answered:
            press = await self._begin(records, member_id, occurrence_id, Answer.LATER, language)
            answered = await _conclude(records, press, already=not press.is_first)
            await _seal_anew(records, member_id)
            plan = press.plan
            if not press.is_first or plan.state is not PlanState.ACTIVE:
                return answered
            lately = (await past_of(records, member_id, press.now)).lately
            asked = plan.with_again(press.nudge_id, days, press.now, lately)
            await records.plans.put(asked)
            paused_until = plan.paused_until if plan.is_paused(press.now) else None
            return replace(answered, comes_at=asked.next_due_at, paused_until=paused_until)

        return await self._database.write(work)

    async def pause(self, member_id: int, occurrence_id: str, days: int, language: str) -> Answered:
        """Take a pause for an answer, and pause for that many days; also when there was an answer before.

        Where nothing comes by itself, there is nothing to pause: then `paused_until` is None.
        """

        async def work(records: Records) -> Answered:
            press = await self._begin(records, member_id, occurrence_id, Answer.PAUSE, language)
            if press.plan.state is not PlanState.ACTIVE:
                await _seal_anew(records, member_id)
                return await _conclude(records, press, already=False)
            until = press.now + timedelta(days=days)
            past = await past_of(records, member_id, press.now)
            paused = press.plan.paused(until, past.lately)
            await records.plans.put(paused)
            if past.bearing is not None:
                await records.bearings.put_all({member_id: past.bearing.waiting_for(paused, press.now)})
            return replace(await _conclude(records, press, already=False), paused_until=until)

        return await self._database.write(work)

    async def rest(self, member_id: int, occurrence_id: str, language: str) -> Answered:
        """Take a season for an answer: that is a pause too. It has begun by then (`Tune.begin_season`)."""

        async def work(records: Records) -> Answered:
            press = await self._begin(records, member_id, occurrence_id, Answer.PAUSE, language)
            await _seal_anew(records, member_id)
            return await _conclude(records, press, already=False)

        return await self._database.write(work)

    async def _begin(
        self, records: Records, member_id: int, occurrence_id: str, answer: Answer, language: str
    ) -> _Press:
        occurrence = await own_message(records, member_id, occurrence_id)
        if occurrence.nudge_id is None:
            raise NoLongerHeld  # a receipt or a question; no button of ours leads here
        who = await _standing(records, member_id)
        now = self._clock.now()
        kept = answer if Purpose.ANSWERS in who.standing.purposes else None
        is_first = await records.occurrences.answer(member_id, occurrence_id, kept, now)
        nudge = self._library.language(language).nudge_by_id.get(occurrence.nudge_id)
        return _Press(occurrence_id, occurrence.nudge_id, nudge, who, is_first, now)


@dataclass(frozen=True, slots=True)
class _Press:
    """One press, and all that it takes to follow it."""

    occurrence_id: str
    nudge_id: str
    nudge: Nudge | None
    """None when it has left the library since."""
    who: MemberStanding
    is_first: bool
    now: datetime

    @property
    def plan(self) -> Plan:
        return self.who.standing.plan


async def _draw_of(records: Records, occurrence: Occurrence) -> Draw | None:
    """How that nudge was drawn; None for an older one, and for one that was not drawn at all."""
    member_id = occurrence.member_id
    bearing = (await records.bearings.by_ids([member_id])).get(member_id)
    if bearing is None or bearing.draw is None:
        return None
    is_its_own = (bearing.draw.nudge_id, bearing.draw.seed) == (occurrence.nudge_id, f"{member_id}:{occurrence.slot}")
    return bearing.draw if is_its_own else None


async def _standing(records: Records, member_id: int) -> MemberStanding:
    who = await standing_of(records, member_id)
    assert who is not None, "whoever has a message has a plan: they are written, and erased, together"
    return who


async def _follow(records: Records, press: _Press, answer: Answer, language: Language, *, smaller: bool) -> Followed:
    """What an answer changes beyond itself (`rules.replies`). Without their key, nothing of it can be sealed."""
    plan, now = press.plan, press.now
    past = await past_of(records, plan.member_id, now)
    refused = past.refused or Refused()
    is_repeated = not press.is_first and press.nudge_id in refused.nudges and answer is Answer.NOT_FOR_ME
    if is_repeated:
        return Followed(plan, past.bearing or Bearing())
    of_its_kind = _of_its_kind(press, refused, language)
    pressed = Pressed(answer, press.nudge_id, press.nudge, smaller, of_its_kind, press.is_first)
    followed = follow(pressed, plan, past.bearing or Bearing(), past.lately, now)
    await records.plans.put(followed.plan)
    if answer in ALWAYS_HEARD:
        await _set_aside(records, press, answer)
    if past.bearing is None:
        return replace(followed, question=None)
    await records.bearings.put_all({plan.member_id: followed.bearing})
    return followed


def _of_its_kind(press: _Press, refused: Refused, language: Language) -> int:
    """How many others of its kind were set aside before; none where the whole kind is off."""
    if press.nudge is None or press.nudge.theme in refused.themes:
        return 0
    others = [language.nudge_by_id.get(one) for one in refused.nudges if one != press.nudge_id]
    return sum(one is not None and one.theme == press.nudge.theme for one in others)


async def _seal_anew(records: Records, member_id: int) -> None:
    """With the answers that change nothing there too: which rows were written is not to tell which button it was."""
    await records.bearings.put_all(await records.bearings.by_ids([member_id]))


async def _set_aside(records: Records, press: _Press, answer: Answer) -> None:
    member_id, now = press.plan.member_id, press.now
    if answer is Answer.NOT_OK and press.nudge is not None:
        await records.refusals.refuse_theme(member_id, press.nudge.theme, now)
    if answer is Answer.NOT_OK:
        await records.refusals.object_to(member_id, press.nudge_id, now)
    await records.occurrences.amend(member_id, press.occurrence_id, answer)
    await records.refusals.refuse_nudge(member_id, press.nudge_id, now)


async def _conclude(records: Records, press: _Press, *, already: bool) -> Answered:
    weeks = None
    if press.is_first and Purpose.STREAK in press.who.standing.purposes:
        weeks = await _note_week(records, press.plan, press.now)
    return Answered(press.nudge, already, weeks=None if press.who.member.streak_hidden else weeks)


async def _note_week(records: Records, plan: Plan, now: datetime) -> int | None:
    before = await records.weeks.count(plan.member_id)
    await records.weeks.add(plan.member_id, week_of(local_date(plan.schedule.zone, now)))
    return milestone(before, await records.weeks.count(plan.member_id))
