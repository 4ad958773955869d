"""What two members found not OK goes out of circulation for everybody, and one member cannot empty the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from bot.content.library import Library
from bot.errors import NothingFits
from bot.journey.doubts import MEMBERS_AT_A_TIME, WITHDRAWN, Doubts, withdrawn
from bot.journey.traffic import Heard
from bot.rules.doubts import AT_ONCE
from bot.rules.occurrence import Answer
from bot.rules.plan import Size
from tests.journey.test_worst_moments import lose_key
from tests.support.house import ALEX, ROBIN, House

SASHA = 100_000_000_000_000_003
KIM = 100_000_000_000_000_004


@pytest.fixture
def odd(library: Library) -> str:
    """A nudge that could come to anybody in their first week."""
    nudges = library.language("en").nudges
    return next(one.nudge_id for one in nudges if one.theme == "notice" and not one.exposure and one.size is Size.TINY)


async def objects(house: House, member_id: int, nudge_id: str, answer: Answer = Answer.NOT_OK) -> None:
    """Somebody who had that nudge says what they say about it."""
    if not await house.rows(member_id):
        await house.start(member_id)
    days = 1 + len(await house.occurrences(member_id))
    had = await house.sent_earlier(nudge_id, member_id, days=days)
    await house.journeys.answer.press(member_id, had.occurrence_id, answer, "en")


async def out(house: House) -> frozenset[str]:
    return await house.database.read(withdrawn)


async def counted(house: House) -> frozenset[str]:
    """What is out of circulation once it was counted."""
    await Doubts(house.database).count()
    return await out(house)


# ------------------------------------------------------------------ who counts


async def test_a_nudge_that_two_members_object_to_is_withdrawn_at_night_and_no_sooner(house: House, odd: str) -> None:
    """At once, somebody who watches what still comes to them could tell when somebody objected."""
    await kept_at_night(house)
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await house.journeys.housekeep.run()
    assert await out(house) == frozenset()

    await kept_at_night(house)
    assert await out(house) == {odd}


async def test_one_member_who_objects_to_everything_and_to_one_twice_empties_nothing(house: House) -> None:
    some = [nudge.nudge_id for nudge in house.library.language("en").nudges][:12]
    for nudge_id in [*some, some[0]]:
        await objects(house, ROBIN, nudge_id)

    assert await counted(house) == frozenset()


async def test_who_found_it_not_for_them_does_not_count(house: House, odd: str) -> None:
    await objects(house, ROBIN, odd)
    await objects(house, ALEX, odd, Answer.NOT_FOR_ME)

    assert await counted(house) == frozenset()


async def test_who_left_no_longer_counts(house: House, odd: str) -> None:
    await objects(house, ROBIN, odd)
    await house.journeys.leave.delete(ROBIN)
    await objects(house, ALEX, odd)

    assert await counted(house) == frozenset()


async def test_who_brings_back_what_they_set_aside_no_longer_counts(house: House, odd: str) -> None:
    await objects(house, ROBIN, odd)
    await house.journeys.adjust.show_all_again(ROBIN)
    await objects(house, ALEX, odd)

    assert await counted(house) == frozenset()


async def test_a_nudge_comes_again_once_it_is_no_longer_two_who_object(house: House, odd: str) -> None:
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    assert await counted(house) == {odd}
    await house.journeys.leave.delete(ROBIN)

    with capture_logs() as lines:
        await kept_at_night(house)

    assert await out(house) == frozenset()
    assert {"event": "content.comes_again", "nudge": odd, "log_level": "info"} in lines


async def test_whose_key_is_gone_is_left_out_and_keeps_nobody_else_from_counting(
    house: House, tmp_path: Path, odd: str
) -> None:
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    lose_key(tmp_path, ALEX)
    assert await counted(house) == frozenset()

    await objects(house, SASHA, odd)

    assert await counted(house) == {odd}


async def test_many_members_are_counted_some_at_a_time(house: House, odd: str) -> None:
    """The first and the last of them object to the same one."""
    ids = range(ROBIN, ROBIN + 2 * MEMBERS_AT_A_TIME + 2)
    for member_id in ids:
        await house.database.write(
            lambda records, one=member_id: records.members.put(one, None, "en", house.clock.now())
        )
        theirs = odd if member_id in (ids[0], ids[-1]) else f"own-{member_id}"
        await house.database.write(
            lambda records, one=member_id, odd=theirs: records.refusals.object_to(one, odd, house.clock.now())
        )
    looks = Looks(house)

    assert await counted(house) == {odd}
    assert looks.pages == 4, "two full ones, the rest, and nobody"


# ------------------------------------------------------------------ when it is counted


class Looks:
    """How often those who set something aside were looked through."""

    def __init__(self, house: House) -> None:
        self.pages = 0
        self.writes = 0
        event.listen(house.database._units._reader.sync_engine, "before_cursor_execute", self._note)
        event.listen(house.database._units._writer.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        self.pages += statement.startswith("SELECT DISTINCT refusal.member_id")
        self.writes += statement.startswith("INSERT INTO fact") and WITHDRAWN in given


async def kept_at_night(house: House) -> None:
    house.courier.tells_time = lambda: house.traffic.heard(Heard(200, time=house.clock.now()))
    house.clock.move(days=1)
    await house.journeys.housekeep.run()


async def test_every_night_counts_anew_though_nobody_objected(house: House, odd: str) -> None:
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await counted(house)
    await house.database.write(lambda records: records.facts.put(WITHDRAWN, ""))

    await kept_at_night(house)

    assert await out(house) == {odd}


async def test_what_is_as_it_was_is_not_written_again_and_told_once_by_the_nudge_alone(house: House, odd: str) -> None:
    looks = Looks(house)
    with capture_logs() as lines:
        for member_id in (ROBIN, ALEX, SASHA):
            await objects(house, member_id, odd)
            await counted(house)

    assert looks.writes == 1
    told = [one for one in lines if one["event"].startswith("content.")]
    assert told == [{"event": "content.withdrawn", "nudge": odd, "log_level": "warning"}]


async def test_nothing_but_the_nudge_is_written_down_and_nothing_of_one_who_objects_alone(
    house: House, odd: str
) -> None:
    other = next(one.nudge_id for one in house.library.language("en").nudges if one.nudge_id != odd)
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await objects(house, SASHA, other)
    await counted(house)

    assert await house.database.read(lambda records: records.facts.get(WITHDRAWN)) == odd


async def test_when_as_many_are_out_as_can_be_the_log_says_so(house: House) -> None:
    many = [nudge.nudge_id for nudge in house.library.language("en").nudges][: AT_ONCE + 3]
    for member_id in (ROBIN, ALEX):
        await house.start(member_id)
        for nudge_id in many:
            await house.database.write(
                lambda records, who=member_id, one=nudge_id: records.refusals.object_to(who, one, house.clock.now())
            )

    with capture_logs() as lines:
        assert len(await counted(house)) == AT_ONCE

    assert {"event": "content.as_many_as_can_be", "nudges": AT_ONCE, "log_level": "warning"} in lines


# ------------------------------------------------------------------ what it means


async def leave_only(house: House, member_id: int, *nudge_ids: str) -> None:
    """Everything else this member has set aside."""
    for nudge in house.library.language("en").nudges:
        if nudge.nudge_id not in nudge_ids:
            await house.database.write(
                lambda records, one=nudge.nudge_id: records.refusals.refuse_nudge(member_id, one, house.clock.now())
            )


async def test_what_is_withdrawn_comes_to_nobody_whoever_asks(house: House, odd: str) -> None:
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await house.start(SASHA)
    await leave_only(house, SASHA, odd)

    await counted(house)

    with pytest.raises(NothingFits):
        await house.journeys.taste.of_today(SASHA, "en", 1)
    assert (await house.to_next_nudge(SASHA)).nudge_id is None


async def test_no_sample_is_of_what_is_withdrawn(house: House, odd: str, library: Library) -> None:
    nudges = [one for one in library.language("en").nudges if one.size is Size.TINY]
    still = {one.theme: one.nudge_id for one in nudges if not one.exposure and not one.flags}
    three = {odd, still["kind"], still["savour"]}
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await house.start(SASHA)
    await leave_only(house, SASHA, *three)
    assert {one.nudge_id for one in await house.journeys.taste.samples(SASHA, "en", Size.TINY)} == three

    await counted(house)

    assert {one.nudge_id for one in await house.journeys.taste.samples(SASHA, "en", Size.TINY)} == three - {odd}


async def test_a_nudge_that_was_asked_for_again_does_not_come_once_it_is_withdrawn(house: House, odd: str) -> None:
    await house.start(SASHA)
    had = await house.sent_earlier(odd, SASHA)
    await house.journeys.answer.later(SASHA, had.occurrence_id, 3, "en")
    assert (await house.plan(SASHA)).again_nudge_id == odd
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await counted(house)

    came = await house.to_next_nudge(SASHA)

    assert came.nudge_id != odd


# ------------------------------------------------------------------ somebody looks at it


async def test_what_was_looked_at_comes_again_but_not_to_who_set_it_aside(house: House, odd: str) -> None:
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await counted(house)

    await Doubts(house.database).put_back(odd)

    assert await out(house) == frozenset()
    for member_id in (ROBIN, ALEX):
        refused = await house.database.read(lambda records, one=member_id: records.refusals.of(one))
        assert odd in refused.nudges
        assert refused.not_ok == frozenset()


async def test_after_that_it_takes_two_members_anew(house: House, odd: str) -> None:
    for member_id in (ROBIN, ALEX):
        await objects(house, member_id, odd)
    await counted(house)
    await Doubts(house.database).put_back(odd)

    await objects(house, SASHA, odd)
    assert await counted(house) == frozenset()

    await objects(house, KIM, odd)
    assert await counted(house) == {odd}


async def test_looking_at_one_leaves_what_is_said_about_another(house: House, odd: str) -> None:
    other = next(one.nudge_id for one in house.library.language("en").nudges if one.nudge_id != odd)
    for nudge_id in (odd, other):
        for member_id in (ROBIN, ALEX):
            await objects(house, member_id, nudge_id)
    assert await counted(house) == {odd, other}

    await Doubts(house.database).put_back(odd)

    assert await out(house) == {other}
