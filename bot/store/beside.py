"""What an operator does to the files beside the bot, whether it runs or not: wrapping keys anew, erasing somebody.

The bot has the database to itself; its key database it shares. So whoever is to be erased is buried there, and the bot,
or the next start of it, erases them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.errors import AlreadyRunning, DatabaseUnusable, MasterKeyUnusable
from bot.keys import MasterKeys
from bot.store.disk import REAL_DISK
from bot.store.key_schema import named_in
from bot.store.keyring import KeyRing, beside
from bot.store.lock import alone_with
from bot.store.refuse import explained, place_of, refuse_left_above

# The bot looks what there is to do at each wake-up, which is half a minute away at the most unless set otherwise.
LOOK_EVERY_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 90.0


async def wrap_all_anew(
    url: str, master: MasterKeys, keys: Path | None = None, watch: Callable[[int], None] = lambda _left: None
) -> int:
    """Wrap every key that is not by the newest master key, telling how many are left; how many it were.

    What the older ones wrapped is overwritten before it returns: members keep their keys, so an older master key would
    still open them there. It may be stopped at any moment and called again. Raises MasterKeyUnusable while the running
    bot does not know the newest one yet, AlreadyRunning while somebody keeps reading what was there before, and what
    opening the files raises.
    """
    path = file_of(url, keys)
    async with KeyRing.open(keys or beside(path), master, expected=_ring_of(path)) as ring:
        if is_running(path) and not await ring.is_told_of_newest():
            raise MasterKeyUnusable(
                f"The running bot does not know version {master.newest} of the master key yet. Restart it, then run "
                "this again."
            )
        left = wanted = await ring.count_of_older()
        while left:
            watch(left)
            await ring.wrap_anew()
            left = await ring.count_of_older()
        await _overwrite(ring)
        return wanted


async def _overwrite(ring: KeyRing) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await ring.scrub():  # noqa: ASYNC110 - another process has to come to its end
                await asyncio.sleep(LOOK_EVERY_SECONDS)
    except TimeoutError:
        raise AlreadyRunning(
            "Every key is wrapped anew, but another program, such as a backup, keeps reading the key database, so what "
            "the older master key opens is still in its file. Wait until that is done, then run this again."
        ) from None


async def bury(url: str, master: MasterKeys, member_id: int, now: datetime, keys: Path | None = None) -> bool:
    """Destroy that member's key while the bot runs, and wait until it has erased them.

    False when nothing is held about them. Raises TimeoutError when the bot has not done it; the key is gone by then.
    """
    path = file_of(url, keys)
    key_id = _key_of(path, member_id)
    if key_id is None:
        return False
    async with KeyRing.open(keys or beside(path), master, expected=_ring_of(path)) as ring:
        await ring.bury(key_id, now)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while key_id in await ring.errands():  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(LOOK_EVERY_SECONDS)
    return True


async def refuse_wrong_key(path: Path, keys: Path, master: MasterKeys) -> None:
    """Raise MasterKeyWrong where those master keys do not open that key database; DatabaseUnusable where it is none."""
    async with KeyRing.open(keys, master, expected=_ring_of(path)):
        pass


def is_running(path: Path) -> bool:
    """Whether a bot has that database open now."""
    try:
        with alone_with(path):
            return False
    except AlreadyRunning:
        return True


def file_of(url: str, keys: Path | None = None) -> Path:
    """The database that this names, which has to be there. Raises DatabaseUnusable."""
    path = place_of(url, REAL_DISK, keys)
    refuse_left_above(path)
    if not path.exists():
        raise DatabaseUnusable(f"There is no database {path}. Check storage.url.")
    return path


def fact_in(path: Path, name: str) -> str | None:
    """What that fact says in that database; None where it says nothing."""
    return _first(path, "SELECT value FROM fact WHERE name = ?", name)


def _ring_of(path: Path) -> str:
    name = named_in(path)
    if name is None:
        raise DatabaseUnusable(f"Nothing is sealed in {path.name} yet. Start the bot once.")
    return name


def _key_of(path: Path, member_id: int) -> str | None:
    return _first(path, "SELECT key_id FROM member WHERE member_id = ?", member_id)


def _first(path: Path, question: str, about: int | str) -> str | None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute(question, (about,)).fetchone()
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error
    answer: str | None = None if found is None else found[0]
    return answer
