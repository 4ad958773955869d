"""What goes by itself at night, and what never may: nobody by a wrong clock, nothing that another rule still reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from structlog.testing import capture_logs

from bot.content.library import Library
from bot.errors import NoLongerHeld
from bot.journey.housekeep import DELETED_AT_A_TIME, DIARY, MEMBERS_AT_A_TIME, ROWS_AT_A_TIME, _delete_gone
from bot.journey.journeys import Journeys
from bot.journey.past import pasts
from bot.journey.traffic import FRESH, Heard, Traffic
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind, Occurrence, State, occurrence_id
from bot.rules.plan import PlanState
from bot.rules.retention import LONGEST_BREAK, TIME_TO_COME_BACK, UNLESS_SET_OTHERWISE, cuts_of
from bot.store import Records, Reserve
from tests.support.house import ALEX, LIMITS, ROBIN, House, open_house
from tests.support.stores import ToldDisk

EVERYTHING = frozenset(Purpose)
A_YEAR = timedelta(days=365)
YEAR_AND_A_WEEK = 372


def discord_says(house: House, off: timedelta = timedelta(), **more: Any) -> None:
    """From now on Discord answers when it is asked for the time, and says that it is this much off ours."""
    right = house.clock.now

    def says() -> None:
        house.traffic.heard(Heard(200, time=right() + off, **more))

    house.courier.tells_time = says


async def nights(house: House, how_many: int, before_each: Callable[[], Any] | None = None, every: int = 1) -> None:
    """So many nights pass. House is kept on each, or every few: no break is longer than it may be."""
    assert timedelta(days=every) <= LONGEST_BREAK
    while how_many > 0:
        house.clock.move(days=min(every, how_many))
        how_many -= every
        if before_each is not None:
            await before_each()
        await house.journeys.housekeep.run()


async def long(house: House, days: int, before_each: Callable[[], Any] | None = None) -> None:
    """The same for a long time."""
    await nights(house, days, before_each, every=6)


async def settled_in(house: House) -> None:
    """House has been kept for so long that members can go."""
    discord_says(house)
    await long(house, TIME_TO_COME_BACK.days + 2)


async def members(house: House) -> set[int]:
    async def work(records: Records) -> set[int]:
        return set(await records.upkeep.members_after(0, 10_000))

    return await house.database.read(work)


async def full_member(house: House, member_id: int = ROBIN) -> None:
    """A member with a row in every table."""
    await house.start(member_id, purposes=EVERYTHING)
    nudge = await house.to_next_nudge(member_id)
    await house.journeys.answer.press(member_id, nudge.occurrence_id, Answer.NOT_OK, "en")
    await house.journeys.check_in.keep(member_id, member_id, {"word": "calm"}, "en")


# ------------------------------------------------------------------ members who were away


async def test_whoever_was_away_for_a_year_is_deleted_whole_and_not_written_to(house: House, tmp_path: Path) -> None:
    await full_member(house)
    trace = (await house.occurrences())[0].occurrence_id.encode()
    await house.journeys.leave.stop(ROBIN)
    sent = len(house.courier.sent)
    discord_says(house)

    await long(house, 364)
    assert await members(house) == {ROBIN}
    await nights(house, 5)
    assert await members(house) == {ROBIN}, "they set something aside, of which the month alone is known"
    await nights(house, 7)

    assert await house.rows() == {}
    assert not any(trace in path.read_bytes() for path in tmp_path.iterdir()), "as after /privacy delete"
    assert len(house.courier.sent) == sent


async def test_whoever_nudges_still_go_to_stays_though_nothing_comes_from_them(house: House) -> None:
    """Silence ends by itself after six, and one question; the year begins after that."""
    await house.start()
    discord_says(house)

    while (await house.plan()).state is PlanState.ACTIVE:
        await house.to_next_nudge()
        await house.journeys.housekeep.run()
    assert (await house.plan()).state is PlanState.QUIET
    last_sent = max(one.due_at for one in await house.occurrences())
    assert last_sent > house.clock.now() - timedelta(days=1)

    await long(house, 364, house.journeys.deliver.run)
    assert await members(house) == {ROBIN}
    await nights(house, 3, house.journeys.deliver.run)
    assert await members(house) == set()


async def press_something_old(house: House) -> None:
    nudge = next(one for one in await house.occurrences() if one.kind is Kind.NUDGE)
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_FOR_ME, "en")


async def check_in(house: House) -> None:
    await house.journeys.check_in.keep(ROBIN, 77, {"word": "calm"}, "en")


async def choose_rest(house: House) -> None:
    await house.journeys.streak.on(ROBIN)
    await house.journeys.streak.rest(ROBIN)


async def ask_for_one(house: House) -> None:
    assert (await house.journeys.taste.of_today(ROBIN, "en", 1)).occurrence_id is not None


async def agree(house: House) -> None:
    await house.journeys.review.agree(ROBIN, Purpose.COUNTS, 78)


async def take_back(house: House) -> None:
    await house.journeys.review.withdraw(ROBIN, Purpose.STREAK)


@pytest.mark.parametrize(
    "does",
    [check_in, choose_rest, ask_for_one, agree, take_back],
    ids=lambda one: one.__name__,
)
async def test_whatever_comes_from_a_member_keeps_them_for_another_year(
    house: House, does: Callable[[House], Any]
) -> None:
    await comes_once_more(house, does, gone_after=20)


async def test_setting_something_aside_keeps_them_for_a_year_and_to_the_end_of_its_month(house: House) -> None:
    """More than the month is not held."""
    await comes_once_more(house, press_something_old, gone_after=31)


async def comes_once_more(house: House, does: Callable[[House], Any], gone_after: int) -> None:
    """And is gone so many days after they are still there for sure."""
    await house.start(also=frozenset({Purpose.STREAK, Purpose.CHECK_INS}))
    await house.to_next_nudge()
    await house.journeys.review.withdraw(ROBIN, Purpose.NUDGES)
    discord_says(house)
    # So late that the nudge is still held, which it is for 120 days and as one of the last six.
    await long(house, 350)

    await does(house)
    await long(house, 360)
    assert await members(house) == {ROBIN}

    await long(house, gone_after)
    assert await members(house) == set()


async def test_what_a_member_presses_while_the_night_looks_at_them_keeps_them(house: House) -> None:
    """Found to be gone, then there again: the look in the transaction that deletes is the one that counts."""
    await house.start(also=frozenset({Purpose.CHECK_INS}))
    await house.journeys.leave.stop(ROBIN)
    house.clock.move(days=YEAR_AND_A_WEEK)
    cuts = cuts_of(UNLESS_SET_OTHERWISE, house.clock.now())
    found = await house.database.read(lambda records: records.upkeep.find([ROBIN], cuts))
    assert found.quiet == [ROBIN]

    await check_in(house)
    deleted = await house.database.write(lambda records: _delete_gone(found.quiet, cuts, records))

    assert deleted == 0
    assert await members(house) == {ROBIN}


async def test_a_letter_of_a_deleted_member_that_was_still_in_hand_goes_nowhere(house: House) -> None:
    """As a claim that died with its process, over a year ago, while its member was away."""
    await house.start()
    await house.journeys.leave.stop(ROBIN)
    long_ago = house.clock.now()
    hung = Occurrence(
        occurrence_id=occurrence_id(ROBIN, Kind.NUDGE, "2026-11-20"),
        member_id=ROBIN,
        kind=Kind.NUDGE,
        slot="2026-11-20",
        state=State.CLAIMED,
        nudge_id=(await nudge_ids(house))[0],
        due_at=long_ago,
        until_at=long_ago + timedelta(hours=2),
        wake_at=long_ago + timedelta(seconds=90),
        claim="of a process that is gone",
        attempts=1,
        first_tried_at=long_ago,
    )
    await house.database.write(lambda records: records.occurrences.add([hung]))
    discord_says(house)
    await long(house, YEAR_AND_A_WEEK)

    assert await members(house) == set()
    assert await house.journeys.deliver.run() is None
    assert house.courier.kinds == ["receipt"]


async def test_a_button_of_a_deleted_member_says_that_nothing_is_held_and_stop_is_no_trouble(house: House) -> None:
    await house.start()
    nudge = await house.to_next_nudge()
    await house.journeys.leave.stop(ROBIN)
    discord_says(house)
    await long(house, YEAR_AND_A_WEEK)

    with pytest.raises(NoLongerHeld):
        await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
    assert not await house.journeys.leave.stop(ROBIN)


async def nudge_ids(house: House) -> list[str]:
    return [nudge.nudge_id for nudge in house.library.languages["en"].nudges]


# ------------------------------------------------------------------ clocks that are wrong


async def away_but_not_for_long(house: House) -> None:
    """Robin was there two months ago, and house has been kept since long before."""
    await settled_in(house)
    await full_member(house)
    await house.journeys.leave.stop(ROBIN)
    await long(house, 60)


@pytest.fixture
async def robin(house: House) -> House:
    await away_but_not_for_long(house)
    return house


async def held(house: House) -> Any:
    """What is held about Robin, and the nights that are noted."""
    return await house.rows(), await house.database.read(lambda records: records.facts.get(DIARY))


async def last_night_kept(house: House) -> datetime:
    noted = await house.database.read(lambda records: records.facts.get(DIARY))
    return datetime.fromisoformat((noted or "").split(" ")[0])


async def test_a_clock_that_is_set_a_year_ahead_deletes_nobody_and_nothing(robin: House) -> None:
    before = await held(robin)
    robin.clock.set(days=365)
    discord_says(robin, off=-A_YEAR)

    await nights(robin, 3)

    assert await held(robin) == before


async def test_a_clock_that_stands_a_year_ahead_from_the_start_deletes_nobody_and_nothing(robin: House) -> None:
    """Nobody set it, so nothing was noticed: only Discord knows."""
    before = await held(robin)
    robin.clock.move(days=365)
    discord_says(robin, off=-A_YEAR)

    await nights(robin, 3)

    assert await held(robin) == before


@pytest.mark.parametrize("answers", [False, True], ids=["Discord is silent", "Discord says no time"])
async def test_without_a_word_of_discord_about_the_time_nothing_goes(robin: House, answers: bool) -> None:
    before = await held(robin)
    robin.courier.tells_time = (lambda: robin.traffic.heard(Heard(200))) if answers else None
    robin.clock.move(days=365)

    await nights(robin, 3)

    assert robin.traffic.hold() is None, "nothing else would have noticed"
    assert await held(robin) == before


async def test_what_discord_said_an_hour_ago_is_not_enough(robin: House) -> None:
    before = await held(robin)
    robin.courier.tells_time = None
    robin.clock.move(days=365)
    robin.traffic.heard(Heard(200, time=robin.clock.now()))
    robin.clock.move(seconds=FRESH.total_seconds() + 1)
    await robin.journeys.housekeep.run()

    await nights(robin, 3)

    assert await held(robin) == before


async def test_a_clock_that_is_set_right_after_discord_was_asked_deletes_nobody(robin: House) -> None:
    before = await held(robin)

    def says_and_then_somebody_sets_it() -> None:
        robin.traffic.heard(Heard(200, time=robin.clock.now()))
        robin.clock.set(days=365)

    robin.courier.tells_time = says_and_then_somebody_sets_it
    await nights(robin, 1)
    robin.clock.set(days=-365)

    assert await held(robin) == before


async def test_a_clock_a_year_ahead_that_even_discord_agrees_with_deletes_no_member_for_a_month(robin: House) -> None:
    """As behind a proxy on a machine whose clock is wrong, which says the time by itself."""
    before = await robin.rows()
    robin.clock.move(days=365)
    discord_says(robin)

    await robin.journeys.housekeep.run()
    assert await robin.rows() == before, "the first night lets nothing go"
    await nights(robin, TIME_TO_COME_BACK.days - 1)

    assert await members(robin) == {ROBIN}


async def test_a_bot_that_was_away_for_a_year_gives_everybody_a_month_to_come_back(robin: House) -> None:
    robin.clock.move(days=400)
    discord_says(robin)
    await nights(robin, TIME_TO_COME_BACK.days)
    assert await members(robin) == {ROBIN}

    await nights(robin, 2)

    assert await members(robin) == set()


async def test_who_comes_while_the_clock_stands_a_year_behind_is_not_taken_for_gone(house: House) -> None:
    await settled_in(house)
    house.clock.set(days=-400)
    discord_says(house, off=timedelta(days=400))
    await house.journeys.deliver.run()
    await house.start(ALEX, purposes=frozenset({Purpose.STREAK}))
    await nights(house, 1)
    house.clock.set(days=400)
    discord_says(house)
    await house.journeys.deliver.run()
    assert house.traffic.hold() is None

    await nights(house, TIME_TO_COME_BACK.days)
    assert await last_night_kept(house) == house.clock.now()
    assert await members(house) == {ALEX}

    await nights(house, 2)
    assert await members(house) == set(), "docs/privacy.md says so"


async def test_a_clock_that_was_set_back_by_a_year_deletes_nobody_and_begins_anew(robin: House) -> None:
    """Noted, so that the way forward again does not look like a year."""
    for step in (-400, 400):
        robin.clock.set(days=step)
        discord_says(robin)
        await robin.journeys.deliver.run()
        await nights(robin, 2)
        assert await last_night_kept(robin) == robin.clock.now()

    assert await members(robin) == {ROBIN}


# ------------------------------------------------------------------ when it runs, and what it says


async def test_it_runs_once_a_night_however_often_it_is_asked(house: House) -> None:
    discord_says(house)
    with capture_logs() as said:
        for _ in range(48):
            house.clock.move(hours=1)
            await house.journeys.housekeep.run()

    assert [one["event"] for one in said if one["event"].startswith("retention")] == [
        "retention.after_a_break",
        "retention.done",
        "retention.done",
    ]
    assert house.courier.asked_for_time == 3


async def test_missed_nights_are_made_up_once(house: House) -> None:
    await settled_in(house)
    house.clock.move(days=4)
    with capture_logs() as said:
        for _ in range(3):
            await house.journeys.housekeep.run()

    assert [one["event"] for one in said] == ["retention.done"]


async def test_while_nothing_may_be_sent_discord_is_not_asked_and_it_is_said_once(house: House) -> None:
    discord_says(house)
    house.traffic.heard(Heard(401))
    with capture_logs() as said:
        await nights(house, 3)

    assert house.courier.asked_for_time == 0
    assert [one for one in said if one["event"] == "retention.not_now"] == [
        {"event": "retention.not_now", "why": "token", "log_level": "info"}
    ]


async def test_without_room_on_the_disk_it_waits(tmp_path: Path, library: Library) -> None:
    disk = ToldDisk()
    async with open_house(tmp_path, library, disk=disk, reserve=Reserve(floor=1_000)) as house:
        discord_says(house)
        disk.room = 0
        await nights(house, 1)
        assert await house.database.read(lambda records: records.facts.get(DIARY)) is None

        disk.room = 10**12
        await house.journeys.housekeep.run()
        assert await house.database.read(lambda records: records.facts.get(DIARY)) is not None


async def test_the_log_says_how_many_went_and_nothing_about_whom(house: House) -> None:
    await full_member(house)
    await house.journeys.review.withdraw(ROBIN, Purpose.COUNTS)
    discord_says(house)
    with capture_logs() as said:
        await long(house, 380)

    counts = [one for one in said if one["event"] == "retention.done"]
    assert all(
        set(one) == {"event", "log_level", "members", "answers", "check_ins", "messages", "consents"} for one in counts
    )
    assert sum(one["check_ins"] for one in counts) + sum(one["members"] for one in counts) >= 1
    assert str(ROBIN) not in str(said)


async def test_a_diary_that_makes_no_sense_is_begun_anew(house: House) -> None:
    discord_says(house)
    await house.database.write(lambda records: records.facts.put(DIARY, "yesterday, or so"))

    with capture_logs() as said:
        await house.journeys.housekeep.run()

    assert [one["event"] for one in said] == ["retention.after_a_break"]


# ------------------------------------------------------------------ what goes of a member who is there


def keeping(house: House, **days: int) -> Journeys:
    retention = replace(UNLESS_SET_OTHERWISE, **{name: timedelta(days=some) for name, some in days.items()})
    return Journeys.over(house.database, house.clock, house.library, house.courier, house.traffic, retention)


async def test_kept_answers_and_check_ins_go_after_their_time_and_nothing_else_does(house: House) -> None:
    await full_member(house)
    discord_says(house)
    await check_in(house)
    nudge = next(one for one in await house.occurrences() if one.answered_at is not None)

    async def is_there() -> None:
        await house.journeys.streak.rest(ROBIN)

    await long(house, 364, is_there)
    assert await house.kept_answer(nudge.occurrence_id) == Answer.NOT_OK
    assert len((await house.rows())["check_in"]) == 2

    await nights(house, 4, is_there)

    after = await house.occurrence(nudge.occurrence_id)
    assert await house.kept_answer(nudge.occurrence_id) is None
    assert after.answered_at == nudge.answered_at
    assert "check_in" not in await house.rows()
    assert {"member", "plan", "refusal", "week", "consent", "occurrence"} <= set(await house.rows())


async def test_a_message_with_a_kept_answer_stays_with_it_beyond_other_messages(house: House) -> None:
    await house.start(also=frozenset({Purpose.ANSWERS, Purpose.STREAK}))
    had = [await house.sent_earlier(nudge_id, days=200 + n) for n, nudge_id in enumerate((await nudge_ids(house))[:20])]
    oldest = had[-1].occurrence_id
    await house.journeys.answer.press(ROBIN, oldest, Answer.DID_IT, "en")
    house.clock.move(hours=1)
    # Or the first one would stay as the last that was answered.
    await house.journeys.answer.press(ROBIN, had[0].occurrence_id, Answer.DID_IT, "en")
    discord_says(house)

    async def is_there() -> None:
        await house.journeys.streak.rest(ROBIN)

    await long(house, 130, is_there)
    left = {one.occurrence_id for one in await house.occurrences() if one.kind is Kind.NUDGE}
    assert left == {oldest} | {one.occurrence_id for one in had[:6]}, "beside it, only the last six"
    assert await house.kept_answer(oldest) == Answer.DID_IT

    await long(house, 250, is_there)
    assert oldest not in {one.occurrence_id for one in await house.occurrences()}


async def test_a_yes_that_was_taken_back_goes_after_its_time_and_one_that_holds_never(house: House) -> None:
    await house.start(also=frozenset({Purpose.COUNTS, Purpose.STREAK}))
    await house.journeys.review.withdraw(ROBIN, Purpose.COUNTS)
    discord_says(house)

    async def is_there() -> None:
        await house.journeys.streak.rest(ROBIN)

    await long(house, 364, is_there)
    assert len((await house.rows())["consent"]) == 3
    await nights(house, 3, is_there)

    assert {row["purpose"] for row in (await house.rows())["consent"]} == {Purpose.NUDGES, Purpose.STREAK}
    assert await house.journeys.review.purposes(ROBIN) == {Purpose.NUDGES, Purpose.STREAK}


async def test_an_answer_that_comes_between_finding_and_deleting_keeps_its_message(house: House) -> None:
    await house.start()
    for day in range(200, 220):
        await house.sent_earlier((await nudge_ids(house))[day % 30], days=day)
    house.clock.move(days=130)
    cuts = cuts_of(UNLESS_SET_OTHERWISE, house.clock.now())
    found = await house.database.read(lambda records: records.upkeep.find([ROBIN], cuts))
    assert len(found.messages) > 10

    await house.journeys.answer.press(ROBIN, found.messages[0], Answer.NOT_OK, "en")
    gone = await house.database.write(lambda records: records.upkeep.delete_messages(found.messages, cuts))

    assert gone == len(found.messages) - 1
    assert (await house.occurrence(found.messages[0])).answered_at == house.clock.now()


@given(
    days=st.lists(st.integers(1, 400), max_size=25, unique=True),
    answered=st.sets(st.integers(1, 400)),
    states=st.lists(
        st.sampled_from([State.SENT, State.SENT, State.UNKNOWN, State.DISSOLVED]), min_size=25, max_size=25
    ),
    records=st.integers(60, 200),
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_a_night_every_rule_reads_the_same_past(
    tmp_path_factory: pytest.TempPathFactory,
    library: Library,
    days: list[int],
    answered: set[int],
    states: list[State],
    records: int,
) -> None:
    """Over the real statements: nothing that keeps a nudge from coming twice, or silence from being heard, has gone."""

    async def lived() -> None:
        async with open_house(tmp_path_factory.mktemp("past"), library) as house:
            await house.start()
            ids = await nudge_ids(house)
            had = [
                _had(house, ids[day % len(ids)], day, state, is_answered=day in answered)
                for day, state in zip(days, states, strict=False)
            ]
            await house.database.write(lambda records: records.occurrences.add([_begun(one) for one in had]))
            await house.database.write(lambda records: _ended(records, had))
            discord_says(house)
            journeys = keeping(house, delivery_records=records)
            house.clock.move(days=1)
            await journeys.housekeep.run()
            now = house.clock.now() + timedelta(hours=1)
            before = await house.database.read(lambda records: pasts(records, [ROBIN], now))
            signs = await house.database.read(lambda records: records.upkeep.signs([ROBIN]))
            house.clock.move(hours=20)
            await journeys.housekeep.run()

            assert await house.database.read(lambda records: pasts(records, [ROBIN], now)) == before
            after = await house.database.read(lambda records: records.upkeep.signs([ROBIN]))
            assert after[ROBIN].last == signs[ROBIN].last
            left = {one.occurrence_id for one in await house.occurrences()}
            cut = house.clock.now() - timedelta(days=records)
            arrived = [one for one in had if one.due_at < cut and one.state is State.SENT]
            assert len([one for one in arrived if one.occurrence_id in left]) <= 6 + 2

    asyncio.run(lived())


def _had(house: House, nudge_id: str, days: int, state: State, *, is_answered: bool) -> Occurrence:
    due = house.clock.now() - timedelta(days=days)
    return Occurrence(
        occurrence_id=occurrence_id(ROBIN, Kind.NUDGE, due.date().isoformat()),
        member_id=ROBIN,
        kind=Kind.NUDGE,
        slot=due.date().isoformat(),
        state=state,
        nudge_id=nudge_id,
        due_at=due,
        until_at=due + timedelta(hours=2),
        settled_at=due,
        answered_at=due + timedelta(hours=1) if is_answered else None,
    )


def _begun(one: Occurrence) -> Occurrence:
    return replace(one, state=State.DISSOLVED)


async def _ended(records: Records, had: list[Occurrence]) -> None:
    """As they came to their end: by the hand of a test, which may set any state."""
    for one in had:
        await records.occurrences._connection.exec_driver_sql(
            "UPDATE occurrence SET state = ? WHERE occurrence_id = ?", (one.state.value, one.occurrence_id)
        )


# ------------------------------------------------------------------ many at once


class Statements:
    """How many rows each statement that removes was asked for, and how often somebody else had their turn."""

    def __init__(self, house: House) -> None:
        self.sizes: list[int] = []
        event.listen(house.database._units._writer.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:
        if statement.startswith(
            ("DELETE FROM occurrence WHERE occurrence.occurrence_id", "UPDATE occurrence SET answer")
        ):
            self.sizes.append(len(given))


async def test_many_rows_go_in_pieces_and_everybody_else_has_their_turn_in_between(house: House) -> None:
    await house.start()
    ids = await nudge_ids(house)
    had = [_had(house, ids[day % len(ids)], day, State.DISSOLVED, is_answered=False) for day in range(130, 1_130)]
    await house.database.write(lambda records: records.occurrences.add(had))
    discord_says(house)
    await nights(house, 1)
    asked, turns = Statements(house), 0
    house.clock.move(days=1)

    keeping_house = asyncio.ensure_future(house.journeys.housekeep.run())
    while not keeping_house.done():
        await house.database.write(lambda records: records.facts.put("somebody", "else"))
        turns += 1

    assert len(await house.occurrences()) < 10
    assert len(asked.sizes) == -(-len(had) // ROWS_AT_A_TIME)
    assert max(asked.sizes) <= ROWS_AT_A_TIME + 2
    assert turns >= len(asked.sizes)


async def test_more_members_than_are_looked_at_in_one_go_are_all_looked_at(house: House) -> None:
    how_many = MEMBERS_AT_A_TIME + DELETED_AT_A_TIME + 2
    now = house.clock.now()

    async def join(records: Records) -> None:
        for n in range(how_many):
            await records.members.put(ROBIN + n, None, "en", now)

    await house.database.write(join)
    discord_says(house)
    await long(house, YEAR_AND_A_WEEK)

    assert await members(house) == set()


async def test_a_night_that_is_cut_short_is_gone_on_with_at_the_next_start(house: House) -> None:
    await house.start()
    ids = await nudge_ids(house)
    had = [_had(house, ids[day % len(ids)], day, State.DISSOLVED, is_answered=False) for day in range(130, 1_130)]
    await house.database.write(lambda records: records.occurrences.add(had))
    discord_says(house)
    await nights(house, 1)
    asked = Statements(house)
    house.clock.move(days=1)
    keeping_house = asyncio.ensure_future(house.journeys.housekeep.run())
    while not asked.sizes:
        await house.database.write(lambda records: records.facts.put("somebody", "else"))
    keeping_house.cancel()
    await asyncio.wait({keeping_house})
    assert 100 < len((await house.rows())["occurrence"]) < 1_000

    traffic = Traffic(house.database, house.clock, LIMITS)
    again = Journeys.over(house.database, house.clock, house.library, house.courier, traffic)
    house.courier.tells_time = lambda: traffic.heard(Heard(200, time=house.clock.now()))
    await again.housekeep.run()

    assert len(await house.occurrences()) < 10
