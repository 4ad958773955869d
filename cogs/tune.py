"""The presses on what may come, which is a part of /nudge settings."""

from __future__ import annotations

import re
from typing import Final

from discord import ui
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.content.nudges import SKIPPABLE
from bot.errors import Outdated
from cogs import _turn
from cogs._ui.overview import overview_screen
from cogs._ui.tuning import FLOW, FOR_WHOM, SETS, kind_screen, tuning_screen

# A kind, and how many tickets it is to have.
TICKETS: Final = re.compile(r"([a-z_]{1,20}):(\d{1,2}(?:\.\d)?)")


class TunePresses(commands.Cog):
    """Whatever is picked holds from the next nudge on."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press(self, interaction: Interaction, press: Press) -> None:
        await _turn.show(interaction, await self._screen(interaction, press))

    async def _screen(self, interaction: Interaction, press: Press) -> ui.LayoutView:
        words, tune, member_id = self._client.words(interaction), self._client.journeys.tune, interaction.user.id
        match press.step:
            case "settings":
                return await self._settings(interaction)
            case "home" | "back":
                tuning = await tune.look(member_id)
            case "skip" if set(press.values) <= set(SKIPPABLE):
                tuning = await tune.skip(member_id, frozenset(press.values))
            case "for_whom" if press.values and press.values[0] in FOR_WHOM:
                tuning = await tune.for_whom(member_id, FOR_WHOM[press.values[0]])
            case "set_on" | "set_off" if press.data in SETS:
                tuning = await tune.switch_set(member_id, press.data, on=press.step == "set_on")
            case "reset":
                tuning = await tune.reset_tickets(member_id)
            case _:
                return await self._kind(interaction, press)
        return tuning_screen(tuning, words)

    async def _kind(self, interaction: Interaction, press: Press) -> ui.LayoutView:
        """One kind, as it is after the press. Raises Outdated for one that there is not for this member."""
        tune, member_id = self._client.journeys.tune, interaction.user.id
        theme, tickets = press.data, TICKETS.fullmatch(press.data)
        match press.step:
            case "kind" if press.values:
                theme, tuning = press.values[0], await tune.look(member_id)
            case "more" | "fewer" | "even" if tickets is not None:
                theme, tuning = tickets[1], await tune.set_tickets(member_id, tickets[1], float(tickets[2]))
            case "leave_out":
                tuning = await tune.leave_out(member_id, theme)
            case "let_in":
                tuning = await tune.switch_kind_on(member_id, theme)
            case _:
                raise Outdated
        if theme not in tuning.on and theme not in tuning.off:
            raise Outdated
        return kind_screen(theme, tuning, self._client.words(interaction))

    async def _settings(self, interaction: Interaction) -> ui.LayoutView:
        outlook = await self._client.journeys.adjust.outlook(interaction.user.id)
        place = self._client.library.places.at(outlook.plan.wishes.zone)
        return overview_screen(outlook, place, interaction.created_at, self._client.words(interaction))


async def setup(client: Porchlight) -> None:
    cog = TunePresses(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
