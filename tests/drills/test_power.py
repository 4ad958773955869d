"""Power cuts: whatever was acknowledged is there when the power comes back, nothing is half there, the file is sound.

The real store writes to a disk that can lose what was not synced (tests/support/power.py): people opt in, nudges are
claimed and settled, many at a time, with checkpoints in between. The cut comes at any moment at which something is
asked of the disk. The same with synchronous=NORMAL does lose acknowledged work, so this proof can fail.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.errors import DatabaseUnusable
from bot.rules.consent import Purpose
from bot.rules.delivery import Fate
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import Plan, PlanState, Size, Wishes
from bot.rules.schedule import Window
from bot.store import Database, Records
from bot.store.migrate import migrate
from bot.store.occurrences import Settled
from tests.support.keys import MASTER
from tests.support.power import PowerDisk
from tests.support.sql import looking_into

NOW = datetime(2026, 6, 1, 16, tzinfo=UTC)
PEOPLE = 6
WISHES = Wishes("Europe/Berlin", Window(18 * 60, 20 * 60), per_week=3, size=Size.SMALL, discreet=False)
WEAKLY = {"PRAGMA synchronous = FULL": "PRAGMA synchronous = NORMAL"}
SHORT, LONG = 12, 120


@dataclass
class Life:
    """What one member's steps were, and how many of them somebody was told are done. Step 0 is the opt-in."""

    member_id: int
    acknowledged: int = 0

    def nudge(self, round_: int) -> Occurrence:
        slot = (NOW + timedelta(days=round_)).date().isoformat()
        return Occurrence(
            occurrence_id=occurrence_id(self.member_id, Kind.NUDGE, slot),
            member_id=self.member_id,
            kind=Kind.NUDGE,
            slot=slot,
            state=State.CLAIMED,
            nudge_id="a-nudge",
            due_at=NOW + timedelta(days=round_),
            until_at=NOW + timedelta(days=round_, hours=2),
            claim=f"claim {round_}",
            wake_at=NOW,
            attempts=1,
            first_tried_at=NOW,
        )

    def plan(self, round_: int) -> Plan:
        return Plan(self.member_id, WISHES, PlanState.ACTIVE, NOW, next_due_at=NOW + timedelta(days=round_))

    async def opt_in(self, records: Records) -> None:
        await records.members.put(self.member_id, None, "en", NOW)
        await records.consents.give(self.member_id, {Purpose.NUDGES: 1, Purpose.ANSWERS: 1}, NOW)
        await records.plans.put(self.plan(0))

    async def claim(self, records: Records, round_: int) -> None:
        await records.occurrences.add([self.nudge(round_)])
        await records.plans.put_all([self.plan(round_ + 1)])

    async def settle(self, records: Records, round_: int) -> None:
        place = (self.member_id, round_)
        settled = Settled(self.nudge(round_), Fate(State.SENT), place, NOW)
        assert await records.occurrences.settle_all([settled]) == [True]

    async def live(self, database: Database) -> None:
        """Step after step, until cancelled."""
        await database.write(self.opt_in)
        self.acknowledged = 1
        for round_ in range(1_000):
            for step in (self.claim, self.settle):
                await database.write(partial(step, round_=round_))
                self.acknowledged += 1

    async def found(self, records: Records) -> int:
        """How many steps are there. Asserts that none of them is there by half."""
        held = Counter({table: len(rows) for table, rows in (await records.holdings.of(self.member_id)).items()})
        if not held:
            return 0
        plan = await records.plans.get(self.member_id)
        assert plan is not None
        assert plan.next_due_at is not None
        rounds = (plan.next_due_at - NOW).days
        assert held == Counter(member=1, consent=2, plan=1, occurrence=rounds)
        states = [await records.occurrences.get(self.nudge(one).occurrence_id) for one in range(rounds)]
        sent = [one for one in states if one is not None and one.state is State.SENT]
        assert all(one == replace(one, claim=None, message_id=n) for n, one in enumerate(sent))
        return 1 + rounds + len(sent)


@dataclass
class Ruin:
    """What is left after one cut, and what had been acknowledged by then."""

    folder: Path
    acknowledged: dict[int, int] = field(default_factory=dict)
    pragmas: tuple[object, ...] = ()
    is_cut: bool = False


