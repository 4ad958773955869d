"""Everything that is stored, through one open transaction. Each table's statements live in a file of its own name."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.check_ins import CheckIns
from bot.store.consents import Consents
from bot.store.facts import Facts
from bot.store.guilds import Guilds
from bot.store.holdings import Holdings
from bot.store.members import Members
from bot.store.occurrences import Occurrences
from bot.store.plans import Plans
from bot.store.refusals import Refusals
from bot.store.upkeep import Upkeep
from bot.store.weeks import Weeks


class Records:
    """Handed to a unit of work; worthless once that has ended."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.facts = Facts(connection)
        self.guilds = Guilds(connection)
        self.members = Members(connection)
        self.consents = Consents(connection)
        self.plans = Plans(connection)
        self.occurrences = Occurrences(connection)
        self.refusals = Refusals(connection)
        self.check_ins = CheckIns(connection)
        self.weeks = Weeks(connection)
        self.holdings = Holdings(connection)
        self.upkeep = Upkeep(connection)
