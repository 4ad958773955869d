"""The one place where the parts are put together: settings, database, content, client, journeys, ticker.

`assemble` builds the house, for production, for the try-out and for the tests alike; `run` lives in it.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Final

import aiohttp
import discord
import structlog

from bot import seams
from bot.client import Porchlight
from bot.clock import Clock, SystemClock, use_pinned_zones
from bot.content.library import Library, load_library
from bot.errors import DiscordUnreachable, ForOperator, GatewayRefused, TokenRefused
from bot.journey.courier import Courier
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.keys import MasterKeys
from bot.rules.consent import QUESTIONS, Questions
from bot.rules.retention import Retention
from bot.settings import DeliverySettings, RetentionSettings, Settings
from bot.store import Database, Reserve
from bot.store.backup import keep_all_backups_private
from bot.ticker import Ticker

log = structlog.stdlib.get_logger(__name__)

# Cogs are named, never imported: what Porchlight is does not depend on how it speaks.
COURIER: Final = "cogs.courier"

# SIGTERM to exit takes 10 seconds at the most; these are the parts of it that can wait for something.
DRAIN_SECONDS: Final = 6.0
CLOSE_SECONDS: Final = 2.0

# What the gateway closes a connection with that came with a wrong token.
NOT_YOU: Final = 4004


@dataclass(frozen=True, slots=True)
class App:
    """The house, furnished and dark: nothing is connected, nothing ticks."""

    client: Porchlight
    journeys: Journeys
    database: Database
    traffic: Traffic
    ticker: Ticker


@asynccontextmanager
async def assemble(
    settings: Settings, master: MasterKeys, clock: Clock | None = None, questions: Questions = QUESTIONS
) -> AsyncIterator[App]:
    """Put everything together, and take it apart again. Raises DatabaseUnusable, MasterKeyWrong and AlreadyRunning."""
    use_pinned_zones()
    library = load_library()
    storage = settings.storage
    reserve = Reserve.of_megabytes(storage.ballast_megabytes, storage.free_megabytes_at_least)
    keys = settings.sealing.keys
    async with Database.open(storage.url, master, keys=keys, reserve=reserve, questions=questions) as database:
        app = furnish(settings, database, library, clock or SystemClock())
        await app.journeys.deliver.begin()
        yield app


def furnish(settings: Settings, database: Database, library: Library, clock: Clock) -> App:
    """One client, its courier, the journeys and the ticker, over a database that is open."""
    delivery = settings.delivery
    traffic = Traffic(database, clock, limits_of(delivery))
    client = Porchlight(library, database, traffic.heard, settings.operator)
    courier: Courier = import_module(COURIER).build(client, traffic)
    journeys = Journeys.over(database, clock, library, courier, traffic, retention_of(settings.retention))
    client.admit(journeys)
    seams.outlive_nonsense(client, client.read_in_vain)
    ticker = Ticker(clock, journeys.deliver.run, delivery.wake_at_most_seconds, keep_house=journeys.housekeep.run)
    return App(client, journeys, database, traffic, ticker)


def limits_of(delivery: DeliverySettings) -> Limits:
    """What the settings say about how fast we go."""
    return Limits(
        rate_per_second=delivery.rate_per_second,
        at_once=delivery.at_once,
        batch=delivery.batch,
        call=timedelta(seconds=delivery.send_timeout_seconds),
        opens_per_minute=delivery.dm_opens_per_minute,
        opens_per_day=delivery.dm_opens_per_day,
        refusals=delivery.refusals_in_ten_minutes,
    )


def retention_of(retention: RetentionSettings) -> Retention:
    """What the settings say about how long anything is held."""
    return Retention(
        inactive_members=timedelta(days=retention.inactive_members),
        answers=timedelta(days=retention.answers),
        delivery_records=timedelta(days=retention.delivery_records),
        withdrawn_consents=timedelta(days=retention.withdrawn_consents),
    )


async def run(settings: Settings, master: MasterKeys) -> None:
    """Connect to Discord and deliver, until SIGTERM or SIGINT.

    Raises TokenRefused when Discord does not accept the token, DiscordUnreachable when it cannot be reached at start,
    GatewayRefused when it lets nobody connect, Superseded when another copy takes the database over, DatabaseUnusable
    when it turns out to be damaged, MasterKeyWrong when it was sealed with another master key.
    """
    gateway = settings.discord.gateway_url
    seams.point_to(str(settings.discord.api_url), None if gateway is None else str(gateway))
    stop = asyncio.create_task(stop_signal().wait())
    await asyncio.to_thread(keep_all_backups_private, settings.backups.folder)
    async with assemble(settings, master) as app:
        await _log_in(app.client, settings)
        spare_the_collector()
        connection = asyncio.create_task(app.client.connect())
        refused = asyncio.create_task(app.traffic.token_refused.wait())
        trouble = asyncio.create_task(app.database.trouble())
        app.ticker.start()
        log.info("porchlight.started")
        try:
            await asyncio.wait({connection, stop, refused, trouble}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for watch in (stop, refused, trouble):
                watch.cancel()
            await _leave(app, connection)
        if app.traffic.token_refused.is_set():
            raise TokenRefused
        if trouble.done() and not trouble.cancelled():
            raise trouble.result()
        if connection.done() and not connection.cancelled():
            _explain_end(connection)


def spare_the_collector() -> None:
    """What is there by now, stays: to look through all of it again and again would stop us for 80 ms each time."""
    gc.collect()
    gc.freeze()


async def _log_in(client: Porchlight, settings: Settings) -> None:
    try:
        await client.login(settings.discord.token.get_secret_value())
    except discord.LoginFailure:
        await client.close()
        raise TokenRefused from None
    except ForOperator:
        await client.close()
        raise
    except (aiohttp.ClientError, OSError, discord.HTTPException) as error:
        await client.close()
        raise DiscordUnreachable(
            f"Discord cannot be reached at {settings.discord.api_url}: {error}. Check the network and discord.api_url."
        ) from None


async def _leave(app: App, connection: asyncio.Task[None]) -> None:
    """Claim nothing more, finish what is under way, then hang up."""
    app.journeys.deliver.stop()
    await app.ticker.stop(DRAIN_SECONDS)
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await app.client.close()
            await connection
    except TimeoutError:
        connection.cancel()
    except Exception:
        log.debug("porchlight.connection_ended", exc_info=True)
    log.info("porchlight.stopped")


def _explain_end(connection: asyncio.Task[None]) -> None:
    """Turn the end of the connection into an error that says what to do; no error when we hung up ourselves."""
    error = connection.exception()
    if isinstance(error, discord.ConnectionClosed) and error.code == NOT_YOU:
        raise TokenRefused from None
    if isinstance(error, discord.ConnectionClosed | discord.PrivilegedIntentsRequired):
        raise GatewayRefused(
            f"Discord refuses the connection: {error} Look at the bot's page in the Developer Portal, and for a newer "
            "version of Porchlight."
        ) from None
    if error is not None:
        raise error


def stop_signal() -> asyncio.Event:
    """Set when the operator, or Ctrl-C, asks the process to end."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
