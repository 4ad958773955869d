"""Somebody of whom everything is held that can be: to be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.screen import Screen
from tests.support.world import Person, World

PURPOSES = ("answers", "check_ins", "streak", "counts")


@dataclass
class Victim:
    person: Person
    nudge: Screen
    """Answered."""
    open_nudge: Screen
    """Not answered."""
    before: dict[str, list[dict[str, Any]]]

    async def rows(self) -> dict[str, list[dict[str, Any]]]:
        return await self.person.world.rows(self.person)

    @property
    def secrets(self) -> set[str]:
        """What would tell of them: their ids, their name, those of their messages, and where their DM is."""
        occurrences = self.before["occurrence"]
        numbers = {one[name] for one in occurrences for name in ("channel_id", "message_id") if one[name]}
        return {str(self.person.id), self.person.actor.user.name, *map(str, numbers)} | {
            str(one["occurrence_id"]) for one in occurrences
        }


async def make_victim(world: World, name: str = "alex") -> Victim:
    """They said yes to everything, answered a nudge, set another aside, keep a check-in, and have one open nudge."""
    person = world.person(name)
    await world.start(person, also=PURPOSES)
    await person.press("Did it", on=await world.to_next_nudge(person))
    nudge = await world.to_next_nudge(person)
    await person.pick("menu", "not_ok", on=nudge)
    await person.open_form("checkin")
    await person.send(word=["calm"], keep="yes")
    open_nudge = await world.to_next_nudge(person)
    before = await world.rows(person)
    assert set(before) == {"member", "consent", "plan", "occurrence", "refusal", "check_in", "week", "bearing"}
    return Victim(person, nudge, open_nudge, before)
