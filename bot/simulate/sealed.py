"""What the two files say at the end: every key has its member, and what is sealed has its key.

Asked of the files themselves once no process has them open, with sqlite3: nothing of the store's has to be believed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.store.key_schema import MARKER
from bot.store.keyring import beside

# Whose rows hold something sealed; the test beside this sees that it is all such tables.
SEALED: Final = """
SELECT member_id FROM occurrence WHERE answer IS NOT NULL
UNION SELECT member_id FROM refusal UNION SELECT member_id FROM check_in UNION SELECT member_id FROM bearing
"""


def astray(path: Path) -> Iterator[str]:
    """A stray key is one without a member; a missing one is that of a member with something sealed."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS ring", (str(beside(path)),))
        keys = {key_id for (key_id,) in connection.execute("SELECT key_id FROM ring.wrapped_key")} - {MARKER}
        named = dict(connection.execute("SELECT member_id, key_id FROM main.member").fetchall())
        sealed = [member_id for (member_id,) in connection.execute(SEALED)]
    yield from ("stray key" for _ in keys - set(named.values()))
    yield from ("missing key" for one in sealed if named.get(one) not in keys)
