"""Interactions that nobody would send: what Discord's look like, our own ids bent, and parts taken away or replaced.

`{mine}` stands for the id of a message of whoever presses, `{theirs}` for one of Alex's, `{channel}` for the channel's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from bot.content.nudges import SKIPPABLE
from bot.rules.consent import Purpose
from bot.rules.plan import Size
from bot.rules.seasons import Season
from cogs._ui import asked_back
from cogs._ui.nudges import Step
from tests.attacks import raw
from tests.attacks.hostile import TEXTS

FLOWS: Final = (
    "n",
    "t",
    "card",
    "start",
    "plan",
    "privacy",
    "check_in",
    "help",
    "setup",
    "community",
    "nowhere",
    *("q", "r", "tune", "preview"),
)
STEPS: Final = (
    *Step,
    *(
        "try",
        "stores",
        "start",
        "no",
        "again",
        "go",
        "what",
        "when",
        "how",
        "last",
        "place",
        "discreet",
        "zone",
        "size",
    ),
    *("per_week", "window", "back_what", "back_when", "back_how", "change", "set_aside", "show_all", "keep", "delete"),
    *("season", "tune", "settings", "home", "back", "skip", "for_whom", "set_on", "set_off", "reset", "kind", "more"),
    *("fewer", "even", "leave_out", "let_in", "keep", "finish", "pause", "pause_days"),
    *asked_back.STEPS,
    *("choices", "send", "lines", "country", "channel", "post", "disable", "nothing", "next", "__init__", "x" * 90),
    *(f"{verb}_{purpose}" for verb in ("ask", "agree", "withdraw", "flip") for purpose in Purpose),
)
DATA: Final = (
    *("", "{mine}", "{theirs}", "1:{mine}", "3:{mine}", "1:{theirs}", "7:{theirs}", "9:{mine}", "x:", "{channel}", "3"),
    *(
        "kind-rest",
        "queer",
        "reply",
        "reply:15",
        "reply:nan",
        "2:{mine}",
        "2:{theirs}",
        "s013510",
        "s1f3510Europe/Berlin",
        "c013510Europe/Berlin",
        "s013511",
        "sff40000",
        "c0100631Mars/A",
    ),
    *TEXTS.values(),
)
VALUES: Final = (
    *Step,
    *Size.__members__,
    *SKIPPABLE,
    *Season,
    *("self", "beside", "both", "reply", "beside_open"),
    *("1", "3", "4", "0", "99", "US", "ZZ", "DE", "Europe/Berlin", "yes", "no", "calm", "{channel}", "{theirs}"),
    *TEXTS.values(),
)
COMMANDS: Final = (
    *(
        "nudge start",
        "nudge now",
        "nudge preview",
        "nudge settings",
        "nudge pause",
        "nudge resume",
        "nudge stop",
        "checkin",
        "help",
    ),
    *("streak show", "streak on", "streak rest", "streak hide", "streak forget", "helplines show", "setup"),
    *("privacy show", "privacy choices", "privacy export", "privacy delete", "community status", "community disable"),
    *("nudge", "privacy nothing", "nothing", "community status status", "Help me reply", "", "\ud800"),
)
OPTIONS: Final = ("place", "country", "user", "guild", "", "self", "interaction", "__class__")

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(DATA),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
custom_ids = (
    st.builds(
        lambda kind, flow, step, data: f"{kind}:{flow}:{step}" + (f":{data}" if data else ""),
        st.sampled_from("bbbbmcfx"),
        st.sampled_from(FLOWS),
        st.sampled_from(STEPS),
        st.sampled_from(DATA),
    )
    | st.text(max_size=100)
    | junk
)
texts = st.sampled_from(VALUES) | st.text(max_size=40)
options = st.fixed_dictionaries(
    {"name": st.sampled_from(OPTIONS), "type": st.sampled_from([3, 3, 3, 4, 5, 6, 10, 11, 99]), "value": texts | junk},
    optional={"focused": st.booleans()},
)
commands = st.builds(raw.command, st.sampled_from(COMMANDS), st.lists(options, max_size=3))
right_clicks = st.fixed_dictionaries(
    {"id": st.just("1"), "name": st.sampled_from(COMMANDS), "type": st.sampled_from([2, 3, 4, 0]), "target_id": texts},
    optional={"resolved": junk, "guild_id": texts},
)
presses = st.fixed_dictionaries(
    {"custom_id": custom_ids, "component_type": st.sampled_from([2, 2, 2, 3, 3, 8, 5, 21, 99])},
    optional={"values": st.lists(texts | junk, max_size=3), "resolved": junk},
)
fields = st.fixed_dictionaries(
    {"custom_id": st.sampled_from(["place", "keep", "word", "quiet", "wanted", "pace", "else"]) | junk},
    optional={"value": texts | junk, "values": st.lists(texts | junk, max_size=3) | junk, "type": st.integers(0, 25)},
)
forms = st.fixed_dictionaries(
    {
        "custom_id": st.sampled_from(["f:check_in:send", "f:start:place:s013510", "f:start:place:x"]) | custom_ids,
        "components": st.lists(st.fixed_dictionaries({"type": st.just(18), "component": fields}) | junk, max_size=4)
        | junk,
    },
    optional={"resolved": junk},
)
OF_KIND: Final = {
    raw.SLASH: commands | right_clicks,
    raw.COMPONENT: presses,
    raw.AUTOCOMPLETE: commands,
    raw.FORM: forms,
}


@dataclass(frozen=True)
class Damage:
    """What is done to the part with that number: another takes its place, or it is gone."""

    at: int
    instead: Any
    is_gone: bool


@dataclass(frozen=True)
class Nonsense:
    """One interaction: by whom, of what kind, with what in it, and what of it was damaged on the way."""

    who: int
    in_dm: bool
    kind: int
    data: Any
    damages: tuple[Damage, ...]


damages = st.lists(st.builds(Damage, st.integers(0, 10_000), junk, st.booleans()), max_size=3).map(tuple)
nonsense = st.sampled_from(raw.KINDS).flatmap(
    lambda kind: st.builds(
        Nonsense,
        who=st.integers(0, 3),
        in_dm=st.booleans(),
        kind=st.just(kind),
        data=OF_KIND[kind],
        # Half of them arrive as they were sent.
        damages=st.just(()) | damages,
    )
)


def filled(part: Any, names: dict[str, str]) -> Any:
    """The same, with what the placeholders stand for."""
    if isinstance(part, str):
        for name, value in names.items():
            part = part.replace(name, value)
        return part
    if isinstance(part, dict):
        return {key: filled(value, names) for key, value in part.items()}
    return [filled(one, names) for one in part] if isinstance(part, list) else part


def damaged(payload: dict[str, Any], damages: tuple[Damage, ...]) -> dict[str, Any]:
    payload = copy.deepcopy(payload)
    for damage in damages:
        places = list(places_in(payload))
        holder, key = places[damage.at % len(places)]
        if damage.is_gone:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(damage.instead)
    return payload


def places_in(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of it, as what holds it and where."""
    pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, inner in pairs:
        yield part, key
        yield from places_in(inner)
