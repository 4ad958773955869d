"""The guards that keep the promises: what decides, seals, sends, stores, lets go and closes, keeps people private, and
withdraws.

Law, held by tests/drills/test_guards.py: each text is the code as it is, and each proof is there. Whether the proof
fails without its guard takes minutes, and `make drills` asks for all of them.
"""

from __future__ import annotations

from typing import Final

from tests.drills.guard import Guard
from tests.drills.guards_of_doubts import OF_DOUBTS
from tests.drills.guards_of_keeping import OF_KEEPING
from tests.drills.guards_of_pace import OF_THE_PACE
from tests.drills.guards_of_privacy import OF_PRIVACY
from tests.drills.guards_of_rights import OF_RIGHTS_AND_FOLDERS
from tests.drills.guards_of_rules import OF_RULES
from tests.drills.guards_of_sealing import OF_SEALED
from tests.drills.guards_of_sending import OF_SENDING
from tests.drills.guards_of_storing import OF_STORING

GUARDS: Final[tuple[Guard, ...]] = (
    *OF_RULES,
    *OF_SEALED,
    *OF_SENDING,
    *OF_STORING,
    *OF_KEEPING,
    *OF_RIGHTS_AND_FOLDERS,
    *OF_PRIVACY,
    *OF_DOUBTS,
    *OF_THE_PACE,
)
