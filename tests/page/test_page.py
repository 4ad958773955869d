"""The try-out: the whole bot in a browser, with no token. Without a Chromium, the first few say so and are skipped."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect

from bot.errors import NoFreePort
from bot.tryout.page import listen
from tests.support.page import Visitor, browser, set_up, start, try_out, visiting


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    """Somebody who has just opened it."""
    chromium = browser()
    if chromium is None:
        pytest.skip("no Chromium is installed, so the page is not looked at")
    async with try_out(tmp_path) as running, visiting(running.url, chromium) as visitor:
        yield visitor


async def test_a_visitor_is_the_moderator_then_the_member_and_answers_a_nudge(visitor: Visitor) -> None:
    await set_up(visitor)
    await visitor.become("Robin in the server")
    await visitor.press("Try one now")
    await visitor.press("Did it")
    await visitor.sees("This was to try, so nothing is stored.")
    await start(visitor)

    await visitor.become("Robin in the DM")
    await visitor.sees("Your receipt")
    await visitor.move_time("Go to the next nudge")
    await visitor.press("Did it")
    await visitor.sees("You did it.")
    await visitor.slash("/checkin")
    await visitor.sees("How are things?")
    await visitor.discord.get_by_role("dialog").get_by_text("Space", exact=True).click()
    await visitor.press("Submit")
    await visitor.sees("Wanting space is fine.")
    await visitor.slash("/privacy show")
    await visitor.sees("All that is held about you")
    await visitor.has_in_view("Moderators cannot, unless they run it.")
    await visitor.move_time("+ 1 day")
    await visitor.become("Sam moderator")
    await visitor.slash("/community status")
    await visitor.sees("Fewer than ten people agreed to be counted")
    await visitor.become("Robin in the DM")
    await visitor.slash("/privacy delete")
    await visitor.press("Delete everything")
    await visitor.sees("Nothing is held about you any more.")
    await expect(visitor.page.get_by_text("Go back to Robin in the server")).to_be_visible()

    assert visitor.complaints == []
    assert visitor.addresses == {visitor.page.url.split("/")[2]}, "nothing leaves this machine"


async def test_ending_the_preview_by_its_own_menu_brings_it_back(visitor: Visitor) -> None:
    first = await visitor.page.locator("#stage").get_attribute("src")
    await visitor.discord.get_by_text("More", exact=True).click()
    await visitor.discord.get_by_role("button", name="End preview session").click()
    await visitor.page.wait_for_selector(f'#stage:not([src="{first}"])')

    await set_up(visitor)


async def test_after_a_kind_refusal_the_next_command_can_be_typed(visitor: Visitor) -> None:
    """To the simulated Discord, a sentence that tells what is missing is no fault of the bot's."""
    await set_up(visitor)
    await visitor.become("Robin in the server")
    await visitor.slash("/nudge settings")
    await visitor.sees("Nothing is set up yet.")
    await visitor.slash("/privacy show")
    await visitor.sees("Nothing is held about you.")

    await expect(visitor.discord.get_by_text("Action outcome uncertain")).to_have_count(0)


async def test_it_says_what_to_do_next_in_a_few_plain_lines(tmp_path: Path) -> None:
    async with try_out(tmp_path) as running:
        pass

    assert 6 <= len(running.said) <= 16
    assert "Type /setup in the box at the bottom, and press Enter twice." in "\n".join(running.said)


async def test_ctrl_c_ends_it_cleanly_and_nothing_is_left_behind(tmp_path: Path) -> None:
    async with try_out(tmp_path) as running:
        assert list(tmp_path.glob(".try/*/porchlight.db"))
        code = await running.stop()

    assert code == 0
    assert running.said[-1] == "Stopped. All that was stored is removed."
    assert list(tmp_path.iterdir()) == []


async def test_it_leaves_nothing_in_the_home_and_the_temporary_folder_of_whoever_starts_it(tmp_path: Path) -> None:
    started_in, home, temporary = (tmp_path / name for name in ("here", "home", "tmp"))
    for folder in (started_in, home, temporary):
        folder.mkdir()
    async with (
        try_out(started_in, HOME=str(home), TMPDIR=str(temporary)) as running,
        aiohttp.ClientSession() as visitor,
    ):
        for method, path in (("GET", ""), ("POST", "bar/go/dm"), ("POST", "bar/time/day"), ("GET", "bar/state")):
            async with visitor.request(method, running.url + path) as answer:
                assert answer.status < 400, path
        await running.stop()

    assert [list(folder.iterdir()) for folder in (started_in, home, temporary)] == [[], [], []]


async def test_a_port_that_is_taken_is_no_obstacle(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        async with try_out(tmp_path, port) as running:
            assert f":{port}/" not in running.url
            assert f"Port {port} is taken, so another one is used." in running.said


async def test_two_of_them_can_be_open_side_by_side(tmp_path: Path) -> None:
    async with try_out(tmp_path) as one, try_out(tmp_path) as other, aiohttp.ClientSession() as session:
        await one.stop()

        async with session.get(f"{other.url}bar/state") as answer:
            assert answer.status == 200


async def test_other_names_and_other_pages_are_refused(tmp_path: Path) -> None:
    """A page elsewhere in the visitor's browser cannot press anything here, nor pretend to be this page."""
    async with try_out(tmp_path) as running, aiohttp.ClientSession() as session:
        for path in ("", "bar/state", "stage"):
            async with session.get(running.url + path, headers={"Host": "evil.example"}) as answer:
                assert answer.status == 403
        for method, path in (("POST", "bar/go/dm"), ("POST", "bar/time/day"), ("POST", "api/action")):
            async with session.request(method, running.url + path, headers={"Origin": "http://evil.example"}) as answer:
                assert answer.status == 403
        for path in ("bar/go/nowhere", "bar/time/backwards"):
            async with session.post(running.url + path) as answer:
                assert answer.status == 404


def test_where_no_port_is_free_it_says_so_in_one_sentence() -> None:
    with listen(65_535), pytest.raises(NoFreePort, match="No port from 65535 on is free"):
        listen(65_535)
