"""Everything that is stored, through one open transaction. Each table's statements live in a file of its own name."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules.consent import Questions
from bot.store.bearings import Bearings
from bot.store.check_ins import CheckIns
from bot.store.consents import Consents
from bot.store.errands import Errands
from bot.store.facts import Facts
from bot.store.guilds import Guilds
from bot.store.holdings import Holdings
from bot.store.keyring import KeyRing
from bot.store.members import Members
from bot.store.occurrences import Occurrences
from bot.store.plans import Plans
from bot.store.refusals import Refusals
from bot.store.seals import Seals
from bot.store.upkeep import Upkeep
from bot.store.weeks import Weeks


class Records:
    """Handed to a unit of work; worthless once that has ended.

    `questions` is what is asked today: every step tells by the same ones what an entry of the ledger is worth.
    """

    def __init__(self, connection: AsyncConnection, ring: KeyRing, questions: Questions) -> None:
        seals = Seals(connection, ring)
        self.questions = questions
        self.facts = Facts(connection)
        self.guilds = Guilds(connection)
        self.members = Members(connection, seals)
        self.consents = Consents(connection)
        self.plans = Plans(connection)
        self.occurrences = Occurrences(connection, seals)
        self.refusals = Refusals(connection, seals)
        self.bearings = Bearings(connection, seals)
        self.check_ins = CheckIns(connection, seals)
        self.weeks = Weeks(connection)
        self.errands = Errands(connection, ring)
        self.holdings = Holdings(connection, seals)
        self.upkeep = Upkeep(connection)
