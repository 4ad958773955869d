"""The flow from "what is it" to a yes. Every press carries the whole draft; only Start stores anything."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from discord import ui
from discord.ext import commands

from bot.client import Interaction, Porchlight, Press
from bot.content.places import Place
from bot.errors import Outdated
from bot.journey.opt_in import Started
from bot.rules.consent import Purpose
from bot.rules.occurrence import State
from cogs import _turn
from cogs._guards import home_guild
from cogs._ui.draft import Draft, draft_of
from cogs._ui.screen import screen
from cogs._ui.start import (
    FLOW,
    PLACE_FIELD,
    how_screen,
    last_screen,
    place_form,
    place_screen,
    started_screen,
    what_screen,
    when_screen,
    without_dm_screen,
)

PLACES_SHOWN: Final = 25
SHOWN_AFTER: Final = MappingProxyType({"per_week": "when", "window": "when", "zone": "when", "size": "how"})


class Start(commands.Cog):
    """Answers every press on the way to Start."""

    def __init__(self, client: Porchlight) -> None:
        self._client = client

    async def press(self, interaction: Interaction, press: Press) -> None:
        if press.step == "no":
            await _turn.show(interaction, screen(self._client.words(interaction)("start.not_now")))
        elif press.step == "again":
            await self._try_again(interaction)
        else:
            await self._go_through(interaction, press, Draft.decode(press.data))

    async def _go_through(self, interaction: Interaction, press: Press, draft: Draft) -> None:
        words = self._client.words(interaction)
        step = press.step.removeprefix("back_")
        if step == "place" and press.fields:
            await self._find(interaction, draft, " ".join(press.fields.get(PLACE_FIELD, ())))
        elif step == "place":
            await _turn.ask(interaction, place_form(draft, words))
        elif step == "go":
            await (self._save if draft.is_change else self._start)(interaction, draft)
        else:
            shown, changed = _changed(step, press.values, draft)
            await _turn.show(interaction, await self._screen(interaction, shown, changed))

    async def _screen(self, interaction: Interaction, name: str, draft: Draft) -> ui.LayoutView:
        words = self._client.words(interaction)
        match name:
            case "what":
                return what_screen(draft, self._client.operator, words)
            case "when":
                return await self._when(interaction, draft)
            case "how":
                return how_screen(draft, words)
            case "last":
                return await self._last(interaction, draft)
            case _:
                raise Outdated

    async def _when(self, interaction: Interaction, draft: Draft) -> ui.LayoutView:
        words = self._client.words(interaction)
        if not draft.zone:
            return when_screen(draft, None, None, words)
        times = await self._client.journeys.opt_in.next_times(interaction.user.id, draft.wishes)
        return when_screen(draft, self._client.library.places.at(draft.zone), times, words)

    async def _last(self, interaction: Interaction, draft: Draft) -> ui.LayoutView:
        words = self._client.words(interaction)
        samples = await self._client.journeys.taste.samples(interaction.user.id, words.language, draft.size)
        before = await self._client.journeys.opt_in.before(interaction.user.id)
        return last_screen(draft, samples, before.given, words)

    async def _find(self, interaction: Interaction, draft: Draft, typed: str) -> None:
        places = await asyncio.to_thread(self._client.library.places.find, typed, PLACES_SHOWN)
        found = [(place, self._clock_there(interaction, place)) for place in places]
        await _turn.show(interaction, place_screen(draft, found, self._client.words(interaction)))

    def _clock_there(self, interaction: Interaction, place: Place) -> str:
        there = interaction.created_at.astimezone(ZoneInfo(place.zone))
        return self._client.words(interaction)("start.place.clock", time=f"{there:%H:%M}", zone=place.zone)

    async def _start(self, interaction: Interaction, draft: Draft) -> None:
        await _turn.take_time(interaction)
        started = await self._client.journeys.opt_in.start(
            interaction.user.id,
            await home_guild(interaction, self._client),
            self._client.words(interaction).language,
            frozenset(draft.purposes),
            draft.wishes,
            interaction.id,
        )
        await self._show_started(interaction, started, draft)

    async def _try_again(self, interaction: Interaction) -> None:
        await _turn.take_time(interaction)
        started = await self._client.journeys.opt_in.try_again(interaction.user.id, interaction.id)
        before = await self._client.journeys.opt_in.before(interaction.user.id)
        await self._show_started(interaction, started, draft_of(before))

    async def _show_started(self, interaction: Interaction, started: Started, draft: Draft) -> None:
        words = self._client.words(interaction)
        if started.receipt_id is None:
            await _turn.show(interaction, without_dm_screen(draft, words, is_kept=started.is_kept))
            return
        fate = await self._client.journeys.deliver.send_now(started.receipt_id)
        await _turn.show(interaction, started_screen(fate, words, discreet=draft.discreet))
        if fate is State.UNREACHABLE:
            await self._client.journeys.adjust.note_told(interaction.user.id)

    async def _save(self, interaction: Interaction, draft: Draft) -> None:
        await self._client.journeys.adjust.change(interaction.user.id, draft.wishes)
        await _turn.show(interaction, screen(self._client.words(interaction)("start.saved")))


def _changed(step: str, values: tuple[str, ...], draft: Draft) -> tuple[str, Draft]:
    """The screen to show after that press, and the draft with what was picked. Raises Outdated."""
    if values:
        return SHOWN_AFTER.get(step, ""), draft.picked(step, values[0])
    if step == "discreet":
        return "how", replace(draft, discreet=not draft.discreet)
    flipped = step.removeprefix("flip_")
    return ("what", draft.flipped(Purpose(flipped))) if flipped in set(Purpose) else (step, draft)


async def setup(client: Porchlight) -> None:
    cog = Start(client)
    client.answers(FLOW, cog.press)
    await client.add_cog(cog)
