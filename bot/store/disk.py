"""The disk under the file: what the machine says about it, and the room that is kept free on it.

A nudge that was sent has to be written down, also when the disk is full. So some megabytes lie beside the database as a
ballast, really allocated. Below a floor of free space nothing new is begun (`is_enough`); and when SQLite finds no room
for a unit of work all the same, the ballast is given away, and the unit runs once more. It is made anew when there is
enough again.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import psutil
import structlog

from bot.errors import DatabaseUnusable
from bot.store.rights import make_private

log = structlog.stdlib.get_logger(__name__)

MEGABYTE: Final = 1024 * 1024
LEAST_TO_OPEN: Final = MEGABYTE

# Where the locks of two machines do not meet, or where what was synced is not on the disk yet.
NETWORK: Final = frozenset(
    {"nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "afpfs", "ceph", "glusterfs", "lustre"}
    | {"9p", "davfs", "webdav", "ncpfs", "coda", "beegfs", "orangefs", "gpfs", "ocfs2", "gfs2"}
    | {f"fuse.{name}" for name in ("sshfs", "glusterfs", "ceph", "s3fs", "rclone", "gcsfuse", "davfs", "blobfuse")}
    | {f"fuse.{name}" for name in ("blobfuse2", "juicefs", "curlftpfs", "smbnetfs", "moosefs", "seaweedfs")}
)


class Disk(Protocol):
    """What the machine says about the disk under a folder."""

    def free(self, folder: Path) -> int:
        """Bytes that this account can still write. Raises OSError."""
        ...

    def kind(self, folder: Path) -> str:
        """The kind of file system, as the machine calls it; empty where it does not say."""
        ...


class RealDisk:
    """This machine's own word."""

    def free(self, folder: Path) -> int:
        return shutil.disk_usage(folder).free

    def kind(self, folder: Path) -> str:
        mounts = [one for one in psutil.disk_partitions(all=True) if folder.is_relative_to(one.mountpoint)]
        # The deepest one is meant; of two in the same place, the one that was mounted over the other.
        meant = sorted(mounts, key=lambda one: len(one.mountpoint))[-1:]
        return next(("cifs" if "remote" in one.opts.split(",") else one.fstype for one in meant), "")


REAL_DISK: Final = RealDisk()


def refuse_network(path: Path, disk: Disk) -> None:
    """Raise DatabaseUnusable where SQLite's locks and its memory shared between processes do not hold."""
    kind = disk.kind(path.parent)
    if kind in NETWORK:
        raise DatabaseUnusable(
            f"The database {path.name} would lie on a network file system ({kind}), where locks do not hold. "
            "Point storage.url to a disk of this machine."
        )


@dataclass(frozen=True, slots=True)
class Reserve:
    """Bytes: how large the ballast is, and how much has to be free beside it before something new is begun."""

    ballast: int = 0
    floor: int = 0

    @classmethod
    def of_megabytes(cls, ballast: int, floor: int) -> Reserve:
        return cls(ballast * MEGABYTE, floor * MEGABYTE)


class Room:
    """The reserve that is kept for one database file."""

    def __init__(self, path: Path, reserve: Reserve, disk: Disk) -> None:
        self._folder = path.parent
        self._ballast = path.with_name(f"{path.name}.ballast")
        self._reserve = reserve
        self._disk = disk
        self.is_kept = False

    def is_enough(self) -> bool:
        """Whether something new may be begun. A disk that gives no answer has no room."""
        try:
            return self._disk.free(self._folder) >= self._reserve.floor
        except OSError:
            return False

    def keep(self) -> None:
        """Make the ballast where it is missing or of another size, if that leaves enough free. Blocks for some ms."""
        wanted = self._reserve.ballast
        try:
            there = self._ballast.stat().st_size if self._ballast.exists() else 0
            if there != wanted:
                self._ballast.unlink(missing_ok=True)
                if wanted and self._disk.free(self._folder) >= wanted + self._reserve.floor:
                    self._allocate(wanted)
            self.is_kept = not wanted or self._ballast.exists()
        except OSError as error:
            log.warning("storage.no_ballast", reason=error.strerror)

    def make_way(self) -> None:
        """At the start: on a disk with no room at all, SQLite cannot even open its log."""
        try:
            if self._disk.free(self._folder) < LEAST_TO_OPEN:
                self.give_away()
        except OSError as error:
            log.warning("storage.no_ballast", reason=error.strerror)

    def give_away(self) -> bool:
        """Let the disk have the ballast. False when there is none."""
        self.is_kept = False
        try:
            self._ballast.unlink()
        except OSError:
            return False
        log.warning("storage.ballast_given_away")
        return True

    def _allocate(self, size: int) -> None:
        """All of it or nothing: a process that dies half way leaves no ballast that is one in name only."""
        begun = self._ballast.with_name(f"{self._ballast.name}.begun")
        try:
            allocate(begun, size)
            begun.rename(self._ballast)
        finally:
            begun.unlink(missing_ok=True)


def allocate(path: Path, size: int) -> None:
    """Make a file whose bytes are really on the disk, for this account only. Raises OSError when there is no room."""
    path.unlink(missing_ok=True)
    make_private(path)
    with path.open("r+b") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            fill(file, size)


def fill(file: BinaryIO, size: int) -> None:
    """The same where the system cannot set room aside: by writing zeros."""
    zeros = bytes(MEGABYTE)
    file.writelines(zeros[: size - begin] for begin in range(0, size, MEGABYTE))
    file.flush()
    os.fsync(file.fileno())
