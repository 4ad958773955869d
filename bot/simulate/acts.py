"""Everything that a member does here, and what each of it says that holds from then on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.rules.plan import Wishes
from bot.rules.seasons import Season
from bot.simulate.faults import DAY
from bot.simulate.people import Person, Stand

# For how many days nothing comes once a season has begun.
PAUSE_OF: Final = MappingProxyType({Season.LOW_BATTERY: 7, Season.GRIEF: 7, Season.BREAK_UP: 3})
# The longest of them is eight weeks; and the first nudge after a pause, and that day, are always in it.
SLOW_FOR: Final = 56 * DAY


class Act(StrEnum):
    """Everything a member does here."""

    START = "start"
    STOP = "stop"
    DELETE = "delete"
    CHANGE = "change"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    AGREE = "agree"
    SHOW_ALL = "show_all"
    DID_IT = "did_it"
    SMALLER = "smaller"
    NOT_TODAY = "not_today"
    NOT_FOR_ME = "not_for_me"
    NOT_OK = "not_ok"
    LATER = "later"
    REST = "rest"
    """A pause, chosen on a nudge."""
    SEASON = "season"
    """A time in which less is right begins."""
    KEEP_PACE = "keep_pace"
    """As often as before, said at a review."""
    SLOW_DOWN = "slow_down"
    """Less often, said at a review."""
    SAY_YES = "say_yes"
    """A yes to what was asked back at an answer, if anything was: a bit bigger, the same person, leave out the kind."""
    GO_ON = "go_on"
    """A yes to the one question after silence."""
    GO_ON_ALONE = "go_on_alone"
    """A yes to the one question after the server was switched off."""


PRESSES: Final = frozenset({Act.DID_IT, Act.SMALLER, Act.NOT_TODAY, Act.NOT_FOR_ME, Act.NOT_OK})
ANSWERS: Final = PRESSES | {Act.LATER, Act.REST}
AT_A_REVIEW: Final = frozenset({Act.KEEP_PACE, Act.SLOW_DOWN})
SETS_ASIDE: Final = frozenset({Act.NOT_FOR_ME, Act.NOT_OK, Act.SAY_YES})
RENEWING: Final = frozenset({Act.START, Act.RESUME, Act.AGREE, Act.GO_ON, Act.GO_ON_ALONE})


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a member does, and all they pick with it. It can be repeated when no answer came."""

    act: Act
    occurrence_id: str = ""
    nudge_id: str | None = None
    days: int = 0
    wishes: Wishes | None = None
    season: Season = Season.LOW_BATTERY
    press_id: int = 0


def meant_by(deed: Deed, before: Stand, at: float, person: Person) -> Stand:
    """What holds once it has gone through, as far as the member can tell."""
    match deed.act:
        case Act.START:
            return replace(before, wants=True, wishes=deed.wishes, guild_id=before.guild_id or person.guild_id)
        case Act.STOP | Act.WITHDRAW:
            return replace(before, wants=False)
        case Act.DELETE:
            return Stand()
        case Act.CHANGE:
            return replace(before, wishes=deed.wishes)
        case Act.AGREE:
            return replace(before, wants=True)
    return _paused_by(deed, before, at)


def _paused_by(deed: Deed, before: Stand, at: float) -> Stand:
    free = replace(before, paused_until=0.0, season_pause_until=0.0)
    match deed.act:
        case Act.PAUSE | Act.REST:
            return replace(free, paused_until=at + deed.days * DAY)
        case Act.SEASON:
            until = at + PAUSE_OF[deed.season] * DAY
            return replace(before, paused_until=until, season_pause_until=until, slow_until=at + SLOW_FOR)
        case Act.RESUME:
            return replace(free, slow_until=0.0)
        case Act.GO_ON:
            return free
        case Act.GO_ON_ALONE:
            return replace(free, guild_id=None)
    return before
