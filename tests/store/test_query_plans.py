"""With a million members, a statement that reads a whole table costs seconds: none of a wake-up's or a night's may."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.content.library import Library
from bot.journey.traffic import Heard
from bot.rules.consent import Purpose
from bot.rules.delivery import NotNow
from bot.rules.occurrence import Answer
from bot.store import Database
from bot.store.schema import metadata
from tests.support.house import ROBIN, open_house

# Once in the life of a process, to set right what a wrong clock wrote: there is no index for it.
ONCE = "since_at >"
EXPLAINED = ("SELECT", "UPDATE", "DELETE")


class Asked:
    """Every statement that a database is asked, with its parameters."""

    def __init__(self, database: Database) -> None:
        self.statements: dict[str, Any] = {}
        for engine in (database._units._writer, database._units._reader):
            event.listen(engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, is_many: bool) -> None:
        if statement.startswith(EXPLAINED) and ONCE not in statement:
            self.statements[statement] = given[0] if is_many else given

    def scanning(self, file: Path) -> list[str]:
        """Those that read a whole table, with the table."""
        with closing(sqlite3.connect(file)) as connection:
            return [
                f"{row[3]}: {' '.join(statement.split())}"
                for statement, given in self.statements.items()
                for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
                # What a statement found itself it may read as a whole.
                if row[3].startswith("SCAN") and row[3].split()[1] in metadata.tables
            ]


async def test_no_statement_of_a_start_or_a_wake_up_reads_a_whole_table(tmp_path: Path, library: Library) -> None:
    async with open_house(tmp_path, library) as house:
        asked = Asked(house.database)
        await house.journeys.deliver.begin()
        await house.start()
        house.courier.answers.append(NotNow(timedelta(minutes=1)))
        await house.to_next_nudge(ROBIN)
        house.clock.move(minutes=2)

        await house.journeys.deliver.run()

        assert house.courier.kinds == ["receipt", "nudge", "nudge"]
        for written in ("UPDATE occurrence SET wake_at", "SELECT min(occurrence.wake_at)", "PARTITION BY"):
            assert any(written in statement for statement in asked.statements), written
        assert asked.scanning(tmp_path / "porchlight.db") == []


async def test_no_statement_of_a_night_reads_a_whole_table(tmp_path: Path, library: Library) -> None:
    async with open_house(tmp_path, library) as house:
        house.courier.tells_time = lambda: house.traffic.heard(Heard(200, time=house.clock.now()))
        await house.start(purposes=frozenset(Purpose))
        await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")
        await house.journeys.streak.rest(ROBIN)
        nudge = await house.to_next_nudge(ROBIN)
        await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
        asked = Asked(house.database)

        for _ in range(80):
            house.clock.move(days=5)
            await house.journeys.housekeep.run()

        assert await house.rows() == {}
        for written in ("max(occurrence.answered_at)", "DELETE FROM check_in", "UPDATE occurrence SET answer", "LIMIT"):
            assert any(written in statement for statement in asked.statements), written
        assert asked.scanning(tmp_path / "porchlight.db") == []
