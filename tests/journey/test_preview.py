"""What the next weeks could look like: worked out from what a member has, and nothing of it stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.journey.courier import NudgeNote, Question
from bot.journey.preview import AT_FIRST, WEEKS, Basis, Outline
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind
from bot.rules.plan import PlanState
from bot.rules.schedule import local_date
from bot.rules.seasons import Season
from tests.support.house import ALEX, EVENING, ROBIN, SERVER, House
from tests.support.sql import lose_key


def nudges_in(outline: Outline) -> list[str]:
    return [one.says.nudge.nudge_id for week in outline.weeks for one in week if isinstance(one.says, NudgeNote)]


async def test_what_is_shown_comes_where_every_other_one_is_done(house: House) -> None:
    await house.start()
    shown = [one for week in (await house.journeys.preview.weeks(ROBIN, "en")).weeks for one in week]

    for one in shown:
        sent = await house.to_next_nudge()
        assert sent.due_at == one.at
        if isinstance(one.says, Question):
            assert one.says.kind is sent.kind is Kind.REVIEW_4
            continue
        assert isinstance(one.says, NudgeNote)
        assert sent.nudge_id == one.says.nudge.nudge_id
        if one.is_done:
            house.clock.move(hours=2)
            await house.journeys.answer.press(ROBIN, sent.occurrence_id, Answer.DID_IT, "en")
    assert len(shown) > 15
    assert 0 < sum(one.is_done for one in shown) <= len(shown) / 2


async def test_it_stores_nothing(house: House) -> None:
    await house.start()
    before = await house.rows()

    for member_id in (ROBIN, ALEX):
        await house.journeys.preview.weeks(member_id, "en")

    assert await house.rows() == before
    assert await house.rows(ALEX) == {}


async def test_whose_key_is_gone_sees_no_weeks_because_nobody_knows_what_must_not_come(
    house: House, tmp_path: Path
) -> None:
    await house.start()
    lose_key(tmp_path, ROBIN)

    assert await house.journeys.preview.weeks(ROBIN, "en") == Outline(Basis.UNREADABLE, ())


async def test_who_has_not_begun_sees_what_is_offered_first(house: House) -> None:
    outline = await house.journeys.preview.weeks(ALEX, "en")

    assert outline.basis is Basis.STRANGER
    assert max(map(len, outline.weeks)) == AT_FIRST.per_week
    assert len(outline.weeks) == WEEKS
    assert not any(not isinstance(one.says, NudgeNote | Question) for week in outline.weeks for one in week)


async def test_each_week_has_what_comes_in_its_seven_days(house: House) -> None:
    await house.start()
    today = local_date(EVENING.zone, house.clock.now())

    for place, week in enumerate((await house.journeys.preview.weeks(ROBIN, "en")).weeks):
        for one in week:
            ahead = local_date(EVENING.zone, one.at) - today
            assert ahead.days // 7 == place or ahead == timedelta(weeks=WEEKS)


async def test_a_pause_is_in_it(house: House) -> None:
    await house.start()
    await house.journeys.adjust.pause(ROBIN, 30)

    outline = await house.journeys.preview.weeks(ROBIN, "en")

    assert outline.basis is Basis.OWN
    assert outline.paused_until == house.clock.now() + timedelta(days=30)
    assert [len(week) for week in outline.weeks[:4]] == [0, 0, 0, 0]
    assert any(outline.weeks[4:])


async def test_what_was_set_aside_is_not_in_it(house: House) -> None:
    await house.start()
    first = nudges_in(await house.journeys.preview.weeks(ROBIN, "en"))[0]
    sent = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, sent.occurrence_id, Answer.NOT_FOR_ME, "en")

    assert sent.nudge_id == first
    assert first not in nudges_in(await house.journeys.preview.weeks(ROBIN, "en"))


@pytest.mark.parametrize(
    ("state", "basis"),
    [
        (PlanState.QUIET, Basis.RESUMED),
        (PlanState.UNREACHABLE, Basis.RESUMED),
        (PlanState.STOPPED, Basis.STARTED),
        (PlanState.OFF, Basis.STARTED),
    ],
)
async def test_where_nothing_comes_it_is_what_could_come(house: House, state: PlanState, basis: Basis) -> None:
    await house.start()
    plan = await house.plan()
    await house.database.write(lambda records: records.plans.put(plan.ended(state)))

    outline = await house.journeys.preview.weeks(ROBIN, "en")

    assert outline.basis is basis
    assert nudges_in(outline)
    assert (await house.plan()).state is state


def first_shown(outline: Outline) -> tuple[datetime, str | None]:
    first = next(one for week in outline.weeks for one in week)
    return first.at, first.says.nudge.nudge_id if isinstance(first.says, NudgeNote) else None


async def first_that_comes(house: House) -> tuple[datetime, str | None]:
    came = await house.to_next_nudge()
    return came.due_at, came.nudge_id


async def in_a_season_and_asked_whether_they_want_any(house: House) -> None:
    """All in one day, so that no date lies between the noes and the yes."""
    await house.start()
    await house.journeys.tune.begin_season(ROBIN, Season.GRIEF)
    await house.bear(noes=(local_date(EVENING.zone, house.clock.now()),) * 6)
    await house.set_plan(state=PlanState.QUIET, next_due_at=None)


async def test_what_is_shown_for_after_a_resume_is_what_comes_after_one(house: House) -> None:
    """The pause and the season end with it."""
    await in_a_season_and_asked_whether_they_want_any(house)
    outline = await house.journeys.preview.weeks(ROBIN, "en")

    await house.journeys.adjust.resume(ROBIN)

    assert first_shown(outline) == await first_that_comes(house)


async def test_what_is_shown_for_after_a_start_is_what_comes_after_one(house: House) -> None:
    """The pause and the season stay, and no earlier no stands against the new yes."""
    await in_a_season_and_asked_whether_they_want_any(house)
    await house.journeys.leave.stop(ROBIN)
    outline = await house.journeys.preview.weeks(ROBIN, "en")

    await house.start()

    assert first_shown(outline) == await first_that_comes(house)


async def test_whose_server_is_off_sees_how_it_could_be_without_it(house: House) -> None:
    await house.journeys.enable.switch_on(SERVER, 1)
    await house.start(guild_id=SERVER)
    await house.journeys.enable.switch_off(SERVER)

    outline = await house.journeys.preview.weeks(ROBIN, "en")

    assert outline.basis is Basis.STARTED
    assert nudges_in(outline)


async def test_who_agreed_to_no_dm_sees_what_a_yes_could_bring(house: House) -> None:
    await house.start(purposes=frozenset({Purpose.STREAK}))

    outline = await house.journeys.preview.weeks(ROBIN, "en")

    assert outline.basis is Basis.STARTED
    assert nudges_in(outline)


async def test_what_is_overdue_is_shown_as_coming_now_and_not_in_the_past(house: House) -> None:
    await house.start()
    due = (await house.plan()).next_due_at
    assert due is not None
    house.clock.move_to(due + timedelta(minutes=5))

    first = (await house.journeys.preview.weeks(ROBIN, "en")).weeks[0][0]

    assert first.at == house.clock.now()


async def test_a_waiting_question_is_in_it(house: House) -> None:
    """After six without an answer, what comes next is the question, and then nothing."""
    await house.start(wishes=replace(EVENING, per_week=4))
    for _ in range(6):
        await house.to_next_nudge()

    outline = await house.journeys.preview.weeks(ROBIN, "en")

    (only,) = [one for week in outline.weeks for one in week]
    assert isinstance(only.says, Question)
    assert only.says.kind is Kind.STILL_WANTED
