"""One step per file, in the order in which they happen to a person. Law: no step calls another.

    enable     a moderator switches Porchlight on
    taste      somebody tries a nudge; nothing is stored
    opt_in     they say yes, in private
    deliver    what is due goes out (`ahead` decides, `courier` is the way out)
    answer     one press
    check_in   how things are
    rhythm     weeks they showed up, if they want them counted
    adjust     change, pause, go on
    review     what is held about them
    leave      stop, or delete

`standing` and `ledger` are what several steps read and write alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.content.library import Library
from bot.journey.adjust import Adjust
from bot.journey.answer import AnswerNudge
from bot.journey.check_in import CheckIn
from bot.journey.courier import Courier
from bot.journey.deliver import Deliver, Limits
from bot.journey.enable import Enable
from bot.journey.leave import Leave
from bot.journey.opt_in import OptIn
from bot.journey.review import Review
from bot.journey.rhythm import Rhythm
from bot.journey.taste import Taste
from bot.store import Database


@dataclass(frozen=True, slots=True)
class Journeys:
    """Every step, ready to be called."""

    enable: Enable
    taste: Taste
    opt_in: OptIn
    deliver: Deliver
    answer: AnswerNudge
    check_in: CheckIn
    rhythm: Rhythm
    adjust: Adjust
    review: Review
    leave: Leave

    @classmethod
    def over(cls, database: Database, clock: Clock, library: Library, courier: Courier, limits: Limits) -> Journeys:
        return cls(
            enable=Enable(database, clock),
            taste=Taste(database, clock, library),
            opt_in=OptIn(database, clock),
            deliver=Deliver(database, clock, library, courier, limits),
            answer=AnswerNudge(database, clock, library),
            check_in=CheckIn(database, clock),
            rhythm=Rhythm(database, clock),
            adjust=Adjust(database, clock),
            review=Review(database, clock),
            leave=Leave(database, clock),
        )
