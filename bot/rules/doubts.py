"""When a nudge leaves circulation for everybody: once two different members said that it was not OK. Why: docs/pace.md.

Law: one person takes nothing away from others, however often they object; and no number of them empties the library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

# So many members, and it comes to nobody until somebody has looked at it.
ENOUGH: Final = 2

# So many at a time, those that most object to: a few who mean ill, or one with many accounts, take no more away.
AT_ONCE: Final = 15


def withdrawn_by(objections: Iterable[AbstractSet[str]]) -> frozenset[str]:
    """The nudges that come to nobody, where these are the ones that each member objects to."""
    members = Counter(nudge_id for theirs in objections for nudge_id in theirs)
    doubted = sorted((-how_many, nudge_id) for nudge_id, how_many in members.items() if how_many >= ENOUGH)
    return frozenset(nudge_id for _, nudge_id in doubted[:AT_ONCE])
