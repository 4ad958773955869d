"""The same weeks, lived through the real journeys over a real database, by a clock that is moved by hand."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from bot.journey.courier import NudgeNote, Receipt
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
from bot.rules.bearing import Bearing
from bot.rules.occurrence import Answer
from bot.rules.plan import Plan, Wishes
from bot.rules.replies import Question
from bot.store import Records
from tests.support.house import House


@dataclass(frozen=True)
class Seen:
    """What can be compared: when, what of, and the rest in words."""

    at: datetime
    what: str
    details: tuple[Any, ...]


def seen(at: datetime, what: Message | Reply | Deed) -> Seen | None:
    """A message or a reply in that form; None for what somebody does."""
    match what:
        case Message(says=NudgeNote(nudge, is_again)):
            return Seen(at, "nudge", (what.occurrence_id, nudge.nudge_id, is_again))
        case Message(says=Receipt(purposes, next_times)):
            return Seen(at, "receipt", (purposes, next_times))
        case Message():
            return Seen(at, what.says.kind, (what.occurrence_id,))  # type: ignore[union-attr]
        case Reply():
            return Seen(at, f"reply to {what.press.answer}", (replace(what, press=None),))  # type: ignore[arg-type]
    return None


class Lived:
    """One member's weeks in that house."""

    def __init__(self, house: House, member_id: int, persona: Persona) -> None:
        self._house = house
        self._member_id = member_id
        self._persona = persona
        self._order = count()
        self._ahead: list[tuple[datetime, int, Deed]] = []
        self._letters = 0

    async def weeks(self, wishes: Wishes, bearing: Bearing, until: datetime) -> AsyncIterator[Seen]:
        house, now = self._house, self._house.clock.now()
        await house.start(self._member_id, wishes=wishes)
        await house.database.write(lambda records: records.bearings.put(self._member_id, bearing))
        for at, deed in self._persona.by_themselves(now, await house.plan(self._member_id)):
            self._will(at, deed)
        for one in self._new_letters():
            yield one
        while (at := await self._next_at()) is not None and at < until:
            house.clock.move_to(at)
            due = (await house.plan(self._member_id)).next_due_at
            if due is not None and due <= at:
                await house.journeys.deliver.run()
                for one in self._new_letters():
                    yield one
            elif (reply := await self._do(heapq.heappop(self._ahead)[2])) is not None:
                yield reply

    async def where(self) -> tuple[Plan, Bearing]:
        """Where it left them."""

        async def work(records: Records) -> Bearing:
            return (await records.bearings.by_ids([self._member_id]))[self._member_id]

        return await self._house.plan(self._member_id), await self._house.database.read(work)

    async def _next_at(self) -> datetime | None:
        due = (await self._house.plan(self._member_id)).next_due_at
        times = [due, self._ahead[0][0] if self._ahead else None]
        return min((time for time in times if time is not None), default=None)

    def _will(self, at: datetime, deed: Deed) -> None:
        heapq.heappush(self._ahead, (at, next(self._order), deed))

    def _new_letters(self) -> list[Seen]:
        """What the courier carried since the last look; and the persona sees it."""
        new, self._letters = self._house.courier.sent[self._letters :], len(self._house.courier.sent)
        now = self._house.clock.now()
        found = []
        for letter in new:
            message = Message(now, letter.occurrence_id, letter.says)
            self._tell(message, now)
            found.append(seen(now, message))
        return [one for one in found if one is not None]

    def _tell(self, what: Message | Reply, now: datetime) -> None:
        for after, deed in self._persona.about(what, now):
            self._will(now + after, deed)

    async def _do(self, deed: Deed) -> Seen | None:
        adjust, one = self._house.journeys.adjust, self._member_id
        match deed:
            case Press():
                return await self._press(deed)
            case SayYes():
                await self._say_yes(deed)
            case GoOn():
                await adjust.go_on(one)
            case Resume():
                await adjust.resume(one)
            case Rest(days):
                await adjust.pause(one, days)
            case Change():
                await adjust.change(one, deed.of((await self._house.plan(one)).wishes))
            case _:
                await self._set(deed)
        return None

    async def _say_yes(self, deed: SayYes) -> None:
        asked_back, one, nudge = self._house.journeys.asked_back, self._member_id, deed.message.occurrence_id
        match deed.question:
            case Question.BIGGER:
                await asked_back.go_bigger(one, nudge, "en")
            case Question.SAME_PERSON:
                await asked_back.same_person(one, nudge)
            case Question.SKIP_KIND:
                await asked_back.skip_kind(one, nudge, "en")

    async def _set(self, deed: Deed) -> None:
        """What is set on a screen."""
        match deed:
            case BeginSeason(season):
                await self._house.journeys.tune.begin_season(self._member_id, season)
            case KeepPace(message):
                await self._house.journeys.adjust.keep_pace(self._member_id, message.occurrence_id)
            case SlowDown(message, per_week):
                await self._house.journeys.adjust.slow_down(self._member_id, message.occurrence_id, per_week)
            case LevelTickets():
                await self._house.journeys.tune.reset_tickets(self._member_id)

    async def _press(self, press: Press) -> Seen | None:
        answer, one, nudge = self._house.journeys.answer, self._member_id, press.message.occurrence_id
        match press.answer:
            case Answer.LATER:
                answered = await answer.later(one, nudge, press.days, "en")
            case Answer.PAUSE:
                answered = await answer.pause(one, nudge, press.days, "en")
            case _:
                answered = await answer.press(one, nudge, press.answer, "en", smaller=press.smaller)
        reply = Reply(
            press,
            answered.already,
            answered.question,
            answered.is_plenty,
            answered.comes_at,
            answered.paused_until,
        )
        now = self._house.clock.now()
        self._tell(reply, now)
        return seen(now, reply)
