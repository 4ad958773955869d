"""Whether our clock can be believed. A wrong one would send in the night, or make everybody due at once.

Two witnesses: the steady clock of the machine, which notices when the other one is set; and Discord's own time, which
stands on each of its answers and has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# Differences up to this are ordinary: slow answers, whole seconds in headers, clocks that are being set right.
TOLERATED: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class ClockSense:
    """`set_by` is how far the clock had been set when it was last looked at. While it is doubted, nothing is sent."""

    set_by: timedelta
    doubted: bool = False

    def looked(self, set_by: timedelta) -> ClockSense:
        """A look at our own clock. A step, or a sleep of the machine, is doubted until Discord's time is heard."""
        stepped = abs(set_by - self.set_by) > TOLERATED
        return ClockSense(set_by, self.doubted or stepped)

    def heard(self, theirs: datetime, ours: datetime, set_by: timedelta) -> ClockSense:
        """Discord's time, and ours at the moment it was heard."""
        return ClockSense(set_by, doubted=abs(theirs - ours) > TOLERATED)
