"""Ids of buttons, menus and forms that were copied, guessed, replayed or bent.

Law: an id is a wish and no right. Whose it is, is looked up at the press, and whoever asks for another's is told what
they would be told of one that does not exist.
"""

from __future__ import annotations

import pytest

from bot.rules.occurrence import Kind, occurrence_id
from cogs._ui.asked_back import STEPS
from cogs._ui.nudges import BUTTONS, MENU, SMALLER_BUTTONS, Step
from tests.attacks import raw
from tests.attacks.victim import Victim
from tests.support.screen import Screen, controls_in
from tests.support.world import World

# Those that are about the presser alone, whatever message they stand on.
ABOUT_ONESELF = {Step.STOP, Step.STOP_COVERED, Step.HELP}
ABOUT_A_MESSAGE = sorted({*BUTTONS, *SMALLER_BUTTONS, *MENU, *Step} - ABOUT_ONESELF - {Step.MENU})
NOT_THERE = "A" * 24

BENT = (
    "b",
    "b:",
    "b::",
    "b:n",
    "b:n:",
    "b:n:did_it",
    "b:n:did_it:",
    "b:N:DID_IT:x",
    "b:n:did_it:\nAAAA",
    "b:n:did_it:\x00",
    "b:n:did_it:\ud800",
    "b:n:did_it:' OR 1=1 --",
    "b:n:later_days:1:\ud800",
    "b:n:later_days:٣:AAAA",
    "b:n:pause_days:99999999999999999999:AAAA",
    "b:n:menu:AAAA",
    "b:t:did_it:../../nudges.toml",
    "b:start:go:",
    "b:start:go:s7f4631Europe/Bergen",
    "b:start:go:s014631../../etc/passwd",
    "b:start:go:c013510Europe/Berlin",
    "b:start:when:s013510" + "A" * 41,
    "b:start:flip_everything:s013510",
    "b:start:place:s013510",
    "b:privacy:withdraw_everything",
    "b:privacy:ask_",
    "b:plan:pause_days:-3",
    "b:q:bigger:",
    "b:r:fewer:99999999999999999999:AAAA",
    "b:r:pause_days:٣:AAAA",
    "b:tune:more:reply:99999999999",
    "b:tune:more:reply:1e9",
    "b:tune:set_on:everything",
    "b:tune:leave_out:../../nudges.toml",
    "b:tune:skip",
    "m:tune:for_whom",
    "b:setup:post:-1",
    "b:setup:post:" + "9" * 80,
    "b:help:country:US",
    "b:__class__:__init__:x",
    "b:doors:on_interaction",
    "x:n:did_it:AAAA",
    "f:check_in:send",
    "m:help:country",
    "c:setup:channel",
    "simcord",
    "ünïcödé:✓",
)


def id_for(step: str, occurrence: str) -> str:
    days = {Step.LATER_DAYS: "1:", Step.PAUSE_DAYS: "3:"}.get(Step(step), "")
    return f"b:n:{step}:{days}{occurrence}"


def occurrence_on(shown: Screen) -> str:
    """The id of the message, as its buttons carry it."""
    return shown.control("stop").rpartition(":")[2]


@pytest.mark.parametrize("which", ["answered", "open"])
async def test_a_button_of_another_members_nudge_says_what_one_of_no_nudge_says(
    world: World, alex: Victim, which: str
) -> None:
    await world.start()
    shown = alex.open_nudge if which == "open" else alex.nudge
    for step in ABOUT_A_MESSAGE:
        at_theirs = await raw.press(world, world.robin, id_for(step, occurrence_on(shown)), in_dm=True)
        at_nobodys = await raw.press(world, world.robin, id_for(step, NOT_THERE), in_dm=True)

        assert at_theirs.acknowledged, step
        assert at_theirs.text == at_nobodys.text, f"{step} would tell whether there is such a nudge"
        assert not [secret for secret in alex.secrets if secret in at_theirs.raw], step


# What is asked back, and the letters about the pace: each is about one message, whoever presses.
ASKED_OF_A_MESSAGE = (
    *(f"b:q:{step}:" for step in STEPS),
    *(f"b:r:{step}:" for step in ("keep", "fewer:2", "pause", "pause_days:3", "season", "back", "finish", "tune")),
)


@pytest.mark.parametrize("which", ["answered", "open"])
async def test_what_was_asked_of_another_member_is_answered_as_what_was_asked_of_nobody(
    world: World, alex: Victim, which: str
) -> None:
    await world.start()
    shown = alex.open_nudge if which == "open" else alex.nudge
    for asked in ASKED_OF_A_MESSAGE:
        at_theirs = await raw.press(world, world.robin, asked + occurrence_on(shown), in_dm=True)
        at_nobodys = await raw.press(world, world.robin, asked + NOT_THERE, in_dm=True)

        assert at_theirs.acknowledged, asked
        assert at_theirs.text == at_nobodys.text, f"{asked} would tell whether there is such a message"
        assert not [secret for secret in alex.secrets if secret in at_theirs.raw], asked


@pytest.mark.parametrize("step", sorted(ABOUT_ONESELF))
async def test_what_is_about_oneself_is_about_oneself_on_anothers_message_too(
    world: World, alex: Victim, step: str
) -> None:
    await world.start()

    answer = await raw.press(world, world.robin, id_for(step, occurrence_on(alex.open_nudge)), in_dm=True)

    assert answer.acknowledged
    states = [(await world.rows(who))["plan"][0]["state"] for who in (alex.person, world.robin)]
    assert states == ["active", "active" if step == Step.HELP else "stopped"]


