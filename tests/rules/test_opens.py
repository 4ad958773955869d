"""The governor of how many DMs are opened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.rules.opens import Opens

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_day_has_so_many_and_the_next_day_again() -> None:
    opens = Opens(NOON.date())
    for _ in range(10):
        opens, wait = opens.ask(NOON, per_day=10)
        assert wait == timedelta()

    assert opens.ask(NOON, per_day=10) == (opens, timedelta(hours=12))
    opens, wait = opens.ask(datetime(2026, 6, 2, tzinfo=UTC), per_day=10)
    assert (opens.day, opens.used, wait) == (date(2026, 6, 2), 1, timedelta())


def test_none_is_opened_for_ten_minutes_after_discord_objected_not_even_past_midnight() -> None:
    late = datetime(2026, 6, 1, 23, 55, tzinfo=UTC)
    opens = Opens(late.date()).closed(late)

    assert opens.ask(late + timedelta(minutes=6), per_day=10)[1] == timedelta(minutes=4)
    assert opens.ask(late + timedelta(minutes=10), per_day=10)[1] == timedelta()
