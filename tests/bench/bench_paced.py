"""Ten thousand nudges due in the same second, beside a Discord that enforces its limits, while members use commands.

The bot is the shipped process with the shipped rate; only its database was prepared. Members who have no nudge due use
slash commands meanwhile, through the gateway; what counts is the time from the event to the answer's arrival.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from bot.settings import DeliverySettings
from tests.bench import population, processes
from tests.bench.measure import percentile
from tests.bench.row import Row, Say, times

MEMBERS = 10_000
VISITORS = 500
DISCORD_PER_SECOND = 50
# A message takes this long to be answered, so that sends overlap.
LATENCY_SECONDS = 0.1
COMMANDS = (("nudge", "now"), ("streak", "show"), ("privacy", "show"))
COMMANDS_PER_SECOND = 4
SHARE, P99_MS = 0.95, 100


async def rows(members: int | None, say: Say) -> list[Row]:
    many = members or MEMBERS
    say(f"a file with {many:,} members who are due")
    path = population.copy(await population.opted_in(many + VISITORS), "paced")
    population.make_due(path, range(many))
    answered: list[float | None] = []
    async with processes.double() as double:
        await double.begin(per_second=DISCORD_PER_SECOND, latency=LATENCY_SECONDS)
        async with processes.bot(double, path):
            await double.until(lambda seen: seen["identified_at"] and seen["sent_at"])
            async with asyncio.TaskGroup() as commands:
                visiting = asyncio.create_task(_visit(double, many, commands, answered))
                try:
                    seen = await double.until(lambda seen: _all_sent(seen, many, say), every=1)
                finally:
                    visiting.cancel()
    return [_sending(many, seen), _answering(answered)]


async def _visit(
    double: processes.Double, many: int, commands: asyncio.TaskGroup, answered: list[float | None]
) -> None:
    """Members who are not due use commands, whether or not the ones before were answered."""

    async def use(name: str, sub: str, member: int) -> None:
        answered.append(await double.slash(name, sub, member))

    visitors = itertools.cycle(population.ids(range(many, many + VISITORS)))
    for (name, sub), member in zip(itertools.cycle(COMMANDS), visitors, strict=False):
        commands.create_task(use(name, sub, member))
        await asyncio.sleep(1 / COMMANDS_PER_SECOND)


def _all_sent(seen: dict[str, list[float]], many: int, say: Say) -> bool:
    say(f"{len(seen['sent_at']):,} of {many:,} nudges sent")
    return len(seen["sent_at"]) >= many


def _sending(many: int, seen: dict[str, Any]) -> Row:
    configured = DeliverySettings().rate_per_second
    rate = (many - 1) / (seen["sent_at"][-1] - seen["sent_at"][0])
    return Row(
        f"paced: {many:,} nudges due in the same second, Discord allows {DISCORD_PER_SECOND} requests a second",
        f"{rate:.1f}/s from the first to the last, peak {seen['peak']} requests in any one second, "
        f"{seen['refused']} answers 429, {seen['again']} sent twice",
        f">= {SHARE * configured:.0f}/s ({SHARE:.0%} of {configured:.0f}), no 429",
        times(rate, configured),
        rate >= SHARE * configured and not seen["refused"],
    )


def _answering(answered: list[float | None]) -> Row:
    came = [one for one in answered if one is not None]
    p99 = percentile(came, 0.99)
    return Row(
        f"paced: slash commands meanwhile, {COMMANDS_PER_SECOND} a second, from the event to the answer",
        f"p99 {p99:.0f} ms, median {percentile(came, 0.5):.0f} ms, worst {max(came):.0f} ms of {len(came)}; "
        f"{len(answered) - len(came)} never answered",
        f"p99 <= {P99_MS} ms",
        times(p99, P99_MS),
        p99 <= P99_MS and len(came) == len(answered),
    )
