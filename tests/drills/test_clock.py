"""A clock that is wrong, seen from outside: Discord's Date header says another time. Drill 24, of the process."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.drills.judge import STAND, due_now, judge
from tests.wire.double import Double
from tests.wire.process import Bot

HOUR, YEAR = 3_600.0, 31_536_000.0
ALWAYS = (600.0, -YEAR)


@pytest.mark.parametrize("skew", [600.0, -600.0, HOUR, -HOUR, YEAR, -YEAR])
async def test_while_discord_and_we_disagree_about_the_time_nothing_is_sent(
    bot: Bot, double: Double, skew: float, long: bool
) -> None:
    """And once they agree again, it goes on within a minute."""
    if not long and skew not in ALWAYS:
        pytest.skip("two of them stand for all; make drills runs it")
    double.answers.skew = skew
    people = due_now(bot, 3)
    await bot.start()
    began = datetime.now(UTC)
    await bot.until_said("traffic.held")
    with pytest.raises(TimeoutError):
        await double.until(lambda: double.counted["send"] > 0, patience=1.5)
    assert bot.lives

    if not long:
        return
    double.answers.skew = 0
    await bot.until_row(STAND, "sent", 3, patience=70)
    assert (datetime.now(UTC) - began).total_seconds() < 65
    await bot.terminate()
    assert judge(bot, double, people).broken == {}


async def test_a_difference_that_any_two_clocks_have_holds_nothing_up(bot: Bot, double: Double) -> None:
    double.answers.skew = 60
    due_now(bot, 3)

    await bot.start()

    await bot.until_row(STAND, "sent", 3)
