"""The real bot in a simulated Discord: a server with a moderator and members, and a clock that both sides share."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import discord
import simcord
from discord import app_commands, ui
from pydantic import SecretStr

from bot.app import App, assemble, furnish
from bot.client import NOBODY_NAMED, Press
from bot.errors import ForMember
from bot.journey.courier import Letter, NudgeNote
from bot.rules.consent import QUESTIONS, Questions
from bot.rules.delivery import Sent
from bot.settings import DeliverySettings, DiscordSettings, OperatorSettings, Settings, StorageSettings
from bot.store.keyring import beside
from cogs._ui.controls import PickMenu, PressButton
from cogs._ui.screen import screen
from cogs.courier import build
from tests.support.canaries import marked
from tests.support.keys import MASTER
from tests.support.screen import Screen, controls_in
from tests.support.sql import looking_into

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTLE_SECONDS = 60


class SharedClock:
    """The simulated Discord's time, so that what the bot and what Discord call "now" are the same."""

    def __init__(self) -> None:
        self.env: simcord.Env | None = None

    def now(self) -> datetime:
        return self.env.now() if self.env else NOON

    def monotonic(self) -> float:
        return monotonic()

    def set_by(self) -> timedelta:
        return timedelta()


@dataclass
class Person:
    """Somebody with a mouse: what they do goes through the real client, and comes back as screens."""

    world: World
    actor: simcord.MemberActor
    last: Screen | None = None
    result: Any = None

    @property
    def id(self) -> int:
        return self.actor.id

    async def slash(self, command: str, **options: Any) -> Screen:
        """Use a command in the server."""
        self.world.seen.called.add(command)
        return self._note(await self.actor.slash(self.world.channel, command, **options))

    async def slash_in_dm(self, command: str, **options: Any) -> Screen:
        return self._note(await self.actor.user.slash(command, **options))

    async def press(self, label: str, on: Screen | None = None) -> Screen:
        """Press the button with that label on a screen (the last one, unless told otherwise)."""
        target = on or self.screen
        found = [
            one["custom_id"] for one in controls_in(target.components) if one.get("label") == label and one["type"] == 2
        ]
        assert found, f"no button {label!r} among {target.labels}"
        return await self.press_id(found[0], target)

    async def press_id(self, custom_id: str, on: Screen | None = None) -> Screen:
        target = on or self.screen
        self.world.seen.use(custom_id)
        return self._note(await self._hand(target).click(target.shown, custom_id=custom_id), target)

    async def pick(self, step: str, value: Any, on: Screen | None = None) -> Screen:
        """Choose from the menu of that step."""
        return await self.pick_all(step, [value], on)

    async def pick_all(self, step: str, values: list[Any], on: Screen | None = None) -> Screen:
        """Choose all of these, and nothing else."""
        target = on or self.screen
        self.world.seen.use(target.control(step))
        picked = await self._hand(target).select(target.shown, values, custom_id=target.control(step))
        return self._note(picked, target)

    async def open_form(self, command: str) -> None:
        """Use a command that answers with a form."""
        self.world.seen.called.add(command)
        self.result = await self.actor.slash(self.world.channel, command)
        assert self.result.modal is not None

    async def send(self, **fields: Any) -> Screen:
        """Fill in and send the form that is open."""
        hand = self.actor if self.result._interaction.guild_id else self.actor.user
        return self._note(await hand.submit_modal(self.result, fields), self.last)

    @property
    def form(self) -> dict[str, Any]:
        assert self.result.modal is not None, "no form is open"
        form: dict[str, Any] = self.result.modal
        return form

    @property
    def dms(self) -> list[Screen]:
        """What the bot wrote to them, the oldest first; ephemeral answers are not among them."""
        history = self.actor.user.dm_channel.history()
        return [Screen(message) for message in history if not message.flags.ephemeral]

    @property
    def screen(self) -> Screen:
        assert self.last is not None
        return self.last

    def _hand(self, target: Screen) -> Any:
        in_dm = self.world.env.backend.dm_channels.get(self.id)
        channel = target.shown.channel.id if isinstance(target.shown, discord.Message) else target.shown.channel_id
        return self.actor.user if channel == in_dm else self.actor

    def _note(self, result: Any, before: Screen | None = None) -> Screen:
        self.result = result
        answer = result.followups[-1] if result.followups else result.response
        if answer is not None:
            private = answer.ephemeral or answer.channel_id == self.world.env.backend.dm_channels.get(self.id)
            assert private, f"somebody else could see {Screen(answer).text!r}"
            self.last = Screen(answer)
        elif before is not None:
            self.last = self._again(before)
        assert self.last is not None or result.modal is not None, "nothing was answered"
        if result.modal is not None or self.last is None:
            self.result = result
        if self.last is not None:
            self.world.seen.offer(self.last)
        return self.last or Screen(result.response)

    def _again(self, before: Screen) -> Screen:
        """The same message, after it was edited."""
        if isinstance(before.shown, simcord.ResponseMessage):
            return before
        history = self.actor.user.dm_channel.history()
        return Screen(next(message for message in history if message.id == before.shown.id))


