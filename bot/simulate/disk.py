"""The real store on a real file, watched: it takes its time, it can die at any statement, and tells what it commits.

Changes are told by temporary triggers of the connection, and only once they are committed. So nothing that the store
says about itself has to be believed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from bot.keys import MasterKeys
from bot.simulate.fuse import Fuse, Point
from bot.store import Database, Records
from bot.store.inline import InlineConnection, at_once
from bot.store.keyring import beside

T = TypeVar("T")
Told = list[tuple[Any, ...]]

WATCHED: Final = (
    """CREATE TEMP TRIGGER told_begin AFTER INSERT ON main.occurrence BEGIN SELECT told('row', NEW.member_id,
    NEW.occurrence_id, NEW.kind, NEW.slot, NEW.due_at, NEW.until_at, NULL, NEW.state); END""",
    """CREATE TEMP TRIGGER told_row AFTER UPDATE OF state ON main.occurrence BEGIN SELECT told('row', NEW.member_id,
    NEW.occurrence_id, NEW.kind, NEW.slot, NEW.due_at, NEW.until_at, OLD.state, NEW.state); END""",
    """CREATE TEMP TRIGGER told_start AFTER INSERT ON main.plan BEGIN SELECT told('plan', NEW.member_id,
    NULL, NEW.next_due_at, NEW.state); END""",
    """CREATE TEMP TRIGGER told_plan AFTER UPDATE OF next_due_at ON main.plan BEGIN SELECT told('plan', NEW.member_id,
    OLD.next_due_at, NEW.next_due_at, NEW.state); END""",
    """CREATE TEMP TRIGGER told_leave AFTER DELETE ON main.plan BEGIN SELECT told('plan', OLD.member_id,
    OLD.next_due_at, NULL, 'deleted'); END""",
    """CREATE TEMP TRIGGER told_end AFTER DELETE ON main.occurrence BEGIN SELECT told('erased', OLD.member_id,
    OLD.occurrence_id); END""",
)


class _Statement(sqlite3.Cursor):
    def execute(self, sql: str, *parameters: Any) -> _Statement:
        connection = self.connection
        assert isinstance(connection, _Watched)
        connection.about_to(sql)
        # Nobody pulls the plug here, only processes die: flushing each commit would prove nothing, and take its time.
        super().execute("PRAGMA synchronous = OFF" if sql.startswith("PRAGMA synchronous") else sql, *parameters)
        return self

    def executemany(self, sql: str, *parameters: Any) -> _Statement:
        connection = self.connection
        assert isinstance(connection, _Watched)
        connection.about_to(sql)
        super().executemany(sql, *parameters)
        return self


class _Watched(sqlite3.Connection):
    """One connection of a process that may die."""

    def watch(self, fuse: Fuse, tell: Callable[[Told], None], *, is_of_keys: bool) -> None:
        self._fuse, self._tell, self._writes = fuse, tell, False
        self._told: Told = []
        # Where temporary things are held is set again when the file is opened: a change would drop these triggers.
        super().execute("PRAGMA temp_store = MEMORY")
        for statement in () if is_of_keys else WATCHED:
            super().execute(statement)
        self.create_function("told", -1, lambda *what: self._told.append(what))

    def cursor(self, factory: Any = _Statement) -> Any:
        return super().cursor(factory)

    def about_to(self, sql: str) -> None:
        if sql == "BEGIN IMMEDIATE":
            self._fuse.refuse_dead()
            self._writes = True
        elif self._writes and sql[:6] in {"INSERT", "UPDATE", "DELETE"}:
            self._fuse.passes(Point.STATEMENT)
        else:
            self._fuse.refuse_dead()

    def commit(self) -> None:
        if not self._writes:
            self._fuse.refuse_dead()
            super().commit()
            return
        self._fuse.passes(Point.BEFORE_COMMIT)
        super().commit()
        self._writes, told, self._told = False, self._told, []
        if told:
            self._tell(told)
        self._fuse.passes(Point.AFTER_COMMIT)

    def rollback(self) -> None:
        self._writes, self._told = False, []
        super().rollback()


class Compiled(dict[tuple[Hashable, ...], Any]):
    """What statements look like as SQL, kept from one process to the next: a year has hundreds of them.

    SQLAlchemy asks by the dialect first, an object of each engine's own; here they are all alike.
    """

    def get(self, key: tuple[Hashable, ...], default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Hashable, ...], compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


async def _at_rest() -> None:
    """While it is opened: nobody else has it yet."""


class Disk(Database):
    """The store, on a disk that takes its time before each unit of work, as a busy machine does."""

    busy: Callable[[], Awaitable[None]] = staticmethod(_at_rest)

    @classmethod
    @asynccontextmanager
    async def watched(
        cls,
        path: Path,
        master: MasterKeys,
        fuse: Fuse,
        tell: Callable[[Told], None],
        busy: Callable[[], Awaitable[None]],
        compiled: Compiled,
    ) -> AsyncIterator[Database]:
        """Open the file, and tell of every commit, all at once: ('row', …), ('plan', …) and ('erased', …)."""
        opened: list[InlineConnection] = []

        def connector(file: Path) -> InlineConnection:
            def connect() -> sqlite3.Connection:
                connection = sqlite3.connect(file, factory=_Watched)
                connection.watch(fuse, tell, is_of_keys=file == beside(path))
                return connection

            opened.append(InlineConnection(connect))
            return opened[-1]

        try:
            async with cls.open(f"sqlite:///{path}", master, connect=connector, aside=at_once, alone=False) as database:
                assert isinstance(database, Disk)
                database.busy = busy
                database._compile_into(compiled)  # noqa: SLF001 - its own
                yield database
        finally:
            # A process that died mid-way has closed nothing. With its end, what it had not committed is undone.
            for connection in opened:
                connection.stop()

    def _compile_into(self, compiled: Compiled) -> None:
        self._units.compile_into(compiled)
        self._ring.compile_into(compiled)

    async def read(self, work: Callable[[Records], Awaitable[T]]) -> T:
        await self.busy()
        return await super().read(work)

    async def write(self, work: Callable[[Records], Awaitable[T]]) -> T:
        await self.busy()
        return await super().write(work)
