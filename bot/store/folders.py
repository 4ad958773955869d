"""Which folder may hold what is kept: one that nobody but the account that runs Porchlight may look into (0700).

    not there yet      it is made so, where the folder above it is there
    open to others     it is closed, with a warning, where it is ours and holds nothing but what is Porchlight's
    any other          it is refused, with what to type: who else needs it cannot be known, and a home or a project that
                       is shut away without a word would be a harm of our own

Even where no file in it can be read, an open folder tells when there was something to write down; and whoever may write
to it can put one file in the place of another.

Windows has no such rights: there, folders are made, and nothing is looked at.
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import structlog

from bot.errors import DatabaseUnusable
from bot.store.rights import OF_OTHERS, belongs_to

log = structlog.stdlib.get_logger(__name__)

OWNERS: Final = 0o700
SCHEME: Final = "sqlite:///"
SEALED: Final = ("porchlight-*.sealed", "porchlight-*.sealed.unfinished")

# Right below it lie the folders of the whole machine, such as /srv: empty or not, they are not ours to close.
TOP: Final = Path("/")


@dataclass(frozen=True, slots=True)
class Held:
    """What a folder is to hold, and how that is said to whoever has to give it another one."""

    what: str
    setting: str
    files: str
    """How the names begin of what would have to move along."""
    below: str
    """What a folder of its own could be called, below this one."""
    names: tuple[Path, ...] = ()
    """The files that, with what belongs to them, are Porchlight's."""
    value: str = ""
    """What the setting begins and ends with around that folder: here `{}`."""

    def way_out(self, folder: Path) -> str:
        """What to type, so that it gets a folder of its own."""
        own = folder / self.below
        setting = f'{self.setting} = "{self.value.format(own)}"'
        if not any(one.name.startswith(self.files) for one in folder.iterdir()):
            return f"Give it a folder of its own, which Porchlight makes: {setting}."
        quoted = shlex.quote(str(own))
        return (
            f"Give it a folder of its own, while no bot runs: mkdir -p -m 700 {quoted} && "
            f"mv {shlex.quote(str(folder / self.files))}* {quoted}/ and then {setting}."
        )


def of_database(path: Path, keys: Path | None) -> Held:
    """The folder of that database; its keys may lie there too, under a name of their own."""
    names = (path,) if keys is None else (path, keys)
    return Held("the database", "storage.url", path.name, "data", names, f"{SCHEME}{{}}/{path.name}")


def of_keys(path: Path, keys: Path) -> Held:
    """The folder of a key database that lies elsewhere than its database."""
    return Held("the key database", "sealing.keys", keys.name, "keys", (path, keys), f"{{}}/{keys.name}")


def of_backups() -> Held:
    """The folder for backups."""
    return Held("a backup", "backups.folder", "porchlight-", "porchlight", (), "{}")


def make_folder(folder: Path, held: Held) -> None:
    """Make that folder for this account alone, unless it is there. Raises DatabaseUnusable.

    The one above has to be there already: where a disk is not mounted, or a path is mistyped, nothing is to begin anew.
    """
    try:
        folder.mkdir(mode=OWNERS)
    except FileExistsError:
        return
    except OSError as error:
        raise DatabaseUnusable(
            f"The folder {folder}, where {held.what} would lie, cannot be made: {error.strerror}. Check {held.setting} "
            "and its folder."
        ) from error
    keep_folder_private(folder, held)


def keep_folder_private(
    folder: Path, held: Held, *, top: Path = TOP, change: Callable[[Path, int], None] = os.chmod
) -> None:
    """See to it that nobody but this account may look into that folder. One that is not there is in order.

    Raises DatabaseUnusable, with what mends it, where it is open and not ours alone.
    """
    if sys.platform == "win32":
        return
    try:
        here = folder.stat()
    except OSError:
        return
    rights = stat.S_IMODE(here.st_mode)
    if not rights & OF_OTHERS:
        return
    if here.st_uid != os.geteuid():
        raise _refused(
            folder,
            held,
            f"It belongs to another account (it has the number {here.st_uid}).",
            f"Or let root type: chown {os.geteuid()} {_quoted(folder)} && chmod 700 {_quoted(folder)}",
        )
    if rights & stat.S_IWOTH or not _is_for_us_alone(folder, held, top):
        why = "Anybody may put files into it." if rights & stat.S_IWOTH else "It is not Porchlight's alone."
        raise _refused(folder, held, why, f"Or, where nobody else needs it, close it: chmod 700 {_quoted(folder)}")
    _close(folder, rights, held, change)


def _close(folder: Path, rights: int, held: Held, change: Callable[[Path, int], None]) -> None:
    why = "its disk knows no rights"
    try:
        change(folder, rights & ~OF_OTHERS)
    except OSError as error:
        why = error.strerror or why
    if folder.stat().st_mode & OF_OTHERS:
        raise DatabaseUnusable(
            f"Others on this machine may look into {folder}, where {held.what} would lie, and that cannot be changed "
            f"({why}). Mount that disk for this account alone (uid={os.geteuid()},umask=077), or point {held.setting} "
            "to one that knows whose a folder is."
        )
    log.warning("rights.folder_closed", folder=folder.name, were=f"{rights:o}")


def _refused(folder: Path, held: Held, why: str, other_way: str) -> DatabaseUnusable:
    rights = stat.S_IMODE(folder.stat().st_mode)
    return DatabaseUnusable(
        f"Others on this machine may look into {folder} (rights {rights:o}), where {held.what} would lie. {why} "
        f"{held.way_out(folder)} {other_way}"
    )


def _is_for_us_alone(folder: Path, held: Held, top: Path) -> bool:
    if folder.parent == top and not folder.is_mount():
        return False
    return all(_is_ours(one, held) for one in folder.iterdir())


def _is_ours(path: Path, held: Held) -> bool:
    """Also a folder is, such as that of the backups, that holds something and nothing but ours."""
    if any(fnmatch(path.name, pattern) for pattern in SEALED):
        return True
    if any(path.parent == one.parent and belongs_to(path.name, one.name) for one in held.names):
        return True
    if path.is_symlink() or not path.is_dir():
        return False
    inside = list(path.iterdir())
    return bool(inside) and all(_is_ours(one, held) for one in inside)


def _quoted(folder: Path) -> str:
    return shlex.quote(str(folder))
