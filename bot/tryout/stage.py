"""What the page shows: one place at a time, and a clock that is moved by hand.

SimCord's Preview shows one channel to one viewer, so going elsewhere closes one and opens another. One thing happens at
a time: SimCord refuses operations that overlap.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import discord
import simcord
from simcord.preview import Preview

from bot.rules.schedule import is_zone
from bot.tryout.world import World

LOCALES: Final = frozenset(locale.value for locale in discord.Locale)
A_MOMENT: Final = timedelta(seconds=1)


class Place(StrEnum):
    """Who the visitor is, and where."""

    MODERATOR = "moderator"
    MEMBER = "member"
    DM = "dm"


# What to try next where nothing waits to be sent, by where the visitor is.
NOTHING_WAITS: Final = MappingProxyType({Place.MODERATOR: "go_member", Place.MEMBER: "start", Place.DM: "go_server"})


@dataclass(frozen=True, slots=True)
class View:
    """What the bar of the page says."""

    place: Place
    frame: str
    """The address of the Preview for this place, below the page's own."""
    now: datetime
    hint: str
    """The name of the next thing to try, in the catalogue."""
    nudge_waits: bool
    unread: int
    """Messages in Robin's DM that were not looked at yet."""


class Stage:
    """The place that is shown. `one_at_a_time` is held by whoever changes anything in the simulated Discord."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._place = Place.MODERATOR
        self._preview: Preview | None = None
        self._opened = 0
        self._seen_in_dm = 0
        self._zone = "UTC"
        self._locale = "en-GB"
        self.one_at_a_time = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, world: World) -> AsyncIterator[Stage]:
        stage = cls(world)
        await stage.go(Place.MODERATOR)
        try:
            yield stage
        finally:
            await stage._close()

    async def suit(self, zone: str, locale: str) -> None:
        """Show times in that zone and locale, where they are ones that Discord knows."""
        known = (zone if is_zone(zone) else self._zone, locale if locale in LOCALES else self._locale)
        if known != (self._zone, self._locale):
            self._zone, self._locale = known
            await self.go(self._place)

    @property
    def upstream(self) -> str | None:
        """Where the current Preview listens; None when its own menu closed it."""
        if self._preview is None or self._preview._closed:  # noqa: SLF001 - it has no public word for this
            return None
        return self._preview.url.partition("/#")[0]

    async def view(self) -> View:
        if self.upstream is None:
            await self.go(self._place)
        assert self._preview is not None
        async with self.one_at_a_time:
            waits = await self._world.app.journeys.adjust.is_waiting(self._world.member.id)
            in_dm = len(self._world.member.user.dm_channel.history())
            if self._place is Place.DM:
                self._seen_in_dm = in_dm
            capability = self._preview.url.partition("#")[2]
            return View(
                place=self._place,
                frame=f"/stage?{self._opened}#{capability}",
                now=self._world.env.now(),
                hint=await self._hint(nudge_waits=waits),
                nudge_waits=waits,
                unread=in_dm - self._seen_in_dm,
            )

    async def go(self, place: Place) -> None:
        """Show that place."""
        async with self.one_at_a_time:
            await self._go(place)

    async def next_nudge(self) -> None:
        """Move time to the next nudge, let the scheduler wake up, and look into the DM."""
        async with self.one_at_a_time:
            due = await self._world.app.journeys.deliver.next_due()
            if due is not None:
                await self._move_to(due + A_MOMENT)
                await self._go(Place.DM)

    async def move(self, by: timedelta) -> None:
        """Move time, and let everything that falls due on the way happen when it is due."""
        async with self.one_at_a_time:
            until = self._world.env.now() + by
            while (due := await self._world.app.journeys.deliver.next_due()) and due < until:
                await self._move_to(due + A_MOMENT)
            await self._move_to(until)

    async def _move_to(self, instant: datetime) -> None:
        env = self._world.env
        await env.advance_time(max(0.0, (instant - env.now()).total_seconds()))
        await self._world.app.ticker.wake()
        await env.settle()
        if self._preview is not None and self.upstream:
            await self._preview.refresh()

    async def _go(self, place: Place) -> None:
        await self._close()
        world = self._world
        self._place = place
        if place is Place.DM:
            channel = world.member.user.dm_channel
            viewer: simcord.MemberActor | simcord.UserHandle = world.member.user
        else:
            channel = world.channel
            viewer = world.moderator if place is Place.MODERATOR else world.member
        preview = world.env.preview(
            channel, viewers=[viewer], layout="channel", timezone=self._zone, locale=self._locale
        )
        self._preview = await preview.__aenter__()
        self._opened += 1

    async def _close(self) -> None:
        if self._preview is not None:
            await self._preview.close()
            self._preview = None

    async def _hint(self, *, nudge_waits: bool) -> str:
        """The next thing to try, from what has happened so far."""
        guild_id = self._world.moderator.guild.id
        if not await self._world.app.journeys.enable.is_on(guild_id):
            return "setup" if self._place is Place.MODERATOR else "go_moderator"
        if not nudge_waits:
            return NOTHING_WAITS[self._place]
        return "answer" if self._place is Place.DM else "go_dm"
