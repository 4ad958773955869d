"""t"""
from __future__ import annotations
from dataclasses import dataclass
@dataclass(frozen=True)
class Drill:
    what: str
    tests: tuple[str, ...] = ()
    not_here: str = ""
DRILLS: dict[int, Drill] = {}
