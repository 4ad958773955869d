"""/streak: a private count of weeks that never falls."""

from __future__ import annotations

from tests.support.world import World


async def test_weeks_are_counted_only_when_asked_and_never_fall(world: World) -> None:
    await world.set_up()
    await world.start()
    assert "Nothing is counted" in (await world.robin.slash("streak show")).text
    begun = (await world.robin.slash("streak on")).text
    assert "Weeks are counted from now on" in begun
    assert "**0**" not in begun
    rested = (await world.robin.slash("streak rest")).text
    assert "You rest this week. It counts." in rested
    assert "first week" not in rested, "rest is no achievement to be praised"
    assert "Weeks you showed up: **1**" in (await world.robin.slash("streak show")).text
    assert "will not be mentioned" in (await world.robin.slash("streak hide")).text
    assert "Weeks you showed up: **1**" in (await world.robin.slash("streak show")).text
    assert "Forgotten" in (await world.robin.slash("streak forget")).text
    assert "Nothing is counted" in (await world.robin.slash("streak show")).text


async def test_there_is_nothing_to_hide_where_nothing_is_counted(world: World) -> None:
    assert "nothing to hide" in (await world.robin.slash("streak hide")).text


async def test_a_stranger_is_sent_to_where_a_count_can_begin(world: World) -> None:
    shown = (await world.robin.slash("streak show")).text

    assert "Nothing is counted. `/nudge start` asks" in shown
    assert "/streak on" not in shown, "it would only send them on"


async def test_no_nought_is_shown_before_the_first_week(world: World) -> None:
    await world.set_up()
    await world.start(also=("streak",))

    shown = (await world.robin.slash("streak show")).text

    assert "The first week is still open." in shown
    assert "0" not in shown
