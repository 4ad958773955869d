"""The Discord client: what it asks of Discord, the cogs it loads by name, and the one place where errors are answered.

It keeps no caches and asks for one intent, guilds: enough to know that a server is there, and nobody in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.content.library import Language, Library
from bot.content.words import Words
from bot.errors import ForMember, Outdated
from bot.journey.journeys import Journeys
from bot.journey.traffic import Heard
from bot.listening import listener
from bot.settings import OperatorSettings
from bot.store import Database

log = structlog.stdlib.get_logger(__name__)

COGS: Final = (
    "cogs.doors",
    "cogs.setup",
    "cogs.community",
    "cogs.card",
    "cogs.start",
    "cogs.nudge",
    "cogs.answer",
    "cogs.asked_back",
    "cogs.reviews",
    "cogs.tune",
    "cogs.check_in",
    "cogs.streak",
    "cogs.privacy",
    "cogs.notices",
    "cogs.helplines",
    "cogs.help",
)
# discord.py would otherwise sleep inside a send for as long as a bucket is empty.
LONGEST_BUCKET_WAIT_SECONDS: Final = 30.0
NOBODY_NAMED: Final = OperatorSettings()
COMMANDS_KNOWN: Final = "commands.{application_id}"

# What commands and their options are, by Discord's numbers, and how deep commands lie within groups at the most.
SLASH: Final = discord.AppCommandType.chat_input.value
NESTED: Final = (discord.AppCommandOptionType.subcommand.value, discord.AppCommandOptionType.subcommand_group.value)
TEXT: Final = discord.AppCommandOptionType.string.value
DEEPEST: Final = 2


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed, a menu chosen from, or a form sent: which one it was, and what was picked in it."""

    step: str
    data: str
    values: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Interaction = discord.Interaction["Porchlight"]
Flow = Callable[[Interaction, Press], Awaitable[None]]
"""What answers the presses of one group of screens. Its name stands in the id of every button on them."""


class Porchlight(commands.AutoShardedBot):
    """The client. `admit` gives it the journeys before it connects."""

    def __init__(
        self,
        library: Library,
        database: Database,
        heard: Callable[[Heard], None],
        operator: OperatorSettings = NOBODY_NAMED,
    ) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            # Mentions alone: any other prefix would make discord.py ask for the message content intent.
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            tree_cls=Tree,
            max_messages=None,
            http_trace=listener(heard),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_BUCKET_WAIT_SECONDS,
            # Member commands work in servers and in the bot's DM; moderators' commands say otherwise for themselves.
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.library = library
        self.operator = operator
        self._flows: dict[str, Flow] = {}
        self._database = database
        self._journeys: Journeys | None = None

    def admit(self, journeys: Journeys) -> None:
        self._journeys = journeys

    @property
    def journeys(self) -> Journeys:
        assert self._journeys is not None, "admit() comes before connecting"
        return self._journeys

    def answers(self, name: str, flow: Flow) -> None:
        """Let that flow answer the presses of its name. Raises ValueError when another one does so already."""
        if name in self._flows:
            raise ValueError(f"two flows are called {name}")
        self._flows[name] = flow

    async def enter(self, interaction: Interaction, name: str, press: Press) -> None:
        """Let a press in where it belongs, and tell listeners (`press_done`) once it is answered.

        Raises Outdated where nobody answers it (any more), or nobody pressed.
        """
        flow = self._flows.get(name)
        if flow is None or not is_from_somebody(interaction):
            raise Outdated
        await flow(interaction, press)
        self.dispatch("press_done", interaction, name, press)

    def language(self, interaction: discord.Interaction[Any]) -> Language:
        """What to answer in: the language of the member's own Discord, where we speak it."""
        return self.library.language(str(interaction.locale.value))

    def words(self, interaction: discord.Interaction[Any]) -> Words:
        return self.language(interaction).words

    async def setup_hook(self) -> None:
        assert self.application_id is not None, "login() knows it"
        await self._database.belong_to(self.application_id)
        for cog in COGS:
            await self.load_extension(cog)
        self._describe_commands()
        await self._sync_commands()

    def _describe_commands(self) -> None:
        """Commands carry the catalogue's words; those in the code are for whoever reads the code."""
        words = self.library.language("en").words
        for command in self.tree.walk_commands():
            name = command.qualified_name.replace(" ", ".")
            command.description = words(f"command.{name}.about")
            if isinstance(command, app_commands.Command):
                about = {one.name: words(f"command.{name}.{one.name}") for one in command.parameters}
                app_commands.describe(**about)(command)

    async def _sync_commands(self) -> None:
        """Tell Discord about the commands when, and only when, they changed since it was told last."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        name = COMMANDS_KNOWN.format(application_id=self.application_id)
        if await self._database.read(lambda records: records.facts.get(name)) == digest:
            return
        await self.tree.sync()
        await self._database.write(lambda records: records.facts.put(name, digest))
        log.info("commands.synced", count=len(payload))

    def read_in_vain(self, interaction: discord.Interaction[Any] | None, error: Exception) -> None:
        """An interaction came that makes no sense; None where not even whose it is can be read."""
        log.warning("interaction.malformed", error=type(error).__name__, can_be_answered=interaction is not None)
        if interaction is not None:
            self.loop.create_task(self.explain(interaction, Outdated()))

    async def explain(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Answer an error, in private, with a sentence that says what to do."""
        words = self.words(interaction)
        if isinstance(error, ForMember):
            sentence = words(error.wording)
            if error.is_ours:
                log.error("interaction.refused", error=type(error).__name__)
        else:
            log.error("interaction.failed", exc_info=error)
            sentence = words("error.ours")
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            elif interaction.response.is_done():
                await interaction.followup.send(sentence, ephemeral=True)
            else:
                await interaction.response.send_message(sentence, ephemeral=True)
        except discord.HTTPException as lost:
            # Too late, or answered elsewhere: there is nobody left to tell.
            log.warning("interaction.unanswered", status=lost.status, code=lost.code)
        except (aiohttp.ClientError, OSError) as lost:
            log.warning("interaction.unanswered", error=type(lost).__name__)


