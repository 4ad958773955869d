"""The master key of every test: known, so that a file can be opened again, also by another process."""

from __future__ import annotations

from typing import Final

from bot.keys import MasterKeys

MASTER: Final = MasterKeys({1: bytes(range(32))})

# As an operator would set it.
VARIABLE: Final = "PORCHLIGHT_SEALING__MASTER_KEY"
VALUE: Final = MASTER.text().strip()
