"""What would come to one member over weeks, if they answered like this. Pure: no database, no Discord, no clock.

It decides by `look_ahead`, `rules.replies` and the plan's own ways, as the journeys do; what it adds is that every
message arrives when it is due. tests/foresee lives the same weeks through the journeys, and gets the same messages.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from bot.content.library import Library
from bot.content.nudges import Nudge
from bot.journey.ahead import look_ahead
from bot.journey.course import Beginning, Event, Memory, Where
from bot.journey.letters import RECEIPT_WITHIN, says_of
from bot.journey.past import Past
from bot.journey.persona import (
    BeginSeason,
    Change,
    Deed,
    GoOn,
    KeepPace,
    LevelTickets,
    Message,
    Persona,
    Press,
    Reply,
    Rest,
    Resume,
    SayYes,
    SlowDown,
)
from bot.journey.standing import MemberStanding
from bot.rules.bearing import Bearing
from bot.rules.choose import Refused
from bot.rules.delivery import AFTER_QUESTION
from bot.rules.due import Lately
from bot.rules.occurrence import ALWAYS_HEARD, Answer, Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan, PlanState
from bot.rules.replies import Followed, Pressed, Question, follow, said_bigger
from bot.rules.schedule import local_date
from bot.rules.seasons import SEASONS, Season
from bot.rules.tickets import Tickets

# What is heard also after another answer. A pause is one that can be chosen any time.
HEARD_TWICE: Final = ALWAYS_HEARD | {Answer.PAUSE}

# The press of a Start that nobody has made.
NO_PRESS: Final = 0


def foresee(beginning: Beginning, library: Library, persona: Persona, until: datetime) -> Iterator[Event]:
    """Everything that they would see and do before that instant, in order.

    Nothing where it cannot be read what they set aside: nothing would come.
    """
    if not beginning.past.is_readable:
        return
    life = _Life(beginning, library, persona)
    yield from life.begin(beginning.past.now, is_new=beginning.is_new)
    while (at := life.next_at()) is not None and at < until:
        yield from life.live(at)


class _Life:
    """One course of things."""

    def __init__(self, beginning: Beginning, library: Library, persona: Persona) -> None:
        refused, bearing = beginning.past.refused, beginning.past.bearing
        assert refused is not None
        assert bearing is not None
        self._who = beginning.who
        self._library = library
        self._language = library.language(beginning.who.member.language)
        self._persona = persona
        self._where = Where(beginning.who.standing.plan, bearing, refused)
        self._memory = Memory(beginning.past)
        self._now = beginning.past.now
        self._order = count()
        self._ahead: list[tuple[datetime, int, Deed]] = []
        """What they are going to do, the earliest first."""

    def begin(self, now: datetime, *, is_new: bool) -> Iterator[Event]:
        for at, deed in self._persona.by_themselves(now, self._where.plan):
            self._will(at, deed)
        if is_new:
            yield from self._arrive(_receipt(self._where.plan, now), now)

    def next_at(self) -> datetime | None:
        """When something happens next."""
        times = [self._where.plan.next_due_at, self._ahead[0][0] if self._ahead else None]
        first = min((time for time in times if time is not None), default=None)
        return None if first is None else max(first, self._now)

    def live(self, at: datetime) -> Iterator[Event]:
        """What happens then: what is due first, and then one thing that they do."""
        self._now, due = at, self._where.plan.next_due_at
        if due is not None and due <= at:
            yield from self._deliver(at)
        else:
            deed = heapq.heappop(self._ahead)[2]
            yield from self._press(deed, at) if isinstance(deed, Press) else self._do(deed, at)

    def _will(self, at: datetime, deed: Deed) -> None:
        heapq.heappush(self._ahead, (at, next(self._order), deed))

    def _now_where(
        self, plan: Plan | None = None, bearing: Bearing | None = None, refused: Refused | None = None
    ) -> None:
        """From now on they stand there; what is left out stays."""
        before = self._where
        self._where = Where(plan or before.plan, bearing or before.bearing, refused or before.refused)

    def _standing(self) -> MemberStanding:
        return replace(self._who, standing=replace(self._who.standing, plan=self._where.plan))

    def _deliver(self, now: datetime) -> Iterator[Event]:
        step = look_ahead(self._standing(), self._memory.past(now, self._where), self._library, now)
        self._memory.take(step.occurrence.slot)
        self._now_where(plan=step.plan)
        if not step.goes_out:
            return
        if step.bearing is not None:
            self._now_where(bearing=step.bearing)
        if step.occurrence.kind in AFTER_QUESTION:
            self._now_where(plan=step.plan.ended(AFTER_QUESTION[step.occurrence.kind]))
        yield from self._arrive(step.occurrence, now)

    def _arrive(self, occurrence: Occurrence, now: datetime) -> Iterator[Event]:
        one = occurrence
        self._memory.add(one)
        says = says_of(one, self._standing().standing, self._language, now)
        assert says is not None, "what was chosen now is in the library"
        message = Message(now, one.occurrence_id, says)
        yield Event(now, message, self._where)
        self._be_told(message, now)

    def _be_told(self, seen: Message | Reply, now: datetime) -> None:
        for after, deed in self._persona.about(seen, now):
            self._will(now + max(timedelta(), after), deed)

    def _press(self, press: Press, now: datetime) -> Iterator[Event]:
        nudge = press.message.nudge
        is_first = self._memory.note_answer(press.message, now)
        is_heard = is_first or press.answer in HEARD_TWICE
        reply = self._heard(press, nudge, now, is_first=is_first) if is_heard else Reply(press, already=True)
        yield Event(now, reply, self._where)
        self._be_told(reply, now)

    def _heard(self, press: Press, nudge: Nudge, now: datetime, *, is_first: bool) -> Reply:
        plan, past = self._where.plan, self._memory.past(now, self._where)
        match press.answer:
            case Answer.LATER if plan.state is PlanState.ACTIVE:
                asked = plan.with_again(nudge.nudge_id, press.days, now, past.lately)
                self._now_where(plan=asked)
                paused = plan.paused_until if plan.is_paused(now) else None
                return Reply(press, comes_at=asked.next_due_at, paused_until=paused)
            case Answer.PAUSE if plan.state is PlanState.ACTIVE:
                until = now + timedelta(days=press.days)
                self._now_where(plan=plan.paused(until, past.lately))
                self._wait_for_the_first(now)
                return Reply(press, paused_until=until)
            case Answer.LATER | Answer.PAUSE:
                return Reply(press)
        if press.answer is Answer.NOT_FOR_ME and not is_first and nudge.nudge_id in self._where.refused.nudges:
            return Reply(press)  # it was said before
        followed = self._followed(press, nudge, past, now, is_first=is_first)
        return Reply(press, question=followed.question, is_plenty=followed.is_plenty)

    def _followed(self, press: Press, nudge: Nudge, past: Past, now: datetime, *, is_first: bool) -> Followed:
        plan, bearing, refused = self._where.plan, self._where.bearing, self._where.refused
        is_off = nudge.theme in refused.themes
        others = [self._language.nudge_by_id.get(one) for one in refused.nudges - {nudge.nudge_id}]
        of_its_kind = 0 if is_off else sum(one is not None and one.theme == nudge.theme for one in others)
        pressed = Pressed(press.answer, nudge.nudge_id, nudge, press.smaller, of_its_kind, is_first)
        followed = follow(pressed, plan, bearing, past.lately, now)
        self._now_where(plan=followed.plan, bearing=followed.bearing)
        if press.answer in ALWAYS_HEARD:
            self._set_aside(nudge, press.answer)
        return followed

    def _set_aside(self, nudge: Nudge, answer: Answer) -> None:
        refused = self._where.refused
        refused = replace(refused, nudges=refused.nudges | {nudge.nudge_id})
        if answer is Answer.NOT_OK:
            themes, not_ok = refused.themes | {nudge.theme}, refused.not_ok | {nudge.nudge_id}
            refused = replace(refused, themes=themes, not_ok=not_ok)
        self._now_where(refused=refused)

    def _do(self, deed: Deed, now: datetime) -> Iterator[Event]:
        plan, bearing, lately = self._where.plan, self._where.bearing, self._memory.past(now, self._where).lately
        match deed:
            case SayYes():
                self._say_yes(deed)
            case GoOn():
                self._now_where(plan=plan.resumed(now, lately), bearing=bearing.wanted())
            case Resume():
                self._now_where(plan=plan.resumed(now, lately), bearing=bearing.wanted().end_season())
            case Rest(days):
                self._now_where(plan=plan.paused(now + timedelta(days=days), lately))
            case BeginSeason(season):
                self._begin_season(season, lately, now)
            case Change():
                self._now_where(plan=plan.changed(deed.of(plan.wishes), now, lately))
            case KeepPace(message):
                self._memory.note_answer(message, now)
                self._now_where(plan=plan.keeping_pace(now, lately))
            case SlowDown(message, per_week):
                self._memory.note_answer(message, now)
                self._now_where(plan=plan.slowed(per_week, now, lately))
            case _:
                assert isinstance(deed, LevelTickets)
                self._now_where(bearing=replace(bearing, tickets=Tickets()))
        if isinstance(deed, Rest | Change | KeepPace | SlowDown):
            self._wait_for_the_first(now)
        yield Event(now, deed, self._where)

    def _wait_for_the_first(self, now: datetime) -> None:
        self._now_where(bearing=self._where.bearing.waiting_for(self._where.plan, now))

    def _begin_season(self, season: Season, lately: Lately, now: datetime) -> None:
        plan, zone = self._where.plan.resting(SEASONS[season].pause, now, lately), self._where.plan.schedule.zone
        first_on = None if plan.next_due_at is None else local_date(zone, plan.next_due_at)
        begun = self._where.bearing.begin_season(season, local_date(zone, now), first_on)
        self._now_where(plan=plan, bearing=begun)

    def _say_yes(self, deed: SayYes) -> None:
        match deed.question:
            case Question.BIGGER:
                plan, most = self._where.plan, self._where.bearing.most_offered
                self._now_where(plan=said_bigger(plan, deed.message.nudge.size, most))
            case Question.SAME_PERSON:
                self._same_person(deed.message)
            case _:
                refused = self._where.refused
                themes = refused.themes | {deed.message.nudge.theme}
                self._now_where(refused=replace(refused, themes=themes))

    def _same_person(self, message: Message) -> None:
        at = self._memory.answered_at(message)
        assert at is not None, "it is asked after an answer"
        day = local_date(self._where.plan.schedule.zone, at)
        self._now_where(bearing=self._where.bearing.was_same_person(day))


def _receipt(plan: Plan, now: datetime) -> Occurrence:
    slot, kind = str(NO_PRESS), Kind.RECEIPT
    return Occurrence(
        occurrence_id(plan.member_id, kind, slot),
        plan.member_id,
        kind,
        slot,
        State.CLAIMED,
        None,
        now,
        now + RECEIPT_WITHIN,
    )
