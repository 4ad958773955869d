"""/nudge: begin, see one now, look ahead, change, pause, resume, stop."""

from __future__ import annotations

import asyncio
from typing import Final
from zoneinfo import ZoneInfo

from discord import app_commands, ui
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.errors import Outdated
from bot.rules.plan import PAUSE_DAYS
from bot.rules.schedule import is_zone
from cogs import _turn
from cogs._guards import home_guild
from cogs._ui.draft import Draft, draft_of
from cogs._ui.nudges import Flow, NudgeCard, answered_screen, gone_screen, nudge_screen
from cogs._ui.overview import (
    FLOW,
    overview_screen,
    pause_screen,
    paused_text,
    set_aside_screen,
    state_text,
    stopped_screen,
)
from cogs._ui.preview import FLOW as PREVIEW
from cogs._ui.preview import preview_screen
from cogs._ui.screen import screen
from cogs._ui.seasons import quiet_text, season_in
from cogs._ui.start import what_screen, when_screen
from cogs._ui.tuning import tuning_screen

CHOICES_SHOWN: Final = 25
LONGEST_CHOICE: Final = 100

# More digits than this has no number of a week.
LONGEST_NUMBER: Final = 3


class NudgeCog(commands.GroupCog, group_name="nudge"):
    """A small nudge now and then. Only for those who ask."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    @app_commands.command()
    async def start(self, interaction: Interaction, place: str | None = None) -> None:
        """Say yes to nudges, in private, screen by screen."""
        await home_guild(interaction, self._client)
        before = await self._client.journeys.opt_in.before(interaction.user.id)
        draft = draft_of(before, await self._zone(place))
        await _turn.say(interaction, what_screen(draft, self._client.operator, self._client.words(interaction)))

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
        offer = await self._client.journeys.taste.of_today(interaction.user.id, words.language, interaction.id)
        if offer.occurrence_id is None:
            view = nudge_screen(NudgeCard(offer.nudge, offer.nudge.nudge_id, Flow.TASTE), words)
        elif offer.is_left_out:
            said = words("nudge.reply.already_today" if offer.is_answered else "nudge.reply.left_out_today")
            view = gone_screen(offer.occurrence_id, [said], words)
        elif offer.is_answered:
            card = NudgeCard(offer.nudge, offer.occurrence_id)
            view = answered_screen(card, [words("nudge.reply.already_today")], words)
        else:
            view = nudge_screen(NudgeCard(offer.nudge, offer.occurrence_id), words)
        await _turn.say(interaction, view)

    @app_commands.command()
    async def preview(self, interaction: Interaction) -> None:
        """What the next 8 weeks could look like."""
        await _turn.say(interaction, await self._preview(interaction, 1))

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """See and change how often, when, how big, and what may come."""
        await _turn.say(interaction, await self._overview(interaction))

    @app_commands.command()
    async def pause(self, interaction: Interaction) -> None:
        """Send nothing for some days, or less for a quieter time."""
        words = self._client.words(interaction)
        outlook = await self._client.journeys.adjust.outlook(interaction.user.id)
        comes = outlook.plan.next_due_at is not None
        view = pause_screen(words) if comes else screen(state_text(outlook, interaction.created_at, words))
        await _turn.say(interaction, view)

    @app_commands.command()
    async def resume(self, interaction: Interaction) -> None:
        """Let nudges come again."""
        outlook = await self._client.journeys.adjust.resume(interaction.user.id)
        await _turn.say(
            interaction, screen(state_text(outlook, interaction.created_at, self._client.words(interaction)))
        )

    @app_commands.command()
    async def stop(self, interaction: Interaction) -> None:
        """Stop the nudges, at once."""
        held = await self._client.journeys.leave.stop(interaction.user.id)
        await _turn.say(interaction, stopped_screen(self._client.words(interaction), something_held=held))

    async def press_preview(self, interaction: Interaction, press: Press) -> None:
        """Turn the page."""
        if press.step not in {"back", "next"} or not (press.data.isdecimal() and press.data.isascii()):
            raise Outdated
        await _turn.show(interaction, await self._preview(interaction, int(press.data[:LONGEST_NUMBER])))

    async def press(self, interaction: Interaction, press: Press) -> None:
        words, journeys = self._client.words(interaction), self._client.journeys
        match press.step:
            case "change":
                plan = (await journeys.adjust.outlook(interaction.user.id)).plan
                wishes = plan.wishes_at(interaction.created_at)
                draft = Draft.of(await journeys.review.purposes(interaction.user.id), wishes, is_change=True)
                times = await journeys.opt_in.next_times(interaction.user.id, draft.wishes)
                view = when_screen(draft, self._client.library.places.at(draft.zone), times, words)
            case "pause":
                view = pause_screen(words)
            case "pause_days" if press.data.isdecimal() and int(press.data) in PAUSE_DAYS:
                outlook = await journeys.adjust.pause(interaction.user.id, int(press.data))
                view = screen(paused_text(outlook, interaction.created_at, words))
            case "season":
                quiet = await journeys.tune.begin_season(interaction.user.id, season_in(press.values))
                view = screen(quiet_text(quiet, words))
            case "tune":
                view = tuning_screen(await journeys.tune.look(interaction.user.id), words)
            case "stop":
                held = await journeys.leave.stop(interaction.user.id)
                view = stopped_screen(words, something_held=held)
            case "back":
                view = await self._overview(interaction)
            case "set_aside":
                view = set_aside_screen(words)
            case "show_all":
                await journeys.adjust.show_all_again(interaction.user.id)
                view = screen(words("overview.shown_all"))
            case _:
                raise Outdated
        await _turn.show(interaction, view)

    async def _preview(self, interaction: Interaction, week: int) -> ui.LayoutView:
        words = self._client.words(interaction)
        outline = await self._client.journeys.preview.weeks(interaction.user.id, words.language)
        return preview_screen(outline, week, words)

    async def _overview(self, interaction: Interaction) -> ui.LayoutView:
        outlook = await self._client.journeys.adjust.outlook(interaction.user.id)
        place = self._client.library.places.at(outlook.plan.wishes.zone)
        return overview_screen(outlook, place, interaction.created_at, self._client.words(interaction))

    async def _zone(self, typed: str | None) -> str:
        """The zone that was picked; for what was typed without picking, the likeliest, to be checked on screen 2."""
        if not typed or is_zone(typed):
            return typed or ""
        found = await asyncio.to_thread(self._client.library.places.find, typed, 1)
        return found[0].zone if found else ""


async def setup(client: Porchlight) -> None:
    cog = NudgeCog(client)
    client.answers(FLOW, cog.press)
    client.answers(PREVIEW, cog.press_preview)
    await client.add_cog(cog)
