"""Silence means less: unanswered nudges slow down, then one question, then quiet. Why: docs/pace.md.

Six nudges running that were said no to lead to the same question: whoever wants none of them may not say so by
themselves. Never more, never a reproach, and never a mention of the gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

HALVE_AFTER: Final = 3
ASK_AFTER: Final = 6


def silent_run(answered: Sequence[bool]) -> int:
    """How many of the latest nudges went unanswered in a row. `answered` runs from the newest to the oldest."""
    for count, was_answered in enumerate(answered):
        if was_answered:
            return count
    return len(answered)


def skips(run: int) -> int:
    """How many due times to let pass before the next nudge, after a run of that many unanswered ones."""
    return 1 if run >= HALVE_AFTER else 0


def is_time_to_ask(run: int) -> bool:
    """Whether the next message is the one question, after which nothing more is sent."""
    return run >= ASK_AFTER