class Tree(app_commands.CommandTree[Porchlight]):
    """The commands. Errors of all of them end here."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """A command whose form is none of ours is answered here: over some of them discord.py would say nothing."""
        if (
            is_command(interaction.data)
            and is_from_somebody(interaction)
            and (interaction.type is not discord.InteractionType.autocomplete or _has_choices(interaction))
        ):
            return True
        await self.client.explain(interaction, Outdated())
        return False

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        await self.client.explain(interaction, cause_of(error))


def cause_of(error: app_commands.AppCommandError) -> BaseException:
    """What really happened. A command that changed since Discord was told about it is an outdated one."""
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return Outdated()
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error


def is_from_somebody(interaction: discord.Interaction[Any]) -> bool:
    """Whether it says by whom. discord.py reads it all the same where it does not."""
    return interaction.user is not discord.utils.MISSING


def _has_choices(interaction: Interaction) -> bool:
    """Whether something is offered for what is being typed."""
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return False
    typed = (command.get_parameter(name) for name in _typed_in(dict(interaction.data or {})))
    return any(parameter is not None and parameter.autocomplete for parameter in typed)


def _typed_in(data: Mapping[str, Any]) -> Iterator[str]:
    for option in data.get("options", []):
        if option.get("focused"):
            yield option["name"]
        yield from _typed_in(option)


def is_command(data: object) -> bool:
    """Whether that is the use of a slash command, with texts for options: all that Porchlight has."""
    if not isinstance(data, Mapping) or data.get("type", SLASH) != SLASH:
        return False
    return not data.get("guild_id") and not data.get("resolved") and _is_named(data, DEEPEST)


def _is_named(data: Mapping[str, Any], deeper: int) -> bool:
    """Whether it has a name, and options that are texts or, so many levels down, commands themselves."""
    options = data.get("options", [])
    return (
        isinstance(data.get("name"), str)
        and isinstance(options, list)
        and all(
            isinstance(one, Mapping)
            and (_is_text(one) or (deeper > 0 and _is_nested(one) and _is_named(one, deeper - 1)))
            for one in options
        )
    )


def _is_nested(option: Mapping[str, Any]) -> bool:
    return option.get("type") in NESTED


def _is_text(option: Mapping[str, Any]) -> bool:
    return option.get("type") == TEXT and isinstance(option.get("name"), str) and isinstance(option.get("value"), str)
