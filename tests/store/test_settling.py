"""What became of many letters is written down in one go; each of them by its own claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.content.library import Library
from bot.rules.delivery import Fate
from bot.rules.occurrence import Occurrence, State
from bot.store.occurrences import Settled
from tests.support.courier import DM_CHANNEL
from tests.support.house import ALEX, ROBIN, House, nudge_of, open_house


async def claimed(house: House, member_id: int, claim: str) -> Occurrence:
    now = house.clock.now()
    tried = {"wake_at": now + timedelta(minutes=1), "attempts": 1, "first_tried_at": now}
    one = nudge_of(member_id, "2026-11-24", now, state=State.CLAIMED, claim=claim, **tried)
    await house.database.write(lambda records: records.occurrences.add([one]))
    return one


async def test_of_those_that_are_settled_together_only_the_one_with_a_lost_claim_stays_as_it_is(
    tmp_path: Path, library: Library
) -> None:
    async with open_house(tmp_path, library) as house:
        for member_id in (ALEX, ROBIN):
            await house.start(member_id)
        ours, lost = await claimed(house, ALEX, "ours"), await claimed(house, ROBIN, "somebody else's")
        place, now = (DM_CHANNEL, 7), house.clock.now()
        both = [Settled(one, Fate(State.SENT), place, now) for one in (ours, replace(lost, claim="ours"))]

        settled = await house.database.write(lambda records: records.occurrences.settle_all(both))

        assert settled == [True, False]
        assert (await house.occurrence(ours.occurrence_id)).state is State.SENT
        assert await house.occurrence(lost.occurrence_id) == lost


async def test_one_that_is_settled_already_is_not_settled_again(tmp_path: Path, library: Library) -> None:
    async with open_house(tmp_path, library) as house:
        await house.start()
        one = await claimed(house, ROBIN, "ours")
        end = [Settled(one, Fate(State.SENT), (DM_CHANNEL, 7), house.clock.now())]
        await house.database.write(lambda records: records.occurrences.settle_all(end))

        again = [replace(end[0], fate=Fate(State.UNKNOWN))]

        assert await house.database.write(lambda records: records.occurrences.settle_all(again)) == [False]
        assert (await house.occurrence(one.occurrence_id)).state is State.SENT


async def test_a_dm_channel_is_written_down_once(tmp_path: Path, library: Library) -> None:
    async with open_house(tmp_path, library) as house:
        await house.start()
        written: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith("UPDATE member"):
                written.append(statement)

        event.listen(house.database._units._writer.sync_engine, "before_cursor_execute", note)
        nudge = await house.to_next_nudge()

        assert (nudge.state, nudge.channel_id) == (State.SENT, DM_CHANNEL)
        assert written == []
