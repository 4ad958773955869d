"""A small file system of its own, where the machine lets us have one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A memory disk of that size (such as 3m), mounted for the block. Skips the test where that takes more rights."""
    mount = shutil.which("mount")
    if sys.platform != "linux" or os.geteuid() != 0 or mount is None:
        pytest.skip("mounting a small disk takes root on Linux; the same is tested without one beside this")
    folder.mkdir()
    mounted = subprocess.run(  # noqa: S603 - our own words
        [mount, "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine mounts no small disk; the same is tested without one beside this")
    try:
        yield folder
    finally:
        subprocess.run([shutil.which("umount") or "umount", "-l", str(folder)], check=True)  # noqa: S603


def fill_up(path: Path) -> None:
    """Take every byte there is."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    assert not shutil.disk_usage(path.parent).free


def read_only(folder: Path) -> None:
    """From now on nothing can be written there, as after a fault of the disk."""
    mount = shutil.which("mount") or "mount"
    subprocess.run([mount, "-o", "remount,ro", str(folder)], check=True)  # noqa: S603
