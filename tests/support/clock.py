"""Clocks that only move when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0
        self._set_by = timedelta()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def set_by(self) -> timedelta:
        return self._set_by

    def set(self, **by: float) -> None:
        """As an operator would, or a time server: the clock shows another time, and none has passed."""
        self._now += timedelta(**by)
        self._set_by += timedelta(**by)

    def move(self, **by: float) -> None:
        step = timedelta(**by)
        self._now += step
        self._monotonic += step.total_seconds()

    def move_to(self, instant: datetime) -> None:
        self.move(seconds=(instant - self._now).total_seconds())
