"""Whom the real process talks to: Discord, where the settings say it is, and nobody else."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.code import ROOT
from tests.support.crowd import just_now, milliseconds, zone_where_it_is_one_o_clock
from tests.wire.double import PATIENCE, Double
from tests.wire.mail import text_of
from tests.wire.opting_in import opt_in
from tests.wire.process import Bot

EARS: Final = Path(__file__).parent / "overhear"


def heard(folder: Path) -> dict[str, list[list[str]]]:
    """What was noted, by the kind of it."""
    notes: dict[str, list[list[str]]] = {}
    for line in (folder / "heard.txt").read_text("utf-8").splitlines():
        kind, *said = json.loads(line)
        notes.setdefault(kind, []).append(said)
    return notes


def with_ears(folder: Path) -> dict[str, str]:
    """The variables that let a process be overheard."""
    return {"PYTHONPATH": f"{EARS}{os.pathsep}{ROOT}", "OVERHEARD": str(folder / "heard.txt")}


async def run(folder: Path, *arguments: str) -> int:
    """A Python of ours, overheard; how it ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=folder, env=os.environ | with_ears(folder), stdout=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(PATIENCE * 3):
        return await process.wait()


async def test_from_start_to_stop_the_process_talks_to_discord_and_to_nobody_else(
    tmp_path: Path, bot: Bot, double: Double
) -> None:
    bot.settings |= with_ears(tmp_path)
    await bot.start()
    await opt_in(double, zone_where_it_is_one_o_clock())
    await double.slash("privacy", "show")
    await bot.terminate()
    bot.sql("UPDATE plan SET next_due_at = ?", milliseconds(just_now()))
    await bot.start()
    await double.until(lambda: len(double.posts) == 2)
    card = double.messages[double.dm[-1]]
    assert "You did it" in text_of(await double.press(card, "did_it"))
    ended = await bot.terminate()
    assert ended.code == 0

    notes = heard(tmp_path)

    discord = repr(("127.0.0.1", double.port))
    assert {address for (address,) in notes.pop("socket.connect")} == {discord}
    looked_up = {host for host, *_ in notes.pop("socket.getaddrinfo", [])}
    assert looked_up <= {"'127.0.0.1'", "b'127.0.0.1'"}
    assert notes == {}, "it listens nowhere, looks nobody up and starts no other program"


@pytest.mark.parametrize(
    "arguments",
    [
        ("-m", "bot", "simulate", "--members", "2", "--days", "3"),
        ("-m", "bot", "--help"),
    ],
    ids=lambda arguments: arguments[2],
)
async def test_what_needs_no_discord_talks_to_nobody_at_all(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert await run(tmp_path, *arguments) == 0

    assert heard(tmp_path) == {}


async def test_whatever_is_said_to_anybody_else_is_heard(tmp_path: Path) -> None:
    code = """
import os, socket, subprocess, sys
try:
    socket.create_connection(("localhost", 9), timeout=5)
except OSError:
    pass
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))
socket.socket().bind(("127.0.0.1", 0))
subprocess.run([sys.executable, "-c", ""], check=True)
"""
    assert await run(tmp_path, "-W", "ignore", "-c", code) == 0

    notes = heard(tmp_path)
    assert {"socket.getaddrinfo", "socket.connect", "socket.sendto", "socket.bind", "subprocess.Popen"} <= set(notes)
    assert ["('127.0.0.1', 9)"] in notes["socket.connect"]
    assert notes["socket.getaddrinfo"][0][0] == "'localhost'"