async def test_a_members_button_pressed_in_a_server_by_somebody_else_tells_and_changes_nothing(
    world: World, alex: Victim
) -> None:
    """As if a message of theirs had been carried into a channel."""
    stranger = world.person("casey")
    for step in ABOUT_A_MESSAGE:
        answer = await raw.press(world, stranger, id_for(step, occurrence_on(alex.open_nudge)))

        assert answer.acknowledged, step
        assert answer.is_private, step
        assert answer.mentions_nobody, step
        there_is_none = "Nothing is held about this message for you", "Nothing is set up yet", "older version"
        assert any(said in answer.text for said in there_is_none), step
    assert await world.rows(stranger) == {}


async def test_the_id_of_anothers_nudge_can_be_computed_and_opens_nothing(world: World, alex: Victim) -> None:
    """The way to it stands in the source. So it must be no key."""
    slots = [str(one["slot"]) for one in alex.before["occurrence"] if one["kind"] == Kind.NUDGE]
    for slot in slots:
        guessed = occurrence_id(alex.person.id, Kind.NUDGE, slot)
        assert guessed in alex.secrets

        for custom_id in (f"b:n:open:{guessed}", f"b:n:did_it:{guessed}", f"b:n:why:{guessed}"):
            assert "Nothing is held" in (await raw.press(world, world.robin, custom_id, in_dm=True)).text


async def test_a_screen_of_anothers_is_filled_with_ones_own(world: World, alex: Victim) -> None:
    """Whoever presses on what Alex left open is answered about themselves."""
    theirs = [
        await alex.person.slash("privacy show"),
        await alex.person.slash("privacy choices"),
        await alex.person.slash("nudge settings"),
        await alex.person.slash("privacy delete"),
    ]
    for screen in theirs:
        for control in list(controls_in(screen.components)):
            if control["type"] == raw.BUTTON:
                answer = await raw.press(world, world.person("casey"), control["custom_id"])
                assert answer.acknowledged
                assert not [secret for secret in alex.secrets if secret in answer.raw], control["custom_id"]


async def test_a_start_of_anothers_begins_nothing_in_their_name(world: World, alex: Victim) -> None:
    await alex.person.slash("nudge start")
    draft = alex.person.screen.control("flip_nudges").split(":")[3]

    await raw.press(world, world.robin, f"b:start:go:{draft}")

    assert (await world.rows())["member"][0]["member_id"] == world.robin.id


async def test_a_press_that_is_replayed_changes_nothing_more(world: World, alex: Victim) -> None:
    await world.start(also=("answers", "streak", "check_ins"))
    did_it = (await world.robin.slash("nudge now")).control("did_it")
    for custom_id in (
        did_it,
        "b:privacy:agree_counts",
        "b:privacy:withdraw_counts",
        "b:tune:more:reply:15",
        "b:tune:set_on:queer",
        "b:tune:leave_out:reply",
        "b:tune:let_in:reply",
        f"b:q:bigger:{did_it.rpartition(':')[2]}",
        f"b:q:same_person:{did_it.rpartition(':')[2]}",
    ):
        said = raw.payload(
            world,
            world.robin,
            raw.COMPONENT,
            {"custom_id": custom_id, "component_type": raw.BUTTON},
            in_dm=True,
            on=world.robin.dms[0],
        )
        said["message"]["components"].append(raw.row_of(custom_id, raw.BUTTON))
        first = await raw.deliver(world, said)
        assert first.acknowledged
        before = await world.rows()

        await raw.deliver(world, said)

        assert await world.rows() == before, custom_id


async def test_a_form_that_is_replayed_is_kept_once(world: World) -> None:
    data = {
        "custom_id": "f:check_in:send",
        "components": [
            {"type": 18, "component": {"type": 21, "custom_id": "keep", "value": "yes"}},
            {"type": 18, "component": {"type": 3, "custom_id": "word", "values": ["calm"]}},
        ],
    }
    said = raw.payload(world, world.robin, raw.FORM, data, in_dm=False)
    for _ in range(3):
        await raw.deliver(world, said)

    assert len((await world.rows())["check_in"]) == 1


@pytest.mark.parametrize("kind", [raw.BUTTON, raw.MENU, raw.CHANNELS], ids=["button", "menu", "channels"])
async def test_an_id_that_is_bent_is_answered_kindly_and_does_nothing(world: World, kind: int) -> None:
    """Whatever stands in it, somebody is waiting for an answer."""
    values = None if kind == raw.BUTTON else ["x"]
    for custom_id in BENT:
        answer = await raw.press(world, world.robin, custom_id, values=values, kind=kind)

        assert answer.acknowledged, custom_id
        assert answer.is_private, custom_id
        assert "Something went wrong on our side" not in answer.text, custom_id
        assert await world.rows() == {}, custom_id


async def test_a_press_by_nobody_is_answered(world: World) -> None:
    for kind, data in (
        (raw.SLASH, raw.command("privacy show", [])),
        (raw.FORM, {"custom_id": "f:check_in:send", "components": []}),
    ):
        said = raw.payload(world, world.robin, kind, data, in_dm=False)
        del said["member"]

        assert "older version" in (await raw.deliver(world, said)).text


async def test_a_press_on_a_message_that_does_not_hold_it_is_answered(world: World) -> None:
    """Nor on one that is not there at all."""
    data = {"custom_id": "b:card:try", "component_type": raw.BUTTON}
    for on in (None, world.card):
        said = raw.payload(world, world.robin, raw.COMPONENT, data, in_dm=False, on=on)
        if on is not None:
            said["message"]["components"] = []

        assert "older version" in (await raw.deliver(world, said)).text
