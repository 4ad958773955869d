"""What is told of a row that is held, where its words cannot be told."""

from __future__ import annotations

from enum import Enum


class Unreadable(Enum):
    """Stands in the place of what was sealed and does not open: its key is gone, or it was moved or changed."""

    UNREADABLE = "unreadable"
