"""Opening the database, and what it does for itself: taking it over, finishing deletions, keeping room on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy.exc import DatabaseError

from bot.errors import DatabaseUnusable, ForOperator
from bot.keys import MasterKeys
from bot.rules.consent import QUESTIONS, Questions
from bot.store.clear import seal_some
from bot.store.disk import REAL_DISK, Disk, Reserve, Room
from bot.store.engines import Connect, in_a_thread, reading, writing
from bot.store.key_schema import RING, named_in
from bot.store.keyring import Errand, KeyRing, beside
from bot.store.lock import alone_with
from bot.store.migrate import migrate
from bot.store.records import Records
from bot.store.refuse import explained, make_ready, make_room_for, place_of
from bot.store.restore import remove_left_behind
from bot.store.rights import keep_all_private
from bot.store.units import Aside, Units, Work
from bot.store.watch import look_through

log = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")

NO_RESERVE: Final = Reserve()
APPLICATION: Final = "application"
SCRUB_TRIES: Final = 5


class Database:
    """The store, open. Made by `Database.open`, which also closes it."""

    def __init__(self, path: Path, units: Units, ring: KeyRing, room: Room, aside: Aside) -> None:
        self._path = path
        self._units = units
        self._ring = ring
        self._room = room
        self._aside = aside
        self._deletions = 0
        self._overwritten = 0
        self._making_room: asyncio.Task[Any] | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        master: MasterKeys,
        *,
        keys: Path | None = None,
        reserve: Reserve = NO_RESERVE,
        connect: Connect = in_a_thread,
        aside: Aside = asyncio.to_thread,
        disk: Disk = REAL_DISK,
        alone: bool = True,
        questions: Questions = QUESTIONS,
    ) -> AsyncIterator[Database]:
        """Open the file that `url` (sqlite:///path) names, creating or upgrading it; it is ours until it is closed.

        So is the key database `keys`, beside it unless said otherwise, with what the `master` keys open.
        `connect`, `aside` and `disk` say how, where a simulation or a proof needs another way; migrations go through
        sqlite3 all the same. `alone=False` asks for no lock, and leaves it to the token to keep two apart. Every
        unit of work gets `questions`, what members are asked today, with its records.
        Raises, with one clear sentence, DatabaseUnusable when that cannot be done and AlreadyRunning when somebody
        else has it open; MasterKeyWrong when it was sealed with another master key.
        """
        path: Path = await aside(place_of, url, disk, keys)
        await aside(make_room_for, path, keys)
        await aside(keep_all_private, path)
        if keys is not None:
            await aside(keep_all_private, keys)
        with alone_with(path) if alone else nullcontext():
            room = Room(path, reserve, disk)
            await aside(make_ready, path)
            await aside(remove_left_behind, path, keys or beside(path))
            await aside(room.make_way)
            is_checked = await aside(migrate, path)
            async with KeyRing.open(keys or beside(path), master, connect, await aside(named_in, path)) as ring:
                units = Units(writing(path, connect), reading(path, connect), ring, room, aside, questions)
                database = cls(path, units, ring, room, aside)
                try:
                    await units.to_its_end(database._take_over())
                    await aside(room.keep)
                    async with look_through(None if is_checked else connect(path), path, units.stop_for):
                        yield database
                finally:
                    await units.close()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on what is committed now; it cannot change anything."""
        return await self._units.to_its_end(self._units.read(work))

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction: committed when it returns, undone when it raises.

        Raises Superseded when another copy has taken the file over.
        """
        return await self._units.to_its_end(self._units.write(work))

    async def finish_errands(self) -> int:
        """Erase whoever is to be gone by now, and forget keys that nobody has; how many members were erased.

        What is still to be overwritten in the write-ahead logs is tried once.
        """
        erased = await self._run_errands()
        if self._overwritten < self._deletions:
            await self._overwrite(tries=1)
        return erased

    async def scrub(self) -> bool:
        """After a deletion: finish its errands, and overwrite what was deleted in both write-ahead logs too.

        False when somebody kept reading an older state, as a backup does; then it is tried again with the next errands.
        """
        self._deletions += 1
        await self._run_errands()
        return await self._overwrite(SCRUB_TRIES)

    async def has_room(self) -> bool:
        """Whether the disk has room for more than what was begun."""
        if not await self._aside(self._room.is_enough):
            return False
        if not self._room.is_kept and self._making_room is None:
            self._making_room = self._units.begin(self._make_room())
        return True

    async def trouble(self) -> ForOperator:
        """Wait for what this process has to end with: superseded, or damaged. Usually never."""
        return await self._units.trouble()

    async def belong_to(self, application_id: int) -> None:
        """Be this bot's database from now on. Raises DatabaseUnusable when it is another bot's."""

        async def work(records: Records) -> str:
            known = await records.facts.get(APPLICATION)
            if known is None:
                await records.facts.put(APPLICATION, str(application_id))
            return known or str(application_id)

        belongs_to = await self.write(work)
        if belongs_to != str(application_id):
            raise DatabaseUnusable(
                f"The database {self._path.name} belongs to another bot, application {belongs_to}. Use that bot's "
                "token, or point storage.url to a new file."
            )

    async def _take_over(self) -> None:
        try:
            await self._units.take_over()
            if erased := await self._units.write(self._belong_to_ring):
                log.warning("storage.erased_again", how_many=erased)
                await self._units.empty_log()
            await self._seal_what_is_clear()
        except DatabaseError as error:
            raise explained(error, self._path) from error
        self._units.be_patient()

    async def _belong_to_ring(self, records: Records) -> int:
        """How many members are erased again, after a restore of an older copy."""
        await records.facts.put(RING, self._ring.name)
        await self._ring.tell_versions()
        return await records.errands.erase_again()

    async def _seal_what_is_clear(self) -> None:
        sealed = 0
        while some := await self._units.write_anyhow(lambda connection: seal_some(connection, self._ring)):
            sealed += some
        if sealed:
            log.info("storage.sealed", how_many=sealed)
            await self._units.empty_log()

    async def _run_errands(self) -> int:
        errands = await self._ring.errands()
        if not errands:
            return 0
        erased = await self.write(lambda records: records.errands.erase(errands))
        await self.write(lambda records: records.errands.finish(errands))
        self._deletions += Errand.ERASE in errands.values()
        if erased:
            log.info("storage.erased", how_many=erased)
        return erased

    async def _overwrite(self, tries: int) -> bool:
        deletions = self._deletions
        for _ in range(tries):
            is_clean = await self._units.to_its_end(self._units.empty_log())
            if await self._units.to_its_end(self._ring.scrub()) and is_clean:
                self._overwritten = max(self._overwritten, deletions)
                return True
        return False

    async def _make_room(self) -> None:
        try:
            await self._aside(self._room.keep)
        finally:
            self._making_room = None
