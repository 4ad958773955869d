"""What was promised about pace and choice, counted anew from what came and what was answered. It asks no rule.

Numbers stand here a second time, as the evidence has them: whoever changes a rule has to change a promise as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.nudges import Nudge
from bot.journey.courier import NudgeNote, Question
from bot.journey.course import Beginning, Event, Where
from bot.journey.persona import BeginSeason, Deed, GoOn, LevelTickets, Message, Press, Reply, Rest, Resume, SayYes
from bot.rules.choose import Audience
from bot.rules.occurrence import Answer, Kind
from bot.rules.plan import Size
from bot.rules.replies import Question as Asked
from bot.rules.seasons import Season

DAY = timedelta(days=1)
NO = {Answer.NOT_TODAY, Answer.NOT_FOR_ME, Answer.NOT_OK}

WEEK_OF_THEME = {
    **dict.fromkeys(("notice", "kind", "savour", "beside_self", "beside_less", "beside_space"), 1),
    **dict.fromkeys(("reply", "hello", "beside_ask"), 2),
    **dict.fromkeys(("curious", "stay", "limits", "support", "beside_word"), 3),
    **dict.fromkeys(("share", "belong", "beside_open"), 5),
    "repair": 7,
}
QUIET_ALONE = {"kind", "savour", "notice", "beside_self", "beside_less"}
PAUSE_OF = {Season.LOW_BATTERY: 7, Season.GRIEF: 7, Season.BREAK_UP: 3}
LENGTH_OF = {Season.LOW_BATTERY: 8, Season.GRIEF: 56, Season.BREAK_UP: 28}
THEMES_OF = {
    Season.LOW_BATTERY: {"kind", "beside_self"},
    Season.GRIEF: QUIET_ALONE | {"support", "belong", "beside_space"},
    Season.BREAK_UP: QUIET_ALONE | {"support", "belong", "limits", "beside_space"},
}
NOT_ABOUT = {
    Season.LOW_BATTERY: set[str](),
    Season.GRIEF: {"conflict", "holiday"},
    Season.BREAK_UP: {"conflict", "romantic", "grief"},
}


@dataclass
class Came:
    """A nudge that came."""

    nudge: Nudge
    at: datetime
    is_again: bool
    occurrence_id: str
    answered_at: datetime | None = None


@dataclass
class Judge:
    """Counts along, and names every promise that was broken."""

    beginning: Beginning
    nudges: tuple[Nudge, ...]
    where: Where = field(init=False)
    """Where they stood before what is looked at now."""
    came: list[Came] = field(default_factory=list)
    sent: list[datetime] = field(default_factory=list)
    """When a nudge came, or something in the place of one."""
    taken: set[str] = field(default_factory=set)
    """The nudges that are never to come again, and the kinds."""
    kinds_off: set[str] = field(default_factory=set)
    level: int = 0
    done: int = 0
    steps: list[tuple[date, bool]] = field(default_factory=list)
    """Steps towards somebody: the day, and whether with somebody new."""
    step_of: dict[str, int] = field(default_factory=dict)
    not_ok_on: date | None = None
    tickets: dict[str, float] = field(default_factory=dict)
    as_of: date | None = None
    paused_until: datetime | None = None
    season: Season | None = None
    season_until: date | None = None
    """The first day after it, as it was said when it began."""
    weeks: int = 0
    week_began: date | None = None
    told_all_seen: bool = False
    asked: bool = False
    noes: list[date] = field(default_factory=list)
    since: datetime | None = None
    """When they last said that nudges may come."""
    promised: tuple[datetime, str] | None = None
    """When which nudge was said to come back, as long as nothing was changed since."""
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert self.beginning.past.bearing is not None
        assert self.beginning.past.refused is not None
        plan = self.beginning.who.standing.plan
        self.where = Where(plan, self.beginning.past.bearing, self.beginning.past.refused)
        self.since = plan.since_at

    def judge(self, events: Iterable[Event]) -> list[str]:
        for event in events:
            match event.what:
                case Message():
                    self._message(event.what, event)
                case Reply():
                    self._reply(event.what, event)
                case _:
                    self._deed(event.what, event.at, event.where)
            self._may_wait(event.where.bearing.season_until)
            self.where = event.where
        return self.broken

    def _say(self, at: datetime, what: str) -> None:
        self.broken.append(f"{at:%F %H:%M}: {what}")

    @property
    def zone(self) -> str:
        return self.where.plan.wishes.zone

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    # What came.

    def _message(self, message: Message, event: Event) -> None:
        at = event.at
        if self.promised is not None:
            self._kept(message, at, *self.promised)
        if event.where.bearing.tickets != self.where.bearing.tickets:
            self._say(at, "a message changed the tickets")
        if isinstance(message.says, NudgeNote):
            self._times(at, is_again=message.says.is_again)
            self._nudge(message, message.says, event)
            self.sent.append(at)
        elif isinstance(message.says, Question):
            self._times(at, is_again=message.says.kind is Kind.STILL_WANTED)
            self._question(message.says.kind, at)
            if message.says.kind is not Kind.STILL_WANTED:
                self.sent.append(at)

    def _kept(self, message: Message, at: datetime, promised: datetime, nudge_id: str) -> None:
        """What was said to come back at a time has come back then."""
        is_it = isinstance(message.says, NudgeNote) and message.says.nudge.nudge_id == nudge_id
        nudge = next(one for one in self.nudges if one.nudge_id == nudge_id)
        is_held_back = any(self._stops(nudge, promised, is_again=True))
        if (at != promised or not is_it) and not is_held_back:
            self._say(at, f"{nudge_id} was said to come back at {promised:%F %H:%M}, and something else came")
        self.promised = None

    def _times(self, at: datetime, *, is_again: bool) -> None:
        wishes, local = self.where.plan.wishes, at.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        if not 8 * 60 <= minute < 22 * 60:
            self._say(at, "in quiet hours")
        if not wishes.window.start <= minute < wishes.window.end:
            self._say(at, "outside of the window")
        if self.paused_until is not None and at < self.paused_until:
            self._say(at, "in a pause")
        if self.asked:
            self._say(at, "after the last question, unasked")
        before = [one for one in self.sent if self._day(one) > self._day(at) - 7 * DAY]
        if any(self._day(one) == self._day(at) for one in before):
            self._say(at, "the second of a day")
        if any(at - one < timedelta(hours=8) for one in before):
            self._say(at, "within eight hours")
        if not is_again and len(before) >= wishes.per_week:
            self._say(at, f"the {len(before) + 1}th in seven days, of {wishes.per_week}")

    def _week(self, day: date) -> int:
        if self.week_began is None:
            return 1
        return self.weeks + ((day - self.week_began) >= 7 * DAY)

    def _nudge(self, message: Message, note: NudgeNote, event: Event) -> None:
        at, nudge, day = event.at, note.nudge, self._day(event.at)
        for stop in self._stops(nudge, at, is_again=note.is_again):
            self._say(at, f"{nudge.nudge_id}: {stop}")
        draw = event.where.bearing.draw
        if not note.is_again:
            assert draw is not None
            self._explained(nudge, draw.nudge_id, dict(draw.tickets), draw.week, at)
        if nudge.size is Size.BRAVE and self.where.plan.wishes.size is not Size.BRAVE:
            self._say(at, "brave, and not chosen")
        week = self._week(day)
        if week != self.weeks:
            self.weeks, self.week_began = week, day
        self.came.append(Came(nudge, at, note.is_again, message.occurrence_id))
        began = self.week_began or day
        of_this_week = sum(self._day(one.at) >= began for one in self.came)
        most = 2 if week == 1 else 4 if week <= 8 or event.where.plan.keeps_pace else 1
        if of_this_week > most and not any(one.is_again for one in self.came[-of_this_week:]):
            self._say(at, f"{of_this_week} in week {week}")

    def _explained(self, nudge: Nudge, of: str, tickets: dict[str, float], week: int, at: datetime) -> None:
        """The draw is of this nudge, over exactly the kinds that were live, with exactly the tickets they had."""
        expected = {theme: self._tickets(theme, self._day(at)) for theme in self._live(at)}
        # To a tenth of a ticket: that is how they are drawn with, and shown.
        is_true = tickets.keys() == expected.keys() and all(
            abs(tickets[theme] - count) < 0.051 for theme, count in expected.items()
        )
        if not is_true or of != nudge.nudge_id or week != self._week(self._day(at)):
            self._say(at, f"explained by {tickets} in week {week}, and it was {expected}")
        if not all(3 <= one <= 40 for one in tickets.values()):
            self._say(at, f"tickets {tickets}")

    def _tickets(self, theme: str, day: date) -> float:
        count = self.tickets.get(theme, 10.0)
        weeks = 0.0 if self.as_of is None else (day - self.as_of) / DAY / 7
        return 10 + (count - 10) * 0.95 ** max(0.0, weeks)

    def _live(self, at: datetime) -> list[str]:
        """The kinds that any nudge could be of, with variety."""
        themes = {one.theme for one in self.nudges if not any(self._stops(one, at, is_again=False))}
        if len(themes) > 1 and self.came:
            themes.discard(self.came[-1].nudge.theme)
        lately = Counter(one.nudge.theme for one in self._known(at)[-9:])
        return sorted({one for one in themes if lately[one] < 4} or themes)

    def _known(self, at: datetime) -> list[Came]:
        """What is remembered by then: eight weeks, and the last six."""
        return [one for one in self.came[:-6] if at - one.at <= timedelta(weeks=8)] + self.came[-6:]

    def _stops(self, nudge: Nudge, at: datetime, *, is_again: bool) -> Iterator[str]:
        """Every hard stop that this nudge would break now."""
        bearing, day = self.where.bearing, self._day(at)
        if nudge.retired or nudge.audience not in bearing.audiences or not nudge.sets <= bearing.sets:
            yield "for somebody else"
        if nudge.flags & bearing.skips:
            yield "about something that is skipped"
        if nudge.nudge_id in self.taken or nudge.theme in self.kinds_off:
            yield "set aside"
        if nudge.size > self.where.plan.wishes.size:
            yield "bigger than chosen"
        if nudge.exposure > self.level + 1:
            yield "more than one step further"
        others = [one for one in self.came if one.nudge is not nudge or not is_again]
        if any(one.nudge is nudge and at - one.at < timedelta(weeks=8) for one in others):
            yield "again within eight weeks"
        yield from self._ceilings(nudge, day)
        yield from self._season_stops(nudge, day)
        yield from self._held_back(nudge, others, at)
        if not is_again and nudge.exposure >= 2:
            since = [one.nudge.exposure for one in reversed(self.came)]
            between = since[: next((n for n, one in enumerate(since) if one >= 2), len(since))]
            if len(between) < len(since) and 0 not in between:
                yield "two towards people, and none alone between"

    def _ceilings(self, nudge: Nudge, day: date) -> Iterator[str]:
        week = self._week(day)
        if week < WEEK_OF_THEME[nudge.theme] and self._season_on(day) is None:
            yield f"a kind that is not for week {week}"
        if nudge.exposure > (1 if week < 2 else 2 if week < 5 else 3 if week < 7 else 4):
            yield f"too much exposure for week {week}"
        if nudge.size > (Size.TINY if week < 3 else Size.SMALL if week < 7 else Size.BRAVE):
            yield f"too big for week {week}"
        if nudge.size > Size.TINY and self.done < 3:
            yield f"bigger than tiny after {self.done}"

    def _may_wait(self, season_until: date | None) -> None:
        """A low battery is about the first nudge after it, also where that was put off."""
        if self.season is Season.LOW_BATTERY and self.season_until is not None and season_until is not None:
            self.season_until = max(self.season_until, season_until)

    def _season_on(self, day: date) -> Season | None:
        return self.season if self.season_until is not None and day < self.season_until else None

    def _season_stops(self, nudge: Nudge, day: date) -> Iterator[str]:
        season = self._season_on(day)
        if season is None:
            return
        if nudge.theme not in THEMES_OF[season] or nudge.flags & NOT_ABOUT[season]:
            yield f"not for {season}"
        if nudge.exposure > (0 if season is Season.LOW_BATTERY else 1):
            yield f"too much exposure for {season}"

    def _held_back(self, nudge: Nudge, others: list[Came], at: datetime) -> Iterator[str]:
        day = self._day(at)
        is_gentle = self.not_ok_on is not None and day < self.not_ok_on + 4 * DAY
        if is_gentle and (nudge.size > Size.TINY or nudge.theme in {"share", "repair"}):
            yield "deep, so soon after something was not OK"
        if nudge.theme in {"share", "repair"} and self.where.plan.wishes.size is Size.TINY:
            yield "deep, where tiny was chosen"
        if nudge.theme == "share" and any(one.nudge.theme == "share" and at - one.at < 7 * DAY for one in others):
            yield "the second to share in a week"
        if nudge.exposure > 1 and self._is_plenty(day):
            yield "another person, where it was plenty"
        within = [(one.nudge, at - one.at) for one in others]
        if nudge.size is Size.BRAVE and any(one.size is Size.BRAVE and ago < 7 * DAY for one, ago in within):
            yield "the second brave one in a week"
        if nudge.exposure >= 3 and any(one.exposure >= 3 and ago < 2 * DAY for one, ago in within):
            yield "deep twice in two days"
        beside = Audience.BESIDE in self.where.bearing.audiences
        towards = [ago for one, ago in within if one.audience is Audience.BESIDE and one.exposure >= 2]
        if beside and nudge.exposure > 1 and any(ago < 7 * DAY for ago in towards):
            yield "towards them again within a week"

    def _is_plenty(self, day: date) -> bool:
        in_a_week = sum(day - one < 7 * DAY for one, _ in self.steps)
        lately = [is_new for one, is_new in self.steps if day - one < 14 * DAY]
        return in_a_week >= 3 or bool(lately) + sum(lately[1:]) >= 2

    def _question(self, kind: Kind, at: datetime) -> None:
        match kind:
            case Kind.STILL_WANTED:
                self.asked = True
                if self._silent(at) < 6 and len(self.noes) < 6:
                    self._say(at, f"asked after {self._silent(at)} without an answer and {len(self.noes)} noes")
            case Kind.ALL_SEEN:
                if self.told_all_seen:
                    self._say(at, "said twice that all was seen")
                if self._season_on(self._day(at)):
                    self._say(at, "said in a season that all was seen")
                if self._live(at):
                    self._say(at, f"said that all was seen, and there were {self._live(at)}")
                self.told_all_seen = True
            case Kind.REVIEW_4 | Kind.REVIEW_8:
                weeks = 4 if kind is Kind.REVIEW_4 else 8
                if self._week(self._day(at)) <= weeks:
                    self._say(at, f"asked about {weeks} weeks in week {self._week(self._day(at))}")

    def _silent(self, at: datetime) -> int:
        """How many nudges running have no answer, and none came after them to anything else that is remembered."""
        assert self.since is not None
        last = max((one.answered_at for one in self._known(at) if one.answered_at), default=self.since)
        last = max(last, self.since)
        return sum(one.at > last for one in self.came)

    # What was done.

    def _reply(self, reply: Reply, event: Event) -> None:
        press, at = reply.press, event.at
        if reply.comes_at is not None:
            assert isinstance(press.message.says, NudgeNote)
            self.promised = (reply.comes_at, press.message.says.nudge.nudge_id)
        elif event.where.plan.again_nudge_id is None or press.answer is Answer.PAUSE:
            self.promised = None
        came = next(one for one in self.came if one.occurrence_id == press.message.occurrence_id)
        is_first, nudge, day = came.answered_at is None, came.nudge, self._day(at)
        if is_first:
            came.answered_at = at
        elif press.answer not in {Answer.NOT_FOR_ME, Answer.NOT_OK, Answer.PAUSE}:
            if (event.where.bearing, event.where.refused) != (self.where.bearing, self.where.refused):
                self._say(at, "a second answer changed something")
            return
        self._answer(press, nudge, day, at, is_first=is_first)
        changes = press.answer in {Answer.DID_IT, Answer.NOT_FOR_ME}
        if not changes and event.where.bearing.tickets != self.where.bearing.tickets:
            self._say(at, f"{press.answer} changed the tickets")

    def _answer(self, press: Press, nudge: Nudge, day: date, at: datetime, *, is_first: bool) -> None:
        match press.answer:
            case Answer.DID_IT if not press.smaller:
                self._did(press, nudge, day)
            case Answer.DID_IT:
                self.noes.clear()
            case Answer.NOT_FOR_ME:
                if is_first or nudge.nudge_id not in self.taken:
                    self._times_tickets(nudge.theme, 0.5, day)
                self.taken.add(nudge.nudge_id)
            case Answer.NOT_OK:
                self.taken.add(nudge.nudge_id)
                self.kinds_off.add(nudge.theme)
                self.level, self.not_ok_on = 0, day
            case Answer.PAUSE if self.where.plan.next_due_at is not None:
                self.paused_until = at + press.days * DAY
        if press.answer in NO and is_first:
            self.noes.append(day)

    def _did(self, press: Press, nudge: Nudge, day: date) -> None:
        self.level, self.done = max(self.level, nudge.exposure), self.done + 1
        self.noes.clear()
        self._times_tickets(nudge.theme, 1.5, day)
        if nudge.exposure >= 2:
            self.step_of[press.message.occurrence_id] = len(self.steps)
            self.steps.append((day, True))

    def _times_tickets(self, theme: str, factor: float, day: date) -> None:
        drifted = {one: self._tickets(one, day) for one in {*self.tickets, theme}}
        self.tickets = {one: count for one, count in drifted.items() if round(count, 1) != 10}
        # What is 10 to a tenth is 10 again.
        self.tickets[theme] = min(40.0, max(3.0, self.tickets.get(theme, 10.0) * factor))
        self.as_of = day

    def _deed(self, deed: Deed, at: datetime, where: Where) -> None:
        self.promised = None
        match deed:
            case Rest(days):
                self.paused_until = at + days * DAY
            case BeginSeason(season):
                self.paused_until = max(at + PAUSE_OF[season] * DAY, self.paused_until or at)
                self.season, self.season_until = season, where.bearing.season_until
                if self.season_until is None or self.season_until < self._day(at) + LENGTH_OF[season] * DAY:
                    self._say(at, f"{season} until {self.season_until}")
            case GoOn() | Resume():
                self.season = None if isinstance(deed, Resume) else self.season
                self.paused_until, self.since = None, at
                self.asked = self.told_all_seen = False
                self.noes.clear()
            case LevelTickets():
                self.tickets, self.as_of = {}, None
            case SayYes(message, Asked.SKIP_KIND):
                assert isinstance(message.says, NudgeNote)
                self.kinds_off.add(message.says.nudge.theme)
            case SayYes(message, Asked.SAME_PERSON):
                place = self.step_of.get(message.occurrence_id)
                if place == len(self.steps) - 1:
                    self.steps[place] = (self.steps[place][0], False)


def judged(beginning: Beginning, nudges: tuple[Nudge, ...], events: Iterable[Event]) -> list[str]:
    """Every promise that these events broke."""
    return Judge(beginning, nudges).judge(events)
