"""What an operator does now and then, from the command line: each is one call, and says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import AlreadyRunning
from bot.journey.doubts import WITHDRAWN, Doubts, named_in, withdrawn
from bot.keys import MasterKeys
from bot.settings import Settings
from bot.store import Database
from bot.store.backup import Ages, Backup, back_up, expire
from bot.store.beside import bury, fact_in, file_of, refuse_wrong_key, wrap_all_anew
from bot.store.disk import REAL_DISK
from bot.store.keyring import beside
from bot.store.refuse import make_room_for, place_of
from bot.store.restore import Found, look, put_back


@dataclass(frozen=True, slots=True)
class BackedUp:
    """The sealed copies that were made, and how many older ones were removed."""

    made: list[Backup]
    expired: int


async def rotate_key(settings: Settings, master: MasterKeys, watch: Callable[[int], None]) -> int:
    """Wrap every member's key by the newest master key, also while the bot runs; how many had another one.

    `watch` is told how many are left. Raises MasterKeyUnusable, MasterKeyWrong and DatabaseUnusable.
    """
    return await wrap_all_anew(settings.storage.url, master, settings.sealing.keys, watch)


async def erase_user(settings: Settings, master: MasterKeys, member_id: int, now: datetime) -> bool:
    """Erase everything about that member, as they could themselves, also while the bot runs.

    False when nothing was held. Raises TimeoutError when the running bot has not done it in time; their key is gone by
    then, and the rows follow. Raises DatabaseUnusable where there is no database: to make one, and to find nothing in
    it, would be told to whoever asked.
    """
    url, keys = settings.storage.url, settings.sealing.keys
    file_of(url, keys)
    try:
        async with Database.open(url, master, keys=keys) as database:
            erased = await database.write(lambda records: records.holdings.erase(member_id, now))
            await database.scrub()
            return erased > 0
    except AlreadyRunning:
        return await bury(url, master, member_id, now, keys)


def out_of_circulation(settings: Settings) -> frozenset[str]:
    """The nudges that come to nobody until somebody has looked at them, also while the bot runs.

    Raises DatabaseUnusable.
    """
    return named_in(fact_in(file_of(settings.storage.url, settings.sealing.keys), WITHDRAWN))


async def keep(settings: Settings, master: MasterKeys, nudge_ids: Sequence[str]) -> frozenset[str]:
    """Somebody looked at these nudges, and they may come again; which may not, after that.

    Whoever objected is known to what is sealed alone, and the running bot has that to itself: raises AlreadyRunning.
    """
    url, keys = settings.storage.url, settings.sealing.keys
    try:
        async with Database.open(url, master, keys=keys) as database:
            for nudge_id in nudge_ids:
                await Doubts(database).put_back(nudge_id)
            await database.scrub()
            return await database.read(withdrawn)
    except AlreadyRunning:
        raise AlreadyRunning(
            "The bot is running. Stop it, run this again, then start it. Members notice nothing of a minute."
        ) from None


async def back_up_now(settings: Settings, master: MasterKeys, now: datetime) -> BackedUp:
    """Copy both databases, also while the bot runs, and remove copies that were kept for long enough.

    Raises DatabaseUnusable when one cannot be read or opened again, CannotWrite when there is no room for its copy, and
    MasterKeyWrong: nobody could use a copy that is sealed with another master key than the members' keys in it.
    """
    path, folder = file_of(settings.storage.url, settings.sealing.keys), settings.backups.folder
    await refuse_wrong_key(path, _keys(settings, path), master)
    made = await asyncio.to_thread(back_up, path, _keys(settings, path), folder, master, now)
    ages = Ages(timedelta(days=settings.backups.keep_days), timedelta(days=settings.backups.keep_keys_days))
    return BackedUp(made, expire(folder, ages, now))


async def look_into_backup(settings: Settings, master: MasterKeys, backup: Path) -> Found:
    """Open that backup, check it, and say what putting it back would mean; nothing is changed."""
    path = _place(settings)
    return await look(path, _keys(settings, path), backup, master)


async def restore(settings: Settings, master: MasterKeys, backup: Path, now: datetime) -> Found:
    """Put that backup back and open it, which upgrades it and erases again whoever has left since.

    Raises AlreadyRunning while the bot runs, and what `look_into_backup` raises.
    """
    path = _place(settings)
    found = await put_back(path, _keys(settings, path), backup, master, now)
    async with Database.open(settings.storage.url, master, keys=settings.sealing.keys) as database:
        await database.scrub()
    return found


def _place(settings: Settings) -> Path:
    """Where the database is, or is to be, in a folder that is there."""
    path = place_of(settings.storage.url, REAL_DISK, settings.sealing.keys)
    make_room_for(path, settings.sealing.keys)
    return path


def _keys(settings: Settings, path: Path) -> Path:
    return settings.sealing.keys or beside(path)
