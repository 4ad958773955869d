"""The try-out's page in a real browser, driven the way a visitor would."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import FrameLocator, Locator, Page, async_playwright, expect

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30
AT_REST = re.compile(r"[^…]$")
# Chromium in a container, without a screen, and without a word to anybody outside.
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser() -> str | None:
    """Where a Chromium is installed; None where there is none."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


@dataclass
class TryOut:
    """`python -m bot try`, running."""

    process: asyncio.subprocess.Process
    url: str
    said: list[str]

    async def stop(self) -> int:
        """Ctrl-C; its exit code."""
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            rest, _ = await self.process.communicate()
        self.said += rest.decode().splitlines()
        return self.process.returncode or 0


@asynccontextmanager
async def try_out(folder: Path, port: int = 0, **variables: str) -> AsyncIterator[TryOut]:
    """It, started in that folder, with these variables set in its environment."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "try",
        "--port",
        str(port),
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while "Ctrl-C" not in "".join(said):
            line = (await process.stdout.readline()).decode()
            assert line, f"it ended: {said}"
            said.append(line.rstrip("\n"))
    url = re.search(r"http://127\.0\.0\.1:\d+/", "\n".join(said))
    assert url is not None
    running = TryOut(process, url.group(), said)
    try:
        yield running
    finally:
        if process.returncode is None:
            await running.stop()


@dataclass
class Visitor:
    """Somebody with a browser, a mouse and a keyboard."""

    page: Page
    addresses: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    @property
    def discord(self) -> FrameLocator:
        return self.page.frame_locator("#stage")

    async def become(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).click()
        await self.settle()

    async def move_time(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).click()
        await self.settle()

    async def slash(self, command: str) -> None:
        """Type a command that takes nothing, and send it."""
        box = self.discord.locator("textarea").first
        await box.click()
        await box.press_sequentially(command)
        await expect(self.discord.get_by_role("option").filter(has_text=command).first).to_be_visible()
        await self.rest()
        await box.press("Enter")
        await self.discord.get_by_role("button", name="Send").last.click()

    async def press(self, label: str) -> None:
        await expect(self.button(label)).to_be_visible()
        await self.rest()
        await self.button(label).click()

    def button(self, label: str) -> Locator:
        """The newest button with that label."""
        return self.discord.get_by_role("button", name=label, exact=True).last

    async def pick(self, option: str) -> None:
        """Choose from the newest menu. Opened, it asks for its options after a moment, and says so in `aria-busy`."""
        await self.discord.get_by_role("combobox").last.click()
        listed = self.discord.locator("[role=listbox][aria-busy=false] [role=option]:visible").filter(has_text=option)
        await expect(listed.first).to_be_visible()
        await self.rest()
        await listed.first.click()

    async def shows_as_picked(self, option: str) -> None:
        """A menu shows that option as the one that holds."""
        await expect(self.discord.get_by_role("combobox").filter(has_text=option).last).to_be_visible()

    async def sees(self, text: str) -> None:
        await expect(self.discord.get_by_text(text).last).to_be_visible()

    async def has_in_view(self, text: str) -> None:
        """It can be read without scrolling."""
        await expect(self.discord.get_by_text(text).last).to_be_in_viewport()

    async def rest(self) -> None:
        """What was asked of the simulated Discord is done: until then it takes no press, and its line ends in "…"."""
        await expect(self.discord.locator("#action-status")).to_have_text(AT_REST)

    async def settle(self) -> None:
        """The bar has finished what was asked of it."""
        await expect(self.page.locator("body:not(.busy)")).to_be_visible()
        await expect(self.discord.locator("textarea").first).to_be_visible()


@asynccontextmanager
async def visiting(url: str, executable: str) -> AsyncIterator[Visitor]:
    expect.set_options(timeout=PATIENCE * 1_000)
    # A browser settles in at home; here, its home goes when it goes.
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(
                executable_path=executable, args=QUIETLY, env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
            )
            page = await chromium.new_page(
                viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/London"
            )
            visitor = Visitor(page)
            page.on("request", lambda request: visitor.addresses.add(request.url.partition("/")[2].split("/")[1]))
            page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
            await page.goto(url)
            await visitor.settle()
            try:
                yield visitor
            finally:
                await chromium.close()


async def set_up(visitor: Visitor) -> None:
    """As the moderator: switch it on, post the card."""
    await visitor.slash("/setup")
    await visitor.sees("What moderators can never see:")
    await visitor.pick("welcome")
    await visitor.press("Post it")
    await visitor.sees("The card stands in")


async def start(visitor: Visitor) -> None:
    """As the member: say yes, from Leeds."""
    await visitor.press("Start")
    await visitor.sees("What do you agree to?")
    await visitor.press("Next")
    await visitor.press("Find my place")
    await visitor.discord.get_by_role("dialog").get_by_role("textbox").fill("leeds")
    await visitor.press("Submit")
    await visitor.sees("Which of these is your place?")
    await visitor.pick("Leeds")
    await visitor.sees("The next three would come at:")
    await visitor.shows_as_picked("3 a week")
    await visitor.press("Next")
    await visitor.sees("Steps begin tiny for everybody.")
    await visitor.press("Next")
    await visitor.sees("Three, as they could come")
    await visitor.press("Start")
    await visitor.sees("Your receipt is in your DMs.")
