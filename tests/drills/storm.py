"""kill -9 at random moments, again and again, under load, beside a Discord that is slow, lies and loses answers.

One storm is one process at a time over one file. Between two kills new members come due, and now and then minutes go
by, so that claims, waits and nonces run out as they would. In between, members press. At the end the weather clears and
the process runs until nothing is due; then `judge` looks at every member.

The seed fixes what is tried and how much; what the machine's own timing makes of it is different each time. A storm
runs by itself too: python -m tests.drills.storm <seed> <kills> <folder>
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.rules.schedule import Window
from bot.store.migrate import migrate
from tests.drills.judge import Verdict, is_sound, judge, pass_time
from tests.support.crowd import FIRST, Someone, fill, just_now, milliseconds, zone_where_it_is
from tests.wire.double import Double
from tests.wire.faults import Asked, Ending, Fault, Rule, refuse, take_and, take_and_say, too_many, web_page
from tests.wire.mail import dm_of, member_of
from tests.wire.nursery import ROOT, Nursery
from tests.wire.process import Bot

# A kill comes anywhere from the first instruction to well into the sending.
LATEST_KILL_SECONDS = 2.0
LATEST_KILL_OF_A_WHOLE_START_SECONDS = 6.0
# One start in so many is the long way: `python -m bot run`, modules and all.
WHOLE_EVERY = 25
SLOWEST_SECONDS = 0.6
# Each life opens a handful of the DMs that are not open yet, so the end takes as many as there are such members.
TO_CLEAR_UP = 60
LIVING = "SELECT state, attempts, due_at, wake_at, until_at FROM occurrence WHERE wake_at IS NOT NULL LIMIT 5"
ALL_OF_THE_DAY = Window(8 * 60, 22 * 60)

# Of a thousand messages, how many meet what.
WEATHER: tuple[tuple[int, Fault], ...] = (
    (25, take_and(Ending.SILENCE)),
    (20, take_and(Ending.RESET)),
    (10, take_and(Ending.HALF_CLOSED)),
    (15, take_and_say(504)),
    (10, take_and_say(503)),
    (10, Fault(ending=Ending.RESET)),
    (10, Fault(ending=Ending.SILENCE)),
    (10, refuse(500)),
    (5, refuse(502)),
    (5, refuse(408)),
    (3, too_many(0.4)),
    (5, too_many(0.3, scope="shared")),
    (1, web_page(429)),
)


@dataclass
class Storm:
    bot: Bot
    double: Double
    seed: int
    kills: int
    fresh: int
    """How many members come due before each start."""
    people: dict[int, Someone] = field(default_factory=dict)
    pressed: set[int] = field(default_factory=set)
    """Whose press was answered: it has to be in the file, whatever comes."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - chance that can be had again
        self.zone = zone_where_it_is(12)


async def run_storm(storm: Storm) -> Verdict:
    """All of it. Raises AssertionError where the process or the file came to harm."""
    storm.bot.settings |= {
        "PORCHLIGHT_DELIVERY__RATE_PER_SECOND": "45",
        "PORCHLIGHT_DELIVERY__SEND_TIMEOUT_SECONDS": "2",
        "PORCHLIGHT_DELIVERY__DM_OPENS_PER_DAY": "100000",
        "PORCHLIGHT_DELIVERY__DM_OPENS_PER_MINUTE": "60",
    }
    storm.double.faults.always(weather(storm.dice))
    for number in range(1, storm.kills + 1):
        await let_time_pass(storm)
        come_due(storm)
        await live_and_die(storm, number)
        if number % 25 == 0:
            sys.stderr.write(f"storm {storm.seed}: {number} of {storm.kills} kills, {len(storm.people)} members\n")
    storm.double.faults.stop()
    await clear_up(storm)
    assert is_sound(storm.bot)
    assert "Traceback" not in storm.bot.said
    answered = {row[0] for row in storm.bot.sql("SELECT member_id FROM occurrence WHERE answered_at IS NOT NULL")}
    verdict = judge(storm.bot, storm.double, storm.people)
    return replace(verdict, presses=len(storm.pressed), forgotten=len(storm.pressed - answered))


def weather(dice: random.Random) -> Rule:
    """What each request meets; most of them nothing."""

    def rule(asked: Asked) -> Fault | None:
        if asked.route in ("history", "open", "callback"):
            return refuse(500) if dice.random() < 0.02 else None
        if asked.route != "send":
            return None
        if dice.random() < 0.05:
            return Fault(taken=True, slow=dice.uniform(0.05, SLOWEST_SECONDS))
        left = dice.randrange(1000)
        for share, fault in WEATHER:
            left -= share
            if left < 0:
                return fault
        return None

    return rule


async def let_time_pass(storm: Storm) -> None:
    """Now and then; no request is on its way for minutes."""
    if storm.dice.random() < 0.3:
        await storm.double.until(lambda: storm.double.pending == 0)
        pass_time(storm.bot, storm.double, 60 * storm.dice.uniform(1, 12))


