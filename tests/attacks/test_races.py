"""Two things at once: what was looked at may be otherwise by the time it is done.

Law: whatever a member says last is what holds. What they take back while something is under way is taken back for that
too, and of somebody who deletes everything nothing is left, whatever else they pressed at the same moment.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from bot.content.library import Library
from bot.errors import ForMember, JustLeft
from bot.journey.farewell import PRESS_LIVES_SECONDS
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Occurrence
from bot.rules.plan import PlanState
from bot.rules.seasons import Season
from tests.attacks import raw
from tests.support.house import ALEX, EVENING, ROBIN, House, open_house
from tests.support.sql import looking_into
from tests.support.world import World

EVERYTHING: Final = frozenset(Purpose)
DELETED_AT, LATER = 1_000, 2_000

Press = Callable[[House, Occurrence, int], Awaitable[object]]

# Everything that a member can press, as the journeys are asked for it.
PRESSES: Final[dict[str, Press]] = {
    "an answer": lambda house, nudge, _: house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en"),
    "not ok": lambda house, nudge, _: house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.NOT_OK, "en"),
    "later": lambda house, nudge, _: house.journeys.answer.later(ROBIN, nudge.occurrence_id, 1, "en"),
    "a pause on it": lambda house, nudge, _: house.journeys.answer.pause(ROBIN, nudge.occurrence_id, 3, "en"),
    "a check-in to keep": lambda house, _, press: house.journeys.check_in.keep(ROBIN, press, {"word": "calm"}, "en"),
    "start": lambda house, _, press: house.journeys.opt_in.start(ROBIN, None, "en", EVERYTHING, EVENING, press),
    "try again": lambda house, _, press: house.journeys.opt_in.try_again(ROBIN, press),
    "a yes": lambda house, _, press: house.journeys.review.agree(ROBIN, Purpose.COUNTS, press),
    "a no": lambda house, _, __: house.journeys.review.withdraw(ROBIN, Purpose.COUNTS),
    "the count on": lambda house, _, __: house.journeys.streak.on(ROBIN),
    "a week of rest": lambda house, _, __: house.journeys.streak.rest(ROBIN),
    "the count hidden": lambda house, _, __: house.journeys.streak.hide(ROBIN),
    "other wishes": lambda house, _, __: house.journeys.adjust.change(ROBIN, EVENING),
    "a pause": lambda house, _, __: house.journeys.adjust.pause(ROBIN, 7),
    "going on": lambda house, _, __: house.journeys.adjust.resume(ROBIN),
    "without the server": lambda house, _, __: house.journeys.adjust.go_on_without_guild(ROBIN),
    "everything again": lambda house, _, __: house.journeys.adjust.show_all_again(ROBIN),
    "told of closed DMs": lambda house, _, __: house.journeys.adjust.note_told(ROBIN),
    "the pace kept": lambda house, nudge, _: house.journeys.adjust.keep_pace(ROBIN, nudge.occurrence_id),
    "a slower pace": lambda house, nudge, _: house.journeys.adjust.slow_down(ROBIN, nudge.occurrence_id, 1),
    "bigger ones": lambda house, nudge, _: house.journeys.asked_back.go_bigger(ROBIN, nudge.occurrence_id, "en"),
    "the same person": lambda house, nudge, _: house.journeys.asked_back.same_person(ROBIN, nudge.occurrence_id),
    "a kind to skip": lambda house, nudge, _: house.journeys.asked_back.skip_kind(ROBIN, nudge.occurrence_id, "en"),
    "what to skip": lambda house, _, __: house.journeys.tune.skip(ROBIN, {"money"}),
    "other tickets": lambda house, _, __: house.journeys.tune.set_tickets(ROBIN, "kind", 15),
    "a kind left out": lambda house, _, __: house.journeys.tune.leave_out(ROBIN, "kind"),
    "a kind let in": lambda house, _, __: house.journeys.tune.switch_kind_on(ROBIN, "kind"),
    "a quieter time": lambda house, _, __: house.journeys.tune.begin_season(ROBIN, Season.GRIEF),
    "a nudge now": lambda house, _, press: house.journeys.taste.of_today(ROBIN, "en", press),
    "stop": lambda house, _, __: house.journeys.leave.stop(ROBIN),
}


async def settled(*calls: Awaitable[object]) -> None:
    """All of them at once. What is said kindly to a member is no fault."""
    for result in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, ForMember):
            raise result


async def nothing_is_held(house: House, folder: Path) -> bool:
    """Neither in any table, nor in the file past everything of ours."""
    assert await house.rows() == {}
    needle = str(ROBIN).encode()
    with looking_into(folder / "porchlight.db") as connection:
        for (table,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").all():
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - its own name
            assert not [row for row in rows if needle in str(row).encode()], table
    return True


@pytest.fixture
async def member(house: House) -> Occurrence:
    """Robin, of whom everything is held that can be, and a nudge that waits for its answer."""
    await house.start(also=EVERYTHING)
    await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")
    return await house.to_next_nudge()


@pytest.mark.parametrize("name", PRESSES)
async def test_a_press_at_the_moment_of_a_deletion_brings_nobody_back(
    house: House, member: Occurrence, tmp_path: Path, name: str
) -> None:
    """Before it, beside it and after it: what was pressed first, and what is pressed while it is under way."""
    press = PRESSES[name]
    deletes = house.journeys.leave.delete(ROBIN, DELETED_AT)

    await settled(
        press(house, member, DELETED_AT - 1), deletes, *(press(house, member, DELETED_AT - 2 - n) for n in range(5))
    )

    assert await nothing_is_held(house, tmp_path)


@pytest.mark.parametrize("name", PRESSES)
async def test_a_press_that_comes_while_a_deletion_is_under_way_brings_nobody_back(
    house: House, member: Occurrence, tmp_path: Path, name: str
) -> None:
    """Even one that came later. Each turn of the event loop is a moment at which it can come."""
    for turns in range(0, 40, 4):
        deletes = asyncio.create_task(house.journeys.leave.delete(ROBIN, DELETED_AT))
        for _ in range(turns):
            await asyncio.sleep(0)
        is_under_way = not deletes.done()
        pressed = asyncio.create_task(_quietly(PRESSES[name](house, member, LATER)))
        await asyncio.gather(deletes, pressed)

        assert not is_under_way or await nothing_is_held(house, tmp_path), turns
        await house.journeys.leave.delete(ROBIN, DELETED_AT)


async def _quietly(call: Awaitable[object]) -> None:
    await settled(call)


@pytest.mark.parametrize("seed", range(3))
async def test_everything_at_once_beside_a_deletion_leaves_nothing(
    house: House, member: Occurrence, tmp_path: Path, seed: int
) -> None:
    """Also what is being delivered meanwhile."""
    chance = Random(seed)  # noqa: S311 - an order, and no secret
    await house.set_due(ROBIN, house.clock.now())
    calls = [press(house, member, DELETED_AT - 1 - n) for n, press in enumerate(PRESSES.values())]
    calls += [house.journeys.leave.delete(ROBIN, DELETED_AT), house.journeys.deliver.run()]
    chance.shuffle(calls)

    await settled(*calls)

    assert await nothing_is_held(house, tmp_path)


async def test_who_starts_anew_after_a_deletion_does(house: House, member: Occurrence) -> None:
    await house.journeys.leave.delete(ROBIN, DELETED_AT)

    await house.journeys.opt_in.start(ROBIN, None, "en", EVERYTHING, EVENING, LATER)
    await house.journeys.check_in.keep(ROBIN, LATER + 1, {"word": "calm"}, "en")

    assert set(await house.rows()) >= {"member", "plan", "consent", "check_in"}


async def test_a_start_that_was_pressed_before_a_deletion_is_void_however_late_it_is_heard(
    house: House, member: Occurrence
) -> None:
    await house.journeys.leave.delete(ROBIN, DELETED_AT)
    await house.journeys.leave.delete(ROBIN, DELETED_AT - 500)

    with pytest.raises(JustLeft):
        await house.journeys.opt_in.start(ROBIN, None, "en", EVERYTHING, EVENING, DELETED_AT - 1)
    with pytest.raises(JustLeft):
        await house.journeys.check_in.keep(ROBIN, DELETED_AT - 2, {"word": "calm"}, "en")

    assert await house.rows() == {}


async def test_it_is_remembered_for_as_long_as_a_press_lives_and_of_nobody_else(house: House) -> None:
    await house.journeys.leave.delete(ROBIN, DELETED_AT)
    await house.journeys.opt_in.start(ALEX, None, "en", EVERYTHING, EVENING, 1)

    house.clock.move(seconds=PRESS_LIVES_SECONDS)
    await house.journeys.leave.delete(ALEX, DELETED_AT)
    await house.journeys.opt_in.start(ROBIN, None, "en", EVERYTHING, EVENING, 1)

    assert await house.rows(ROBIN) != {}


async def test_a_deletion_that_fails_takes_nobodys_start_away(house: House, tmp_path: Path) -> None:
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.exec_driver_sql("ALTER TABLE week RENAME TO away")
    with pytest.raises(Exception, match="no such table"):
        await house.journeys.leave.delete(ROBIN, DELETED_AT)
    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO week")

    await house.journeys.opt_in.start(ROBIN, None, "en", EVERYTHING, EVENING, 1)

    assert await house.rows() != {}


async def test_a_consent_that_is_taken_back_while_an_answer_is_taken_keeps_no_answer(
    house: House, member: Occurrence
) -> None:
    answers, withdraws = PRESSES["an answer"], house.journeys.review.withdraw
    for order in ((0, 1), (1, 0)):
        calls = [answers(house, member, 1), withdraws(ROBIN, Purpose.ANSWERS)]
        await settled(*(calls[one] for one in order))

        assert [row["answer"] for row in (await house.rows())["occurrence"]] == [None, None]


async def test_a_count_that_is_forgotten_while_an_answer_is_taken_stays_forgotten(
    house: House, member: Occurrence
) -> None:
    await settled(
        PRESSES["an answer"](house, member, 1), house.journeys.streak.forget(ROBIN), PRESSES["later"](house, member, 2)
    )

    assert "week" not in await house.rows()


@pytest.mark.parametrize("names", list(itertools.permutations(["an answer", "later", "a pause on it"])))
async def test_of_many_presses_at_once_one_is_the_answer(
    house: House, member: Occurrence, names: tuple[str, ...]
) -> None:
    await settled(*(PRESSES[name](house, member, 1) for name in names * 3))

    answered = [row for row in (await house.rows())["occurrence"] if row["answered_at"]]
    assert len(answered) == 1
    assert answered[0]["answer"] in set(Answer)


async def test_a_stop_beside_everything_else_that_is_no_new_yes_stays_a_stop(house: House, member: Occurrence) -> None:
    """Only a member's own new yes, pressed by itself, lets nudges come again."""
    no_yes = [name for name in PRESSES if name not in {"start", "try again", "going on", "without the server"}]
    calls = [PRESSES[name](house, member, n) for n, name in enumerate(no_yes, start=10)]
    await settled(house.journeys.leave.stop(ROBIN), *calls)

    plan = await house.plan()
    assert (plan.state, plan.next_due_at) == (PlanState.STOPPED, None)
    sent = len(house.courier.sent)
    house.clock.move(days=30)
    await house.journeys.deliver.run()
    assert len(house.courier.sent) == sent


