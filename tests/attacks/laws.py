"""What is true of every database of ours, whatever has been done to it. Looked at past everything of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import Table

from bot.content.library import Language
from bot.errors import Unsealable
from bot.keys import MemberKey, Wrapped
from bot.rules.consent import WORDINGS
from bot.rules.occurrence import Answer, Kind, State, occurrence_id
from bot.rules.plan import PlanState, Size
from bot.rules.schedule import DAYS_APART, WINDOWS
from bot.store.keyring import beside
from bot.store.schema import check_in, member_tables, occurrence
from bot.store.sealed import opened, sealed_columns
from cogs._ui.check_in import QUESTIONS
from tests.support.keys import MASTER


class Laws:
    """Looks into one file, again and again."""

    def __init__(self, file: Path, language: Language) -> None:
        self._connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._keys = beside(file)
        self._language = language
        self._zones = available_timezones()

    def close(self) -> None:
        self._connection.close()

    def of(self, member_id: int) -> list[tuple[Any, ...]]:
        """Every row about that member."""
        return [
            (table.name, *row)
            for table in member_tables()
            for row in self._rows(f"SELECT * FROM {table.name} WHERE member_id = ?", member_id)  # noqa: S608 - our own
        ]

    def broken(self) -> list[str]:
        """What is not as it must be."""
        return [*self._file(), *self._consents(), *self._plans(), *self._occurrences(), *self._check_ins()]

    def _file(self) -> Iterator[str]:
        if [*self._rows("PRAGMA foreign_key_check")]:
            yield "a row without the row it belongs to"
        if [tuple(row) for row in self._rows("PRAGMA quick_check")] != [("ok",)]:
            yield "a damaged file"

    def _consents(self) -> Iterator[str]:
        for row in self._rows("SELECT purpose, wording FROM consent"):
            if row["purpose"] not in set(WORDINGS) or row["wording"] != WORDINGS[row["purpose"]]:
                yield f"a yes to {row['purpose']}, wording {row['wording']}"
        for row in self._rows(
            "SELECT purpose FROM consent WHERE withdrawn_at IS NULL GROUP BY member_id, purpose HAVING count(*) > 1"
        ):
            yield f"two that hold for {row['purpose']}"

    def _plans(self) -> Iterator[str]:
        windows = {(window.start, window.end) for window in WINDOWS}
        for row in self._rows("SELECT * FROM plan"):
            told = dict(row)
            wrong = {
                "state": row["state"] not in set(PlanState),
                "zone": row["zone"] not in self._zones,
                "window": (row["window_start"], row["window_end"]) not in windows,
                "per_week": row["per_week"] not in DAYS_APART,
                "size": row["size"] not in set(Size),
                "next_due_at": (row["state"] == PlanState.ACTIVE) is (row["next_due_at"] is None),
                "again_nudge_id": row["again_nudge_id"] not in {None, *self._language.nudge_by_id},
            }
            yield from (f"a plan whose {name} is {told.get(name)}" for name, is_wrong in wrong.items() if is_wrong)

    def _occurrences(self) -> Iterator[str]:
        for row in self._rows("SELECT * FROM occurrence"):
            if row["kind"] not in set(Kind) or row["state"] not in set(State):
                yield f"a message that is {row['kind']} and {row['state']}"
            elif row["occurrence_id"] != occurrence_id(row["member_id"], Kind(row["kind"]), row["slot"]):
                yield "a message by another id than its own"
            answer = self._opened(occurrence, row)["answer"]
            if answer not in {None, *Answer} or (answer and not row["answered_at"]):
                yield f"an answer that is {answer}"

    def _check_ins(self) -> Iterator[str]:
        for row in self._rows("SELECT * FROM check_in"):
            picks = self._opened(check_in, row)["picks"]
            for question, pick in picks.items() if isinstance(picks, dict) else [("sealed", picks)]:
                if question not in QUESTIONS or pick not in self._language.words.under(f"check_in.{question}.answer"):
                    yield f"a pick that is no pick: {question}={pick}"

    def _opened(self, table: Table, row: sqlite3.Row) -> dict[str, Any]:
        """The row as its member reads it; what does not open is told as that."""
        try:
            return opened(self._key(row["member_id"]), table, dict(row))
        except (Unsealable, TypeError) as error:
            return {**row, **dict.fromkeys((one.name for one in sealed_columns(table)), repr(error))}

    def _key(self, member_id: int) -> MemberKey:
        ((key_id,),) = self._rows("SELECT key_id FROM member WHERE member_id = ?", member_id)
        with closing(sqlite3.connect(f"file:{self._keys}?mode=ro", uri=True)) as ring:
            ((version, wrapped),) = ring.execute("SELECT version, sealed FROM wrapped_key WHERE key_id = ?", (key_id,))
        return MemberKey(member_id, key_id, MASTER.unwrap(key_id, Wrapped(version, wrapped)))

    def _rows(self, statement: str, *values: object) -> Iterator[sqlite3.Row]:
        yield from self._connection.execute(statement, values)
