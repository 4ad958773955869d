"""The whole bot in a browser page, with no token and no account.

    world    a simulated Discord (SimCord) with one server, a moderator and a member, and the real client in it
    stage    which place the page shows, and how time is moved
    page     the page itself: a bar on top of SimCord's Preview, served on 127.0.0.1 only

Everything in between is what runs on Discord too: client, cogs, journeys, scheduler, a SQLite file. Its file lies in
a folder of its own in .try and goes with the process.
"""

from __future__ import annotations

import os
import shutil
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from rich.console import Console

from bot.app import stop_signal
from bot.errors import MissingPart
from bot.logs import set_up_logs
from bot.settings import LogSettings

FOLDERS: Final = Path(".try")


async def open_page(port: int) -> None:
    """Serve the page until Ctrl-C. Raises MissingPart when the simulated Discord is not installed."""
    try:
        from bot.tryout.page import serve  # noqa: PLC0415 - needs packages that running on Discord does not
        from bot.tryout.world import open_world  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingPart(
            f"The try-out needs {error.name}. `make try` installs what it needs, and starts it."
        ) from error
    set_up_logs(LogSettings(level="warning"))
    stop = stop_signal()
    console = Console(highlight=False, soft_wrap=True)
    with _own_folder() as folder:
        async with open_world(folder / "porchlight.db") as world, serve(world, port) as url:
            words = world.app.client.library.language("en").words
            if port and f":{port}/" not in url:
                console.print(words("tryout.console.port_taken", port=port))
            console.print(words("tryout.console.opened", url=url))
            _show(url)
            await stop.wait()
    console.print(words("tryout.console.stopped"))


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder of this process's own, gone afterwards; so two of them can be open side by side."""
    folder = FOLDERS / str(os.getpid())
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            FOLDERS.rmdir()  # unless another one is open


def _show(url: str) -> None:
    """Open the browser where there is a screen to open it on."""
    if sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(url)
