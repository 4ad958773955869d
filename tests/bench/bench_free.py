"""The double's limits lifted: nudges a second of the whole engine, beside a loop that only sends with discord.py.

Each leg is a fresh process, so that discord.py's table of buckets, which it looks through at every send to a channel
it has not seen, is empty at the start of each. All legs send to equally many channels, equally many at a time, to one
double, and take turns: engine, cards, text, engine, cards, text.

    engine  the real Deliver over a prepared file, the real DiscordCourier, the real client: claim, carry, settle
    cards   the same cards with the same nonces, built and sent by discord.py alone, nothing read and nothing written
    text    one line of text
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from time import perf_counter, process_time
from typing import Any

import discord

from bot import seams
from bot.client import Porchlight
from bot.clock import SystemClock, use_pinned_zones
from bot.content.library import load_library
from bot.journey.courier import Letter, NudgeNote
from bot.journey.journeys import Journeys
from bot.journey.traffic import Limits, Traffic
from bot.rules.occurrence import Kind, occurrence_id
from bot.store import Database
from cogs._ui.letters import letter_screen
from cogs.courier import build
from tests.bench import population, processes
from tests.bench.row import Row, Say, times
from tests.support.keys import MASTER

MEMBERS = 10_000
AT_ONCE = 100
# As many times more as the settings we ship with have it.
IN_HAND = 5 * AT_ONCE
ROUNDS = 2
LIFTED = 100_000.0
HALF = 0.5

Send = Callable[[int], Awaitable[Any]]


async def rows(members: int | None, say: Say) -> list[Row]:
    many = members or MEMBERS
    prepared = await population.opted_in(many)
    population.make_due(prepared, range(many))
    rates: dict[str, list[dict[str, float]]] = {"engine": [], "cards": [], "text": []}
    async with processes.double() as double:
        for turn in range(ROUNDS):
            for what, measured in rates.items():
                say(f"{what}, {turn + 1} of {ROUNDS}, {many:,} nudges")
                path = population.copy(prepared, "free") if what == "engine" else prepared
                await double.begin()
                measured.append(
                    await processes.leg("bench_free", what=what, api=double.api, path=str(path), members=many)
                )
                seen = await double.seen()
                assert (len(seen["sent_at"]), seen["again"]) == (many, 0), f"{what}: {len(seen['sent_at'])} messages"
    engine, cards, text = ([one["rate"] for one in measured] for measured in rates.values())
    pairs = [one / other for one, other in zip(engine, cards, strict=True)]
    return [
        Row(
            f"free: nudges a second of the whole engine, {many:,} due, {AT_ONCE} at once, beside bare discord.py sends",
            f"{_spread(engine)} beside {_spread(cards)}; processor per nudge {_cost(rates['engine'])} and "
            f"{_cost(rates['cards'])} ms",
            f">= {HALF} of bare",
            f"{statistics.median(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})",
            statistics.median(pairs) >= HALF,
        ),
        Row(
            "free: bare discord.py sends of one line of text, for comparison",
            _spread(text),
            ratio=f"engine is {times(statistics.median(engine), statistics.median(text))} of it",
        ),
    ]


def _spread(rates: list[float]) -> str:
    return f"{statistics.median(rates):,.0f}/s ({min(rates):,.0f} to {max(rates):,.0f})"


def _cost(measured: list[dict[str, float]]) -> str:
    return f"{statistics.median(one['processor_ms'] for one in measured):.2f}"


async def leg(what: str, api: str, path: str, members: int) -> None:
    use_pinned_zones()
    seams.point_to(api, None)
    timed = await (_engine(path) if what == "engine" else _bare(what, members))
    wall, processor = timed
    processes.found(rate=members / wall, processor_ms=processor / members * 1_000)


async def _engine(path: str) -> tuple[float, float]:
    """Deliver all that is due; seconds by the wall and of the processor."""
    library, clock = load_library(), SystemClock()
    async with Database.open(f"sqlite:///{path}", MASTER) as database:
        traffic = Traffic(database, clock, Limits(rate_per_second=LIFTED, at_once=AT_ONCE, batch=IN_HAND))
        client = Porchlight(library, database, traffic.heard)
        deliver = Journeys.over(database, clock, library, build(client, traffic), traffic).deliver
        await client.login(processes.TOKEN)
        began, used = perf_counter(), process_time()
        await deliver.run()
        spent = perf_counter() - began, process_time() - used
        await client.close()
    return spent


async def _bare(what: str, members: int) -> tuple[float, float]:
    """A loop over everybody's channel, AT_ONCE sends at a time."""
    language = load_library().language("en")
    client = discord.Client(intents=discord.Intents.none(), max_messages=None)
    await client.login(processes.TOKEN)
    nudges, ids = language.nudges, population.ids(range(members))

    async def card(place: int) -> None:
        name = occurrence_id(ids[place], Kind.NUDGE, "bare")
        note = NudgeNote(nudges[place % len(nudges)])
        letter = Letter(ids[place], None, name, "en", discreet=False, says=note)
        channel = client.get_partial_messageable(ids[place])
        await channel.send(view=letter_screen(letter, language.words), nonce=name)

    async def text(place: int) -> None:
        await client.get_partial_messageable(ids[place]).send("A small nudge for you today.")

    began, used = perf_counter(), process_time()
    await _all(card if what == "cards" else text, members)
    spent = perf_counter() - began, process_time() - used
    await client.close()
    return spent


async def _all(send: Send, members: int) -> None:
    places = iter(range(members))

    async def sender() -> None:
        for place in places:
            await send(place)

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    with processes.logging_as_shipped():
        asyncio.run(leg(**processes.given()))
