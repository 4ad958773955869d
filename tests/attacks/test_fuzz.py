"""Thousands of interactions, random and malformed, against the real bot: no crash, no silence, no leak, no broken law.

In short form some hundreds, the same ones every time; `PORCHLIGHT_DRILLS=long` (`make drills`) sends ten thousand new
ones, to one bot after another: what SimCord remembers of each interaction makes the thousandth ten times as slow.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import discord
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot.content.library import Library
from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer
from bot.settings import DeliverySettings
from tests.attacks import raw
from tests.attacks.hostile import INSIDES
from tests.attacks.laws import Laws
from tests.attacks.nonsense import COMMANDS, FLOWS, Nonsense, damaged, filled, nonsense
from tests.attacks.victim import Victim, make_victim
from tests.support.canaries import MARK, Watch
from tests.support.house import ROBIN, House
from tests.support.sql import looking_into
from tests.support.world import Person, World, open_world

LONG: Final = os.environ.get("PORCHLIGHT_DRILLS") == "long"
EXAMPLES: Final = 400
BOTS: Final = 25 if LONG else 1

# What is looked at after every so many, because it takes longer.
LAWS_EVERY: Final = 50

OURS: Final = "Something went wrong on our side"


class Fuzzed:
    """A world in which Alex is left alone, and four others do what they like."""

    def __init__(self, world: World, alex: Victim, others: list[Person], laws: Laws, watch: Watch) -> None:
        self.world = world
        self.alex = alex
        self.others = others
        self.laws = laws
        self.counted: Counter[str] = Counter()
        self._watch = watch
        self._alexs = laws.of(alex.person.id)
        self._shown = {
            (one.id, in_dm): raw.message_in(world, one, in_dm=in_dm, components=[raw.row_of("b:card:try", raw.BUTTON)])
            for one in others
            for in_dm in (False, True)
        }

    async def let(self, nonsense: Nonsense) -> None:
        """Let that arrive, and hold what came of it against the laws."""
        who = self.others[nonsense.who]
        whole = self._payload(nonsense, who)
        said = damaged(whole, nonsense.damages)
        can_be_answered = self._can_be_answered(said, whole)
        has_person = said.get("user") == whole.get("user") and said.get("member") == whole.get("member")
        answer = await raw.deliver(self.world, said)

        self._count(answer, can_be_answered)
        assert not can_be_answered or self.is_answered(whole), "it was not answered"
        if has_person and can_be_answered:
            assert OURS not in answer.text, "it was a fault of ours"
            assert self._watch.faults == []
        self.no_leak(answer, who)
        assert self.laws.of(self.alex.person.id) == self._alexs, "something of Alex's has changed"
        if self.counted["interactions"] % LAWS_EVERY == 0:
            assert self.laws.broken() == []
        self._watch.faults.clear()
        self.world.env.http_requests.clear()
        self.world.env.backend.transcript.clear()

    def _payload(self, nonsense: Nonsense, who: Person) -> dict[str, Any]:
        row = self.laws.of(who.id)
        mine = next((one[1] for one in row if one[0] == "occurrence"), "A" * 24)
        theirs = str(self.alex.open_nudge.control("stop").rpartition(":")[2])
        names = {"{mine}": str(mine), "{theirs}": theirs, "{channel}": str(self.world.channel.id)}
        data = filled(nonsense.data, names)
        said: dict[str, Any] = raw.payload(self.world, who, nonsense.kind, data, in_dm=nonsense.in_dm)
        if nonsense.kind in (raw.COMPONENT, raw.FORM):
            raw.stand_on(self.world, said, self._shown[who.id, nonsense.in_dm])
            if nonsense.kind == raw.COMPONENT and isinstance(data["custom_id"], str):
                said["message"]["components"] = [raw.row_of(data["custom_id"], data["component_type"])]
        return said

    def _can_be_answered(self, said: dict[str, Any], whole: dict[str, Any]) -> bool:
        """Whether it says what Discord needs for an answer, as it was told to us, and is of a kind that we know."""
        envelope = ("id", "token", "application_id")
        if any(said.get(name) != whole[name] for name in envelope) or said.get("type") not in raw.KINDS:
            return False
        try:
            discord.Interaction(data=copy.deepcopy(said), state=self.world.app.client._connection)
        except Exception:  # noqa: BLE001 - whatever it is, it cannot be read
            return False
        return True

    def is_answered(self, whole: dict[str, Any]) -> bool:
        return self.world.env.backend.interactions[int(whole["id"])].responded

    def no_leak(self, answer: raw.Answer, who: Person) -> None:
        assert answer.is_private
        assert answer.mentions_nobody
        told = answer.raw + str(answer.to_channels)
        others = {str(one.id) for one in self.others if one is not who} | self.alex.secrets
        assert [one for one in others if one in told] == [], "something about somebody else"
        assert MARK not in told
        assert [one for one in INSIDES if one in answer.text] == []
        moderates = who is self.world.sam
        for channel, _ in answer.to_channels:
            own = channel == self.world.env.backend.dm_channels.get(who.id)
            assert own or (moderates and channel == self.world.channel.id), "written to somebody else"

    def _count(self, answer: raw.Answer, can_be_answered: bool) -> None:
        self.counted["interactions"] += 1
        self.counted["answered"] += answer.acknowledged
        self.counted["unreadable"] += not can_be_answered
        self.counted["outdated"] += "older version" in answer.text


@pytest.fixture
async def fuzzed(tmp_path: Path, library: Library, watch: Watch) -> AsyncIterator[Fuzzed]:
    hurried = DeliverySettings(dm_opens_per_minute=60, dm_opens_per_day=100_000, rate_per_second=40)
    async with open_world(tmp_path, delivery=hurried) as world:
        await world.set_up()
        alex = await make_victim(world)
        await world.start(world.robin, also=("answers", "streak", "check_ins"))
        await world.to_next_nudge(world.robin)
        laws = Laws(world.file, library.languages["en"])
        others = [world.robin, world.sam, world.person("casey"), world.person("jo")]
        alex.before = await alex.rows()
        watch.faults.clear()
        yield Fuzzed(world, alex, others, laws, watch)
        laws.close()
        world.forgiven = True


@pytest.mark.parametrize("bot", range(BOTS))
@settings(
    max_examples=EXAMPLES,
    derandomize=not LONG,
    database=None,
    # What came before is part of every example, so a smaller one would be another.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(one=nonsense)
async def test_nonsense_ends_nothing_leaks_nothing_and_is_answered(
    fuzzed: Fuzzed, request: pytest.FixtureRequest, bot: int, one: Nonsense
) -> None:
    """`bot`: which of them; each begins as the one before did."""
    await fuzzed.let(one)
    request.node.user_properties[:] = fuzzed.counted.items()


BREAKS: Final = {
    "a purpose of nobody's": "UPDATE consent SET purpose = 'everything'",
    "a yes twice": "INSERT INTO consent SELECT NULL, member_id, purpose, wording, given_at, NULL FROM consent",
    "a zone on Mars": "UPDATE plan SET zone = '../../etc/passwd'",
    "a window of its own": "UPDATE plan SET window_end = window_start + 1",
    "due and stopped": "UPDATE plan SET state = 'stopped'",
    "a nudge of nobody's": "UPDATE plan SET again_nudge_id = '<@1>'",
    "another's message": "UPDATE occurrence SET member_id = member_id, slot = 'x'",
    "an answer of nobody's": "UPDATE occurrence SET answer = 'DROP TABLE', answered_at = 1",
    "an answer at no time": "UPDATE occurrence SET answered_at = NULL",
    "a word": """UPDATE check_in SET picks = '{"word": "I miss her"}'""",
    "nobody's row": "INSERT INTO week VALUES (7, '2026-11-23')",
}


@pytest.mark.parametrize("statement", BREAKS.values(), ids=BREAKS)
async def test_the_laws_see_what_is_broken(house: House, tmp_path: Path, library: Library, statement: str) -> None:
    """Nobody would notice otherwise if they looked at nothing."""
    await house.start(also=frozenset(Purpose))
    await house.journeys.check_in.keep(ROBIN, 1, {"word": "calm"}, "en")
    nudge = await house.to_next_nudge()
    await house.journeys.answer.press(ROBIN, nudge.occurrence_id, Answer.DID_IT, "en")
    laws = Laws(tmp_path / "porchlight.db", library.languages["en"])
    assert laws.broken() == []

    with looking_into(tmp_path / "porchlight.db") as connection:
        connection.exec_driver_sql(statement)

    assert len(laws.broken()) >= 1
    laws.close()


async def test_every_command_and_every_flow_is_among_the_nonsense(fuzzed: Fuzzed) -> None:
    """A new one is fuzzed from its first day."""
    assert fuzzed.world.seen.commands <= set(COMMANDS)
    assert set(fuzzed.world.app.client._flows) <= set(FLOWS)


async def test_a_leak_and_a_silence_would_be_seen(fuzzed: Fuzzed) -> None:
    """What the fuzzer asks of each answer, asked of answers that are as bad as can be."""
    robin, theirs = fuzzed.others[0], fuzzed.alex.person.id
    said = {"is_new": True, "flags": raw.EPHEMERAL, "allowed_mentions": {"parse": []}, "content": "x"}
    fuzzed.no_leak(raw.Answer(acknowledged=True, kind=4, bodies=[said]), robin)
    for worse in (
        said | {"flags": 0},
        said | {"content": f"ask {theirs}"},
        said | {"content": "Traceback (most recent call last)"},
        said | {"content": robin.actor.user.name},
        said | {"allowed_mentions": {"parse": ["users"]}},
        {name: value for name, value in said.items() if name != "allowed_mentions"},
    ):
        with pytest.raises(AssertionError):
            fuzzed.no_leak(raw.Answer(acknowledged=True, kind=4, bodies=[worse]), robin)
    with pytest.raises(AssertionError):
        fuzzed.no_leak(raw.Answer(acknowledged=True, kind=4, to_channels=[(theirs, said)]), robin)
    unanswered = raw.payload(fuzzed.world, robin, raw.SLASH, raw.command("help", []), in_dm=False)
    assert not fuzzed.is_answered(unanswered)
