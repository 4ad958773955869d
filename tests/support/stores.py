"""The ways to open a database, all of which have to keep the same promises."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from bot.store import Database
from bot.store.inline import at_once, inline
from tests.support.keys import MASTER

Opened = Callable[..., AbstractAsyncContextManager[Database]]

WAYS: Final = MappingProxyType(
    {
        "in a thread": partial(Database.open, master=MASTER),
        "at once": partial(Database.open, master=MASTER, connect=inline, aside=at_once),
    }
)


@dataclass
class ToldDisk:
    """A disk that is what a test says it is."""

    room: int = 10**12
    fstype: str = "ext4"

    def free(self, _folder: Path) -> int:
        return self.room

    def kind(self, _folder: Path) -> str:
        return self.fstype
