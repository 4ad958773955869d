"""Whoever looks for people in the log of every test finds them, and is not blind in any of these ways."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from bot.rules.occurrence import Kind, occurrence_id
from tests.support.canaries import MARK, Watch, leaks_in, leaks_of_a_process, marked
from tests.support.code import ROOT
from tests.support.house import ALEX, ROBIN
from tests.wire.gateway import TOKEN
from tests.wire.mail import MEMBER

OURS = structlog.stdlib.get_logger("bot.journey.deliver")

# What a line of ours could hold by mistake; a library can hold it just as well.
LEAKS = {
    "a member": ROBIN,
    "a member in words": f"for {ALEX}:",
    "a member of the wire": MEMBER,
    "a name": marked("robin"),
    "a server": marked("Lantern House"),
    "a message": occurrence_id(ROBIN, Kind.NUDGE, "2026-11-23"),
    "a button": "b:privacy:withdraw_counts:x",
    "an answer": "did_it",
    "an answer in words": "robin pressed not_ok at noon",
    "a pick": "calm",
    "a link": "https://discord.com/channels/1/2/3",
    "a token": TOKEN,
}

# What is taken out of every line, so that a library may well say it.
TAKEN_OUT = {"a member", "a member in words", "a member of the wire"}
NEVER_BY_LIBRARIES = {"an answer", "an answer in words", "a pick"}


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_whatever_of_a_member_our_events_hold_is_found_at_every_level(watch: Watch, leak: object, level: str) -> None:
    """Even what would have been taken out of the line."""
    getattr(OURS, level)("delivery.settled", how_many=leak)

    assert watch.take() != []


@pytest.mark.parametrize("name", sorted(LEAKS.keys() - TAKEN_OUT - NEVER_BY_LIBRARIES))
def test_whatever_a_library_says_of_a_member_is_found(watch: Watch, name: str) -> None:
    logging.getLogger("some.library").debug("sent to %s", LEAKS[name])

    assert watch.take() != []


def test_what_is_taken_out_of_the_lines_of_libraries_is_no_leak(watch: Watch) -> None:
    for name in TAKEN_OUT:
        logging.getLogger("some.library").info("sent to %s", LEAKS[name])

    assert watch.take() == []


def test_an_exception_is_looked_through_too(watch: Watch) -> None:
    try:
        {}[marked("robin")]
    except KeyError:
        OURS.exception("delivery.failed")

    assert watch.take() != []


def test_what_we_really_say_is_no_leak(watch: Watch) -> None:
    before = watch.lines
    OURS.info("delivery.settled", kind="nudge", state="sent", attempt=1, ours=True, how_many=12)
    OURS.warning("traffic.slowed", per_second=0.30000000000000004)
    OURS.error("traffic.held", why="token")

    assert watch.take() == []
    assert watch.lines == before + 3, "and it was looked at"


def test_the_log_of_a_process_is_looked_through_and_the_sentence_to_its_operator_is_not() -> None:
    lines = [f"delivery.settled {ROBIN}", f"porchlight: it belongs to application {ROBIN}", "porchlight.started"]

    assert leaks_of_a_process("\n".join(lines)) == [f"an id of Discord's: {lines[0]}"]
    assert leaks_in(MARK)


PLANTED = """
import structlog

log = structlog.stdlib.get_logger("bot.planted")

def test_that_says_nothing():
    log.info("planted", how_many=3)

def test_that_tells():
    log.debug("planted", who="{name}")

def test_that_goes_away_from_the_log():
    structlog.reset_defaults()

def test_that_comes_after_it():
    log.warning("planted", who="{name}")
"""


def test_a_test_in_which_somebody_is_logged_fails(tmp_path: Path) -> None:
    """As every test of this suite is run, in a run of its own."""
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED.format(name=marked("robin")), "utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    run = subprocess.run(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            str(ROOT / "pyproject.toml"),
            "-o",
            f"cache_dir={tmp_path / 'cache'}",
            "-rA",
            "-p",
            "no:randomly",
            "-p",
            PLUGIN,
            str(planted),
        ],
        cwd=ROOT,
        env=inherited | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    said = run.stdout
    assert "4 passed" in said, said + run.stderr
    assert "3 errors" in said, said
    assert said.count("written to the log") >= 2
    assert "what was logged here was not looked at" in said


PLUGIN = "tests.support.log_watch"