@dataclass
class Seen:
    """Every control that was ever offered and every command there is, to be held against what tests really used."""

    offered: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    commands: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)

    def offer(self, screen: Screen) -> None:
        self.offered |= {kind_of(control["custom_id"]) for control in controls_in(screen.components)}

    def use(self, custom_id: str) -> None:
        self.used.add(kind_of(custom_id))

    @property
    def untested(self) -> set[str]:
        return (self.offered - self.used) | (self.commands - self.called)


def kind_of(custom_id: str) -> str:
    """What a control is, without what it carries."""
    return ":".join(custom_id.split(":")[:3])


@dataclass
class World:
    app: App
    env: simcord.Env
    channel: simcord.ChannelHandle
    settings: Settings
    file: Path
    clock: SharedClock
    seen: Seen
    people: dict[str, Person] = field(default_factory=dict)
    forgiven: bool = False
    """Whether this test makes the bot raise on purpose."""

    @property
    def guild_id(self) -> int:
        return self.env.guild.id

    @property
    def sam(self) -> Person:
        """A moderator."""
        return self.person("sam")

    @property
    def robin(self) -> Person:
        """A member."""
        return self.person("robin")

    def person(self, name: str, *, manages: bool = False) -> Person:
        if name not in self.people:
            guild = self.env.guild
            roles = []
            if manages or name == "sam":
                roles = [guild.create_role(f"{name}s", permissions=discord.Permissions(manage_guild=True))]
            self.people[name] = Person(self, guild.add_member(self.env.create_user(marked(name)), roles=roles))
        return self.people[name]

    @property
    def card(self) -> Screen:
        message = self.channel.last_message
        assert message is not None, "no card was posted"
        return Screen(message)

    async def rows(self, person: Person | None = None) -> dict[str, list[dict[str, Any]]]:
        """Everything that is held about somebody."""
        return (await self.app.journeys.review.holding((person or self.robin).id)).rows

    async def messages(self, *, answered: bool = False) -> list[dict[str, Any]]:
        """What is held about Robin's messages."""
        return [row for row in (await self.rows())["occurrence"] if row["answered_at"] or not answered]

    async def set_up(self) -> None:
        """Sam switches Porchlight on here."""
        await self.sam.slash("setup")
        await self.sam.pick("channel", self.channel)
        await self.sam.press("Post it")

    async def start(
        self, person: Person | None = None, *, also: tuple[str, ...] = (), discreet: bool = False
    ) -> Screen:
        """Somebody says yes, from Berlin, in the evenings, to the labels in `also` beside nudges."""
        who = person or self.robin
        await who.slash("nudge start", place="Europe/Berlin")
        for purpose in also:
            await who.press_id(who.screen.control(f"flip_{purpose}"))
        await who.press("Next")
        await who.press("Next")
        if discreet:
            await who.press_id(who.screen.control("discreet"))
        await who.press("Next")
        return await who.press("Start")

    async def move(self, by: timedelta) -> None:
        """Let time pass, and whatever is due at its end happen."""
        await self.env.advance_time(by.total_seconds())
        await self.app.ticker.wake()
        await self.env.settle()

    async def to_due(self) -> None:
        """Let time pass until something is due, and happen."""
        due = await self.app.journeys.deliver.next_due()
        assert due is not None
        await self.move(due - self.env.now())

    async def to_next_nudge(self, person: Person | None = None) -> Screen:
        """Let time pass until the next nudge; the DM it brought."""
        await self.to_due()
        return (person or self.robin).dms[-1]

    async def robin_starts(self, **options: str) -> Screen:
        """Robin opens the first screen, in a server that is set up."""
        await self.set_up()
        return await self.robin.slash("nudge start", **options)

    async def restart(self) -> None:
        """The process ends and another begins, over the same file and the same Discord."""
        self.app = furnish(self.settings, self.app.database, self.app.client.library, self.clock)
        await self.app.journeys.deliver.begin()
        await self.env.restart_bot(self.app.client)

    async def arrive_anyway(self, occurrence_id: str) -> None:
        """Discord took a message whose answer was lost: it is in the DM, and nobody here knows."""
        occurrence = await self.app.database.read(lambda records: records.occurrences.get(occurrence_id))
        assert occurrence is not None
        nudge = self.app.client.library.language("en").nudge_by_id[occurrence.nudge_id or ""]
        letter = Letter(occurrence.member_id, None, occurrence_id, "en", discreet=False, says=NudgeNote(nudge))

        async def may_go() -> None:
            """Nothing keeps it back."""

        assert isinstance(await build(self.app.client, self.app.traffic).send(letter, may_go), Sent)

    def as_asked_earlier(self, purpose: str, version: int) -> None:
        """The file as an older version left it: whoever said yes to that was asked in the words of that one."""
        with looking_into(self.file) as connection:
            connection.exec_driver_sql("UPDATE consent SET wording = ? WHERE purpose = ?", (version, purpose))
            connection.exec_driver_sql("UPDATE member SET asked = ?", (version,))

    def break_the_database(self) -> None:
        with looking_into(self.file) as connection:
            connection.exec_driver_sql("DROP TABLE consent")

    def lose_keys(self) -> None:
        """As after a key database that is older than its members: theirs are not in it."""
        with closing(sqlite3.connect(beside(self.file))) as connection, connection:
            connection.execute("DELETE FROM wrapped_key WHERE key_id <> 'marker'")

    async def press_crafted(self, person: Person, custom_id: str, value: str | None = None) -> Screen:
        """Press a control that no screen offers (any more): one of an older version, or one that was edited away."""
        if value is None:
            item: Any = ui.Button(label="x", custom_id=custom_id)
            control: Any = PressButton(item, "", Press("", ""))
        else:
            item = ui.Select(custom_id=custom_id, options=[discord.SelectOption(label="x", value=value)])
            control = PickMenu(item, "", Press("", ""))
        in_dm = custom_id.split(":")[1] in {"n", "q", "r", "tune"}
        channel_id = person.actor.user.dm_channel.id if in_dm else self.channel.id
        guild_id = None if in_dm else self.guild_id
        shown = Screen(
            await self.app.client.get_partial_messageable(channel_id, guild_id=guild_id).send(view=screen(control))
        )
        await self.env.settle()
        if value is None:
            return await person.press_id(custom_id, shown)
        return person._note(await person._hand(shown).select(shown.shown, [value], custom_id=custom_id), shown)


