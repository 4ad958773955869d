"""/nudge: begin, see one now, change, pause, resume, stop."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

from discord import app_commands, ui
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import NotStarted, Outdated
from bot.journey.adjust import PAUSE_DAYS
from bot.rules.plan import Plan
from bot.rules.schedule import is_zone
from cogs._guards import home_guild
from cogs._ui.draft import Draft
from cogs._ui.nudges import NUDGE, TASTE, Card, answered_screen, nudge_screen
from cogs._ui.overview import FLOW, overview_screen, pause_screen, state_text
from cogs._ui.screen import moment, screen
from cogs._ui.start import what_screen, when_screen

CHOICES_SHOWN = 25
LONGEST_CHOICE = 100


class NudgeCog(commands.GroupCog, group_name="nudge"):
    """A small nudge now and then. Only for those who ask."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def start(self, interaction: Interaction, place: str | None = None) -> None:
        """Say yes to nudges, in private, screen by screen."""
        await home_guild(interaction, self._client)
        draft = Draft(zone=await self._zone(place))
        await interaction.response.send_message(
            view=what_screen(draft, self._client.words(interaction)), ephemeral=True
        )

    @start.autocomplete("place")
    async def complete_place(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        places = await asyncio.to_thread(self._client.library.places.find, typed, CHOICES_SHOWN)
        words = self._client.words(interaction)
        return [
            app_commands.Choice(
                name=words(
                    "start.place.choice",
                    name=place.name,
                    time=f"{interaction.created_at.astimezone(ZoneInfo(place.zone)):%H:%M}",
                    zone=place.zone,
                )[:LONGEST_CHOICE],
                value=place.zone,
            )
            for place in places
        ]

    @app_commands.command()
    async def now(self, interaction: Interaction) -> None:
        """Today's nudge, here and for your eyes only."""
        words = self._client.words(interaction)
        offer = await self._client.journeys.taste.today(interaction.user.id, words.language, interaction.id)
        if offer.occurrence_id is None:
            view = nudge_screen(Card(offer.nudge, offer.nudge.nudge_id, TASTE), words)
        elif offer.answered:
            card = Card(offer.nudge, offer.occurrence_id, NUDGE)
            view = answered_screen(card, [words("nudge.reply.already")], words)
        else:
            view = nudge_screen(Card(offer.nudge, offer.occurrence_id, NUDGE), words)
        await interaction.response.send_message(view=view, ephemeral=True)

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """See and change how often, when, and how big."""
        plan = await self._plan(interaction)
        await interaction.response.send_message(view=self._overview(interaction, plan), ephemeral=True)

    @app_commands.command()
    async def pause(self, interaction: Interaction) -> None:
        """Send nothing for 3, 7 or 30 days."""
        await self._plan(interaction)
        await interaction.response.send_message(view=pause_screen(self._client.words(interaction)), ephemeral=True)

    @app_commands.command()
    async def resume(self, interaction: Interaction) -> None:
        """Let nudges come again."""
        plan = await self._client.journeys.adjust.resume(interaction.user.id)
        words = self._client.words(interaction)
        await interaction.response.send_message(
            view=screen(state_text(plan, interaction.created_at, words)), ephemeral=True
        )

    @app_commands.command()
    async def stop(self, interaction: Interaction) -> None:
        """Stop the nudges, at once."""
        await self._client.journeys.leave.stop(interaction.user.id)
        await interaction.response.send_message(
            view=screen(self._client.words(interaction)("leave.stopped")), ephemeral=True
        )

    async def press(self, interaction: Interaction, press: Press) -> None:
        words, journeys = self._client.words(interaction), self._client.journeys
        match press.step:
            case "change":
                plan = await self._plan(interaction)
                draft = Draft.of(await journeys.review.purposes(interaction.user.id), plan.wishes)
                times = journeys.opt_in.next_times(interaction.user.id, draft.wishes)
                view = when_screen(draft, self._client.library.places.at(draft.zone), times, words)
            case "pause":
                view = pause_screen(words)
            case "pause_days" if press.data.isdecimal() and int(press.data) in PAUSE_DAYS:
                until = await journeys.adjust.pause(interaction.user.id, int(press.data))
                view = screen(words("nudge.reply.pause", until=moment(until, "D")))
            case "stop":
                await journeys.leave.stop(interaction.user.id)
                view = screen(words("leave.stopped"))
            case "show_all":
                await journeys.adjust.show_all_again(interaction.user.id)
                view = screen(words("overview.shown_all"))
            case _:
                raise Outdated
        await interaction.response.edit_message(view=view)

    async def _plan(self, interaction: Interaction) -> Plan:
        plan = await self._client.journeys.adjust.plan(interaction.user.id)
        if plan is None:
            raise NotStarted
        return plan

    def _overview(self, interaction: Interaction, plan: Plan) -> ui.LayoutView:
        place = self._client.library.places.at(plan.schedule.zone)
        return overview_screen(plan, place, interaction.created_at, self._client.words(interaction))

    async def _zone(self, typed: str | None) -> str:
        """The zone that was picked; for what was typed without picking, the likeliest, to be checked on screen 2."""
        if not typed or is_zone(typed):
            return typed or ""
        found = await asyncio.to_thread(self._client.library.places.find, typed, 1)
        return found[0].zone if found else ""


async def setup(client: Porchlight) -> None:
    cog = NudgeCog(client)
    client.doors[FLOW] = cog.press
    await client.add_cog(cog)
