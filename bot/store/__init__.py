"""What is kept, and the only SQL. Law: rows come in and go out as frozen dataclasses; nothing outside speaks SQL.

`Database` opens the file; `Records` is everything that is stored, seen through one transaction; `Reserve` is the room
that is kept on the disk.
"""

from bot.store.database import Database
from bot.store.disk import Reserve
from bot.store.records import Records

__all__ = ["Database", "Records", "Reserve"]
