"""What is said once, beside something that a member did by themselves: closed DMs, and questions whose words changed.

Never in a DM of its own, never beside a goodbye, a help line or a moderator's command, and one of the two at a time.
"""

from __future__ import annotations

from typing import Final

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from cogs import _turn
from cogs._ui import check_in
from cogs._ui.nudges import Flow, Step
from cogs._ui.privacy import anew_screen
from cogs._ui.start import closed_screen

# Closed DMs are told beside what is about nudges or weeks; questions beside the same, and beside a look at what is
# held, but not where all of them are asked anyway.
ABOUT_NUDGES: Final = ("nudge ", "streak ")
GOODBYES: Final = frozenset({"nudge stop", "streak forget"})
FITS_A_QUESTION: Final = ("nudge ", "streak ", "privacy show")
ASKS_ANYWAY: Final = frozenset({"nudge start"})

# The presses after which somebody has time for a question: an answer that is no objection, and a check-in.
ANSWERED: Final = frozenset(
    {
        (Flow.NUDGE, Step.DID_IT),
        (Flow.NUDGE, Step.DID_SMALLER),
        (Flow.NUDGE, Step.NOT_TODAY),
        (Flow.NUDGE, Step.LATER_DAYS),
        (check_in.FLOW, check_in.SEND),
    }
)


class Notices(commands.Cog):
    """Speaks after others have answered."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, command: object) -> None:
        name = command.qualified_name if isinstance(command, app_commands.Command) else ""
        if name in GOODBYES:
            return
        if name.startswith(ABOUT_NUDGES) and await self._client.journeys.adjust.is_to_be_told(interaction.user.id):
            await _turn.say(interaction, closed_screen(self._client.words(interaction)))
            await self._client.journeys.adjust.note_told(interaction.user.id)
        elif name.startswith(FITS_A_QUESTION) and name not in ASKS_ANYWAY:
            await self._ask_anew(interaction)

    @commands.Cog.listener()
    async def on_press_done(self, interaction: Interaction, flow: str, press: Press) -> None:
        if (flow, press.step) in ANSWERED:
            await self._ask_anew(interaction)

    async def _ask_anew(self, interaction: Interaction) -> None:
        """Once for each change, whether it is answered or not. /privacy choices goes on showing it."""
        asked = await self._client.journeys.review.ask_anew(interaction.user.id)
        if asked:
            agreed = await self._client.journeys.review.choices(interaction.user.id)
            await _turn.say(interaction, anew_screen(asked, agreed, self._client.words(interaction)))


async def setup(client: Porchlight) -> None:
    await client.add_cog(Notices(client))
