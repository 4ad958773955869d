"""A small simulated Discord with the real client in it: one server, Sam who moderates it, Robin who is a member."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import discord
import simcord
from discord import app_commands
from pydantic import SecretStr

from bot.app import App, assemble
from bot.client import Interaction, Porchlight, cause_of
from bot.clock import SystemClock
from bot.errors import ForMember
from bot.keys import MasterKeys
from bot.settings import DeliverySettings, DiscordSettings, Settings, StorageSettings

SERVER: Final = "Lantern House"
CHANNEL: Final = "welcome"

# Every press waits for the bot to come to rest; here that includes the SQLite file and, at times, moved time.
SETTLE_SECONDS: Final = 30.0


class SimulatedClock:
    """The simulated Discord's own time. It stands still until somebody moves it; waits are measured in real seconds.

    SimCord replaces `time.monotonic` while it runs, so the real one is taken by name, beforehand.
    """

    def __init__(self) -> None:
        self._env: simcord.Env | None = None

    def follow(self, env: simcord.Env) -> None:
        self._env = env

    def now(self) -> datetime:
        return self._env.now() if self._env else datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return monotonic()

    def set_by(self) -> timedelta:
        """Moving time by hand is how it passes here."""
        return timedelta()


@dataclass(frozen=True, slots=True)
class World:
    """The simulated Discord, who is in it, and the app that lives in it."""

    app: App
    env: simcord.Env
    channel: simcord.ChannelHandle
    moderator: simcord.MemberActor
    member: simcord.MemberActor


@asynccontextmanager
async def open_world(database: Path) -> AsyncIterator[World]:
    """Build it, at today's date, with the bot logged in and its commands synced."""
    clock = SimulatedClock()
    settings = Settings(
        discord=DiscordSettings(token=SecretStr("simulated")),
        storage=StorageSettings(url=f"sqlite:///{database}", ballast_megabytes=0, free_megabytes_at_least=0),
        delivery=DeliverySettings(),
    )
    async with (
        assemble(settings, MasterKeys.fresh(), clock) as app,
        simcord.run(app.client, shard_count=1, check_errors=False, settle_timeout=SETTLE_SECONDS) as env,
    ):
        _answer_kindly(app.client)
        clock.follow(env)
        await env.advance_time((SystemClock().now() - env.now()).total_seconds())
        assert app.client.user is not None
        await app.client.user.edit(username="Porchlight")
        guild = env.create_guild(SERVER)
        channel = guild.create_text_channel(CHANNEL)
        moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
        sam = guild.add_member(env.create_user("sam", global_name="Sam"), roles=[moderators])
        robin = guild.add_member(env.create_user("robin", global_name="Robin"))
        await env.settle()
        app.ticker.start()
        try:
            yield World(app, env, channel, sam, robin)
        finally:
            app.journeys.deliver.stop()
            await app.ticker.stop(within=5)


def _answer_kindly(client: Porchlight) -> None:
    """Let a sentence that tells a member what is missing be an answer.

    SimCord notes whatever ends a command as a fault, and after a fault its page waits for ever, with the command in the
    box. Real faults go on being noted.
    """
    note = client.tree.on_error

    async def on_error(interaction: Interaction, error: app_commands.AppCommandError) -> None:
        if isinstance(cause_of(error), ForMember):
            await type(client.tree).on_error(client.tree, interaction, error)
        else:
            await note(interaction, error)

    client.tree.on_error = on_error  # type: ignore[method-assign]
