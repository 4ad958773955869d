"""The benchmarks themselves, with a handful of members: that they still measure what they say. No figure is judged."""

from __future__ import annotations

from tests.bench import bench_free, bench_outage
from tests.bench.row import Row

HANDFUL = 24


async def test_the_engine_that_is_measured_sends_each_nudge_once() -> None:
    """`rows` asserts it of each leg."""
    rows = await bench_free.rows(HANDFUL, _nobody_listens)

    assert [row.reached for row in rows if row.target] in ([True], [False])


async def test_after_an_outage_each_nudge_has_ended_once_and_inside_of_its_window() -> None:
    rows: list[Row] = await bench_outage.rows(HANDFUL, _nobody_listens)

    assert [row.reached for row in rows] == [True], rows


def _nobody_listens(_text: str) -> None:
    """What is going on is not shown."""