def come_due(storm: Storm) -> None:
    new = [_someone(storm, FIRST + len(storm.people) + n) for n in range(storm.fresh)]
    fill(storm.bot.file, new)
    storm.people |= {one.member_id: one for one in new}


def _someone(storm: Storm, member: int) -> Someone:
    """Most have all day; for some the window closes in the next minute, and for a few it has closed.

    Those for whom it closes have been due for longer than the others, so that their letters are the next to leave.
    """
    local = datetime.now(UTC).astimezone(ZoneInfo(storm.zone))
    minute, kind = local.hour * 60 + local.minute, storm.dice.random()
    channel = dm_of(member) if storm.dice.random() < 0.97 else None
    due = just_now(storm.dice.uniform(0, 30))
    window = ALL_OF_THE_DAY
    if kind < 0.1:
        due, window = just_now(storm.dice.uniform(1800, 3600)), Window(8 * 60, minute + 1)
    elif kind < 0.13:
        due, window = just_now(3600) - timedelta(seconds=60), Window(8 * 60, minute)
    return Someone(member, due, storm.zone, window, channel)


async def live_and_die(storm: Storm, number: int) -> None:
    """One life of the process, of a length that chance decides, with presses in it."""
    whole = number % WHOLE_EVERY == 0
    await (storm.bot.launch_whole() if whole else storm.bot.launch())
    length = storm.dice.uniform(0, LATEST_KILL_OF_A_WHOLE_START_SECONDS if whole else LATEST_KILL_SECONDS)
    pressing = asyncio.create_task(press_now_and_then(storm, storm.double.identified))
    await asyncio.sleep(length)
    assert storm.bot.lives, f"it died by itself:\n{storm.bot.said[-3000:]}"
    await storm.bot.kill()
    pressing.cancel()
    await asyncio.gather(pressing, return_exceptions=True)


async def press_now_and_then(storm: Storm, identified: int) -> None:
    """Members answer what came; each press of which they saw the answer is remembered."""
    await storm.double.until(lambda: storm.double.identified > identified)
    while True:
        await asyncio.sleep(storm.dice.uniform(0.02, 0.3))
        channels = storm.double.mail.channels
        if not channels:
            continue
        channel = storm.dice.choice(list(channels))
        card = storm.double.mail.show(channels[channel][0])
        if "did_it" not in str(card["components"]):
            continue
        who = member_of(channel)
        began = await storm.double.members.press(card, "did_it", who)
        began.answer.add_done_callback(partial(_note_press, storm, who))


def _note_press(storm: Storm, who: int, answer: asyncio.Future[dict[str, object]]) -> None:
    if not answer.cancelled() and "You did it" in str(answer.result()["components"]):
        storm.pressed.add(who)


async def clear_up(storm: Storm) -> None:
    """Let it run until nothing is due, and nothing waits; minutes go by in between."""
    for _ in range(TO_CLEAR_UP):
        await storm.double.until(lambda: storm.double.pending == 0)
        pass_time(storm.bot, storm.double, 900)
        await storm.bot.start()
        for _ in range(200):
            if not overdue(storm.bot):
                break
            await asyncio.sleep(0.2)
        await storm.bot.terminate()
        if not storm.bot.sql(LIVING) and not overdue(storm.bot):
            return
    raise AssertionError(f"it did not come to an end: {storm.bot.sql(LIVING)}")


def overdue(bot: Bot) -> bool:
    now = milliseconds(datetime.now(UTC))
    claimed = bot.sql("SELECT 1 FROM occurrence WHERE wake_at <= ? OR state = 'claimed' LIMIT 1", now)
    return bool(claimed or bot.sql("SELECT 1 FROM plan WHERE next_due_at <= ? LIMIT 1", now))


async def several_storms(folder: Path, seeds: Sequence[int], kills: int) -> list[Verdict]:
    """Side by side, one process tree for each, so that all cores are used. Every one of them is seen to its end."""

    async def one(seed: int) -> Verdict:
        place = folder / f"storm-{seed}"
        place.mkdir(mode=0o700)
        arguments = ("-m", "tests.drills.storm", str(seed), str(kills), str(place))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, f"storm {seed} failed; see above"
        return Verdict(**json.loads(said.splitlines()[-1]))

    ended = await asyncio.gather(*(one(seed) for seed in seeds), return_exceptions=True)
    failed = [one for one in ended if isinstance(one, BaseException)]
    if failed:
        raise failed[0]
    return [one for one in ended if isinstance(one, Verdict)]


async def alone(seed: int, kills: int, folder: Path) -> Verdict:
    nursery = Nursery()
    try:
        async with Double.serve() as double:
            bot = Bot(folder, double, nursery)
            migrate(bot.file)
            return await run_storm(Storm(bot, double, seed, kills, fresh=20))
    finally:
        nursery.close()


if __name__ == "__main__":
    _seed, _kills, _folder = sys.argv[1:]
    sys.stdout.write(json.dumps(asdict(asyncio.run(alone(int(_seed), int(_kills), Path(_folder))))) + "\n")
