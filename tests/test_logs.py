"""What is written to the log, and what never is."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import set_up_logs
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
