"""Takes the picture that README.md shows, of the real page: `make screenshot`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.page import browser, set_up, start, try_out, visiting


async def take(target: Path) -> None:
    chromium = browser()
    if chromium is None:
        sys.exit("No Chromium is installed. On Debian: apt install chromium")
    with TemporaryDirectory() as folder:
        async with try_out(Path(folder)) as running, visiting(running.url, chromium) as visitor:
            await set_up(visitor)
            await visitor.become("Robin in the server")
            await start(visitor)
            await visitor.move_time("Go to the next nudge")
            await visitor.press("Smaller")
            await visitor.press("Did it")
            await visitor.sees("You did it.")
            await visitor.move_time("Go to the next nudge")
            await visitor.page.set_viewport_size({"width": 1180, "height": 860})
            await visitor.button("Did it").hover()
            await visitor.page.screenshot(path=target)


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
