"""Silence means less."""

from __future__ import annotations

from bot.rules.silence import is_time_to_ask, silent_run, skips


def test_silence_is_counted_from_the_newest_nudge_back() -> None:
    assert silent_run([]) == 0
    assert silent_run([True, False, False]) == 0
    assert silent_run([False, False, True, False]) == 2
    assert silent_run([False, False]) == 2


def test_silence_halves_the_pace_then_asks_once() -> None:
    assert [skips(run) for run in (0, 2, 3, 5)] == [0, 0, 1, 1]
    assert not is_time_to_ask(5)
    assert is_time_to_ask(6)
