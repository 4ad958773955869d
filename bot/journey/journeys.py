"""Every step of the journey, ready to be called."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.adjust import Adjust
from bot.journey.answer import AnswerNudge
from bot.journey.asked_back import AskedBack
from bot.journey.check_in import CheckIn
from bot.journey.courier import Courier
from bot.journey.deliver import Deliver
from bot.journey.doubts import Doubts
from bot.journey.enable import Enable
from bot.journey.farewell import Farewells
from bot.journey.housekeep import Housekeep
from bot.journey.leave import Leave
from bot.journey.opt_in import OptIn
from bot.journey.preview import Preview
from bot.journey.review import Review
from bot.journey.streak import Streak
from bot.journey.taste import Taste
from bot.journey.traffic import Traffic
from bot.journey.tune import Tune
from bot.rules.retention import UNLESS_SET_OTHERWISE, Retention
from bot.store import Database


@dataclass(frozen=True, slots=True)
class Journeys:
    """One attribute per step, named as its file."""

    enable: Enable
    taste: Taste
    preview: Preview
    opt_in: OptIn
    deliver: Deliver
    answer: AnswerNudge
    asked_back: AskedBack
    check_in: CheckIn
    streak: Streak
    adjust: Adjust
    tune: Tune
    review: Review
    leave: Leave
    housekeep: Housekeep

    @classmethod
    def over(
        cls,
        database: Database,
        clock: Clock,
        library: Library,
        courier: Courier,
        traffic: Traffic,
        retention: Retention = UNLESS_SET_OTHERWISE,
    ) -> Journeys:
        farewells, doubts = Farewells(clock), Doubts(database)
        return cls(
            enable=Enable(database, clock),
            taste=Taste(database, clock, library),
            preview=Preview(database, clock, library),
            opt_in=OptIn(database, clock, farewells),
            deliver=Deliver(database, clock, library, courier, traffic),
            answer=AnswerNudge(database, clock, library),
            asked_back=AskedBack(database, clock, library),
            check_in=CheckIn(database, clock, farewells),
            streak=Streak(database, clock),
            adjust=Adjust(database, clock, library),
            tune=Tune(database, clock, library),
            review=Review(database, clock, retention),
            leave=Leave(database, clock, farewells),
            housekeep=Housekeep(database, clock, courier, traffic, retention, doubts),
        )
