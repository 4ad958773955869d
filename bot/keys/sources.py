"""Where the master keys come from: a systemd credential, else a file of its owner's alone, else the environment."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
from pydantic import SecretStr

from bot.errors import MasterKeyUnusable
from bot.keys.files import OWNER_READS, new_private, sync_folder
from bot.keys.master import HOW_TO_MAKE_ONE, MasterKeys

log = structlog.stdlib.get_logger(__name__)

CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
CREDENTIAL: Final = "porchlight-master-key"

OTHERS: Final = 0o077


def master_keys(file: Path | None, given: SecretStr | None, environ: Mapping[str, str]) -> MasterKeys:
    """The first there is: systemd's credential `porchlight-master-key`, that file, or what was given in its place.

    Raises MasterKeyUnusable, which says what to do.
    """
    credential = _credential(environ)
    if credential is not None:
        return MasterKeys.parse(_read(credential), f"the credential {CREDENTIAL}")
    if file is not None:
        return read_file(file)
    if given is not None:
        return MasterKeys.parse(given.get_secret_value(), "sealing.master_key")
    raise MasterKeyUnusable(
        "There is no master key, without which nothing that a member picked could be sealed. "
        f"{HOW_TO_MAKE_ONE} Then name its file in sealing.master_key_file."
    )


def read_file(path: Path) -> MasterKeys:
    """The master keys in that file, which nobody but its owner may read. Raises MasterKeyUnusable."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise MasterKeyUnusable(
            f"There is no master key file {path}. {HOW_TO_MAKE_ONE} If there was one, put it back: without it, nothing "
            "that members picked can be read again."
        ) from None
    except OSError as error:
        raise MasterKeyUnusable(f"The master key file {path} cannot be read: {error.strerror}.") from None
    if os.name == "posix" and stat.S_IMODE(mode) & OTHERS:
        raise MasterKeyUnusable(f"Others may read the master key file {path}. Take that away: chmod 400 {path}")
    return MasterKeys.parse(_read(path), f"the file {path}")


def close_file(file: Path | None, environ: Mapping[str, str], change: Callable[[Path, int], None] = os.chmod) -> None:
    """Once the keys are read: where that file is where they came from, let even its owner only read it (0400).

    By then nobody else may read it, so this keeps from mistakes alone: a disk that cannot be written to is no trouble.
    """
    if os.name != "posix" or file is None or _credential(environ) is not None:
        return
    here = file.stat()
    rights = stat.S_IMODE(here.st_mode)
    if rights == OWNER_READS or here.st_uid != os.geteuid():
        return
    with suppress(OSError):
        change(file, OWNER_READS)
        log.info("rights.key_file_closed", file=file.name, were=f"{rights:o}")


def make_file(path: Path) -> MasterKeys:
    """A master key in a new file; or one version more in a file that has some. Nothing that was in it is lost.

    Raises MasterKeyUnusable when the file cannot be read or written.
    """
    keys = read_file(path).with_next() if path.exists() else MasterKeys.fresh()
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        with new_private(fresh, OWNER_READS) as file:
            file.write(keys.text().encode())
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise MasterKeyUnusable(f"The master key file {path} cannot be written: {error.strerror}.") from None
    return keys


def _credential(environ: Mapping[str, str]) -> Path | None:
    """What systemd hands over, if it does."""
    path = Path(environ[CREDENTIALS], CREDENTIAL) if environ.get(CREDENTIALS) else None
    return path if path is not None and path.exists() else None


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise MasterKeyUnusable(f"The master key in {path} cannot be read. {HOW_TO_MAKE_ONE}") from None
