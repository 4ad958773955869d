"""Twenty years of two hundred members, with everything that goes wrong: nothing is broken.

The figures of `python -m bot simulate --members 200 --days 365 --seed N`, for N from 1 to 20.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from bot.simulate import Report, simulate
from bot.simulate.faults import Faults
from bot.simulate.promises import Promise

AT_ONCE = 2


def year(seed: int) -> Report:
    return simulate(200, 365, seed, faults=Faults())


@pytest.mark.skipif(os.environ.get("PORCHLIGHT_DRILLS") != "long", reason="takes more than an hour")
def test_nothing_is_broken_in_twenty_years() -> None:
    # A new process for each, rather than a copy of this one: nothing is shared, not even by chance.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(AT_ONCE, mp_context=fresh, max_tasks_per_child=1) as pool:
        told = list(pool.map(year, range(1, 21)))

    broken = [one.sentence for one in told if one.breaches]
    assert not broken, "\n".join(broken)
    for one in told:
        assert one.counts["sent"] > 5_000
        assert one.counts[Promise.DUPLICATE] == one.counts[Promise.LOST] == one.counts[Promise.OUTSIDE] == 0
