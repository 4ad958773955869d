"""New files that are nobody else's, and that are on the disk when they are said to be there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

OWNER_WRITES: Final = 0o600
OWNER_READS: Final = 0o400


@contextmanager
def new_private(path: Path, mode: int = OWNER_WRITES) -> Iterator[BinaryIO]:
    """A new file that nobody else may read at any moment; its bytes are on the disk when the block ends.

    Raises FileExistsError when there is one already.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """What stands in a folder is on the disk once the folder is; Windows knows no such thing."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
