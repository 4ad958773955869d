"""What is checked again at the moment of a press, whatever Discord showed before."""

from __future__ import annotations

from bot.client import Interaction, Porchlight
from bot.errors import ModeratorsOnly, NotEnabledHere


def moderated_guild(interaction: Interaction) -> int:
    """The server of this interaction. Raises ModeratorsOnly unless Discord says, now, that they may manage it.

    default_permissions only decide what is shown, and an administrator can change that.
    """
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise ModeratorsOnly
    return interaction.guild_id


async def home_guild(interaction: Interaction, client: Porchlight) -> int | None:
    """The server that a member comes from; None in a DM, and where they brought the bot along themselves.

    Raises NotEnabledHere for a server that has Porchlight switched off.
    """
    brought_along = interaction.is_user_integration() and not interaction.is_guild_integration()
    if interaction.guild_id is None or brought_along:
        return None
    if not await client.journeys.enable.is_on(interaction.guild_id):
        raise NotEnabledHere
    return interaction.guild_id