async def cut(seed: int, folder: Path, template: Path, instead: dict[str, str]) -> Ruin:
    """Live until the power goes, at a moment that the seed decides."""
    chance = random.Random(seed)  # noqa: S311 - a seed reproduces the run
    disk, ruin = PowerDisk(), Ruin(folder / "after")
    before = folder / "before"
    before.mkdir(mode=0o700)
    ruin.folder.mkdir(mode=0o700)
    shutil.copy(template, before / "a.db")
    lives = [Life(member_id) for member_id in range(1, PEOPLE + 1)]
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()

    def power_goes() -> None:
        ruin.acknowledged = {life.member_id: life.acknowledged for life in lives}
        disk.cut(chance, ruin.folder)
        ruin.is_cut = True
        loop.call_soon_threadsafe(gone.set)

    # A log that is folded into the file often, so that many cuts meet that moment.
    checkpoint = f"PRAGMA wal_autocheckpoint = {chance.choice([5, 20, 60, 1_000])}"

    def connect(path: Path) -> object:
        return disk.connect(path, checkpoint, instead=instead)

    async with Database.open(f"sqlite:///{before}/a.db", MASTER, connect=connect) as database:
        ruin.pragmas = await database.write(pragmas)
        disk.at(disk.asked + chance.randint(1, 1_200), power_goes)
        living = [asyncio.create_task(life.live(database)) for life in lives]
        living.append(asyncio.create_task(scrub_now_and_then(database, chance)))
        await asyncio.wait([*living, asyncio.create_task(gone.wait())], return_when=asyncio.FIRST_COMPLETED)
        for task in living:
            task.cancel()
        ended = await asyncio.gather(*living, return_exceptions=True)
    assert [one for one in ended if not isinstance(one, asyncio.CancelledError)] == []
    assert ruin.is_cut
    return ruin


async def pragmas(records: Records) -> tuple[object, ...]:
    connection = records.facts._connection
    return tuple(
        [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
    )


async def scrub_now_and_then(database: Database, chance: random.Random) -> None:
    while True:
        await asyncio.sleep(chance.uniform(0.02, 0.3))
        await database.scrub()


async def lost(ruin: Ruin) -> int:
    """Open what is left, as the next start does. How many acknowledged steps are missing."""
    try:
        return await missing_in(ruin)
    except DatabaseUnusable:
        # Keys that were lost take everything along.
        return sum(ruin.acknowledged.values())


async def missing_in(ruin: Ruin) -> int:
    missing = 0
    async with Database.open(f"sqlite:///{ruin.folder}/a.db", MASTER) as database:
        for member_id, acknowledged in ruin.acknowledged.items():
            found = await database.read(Life(member_id).found)
            # What was under way when the power went may be there.
            assert found <= acknowledged + 1
            missing += max(0, acknowledged - found)
        await database.write(Life(999).opt_in)
    with looking_into(ruin.folder / "a.db") as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    return missing


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of today, made once."""
    path = tmp_path_factory.mktemp("template") / "a.db"
    migrate(path)
    return path


async def after_cuts(folder: Path, template: Path, cuts: int, instead: dict[str, str]) -> tuple[list[Ruin], list[int]]:
    ruins, losses = [], []
    for seed in range(cuts):
        place = folder / f"{seed}"
        place.mkdir()
        ruins.append(await cut(seed, place, template, instead))
        losses.append(await lost(ruins[-1]))
        shutil.rmtree(place)
    return ruins, losses


async def test_whatever_was_acknowledged_before_a_power_cut_is_there_after_it(
    tmp_path: Path, template: Path, record: Callable[..., None], *, long: bool
) -> None:
    ruins, losses = await after_cuts(tmp_path, template, LONG if long else SHORT, {})

    assert {ruin.pragmas for ruin in ruins} == {("wal", 2)}
    steps = sum(sum(ruin.acknowledged.values()) for ruin in ruins)
    record(cuts=len(ruins), acknowledged=steps, lost=sum(losses))
    assert sum(losses) == 0
    assert steps > 20 * len(ruins), "there was something to lose"


async def test_with_less_than_full_syncing_acknowledged_work_is_lost(
    tmp_path: Path, template: Path, record: Callable[..., None], *, long: bool
) -> None:
    """The control: on the same disk, with the guard taken away, the proof above fails."""
    ruins, losses = await after_cuts(tmp_path, template, LONG if long else SHORT, WEAKLY)

    assert {ruin.pragmas for ruin in ruins} == {("wal", 1)}
    record(cuts_without_full=len(ruins), that_lost=sum(map(bool, losses)), lost_without_full=sum(losses))
    assert sum(losses) > 0