@asynccontextmanager
async def open_world(
    folder: Path,
    seen: Seen | None = None,
    operator: OperatorSettings = NOBODY_NAMED,
    questions: Questions = QUESTIONS,
    delivery: DeliverySettings | None = None,
) -> AsyncIterator[World]:
    file = folder / "porchlight.db"
    settings = Settings(
        discord=DiscordSettings(token=SecretStr(marked("simulated"))),
        storage=StorageSettings(url=f"sqlite:///{file}", ballast_megabytes=0, free_megabytes_at_least=0),
        delivery=delivery or DeliverySettings(),
        operator=operator,
    )
    clock = SharedClock()
    async with assemble(settings, MASTER, clock, questions) as app:
        # Beside drills that take all of the machine, five seconds can be too few.
        env = simcord.Env(app.client, shard_count=1, settle_timeout=SETTLE_SECONDS)
        await env.start()
        try:
            clock.env = env
            await env.advance_time((NOON - env.now()).total_seconds())
            channel = env.create_guild(marked("Lantern House")).create_text_channel(marked("welcome"))
            await env.settle()
            world = World(app, env, channel, settings, file, clock, seen or Seen())
            world.seen.commands |= {
                command.qualified_name
                for command in app.client.tree.walk_commands()
                if isinstance(command, app_commands.Command)
            }
            yield world
        finally:
            await env.shutdown()
        if not world.forgiven:
            _raise_unexpected(env)


def _raise_unexpected(env: simcord.Env) -> None:
    """Whatever the bot raised, and did not mean to say to a member, fails the test."""
    causes = [getattr(error, "original", error) for error in env.errors]
    unexpected = [cause for cause in causes if not isinstance(cause, ForMember)]
    if unexpected:
        raise BaseExceptionGroup("the bot raised", unexpected)
