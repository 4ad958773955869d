"""Somebody has the database, and no key. What lies in the clear must not tell what is sealed beside it.

Neither by how long it is, nor by a time or an id that stands elsewhere as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from bot.content.library import Library
from bot.content.nudges import Flag, Set
from bot.keys import MemberKey
from bot.rules.bearing import Bearing, Step
from bot.rules.choose import Audience, Draw, Why
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer
from bot.rules.seasons import Season
from bot.rules.tickets import Tickets
from bot.store.bearings import FORM
from bot.store.refusals import NOT_OK, NUDGE, THEME
from bot.store.schema import bearing, check_in, occurrence, refusal
from bot.store.sealed import sealed
from cogs._ui.check_in import QUESTIONS
from tests.support.house import ROBIN, House

KEY: Final = MemberKey(ROBIN, "a key", bytes(32))
ANSWERS: Final = frozenset({Purpose.ANSWERS})

# As Discord gives them: the number of milliseconds since 2015, and some bits.
PRESS: Final = 1_510_000_000_000_000_000


def stolen(folder: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "porchlight.db")) as connection:
        return connection.execute(sql).fetchall()


def check_ins(library: Library) -> Iterator[dict[str, str]]:
    """Every check-in that anybody can keep."""
    words = library.languages["en"].words
    picks = [[None, *words.under(f"check_in.{question}.answer")] for question in QUESTIONS]
    for picked in product(*picks):
        yield {question: pick for question, pick in zip(QUESTIONS, picked, strict=True) if pick is not None}


def test_however_somebody_answered_what_is_sealed_is_as_long(library: Library) -> None:
    nudges = library.languages["en"].nudges
    set_aside = [{"what": NUDGE, "subject": one.nudge_id} for one in nudges]
    set_aside += [{"what": NOT_OK, "subject": one.nudge_id} for one in nudges]
    set_aside += [{"what": THEME, "subject": one.theme} for one in nudges]
    lengths = {
        column: {len(sealed(KEY, column, "a row", value)) for value in values}
        for column, values in (
            (occurrence.c.answer, list(Answer)),
            (refusal.c.picked, set_aside),
            (check_in.c.picks, list(check_ins(library))),
        )
    }

    assert {len(found) for found in lengths.values()} == {1}


def bearings(library: Library) -> Iterator[Bearing]:
    """Of somebody new, of somebody for whom everything was switched on, and of who has answered for months."""
    day = date(2026, 3, 1)
    kinds = sorted({one.theme for one in library.languages["en"].nudges})
    longest = max((one.nudge_id for one in library.languages["en"].nudges), key=len)
    draw = Draw(longest, kinds[0], dict.fromkeys(kinds, 10.0), f"{ROBIN}:{day}", 52, because=tuple(Why))
    yield Bearing()
    yield Bearing(draw=draw)
    yield Bearing(season=Season.LOW_BATTERY, season_until=day, draw=draw)
    yield Bearing(
        audiences=frozenset(Audience),
        sets=frozenset(get_args(Set)),
        skips=frozenset(get_args(Flag)),
        tickets=Tickets(dict.fromkeys(kinds, 13.1234), day),
        steps=(Step(day, with_someone_new=False),) * 8,
        full_steps=99,
        noes=(day,) * 6,
        not_ok_on=day,
        season=Season.LOW_BATTERY,
        season_until=day,
        draw=draw,
    )


def test_however_nudges_are_chosen_what_is_sealed_is_as_long(library: Library) -> None:
    every = [FORM.dump_python(one, mode="json") for one in bearings(library)]

    assert len({len(sealed(KEY, bearing.c.picked, str(ROBIN), one)) for one in every}) == 1


Press = Callable[[House, str], Awaitable[object]]


def presses(answer: Answer, *, smaller: bool = False) -> Press:
    return lambda house, one: house.journeys.answer.press(ROBIN, one, answer, "en", smaller=smaller)


EVERY_ANSWER: Final[tuple[Press, ...]] = (
    *(presses(answer) for answer in Answer if answer not in {Answer.LATER, Answer.PAUSE}),
    presses(Answer.DID_IT, smaller=True),
    lambda house, one: house.journeys.answer.later(ROBIN, one, 1, "en"),
    lambda house, one: house.journeys.answer.pause(ROBIN, one, 3, "en"),
)


@pytest.mark.parametrize("press", EVERY_ANSWER)
async def test_whichever_button_it_was_how_nudges_are_chosen_is_written_anew(
    house: House, tmp_path: Path, press: Press
) -> None:
    """Whether that row was written is not to tell which one it was; nor does its length, which is the same."""
    await house.start(also=ANSWERS)
    nudge = await house.to_next_nudge()
    ((before,),) = stolen(tmp_path, "SELECT picked FROM bearing")

    await press(house, nudge.occurrence_id)

    ((after,),) = stolen(tmp_path, "SELECT picked FROM bearing")
    assert after != before
    assert len(after) == len(before)


@pytest.mark.parametrize("answer", [Answer.NOT_OK, Answer.NOT_FOR_ME])
async def test_which_nudge_was_set_aside_cannot_be_told_by_its_time(
    house: House, tmp_path: Path, answer: Answer
) -> None:
    await house.start(also=ANSWERS)
    for _ in range(3):
        nudge = await house.to_next_nudge()
        house.clock.move(minutes=7)
        await house.journeys.answer.press(ROBIN, nudge.occurrence_id, answer, "en")
    began = house.clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)

    times = {row["refused_at"] for row in (await house.rows())["refusal"]}

    assert times <= {began, (began - timedelta(days=1)).replace(day=1)}
    assert stolen(tmp_path, "SELECT 1 FROM refusal JOIN occurrence ON refused_at IN (answered_at, due_at)") == []


async def test_when_on_its_day_a_check_in_was_kept_cannot_be_told(house: House, tmp_path: Path) -> None:
    for _ in range(2):
        await house.journeys.check_in.keep(ROBIN, PRESS, {"word": "tired"}, "en")

    ((kept_as,),) = stolen(tmp_path, "SELECT check_in_id FROM check_in")
    assert str(PRESS) not in kept_as
    assert str(PRESS).encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def withdraws(house: House) -> None:
    await house.journeys.review.withdraw(ROBIN, Purpose.CHECK_INS)


async def starts_anew_without(house: House) -> None:
    await house.start()


@pytest.mark.parametrize("ends_it", [withdraws, starts_anew_without])
async def test_what_a_yes_allowed_to_be_kept_is_overwritten_when_it_is_taken_back(
    house: House, tmp_path: Path, ends_it: Callable[[House], Awaitable[None]]
) -> None:
    """Their key stays: whoever has it could open what is left in the file or in its log."""
    await house.start()
    await house.journeys.check_in.keep(ROBIN, PRESS, {"word": "tired"}, "en")
    ((picks,),) = stolen(tmp_path, "SELECT picks FROM check_in")

    await ends_it(house)

    assert picks not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def test_weeks_and_what_was_set_aside_are_overwritten_when_they_are_forgotten(
    house: House, tmp_path: Path
) -> None:
    await house.start(also=frozenset({Purpose.STREAK}))
    await house.journeys.streak.rest(ROBIN)
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_FOR_ME, "en")
    ((picked, monday),) = stolen(tmp_path, "SELECT picked, monday FROM refusal JOIN week")

    await house.journeys.adjust.show_all_again(ROBIN)
    await house.journeys.streak.forget(ROBIN)

    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert picked not in left
    assert monday.encode() not in left
