"""What an operator can get wrong, and what is never written down. Drills 30, 31 and 32."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass

import pytest

from bot.keys import MasterKeys
from tests.drills.judge import STAND, due_now
from tests.support.crowd import FIRST
from tests.support.keys import MASTER, VARIABLE
from tests.wire.double import Double
from tests.wire.faults import Ending, refuse, take_and, web_page
from tests.wire.gateway import TOKEN
from tests.wire.mail import APPLICATION, dm_of
from tests.wire.process import Bot

WRONG = {
    "not TOML": (b"[discord\ntoken = ", 78),
    "the same key twice": (b'[discord]\ntoken = "a"\ntoken = "b"\n', 78),
    "no text at all": (b"\xff\xfe\x00\x01", 66),
    "a number for a token": (b"[discord]\ntoken = 5\n", 78),
    "another database": (b'[storage]\nurl = "postgresql://here"\n', 78),
    "faster than Discord allows": (b"[delivery]\nrate_per_second = 500\n", 78),
}


@pytest.mark.parametrize(("text", "code"), WRONG.values(), ids=WRONG)
async def test_settings_that_are_wrong_are_one_line_and_nothing_is_sent(
    bot: Bot, double: Double, text: bytes, code: int
) -> None:
    due_now(bot, 1)
    (bot.folder / "config.toml").write_bytes(text)
    only_what_the_file_lacks = {
        name: value
        for name, value in bot.environment.items()
        if not (name.endswith("__TOKEN") and b"token" in text) and not (name.endswith("__URL") and b"storage" in text)
    }
    await bot.launch_with(only_what_the_file_lacks, "--config", "config.toml")

    ended = await bot.ended()

    assert ended.code == code
    assert ended.said.startswith("porchlight: ")
    assert ended.said.count("\n") == 1
    assert not double.log


@dataclass(frozen=True, slots=True)
class WrongKey:
    """What stands in the key file, under which rights, and how that ends; None for a file that is not there."""

    text: str | None
    code: int
    sentence: str
    rights: int = 0o400
    restoring: tuple[int, str] | None = None
    """Where it ends otherwise: a sealed copy does not tell a wrong key from a changed byte."""

    def expected(self, command: str) -> tuple[int, str]:
        return self.restoring if command == "restore" and self.restoring else (self.code, self.sentence)


WHOLE = MASTER.text()
WRONG_KEYS = {
    "missing": WrongKey(None, 79, "There is no master key file master.key."),
    "empty": WrongKey("", 79, "There is no master key in the file master.key."),
    "truncated": WrongKey(WHOLE[:20], 79, "A line in the file master.key is no master key"),
    "truncated by a byte": WrongKey(WHOLE.strip()[:-1], 79, "A line in the file master.key is no master key"),
    "open to others": WrongKey(WHOLE, 79, "Others may read the master key file master.key.", 0o440),
    "unreadable": WrongKey(WHOLE, 79, "The master key in master.key cannot be read.", 0o000),
    "another one": WrongKey(
        MasterKeys.fresh().text(),
        80,
        "The master key is not the one",
        restoring=(74, "The backup porchlight-20260601T000000Z.db.sealed cannot be opened. "),
    ),
    "without its version": WrongKey(WHOLE.replace("1 ", "2 "), 80, "Version 1 of the master key is missing"),
}
COMMANDS = {
    "run": ("run",),
    "backup": ("backup",),
    "restore": ("restore", "backups/porchlight-20260601T000000Z.db.sealed"),
    "rotate-key": ("rotate-key",),
    "erase-user": ("erase-user", str(FIRST)),
}


@pytest.mark.parametrize("wrong", WRONG_KEYS.values(), ids=WRONG_KEYS)
async def test_a_master_key_that_is_wrong_is_one_line_and_nothing_is_sent_or_changed(
    bot: Bot, double: Double, wrong: WrongKey
) -> None:
    """Whichever command is given it."""
    await bot.start()
    await bot.terminate()
    due_now(bot, 1)
    await bot.command("backup")
    (sealed,) = (bot.folder / "backups").glob("*.db.sealed")
    sealed.rename(bot.folder / COMMANDS["restore"][1])
    before, called = files_of(bot), len(double.log)
    bot.settings |= {VARIABLE: "", "PORCHLIGHT_SEALING__MASTER_KEY_FILE": "master.key"}
    key = bot.folder / "master.key"
    if wrong.text is not None:
        key.write_text(wrong.text)
        key.chmod(wrong.rights)
    if not wrong.rights and os.access(key, os.R_OK):
        key.unlink()
        key.mkdir(0o700)  # to root, no file is unreadable by its rights

    for name, command in COMMANDS.items():
        ended, said = await bot.command(*command)

        code, sentence = wrong.expected(name)
        assert (ended, said.count("\n")) == (code, 1), f"{name}: {said}"
        assert said.startswith(f"porchlight: {sentence}"), f"{name}: {said}"
        assert files_of(bot) == before, name
    assert len(double.log) == called


def files_of(bot: Bot) -> dict[str, bytes]:
    """What stands in the databases and the backups; what only SQLite lays beside them while it looks is left out."""
    found = [path for path in bot.folder.rglob("porchlight*") if path.is_file()]
    return {path.name: path.read_bytes() for path in found if not path.name.endswith(("-wal", "-shm"))}


async def test_the_database_of_another_bot_is_refused_and_nothing_is_sent(bot: Bot, double: Double) -> None:
    """Its DM channels are not ours: each would be an error, and thousands of those get an address banned."""
    await bot.start()
    await bot.terminate()
    due_now(bot, 1)
    assert bot.sql("SELECT value FROM fact WHERE name = 'application'") == [(str(APPLICATION),)]
    bot.sql("UPDATE fact SET value = '200000000000000009' WHERE name = 'application'")
    await bot.launch()

    ended = await bot.ended()

    assert ended.code == 74
    assert "porchlight.db belongs to another bot, application 200000000000000009." in ended.said
    assert double.identified == 1
    assert (double.counted["send"], double.counted["open"]) == (0, 0)


async def test_neither_a_person_nor_a_secret_is_ever_written_to_the_log_whatever_goes_wrong(
    bot: Bot, double: Double
) -> None:
    bot.settings |= {"PORCHLIGHT_LOG__LEVEL": "debug", "PORCHLIGHT_DELIVERY__SEND_TIMEOUT_SECONDS": "1"}
    people = due_now(bot, 8)
    wrong = [
        refuse(403, 50007),
        refuse(500),
        web_page(200),
        take_and(Ending.CUT),
        refuse(400, 50035),
        refuse(404, 10003),
    ]
    double.faults.next("send", *wrong)
    double.faults.next("callback", refuse(500), refuse(404, 10062))
    await bot.start()
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state = 'sent') >= 1")
    await bot.until_row("SELECT count(*) FROM occurrence HAVING sum(state != 'claimed') = ?", len(people))
    card = next(shown for member in people for shown in double.dm_with(member))
    member = int(card["channel_id"]) - dm_of(0)
    await double.members.press(card, "did_it", member)
    await bot.until_row("SELECT 1 FROM occurrence WHERE answered_at IS NOT NULL")
    await bot.terminate()

    ids = [row[0] for row in bot.sql("SELECT occurrence_id FROM occurrence")]
    people_and_places = [str(one) for who in people for one in (who, dm_of(who))]
    tokens = [TOKEN, *(f"interaction-{one}" for one in double.members.interactions)]
    said = bot.said
    assert "delivery.settled" in said
    assert [secret for secret in (*people_and_places, *tokens, *ids) if secret in said] == []


async def test_the_token_is_never_written_to_the_database_or_its_log(bot: Bot, double: Double) -> None:
    due_now(bot, 1)
    await bot.start()
    await bot.until_row(STAND, "sent", 1)
    await bot.kill()

    for file in bot.folder.glob("porchlight.db*"):
        assert TOKEN.encode() not in file.read_bytes()
    copy = bot.folder / "backup.db"
    with sqlite3.connect(bot.file) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    assert TOKEN.encode() not in copy.read_bytes()