async def test_the_same_start_told_twice_at_once_is_one(tmp_path: Path, library: Library) -> None:
    async with open_house(tmp_path, library) as house:
        start = [house.journeys.opt_in.start(ROBIN, None, "en", EVERYTHING, EVENING, 7) for _ in range(10)]
        await settled(*start)

        rows = await house.rows()
        assert len(rows["consent"]) == len(EVERYTHING)
        assert len(rows["occurrence"]) == 1


async def test_delete_while_another_screen_is_open_leaves_that_screen_without_anything(world: World) -> None:
    """Every control that was on any of them is pressed after it."""
    await world.start(also=("answers", "streak", "check_ins", "counts"))
    nudge = await world.to_next_nudge()
    screens = [nudge, *[await world.robin.slash(one) for one in ("nudge settings", "privacy choices", "nudge now")]]
    await world.robin.slash("privacy delete")
    await world.robin.press("Delete everything")

    for screen in screens:
        for custom_id in ids_on(screen.components):
            answer = await raw.press(world, world.robin, custom_id, in_dm=True)

            assert answer.acknowledged
            assert "Something went wrong on our side" not in answer.text, custom_id
            assert await world.rows() == {}, custom_id


def ids_on(components: list[dict[str, Any]]) -> list[str]:
    """The buttons. A menu is no button, whatever it would carry."""
    found = []
    for one in components:
        if one.get("custom_id", "").startswith("b:"):
            found.append(one["custom_id"])
        inner = [*one.get("components", []), *([one["accessory"]] if one.get("accessory") else [])]
        found += ids_on(inner)
    return found


async def test_settings_that_changed_between_screen_and_press_are_not_half_of_each(world: World) -> None:
    """The screen that is saved last holds, whole."""
    await world.start()
    first = await world.robin.slash("nudge settings")
    await world.robin.press("Change", on=first)
    old = world.robin.screen
    await world.robin.slash("nudge stop")

    await world.robin.press("Next", on=old)
    await world.robin.press("Save")

    (plan,) = (await world.rows())["plan"]
    assert plan["state"] == "stopped", "a change of wishes is no new yes"
    assert plan["next_due_at"] is None
