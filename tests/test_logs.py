"""What is written to the log, and what never is."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import QuietHandler, set_up_logs, tell_crash
from bot.settings import LogSettings

MEMBER = 123456789012345678
# In the shape of a token, and nobody's.
TOKEN = ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4", "Gabcde", "x" * 38))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = [logging.getLogger(name) for name in ("discord", "alembic", "aiosqlite", "sqlalchemy", "apscheduler")]
    levels = [library.level for library in libraries]
    stream = io.StringIO()
    set_up_logs(LogSettings(level="debug", format="json"), stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for library, before in zip(libraries, levels, strict=True):
        library.setLevel(before)
    structlog.reset_defaults()


def test_events_are_written_with_their_facts(log: io.StringIO) -> None:
    structlog.stdlib.get_logger("bot").info("delivery.settled", state="sent", attempt=2, ours=True)

    line = json.loads(log.getvalue())
    assert (line["event"], line["state"], line["attempt"], line["ours"]) == ("delivery.settled", "sent", 2, True)


def test_no_member_and_no_token_is_written_whoever_logs_it(log: io.StringIO) -> None:
    ours = structlog.stdlib.get_logger("bot")
    theirs = logging.getLogger("some.library")
    ours.info("seen", member=MEMBER, text=f"<@{MEMBER}> wrote", more={"ids": [MEMBER]}, token=TOKEN)
    theirs.warning("PUT /webhooks/%s/%s/messages", MEMBER, "aW50ZXJhY3Rpb246" * 4)
    try:
        {}[f"no such user: {MEMBER}, with {TOKEN}"]
    except KeyError:
        theirs.exception("failed for %s", MEMBER)

    written = log.getvalue()
    assert str(MEMBER) not in written
    assert TOKEN not in written
    assert "aW50ZXJhY3Rpb246" not in written
    assert "no such user: …" in written
    assert len(written.splitlines()) == 3


def test_a_line_that_cannot_be_written_says_nothing_of_what_it_held(
    log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python's own way would be to print it whole to standard error."""
    structlog.stdlib.get_logger("bot").info("seen", text="Rob\ud800in")
    written, *_ = logging.getLogger().handlers
    written.handle(logging.makeLogRecord({"msg": "%d was here", "args": (f"not a number: {MEMBER}",)}))
    written.handle(logging.makeLogRecord({"msg": "seen by %s", "args": (Unspeakable(),)}))

    assert log.getvalue().splitlines()[1:] == ["log.unwritable", "log.unwritable"]
    assert "Rob?in" in log.getvalue()
    assert capfd.readouterr() == ("", "")


class Unspeakable:
    def __str__(self) -> str:
        raise ValueError(f"{MEMBER} is not to be named")


def test_a_stream_that_is_gone_ends_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = QuietHandler(stream)
    stream.close()

    handler.handle(logging.makeLogRecord({"msg": f"{MEMBER} was here"}))

    assert capfd.readouterr() == ("", "")


def test_what_ends_the_process_is_told_without_whom_it_was_about(log: io.StringIO) -> None:
    try:
        {}[f"no such user: {MEMBER}, with {TOKEN}"]
    except KeyError:
        tell_crash()

    line = json.loads(log.getvalue())
    assert (line["event"], line["level"]) == ("porchlight.crashed", "critical")
    assert "KeyError: 'no such user: …, with …'" in line["exception"]


def test_ordinary_numbers_stay(log: io.StringIO) -> None:
    structlog.stdlib.get_logger("bot").info("commands.synced", count=8, seconds=0.5, nothing=None)

    line = json.loads(log.getvalue())
    assert (line["count"], line["seconds"], line["nothing"]) == (8, 0.5, None)


def test_libraries_are_quiet_below_warnings(log: io.StringIO) -> None:
    logging.getLogger("discord.gateway").info("Shard ID 0 has connected")
    logging.getLogger("aiosqlite").debug("executing")

    assert log.getvalue() == ""


def test_text_is_for_people() -> None:
    stream = io.StringIO()
    set_up_logs(LogSettings(), stream)
    structlog.stdlib.get_logger("bot").info("porchlight.started")
    structlog.reset_defaults()

    assert "porchlight.started" in stream.getvalue()
