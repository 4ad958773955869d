"""The weeks of somebody who is made up, as text: every message as they would read it, and what they do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta

from bot.content.library import DEFAULT, Library
from bot.content.words import Words
from bot.journey.courier import NudgeNote, Question, Receipt
from bot.journey.course import Event, Where
from bot.journey.foresee import foresee
from bot.journey.persona import (
    BeginSeason,
    Change,
    Deed,
    KeepPace,
    LevelTickets,
    Message,
    Press,
    Reply,
    Rest,
    Resume,
    SayYes,
    SlowDown,
)
from bot.rules.choose import Audience, Draw
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind
from bot.rules.plan import Size
from bot.simulate.personas import BEGINS, beginning_of, somebody

# Marks that Discord shows as something else than they are.
MARKS: Final = re.compile(r"\*+|^#+ |^-# |`", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Teller:
    """Says it in one language."""

    words: Words

    def story(self, events: Iterable[Event], begun: datetime) -> Iterator[str]:
        """A block of lines for each event, and a heading for each week."""
        week = 0
        for event in events:
            of_event = (event.at - begun) // timedelta(weeks=1) + 1
            if of_event != week:
                week = of_event
                yield self.words("story.week", week=week)
            yield self._block(event)

    def moment(self, at: datetime, zone: str) -> str:
        """A time on their own clock."""
        local = at.astimezone(ZoneInfo(zone))
        return format_datetime(local, "EEE d MMM y, HH:mm", locale=self.words.language)

    def _block(self, event: Event) -> str:
        zone = event.where.plan.wishes.zone
        match event.what:
            case Message():
                lines = [f"{self.moment(event.at, zone)}", *self._message(event.what, event.where)]
            case Reply():
                lines = [*self._press(event.what.press, event.at), *self._reply(event.what, event.where)]
            case _:
                lines = [f"{self.moment(event.at, zone)}", self._deed(event.what)]
        return "\n    ".join(line for block in lines for line in MARKS.sub("", block).splitlines())

    def _message(self, message: Message, where: Where) -> Iterator[str]:
        words = self.words
        match message.says:
            case NudgeNote():
                yield from self._nudge(message.says, where)
            case Receipt(purposes, next_times):
                yield words("letter.receipt.title")
                for one in (one for one in Purpose if one in purposes):
                    title, about = words(f"consent.{one}.title"), words(f"consent.{one}.about")
                    yield words("consent.question", title=title, about=about)
                times = "\n".join(self.moment(at, where.plan.wishes.zone) for at in next_times)
                yield words("letter.receipt.next", times=times)
                yield words("letter.receipt.outro")
            case Question():
                yield from self._question(message.says)

    def _nudge(self, note: NudgeNote, where: Where) -> Iterator[str]:
        words, nudge = self.words, note.nudge
        if nudge.size is Size.BRAVE:
            yield words("nudge.brave")
        yield words("nudge.title", text=nudge.text)
        if nudge.copy_text:
            yield words("nudge.words_to_borrow", copy=nudge.copy_text)
        if nudge.audience is Audience.BESIDE:
            yield words("nudge.beside")
        if nudge.needs_safe_person:
            yield words("nudge.safe_person")
        yield nudge.easy_out
        labels = [words(f"nudge.button.{step}") for step in ("did_it", "smaller", "later", "not_today")]
        yield self._buttons(*labels)
        yield from self._why(note, where.bearing.draw)

    def _why(self, note: NudgeNote, draw: Draw | None) -> Iterator[str]:
        words, nudge = self.words, note.nudge
        theme = words(f"theme.{nudge.theme}")
        what = words("why.what", size=words(f"size.{nudge.size.name.lower()}.name"), theme=theme)
        yield f"{words('why.title')} {what}"
        if note.is_again or draw is None:
            yield words("why.again")
        else:
            had, in_all = draw.tickets[draw.theme], sum(draw.tickets.values())
            yield words("why.drawn", count=len(draw.tickets), had=f"{had:g}", all=f"{round(in_all, 1):g}")
            size = words(f"size.{draw.most.name.lower()}.name")
            for reason in draw.because:
                yield words(f"why.because.{reason}", size=size, week=draw.week)
        yield words("why.reason", why=nudge.why)

    def _question(self, question: Question) -> Iterator[str]:
        words = self.words
        if question.kind not in {Kind.REVIEW_4, Kind.REVIEW_8}:
            yield words(f"letter.{question.kind}.text")
            first = "overview.tune" if question.kind is Kind.ALL_SEEN else f"letter.{question.kind}.yes"
            yield self._buttons(words(first), words("button.stop"))
            return
        can_be_fewer = question.fewer < question.per_week
        becomes_fewer = question.kind is Kind.REVIEW_8 and can_be_fewer
        per_week = words("overview.per_week", count=question.per_week)
        yield words("review.becomes_fewer" if becomes_fewer else "review.text", per_week=per_week)
        steps = ("keep", "fewer", "pause", "finish") if can_be_fewer else ("keep", "pause", "finish")
        yield self._buttons(*(words(f"review.button.{step}") for step in steps))

    def _buttons(self, *labels: str) -> str:
        return " ".join(f"[{label}]" for label in labels)

    def _press(self, press: Press, at: datetime) -> Iterator[str]:
        """What they answer, and how long after the message."""
        waited = format_timedelta(at - press.message.at, locale=self.words.language)
        yield "  " + self.words("story.presses_after", answer=self._label(press), time=waited)
        if press.smaller:
            yield press.message.nudge.smaller

    def _label(self, press: Press) -> str:
        words = self.words
        match press.answer:
            case Answer.LATER:
                return words("story.later", days=words("nudge.later.days", count=press.days))
            case Answer.PAUSE:
                return words("story.pause", days=words("nudge.pause.days", count=press.days))
            case Answer.NOT_FOR_ME | Answer.NOT_OK:
                return words(f"nudge.menu.{press.answer}")
        return words(f"nudge.button.{'did_smaller' if press.smaller else press.answer}")

    def _reply(self, reply: Reply, where: Where) -> Iterator[str]:
        words, theme = self.words, self.words(f"theme.{reply.press.message.nudge.theme}")
        yield words("nudge.reply.already") if reply.already else self._said(reply, where.plan.wishes.zone)
        if reply.is_plenty:
            yield words("nudge.plenty")
        if reply.question is not None:
            yield words(f"asked.{reply.question}", theme=theme)

    def _said(self, reply: Reply, zone: str) -> str:
        words, press = self.words, reply.press
        until = None if reply.paused_until is None else self.moment(reply.paused_until, zone)
        at = None if reply.comes_at is None else self.moment(reply.comes_at, zone)
        match press.answer:
            case Answer.PAUSE:
                return words("nudge.reply.pause", until=until) if until else words("nudge.reply.pause_nothing")
            case Answer.LATER if at is None:
                return words("nudge.reply.later_never")
            case Answer.LATER:
                if until is None:
                    return words("nudge.reply.later", at=at)
                return words("nudge.reply.later_after_pause", at=at, until=until)
            case Answer.DID_IT if press.message.nudge.leads_to_a_person and not press.smaller:
                return words("nudge.reply.did_it_with_somebody")
        return words(f"nudge.reply.{press.answer}")

    def _deed(self, deed: Deed) -> str:
        words = self.words
        match deed:
            case Resume():
                return words("story.resume")
            case Rest(days):
                return words("story.rest", days=words("nudge.pause.days", count=days))
            case BeginSeason(season):
                return words("story.season", season=words(f"season.{season}.name"))
            case Change():
                return words("story.change", wishes=", ".join(self._wishes(deed)))
            case LevelTickets():
                return words("story.level_tickets")
        return words("story.presses", answer=self._pressed(deed))

    def _pressed(self, deed: Deed) -> str:
        """The label of what they press on something that was asked."""
        match deed:
            case SayYes(_, asked):
                return self.words(f"asked.button.{asked}")
            case KeepPace():
                return self.words("review.button.keep")
            case SlowDown():
                return self.words("review.button.fewer")
        return self.words("letter.still_wanted.yes")

    def _wishes(self, change: Change) -> Iterator[str]:
        words = self.words
        if change.zone is not None:
            yield change.zone
        if change.per_week is not None:
            yield words("overview.per_week", count=change.per_week)
        if change.size is not None:
            yield words(f"size.{change.size.name.lower()}.name")


def told(name: str, weeks: int, zone: str, seed: int, library: Library) -> Iterator[str]:
    """The whole story of one of the list: what it is, and then block by block."""
    words = library.languages[DEFAULT].words
    teller, beginning = Teller(words), beginning_of(name, seed, zone)
    yield words("story.title", name=name, begin=teller.moment(BEGINS, zone), zone=zone, seed=seed)
    events = foresee(beginning, library, somebody(name, seed), BEGINS + timedelta(weeks=weeks))
    yield from teller.story(events, BEGINS)
