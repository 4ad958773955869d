"""The ways to open a database, all of which have to keep the same promises."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import MappingProxyType
from typing import Final

from bot.store import Database
from bot.store.inline import at_once, inline

Opened = Callable[..., AbstractAsyncContextManager[Database]]

WAYS: Final = MappingProxyType(
    {
        "in a thread": Database.open,
        "at once": partial(Database.open, connect=inline, aside=at_once),
    }
)
