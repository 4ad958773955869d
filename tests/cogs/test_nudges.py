"""A nudge by DM, at its time, answered with one press; also after a restart, twice, and by somebody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.rules.occurrence import Answer
from cogs._ui.nudges import NudgeCard, nudge_screen, smaller_screen
from tests.support.pace import set_aside
from tests.support.screen import Screen
from tests.support.world import World

BUTTONS = ["Did it", "Smaller", "Later", "Not today"]
MENU = ["Not for me", "This wasn't OK", "Why this one?", "Pause", "Stop", "Need more than a nudge?"]


@pytest.fixture
async def nudge(world: World) -> Screen:
    await world.set_up()
    await world.start(also=("answers", "streak"))
    return await world.to_next_nudge()


async def test_a_nudge_comes_at_its_time_with_its_buttons_and_menu(world: World, nudge: Screen) -> None:
    assert nudge.labels == [*BUTTONS, "Stop", "Need more than a nudge?"]
    assert all(item in nudge.text for item in MENU)
    assert nudge.text.index("Not for me") < nudge.text.index("Why this one?") < nudge.text.index("Pause")
    assert len(world.robin.dms) == 2


async def test_it_is_a_components_card_without_a_ping(world: World, nudge: Screen) -> None:
    sent = [one.json for one in world.env.http_requests if one.path.endswith("/messages")][-1]

    assert sent["flags"] & 1 << 15, "Components V2"
    assert not sent["flags"] & 1 << 12, "it rings"
    assert sent["allowed_mentions"] == {"parse": []}
    assert sent["enforce_nonce"]
    assert len(sent["nonce"]) <= 25


@pytest.mark.parametrize(
    ("label", "reply", "answer"),
    [
        ("Did it", "You did it", Answer.DID_IT),
        ("Not today", "Today is yours", Answer.NOT_TODAY),
    ],
)
async def test_one_press_answers_it(world: World, nudge: Screen, label: str, reply: str, answer: Answer) -> None:
    after = await world.robin.press(label, on=nudge)

    assert reply in after.text
    assert after.labels == ["This wasn't OK", "Stop", "Need more than a nudge?"]
    (row,) = await world.messages(answered=True)
    assert row["answer"] == answer


async def test_the_first_answer_of_a_week_is_a_quiet_milestone(world: World, nudge: Screen) -> None:
    assert "That is a first week." in (await world.robin.press("Did it", on=nudge)).text


async def test_pressed_twice_it_answers_once(world: World, nudge: Screen) -> None:
    not_today = nudge.control("not_today")
    await world.robin.press("Did it", on=nudge)
    again = await world.press_crafted(world.robin, not_today)

    assert "has its answer already" in again.text
    assert len(await world.messages(answered=True)) == 1


async def test_smaller_shows_the_smaller_version_and_can_still_be_answered(world: World, nudge: Screen) -> None:
    smaller = await world.robin.press("Smaller", on=nudge)
    assert "A smaller version:" in smaller.text
    assert smaller.labels[:4] == ["Did it", "Later", "Not today", "Back"]
    assert (await world.robin.press("Back")).labels[:4] == BUTTONS
    await world.robin.press("Smaller")

    answered = await world.robin.press("Did it")
    assert "You did it" in answered.text
    assert "A smaller version:" in answered.text, "what was done is what can be read"
    assert "other person" not in answered.text


@pytest.mark.parametrize(("label", "days"), [("Tomorrow", 1), ("In 2 days", 2), ("In 3 days", 3)])
async def test_later_asks_when_and_brings_it_back_then(world: World, nudge: Screen, label: str, days: int) -> None:
    await world.robin.press("Later", on=nudge)
    assert "It comes back" in (await world.robin.press(label)).text

    before = world.env.now()
    again = await world.to_next_nudge()

    assert again.text.splitlines()[1] == nudge.text.splitlines()[1]
    assert days - 1 < (world.env.now() - before) / timedelta(days=1) < days + 0.1


async def test_later_can_be_thought_over(world: World, nudge: Screen) -> None:
    await world.robin.press("Later", on=nudge)

    assert (await world.robin.press("Back")).labels[:4] == BUTTONS


async def test_the_menu_says_why_in_private_and_changes_nothing(world: World, nudge: Screen) -> None:
    why = await world.robin.pick("menu", "why", on=nudge)

    assert "Why this one?" in why.text
    assert "It leans on:" in why.text or "It comes from practice" in why.text
    assert not re.search(r"\bS\d item", why.text), "our own notes are not for members"
    assert await world.messages(answered=True) == []


async def test_the_menu_leads_to_a_person(world: World, nudge: Screen) -> None:
    assert "findahelpline.com" in (await world.robin.pick("menu", "help", on=nudge)).text
    assert "findahelpline.com" in (await world.robin.press("Need more than a nudge?", on=nudge)).text


async def test_not_for_me_takes_it_away(world: World, nudge: Screen) -> None:
    assert "does not come again" in (await world.robin.pick("menu", "not_for_me", on=nudge)).text


async def test_this_was_not_ok_takes_the_kind_away_and_settings_can_undo_it(world: World, nudge: Screen) -> None:
    said = await world.robin.pick("menu", "not_ok", on=nudge)
    assert "This kind is off now" in said.text
    assert said.labels == ["Stop", "Need more than a nudge?"], "what was said needs no saying again"
    assert len((await world.app.journeys.review.holding(world.robin.id)).rows["refusal"]) == 3

    await world.robin.slash("nudge settings")
    assert "what you said was not OK" in (await world.robin.press("Bring back what I set aside")).text
    assert "Bring back what I set aside" in (await world.robin.press("Leave it off")).labels
    await world.robin.press("Bring back what I set aside")
    assert "What you set aside can come again" in (await world.robin.press("Bring it back")).text
    assert "Bring back what I set aside" not in (await world.robin.slash("nudge settings")).labels
    assert "refusal" not in (await world.app.journeys.review.holding(world.robin.id)).rows


@pytest.mark.parametrize("label", ["3 days", "7 days", "30 days"])
async def test_a_pause_from_the_menu_is_an_answer_and_sends_nothing_meanwhile(
    world: World, nudge: Screen, label: str
) -> None:
    await world.robin.pick("menu", "pause", on=nudge)
    assert "Paused until" in (await world.robin.press(label)).text

    await world.move(timedelta(days=int(label.split(maxsplit=1)[0])))

    assert len(world.robin.dms) == 2
    (row,) = await world.messages(answered=True)
    assert row["answer"] == Answer.PAUSE


@pytest.mark.parametrize("way", ["button", "menu"])
async def test_stop_is_one_press_on_the_message(world: World, nudge: Screen, way: str) -> None:
    stopped = (
        await world.robin.press("Stop", on=nudge)
        if way == "button"
        else await world.robin.pick("menu", "stop", on=nudge)
    )
    assert "Nothing more will come" in stopped.text

    await world.move(timedelta(days=60))

    assert len(world.robin.dms) == 2


async def test_every_dm_carries_stop_and_the_way_to_a_person(world: World) -> None:
    """Promise 1. A receipt, six nudges in silence and the question that follows them."""
    await world.set_up()
    await world.start()
    for _ in range(7):
        await world.to_next_nudge()

    assert len(world.robin.dms) == 8
    for dm in world.robin.dms:
        assert "Stop" in dm.labels
        assert "Need more than a nudge?" in dm.labels
    question = world.robin.dms[-1]
    assert "Would you like to go on" in question.text
    assert "The next one comes" in (await world.robin.press("Yes, go on", on=question)).text
    assert "Did it" in (await world.to_next_nudge()).labels


async def test_every_button_works_after_a_restart(world: World, nudge: Screen) -> None:
    did_it = nudge.control("did_it")
    await world.restart()
    assert "A smaller version" in (await world.robin.press("Smaller", on=nudge)).text
    assert "You did it" in (await world.robin.press("Did it")).text

    await world.restart()
    assert "has its answer already" in (await world.press_crafted(world.robin, did_it)).text


async def test_the_card_and_half_finished_screens_survive_a_restart(world: World) -> None:
    await world.robin_starts(place="Europe/Berlin")
    await world.robin.press("Next")
    await world.restart()
    await world.robin.press("Next")
    await world.robin.press("Next")

    assert "Your receipt is in your DMs" in (await world.robin.press("Start")).text
    assert "Did it" in (await world.robin.press("Try one now", on=world.card)).labels


async def test_commands_are_told_to_discord_once_and_not_again_after_a_restart(world: World) -> None:
    await world.restart()

    synced = [one for one in world.env.http_requests if one.method == "PUT" and one.path.endswith("/commands")]
    assert len(synced) == 1


async def test_a_nudge_whose_member_deleted_everything_says_so_kindly(world: World, nudge: Screen) -> None:
    await world.app.journeys.leave.delete(world.robin.id)

    assert "Nothing is held about this message" in (await world.robin.press("Did it", on=nudge)).text


async def test_a_discreet_nudge_shows_a_neutral_line_and_rings_no_bell(world: World) -> None:
    await world.set_up()
    await world.start(discreet=True)
    cover = await world.to_next_nudge()
    assert cover.text.strip().splitlines() == ["A small note for you.", "Open", "Stop", "Help"]
    sent = [one.json for one in world.env.http_requests if one.path.endswith("/messages")][-1]
    assert sent["flags"] & 1 << 12, "it is silent"

    opened = await world.robin.press("Open", on=cover)
    assert opened.labels[:4] == BUTTONS
    assert "takes this off your screen" in opened.text
    assert "You did it" in (await world.robin.press("Did it")).text


async def test_a_discreet_question_is_behind_the_cover_too(world: World) -> None:
    await world.set_up()
    await world.start(discreet=True)
    for _ in range(7):
        cover = await world.to_next_nudge()
    assert "go on" not in cover.text

    await world.robin.press("Open", on=cover)

    assert "The next one comes" in (await world.robin.press("Yes, go on")).text


async def test_nudge_now_shows_the_one_of_today_and_its_answer(world: World, nudge: Screen) -> None:
    shown = await world.robin.slash("nudge now")
    assert shown.labels[:4] == BUTTONS
    await world.robin.press("Did it")

    assert "Another one is here tomorrow" in (await world.robin.slash("nudge now")).text


async def test_nudge_now_does_not_show_again_what_was_not_ok_today(world: World, nudge: Screen) -> None:
    shown = await world.robin.slash("nudge now")
    await world.robin.pick("menu", "not_ok")

    again = await world.robin.slash("nudge now")

    assert "Another one is here tomorrow" in again.text
    assert shown.text.split("\n")[1] not in again.text
    assert again.labels == ["Stop", "Need more than a nudge?"]


async def test_nudge_now_shows_nothing_of_a_nudge_whose_kind_was_left_out_since_it_came(
    world: World, nudge: Screen
) -> None:
    for theme in ("kind", "notice", "savour"):
        await world.app.journeys.tune.leave_out(world.robin.id, theme)

    assert "not shown any more" in (await world.robin.slash("nudge now")).text


async def test_nudge_now_works_before_any_yes_and_stores_nothing(world: World) -> None:
    await world.robin.slash("nudge now")
    assert "nothing is stored" in (await world.robin.press("Did it")).text

    assert (await world.app.journeys.review.holding(world.robin.id)).rows == {}


async def test_settings_show_how_it_stands_and_change_it(world: World, nudge: Screen) -> None:
    screen = await world.robin.slash("nudge settings")
    assert "3 a week, between 18:00 and 20:00 (6 PM to 8 PM)" in screen.text
    assert "Berlin" in screen.text
    await world.robin.press("Change")
    await world.robin.pick("per_week", "1")
    await world.robin.pick("window", "0")
    await world.robin.press("Next")
    await world.robin.pick("size", "BRAVE")

    assert "Saved" in (await world.robin.press("Save")).text
    assert "1 a week, between 08:00 and 10:00 (8 AM to 10 AM)" in (await world.robin.slash("nudge settings")).text


async def test_changing_can_be_left_without_changing(world: World, nudge: Screen) -> None:
    await world.robin.slash("nudge settings")
    await world.robin.press("Change")
    await world.robin.pick("per_week", "1")
    await world.robin.press("Not now")

    assert "3 a week" in (await world.robin.slash("nudge settings")).text


async def test_settings_can_pause_and_stop(world: World, nudge: Screen) -> None:
    await world.robin.slash("nudge settings")
    await world.robin.press("Pause")
    assert "Paused until" in (await world.robin.press("7 days")).text
    assert "Paused until" in (await world.robin.slash("nudge settings")).text
    assert "Nothing more will come" in (await world.robin.press("Stop")).text
    stopped = await world.robin.slash("nudge settings")
    assert "You stopped the nudges" in stopped.text
    assert stopped.labels == ["Change", "What may come"], "there is nothing left to pause or to stop"


async def test_pause_resume_and_stop_by_command(world: World, nudge: Screen) -> None:
    await world.robin.slash("nudge pause")
    await world.robin.press("30 days")
    assert "The next one comes" in (await world.robin.slash("nudge resume")).text
    assert "Nothing more will come" in (await world.robin.slash("nudge stop")).text
    assert "`/nudge start` lets them come again" in (await world.robin.slash("nudge resume")).text


async def test_what_takes_a_yes_says_so(world: World) -> None:
    for command in ("nudge settings", "nudge pause", "nudge resume", "streak on", "streak rest"):
        assert "Nothing is set up yet" in (await world.robin.slash(command)).text


async def test_rest_without_a_count_says_how_to_begin_one(world: World) -> None:
    await world.set_up()
    await world.start()

    assert "`/streak on` begins a private count" in (await world.robin.slash("streak rest")).text


async def test_a_plan_without_dms_says_so(world: World) -> None:
    await world.robin_starts(place="Europe/Berlin")
    for purpose in ("nudges", "streak"):
        await world.robin.press_id(world.robin.screen.control(f"flip_{purpose}"))
    for label in ("Next", "Next", "Next", "Start"):
        await world.robin.press(label)

    assert "No DMs, as you chose" in (await world.robin.slash("nudge settings")).text


async def test_regret_after_another_answer_is_heard(world: World, nudge: Screen) -> None:
    await world.robin.press("Did it", on=nudge)

    assert "Thank you for saying so" in (await world.robin.press("This wasn't OK")).text


@pytest.mark.parametrize("step", ["later", "pause"])
async def test_stop_and_the_way_to_a_person_stay_on_every_screen_of_a_nudge(
    world: World, nudge: Screen, step: str
) -> None:
    screen = (
        await world.robin.press("Later", on=nudge)
        if step == "later"
        else await world.robin.pick("menu", "pause", on=nudge)
    )

    assert screen.labels[-2:] == ["Stop", "Need more than a nudge?"]


async def test_a_pause_after_an_answer_pauses_and_says_so(world: World, nudge: Screen) -> None:
    days = "b:n:pause_days:7:" + nudge.control("did_it").rpartition(":")[2]
    await world.robin.press("Did it", on=nudge)

    assert "Paused until" in (await world.press_crafted(world.robin, days)).text


async def test_later_says_when_and_what_a_pause_does_to_it(world: World, nudge: Screen) -> None:
    await world.robin.slash("nudge pause")
    await world.robin.press("30 days")
    await world.robin.press("Later", on=nudge)

    assert "so it comes back after that: <t:" in (await world.robin.press("Tomorrow")).text


async def test_later_after_a_stop_says_that_nothing_comes_by_itself(world: World, nudge: Screen) -> None:
    later = "b:n:later_days:1:" + nudge.control("did_it").rpartition(":")[2]
    await world.robin.press("Stop", on=nudge)

    assert "does not come back by itself" in (await world.press_crafted(world.robin, later)).text


async def test_one_that_was_asked_for_again_says_so(world: World, nudge: Screen) -> None:
    await world.robin.press("Later", on=nudge)
    await world.robin.press("Tomorrow")
    again = await world.to_next_nudge()

    assert "asked for it again" in (await world.robin.pick("menu", "why", on=again)).text


async def test_a_discreet_receipt_is_behind_a_cover_too(world: World) -> None:
    await world.set_up()
    await world.start(discreet=True)
    (cover,) = world.robin.dms
    assert cover.labels == ["Open", "Stop", "Help"]
    assert "nudge" not in cover.text.lower()

    opened = await world.robin.press("Open", on=cover)
    assert "You agree to:" in opened.text
    assert opened.text.count("<t:") == 3


async def test_stop_on_a_cover_leaves_a_cover_and_says_the_rest_in_private(world: World) -> None:
    await world.set_up()
    await world.start(discreet=True)
    cover = await world.to_next_nudge()

    said = await world.robin.press("Stop", on=cover)

    assert "Nothing more will come" in said.text
    assert "Need more than a nudge?" in said.labels
    assert world.robin.dms[-1].text.strip() == "Done."
    assert "findahelpline.com" in (await world.robin.press("Help", on=world.robin.dms[0])).text


async def test_a_cover_whose_nudge_has_its_answer_opens_to_that(world: World) -> None:
    await world.set_up()
    await world.start(discreet=True)
    cover = await world.to_next_nudge()
    await world.robin.press("Open", on=cover)
    await world.robin.press("Did it")

    opened = await world.robin.press("Open", on=cover)

    assert "has its answer already" in opened.text
    assert "Did it" not in opened.labels


async def text_of(world: World) -> str:
    """The text of the nudge that came last."""
    (row,) = [one for one in await world.messages() if one["nudge_id"]]
    return world.app.client.library.language("en").nudge_by_id[row["nudge_id"]].text


async def test_a_cover_whose_nudge_was_not_ok_shows_it_to_nobody_once_more(world: World) -> None:
    await world.set_up()
    await world.start(discreet=True)
    cover = await world.to_next_nudge()
    assert await text_of(world) in (await world.robin.press("Open", on=cover)).text
    await world.robin.pick("menu", "not_ok")

    opened = await world.robin.press("Open", on=cover)

    assert "has its answer already" in opened.text
    assert await text_of(world) not in opened.text
    assert "Need more than a nudge?" in opened.labels


@pytest.mark.parametrize("answer", ["not_for_me", "not_ok"])
async def test_nudge_now_does_not_show_what_was_set_aside_today(world: World, nudge: Screen, answer: str) -> None:
    await world.robin.pick("menu", answer, on=nudge)

    now = await world.robin.slash("nudge now")

    assert "Today's nudge has its answer." in now.text
    assert await text_of(world) not in now.text
    assert now.labels == ["Stop", "Need more than a nudge?"]


async def test_nudge_now_does_not_show_what_is_left_out_since_it_came(world: World, nudge: Screen) -> None:
    assert await text_of(world) in (await world.robin.slash("nudge now")).text
    themes = {one.theme for one in world.app.client.library.language("en").nudges}
    await set_aside(world, themes=tuple(themes))

    now = await world.robin.slash("nudge now")

    assert "is not shown any more" in now.text
    assert await text_of(world) not in now.text
    assert await text_of(world) in nudge.text


async def test_a_pause_can_be_thought_over(world: World, nudge: Screen) -> None:
    await world.robin.slash("nudge pause")

    assert "### Your nudges" in (await world.robin.press("Back")).text


async def test_a_pause_on_a_nudge_of_a_stopped_plan_says_so(world: World, nudge: Screen) -> None:
    days = "b:n:pause_days:7:" + nudge.control("did_it").rpartition(":")[2]
    await world.robin.press("Stop", on=nudge)

    assert "there is nothing to pause" in (await world.press_crafted(world.robin, days)).text


async def test_stop_of_a_stranger_says_that_nothing_is_held(world: World) -> None:
    assert "Nothing is held about you" in (await world.robin.slash("nudge stop")).text


async def test_a_taste_has_a_smaller_version_and_a_way_back(world: World) -> None:
    await world.robin.slash("nudge now")
    await world.robin.press("Smaller")
    assert (await world.robin.press("Back")).labels[:4] == BUTTONS
    await world.robin.press("Smaller")

    assert "A smaller version:" in (await world.robin.press("Did it")).text


async def test_settings_say_when_every_nudge_that_fits_was_had(world: World) -> None:
    await world.set_up()
    await world.start()
    kinds = set((await world.app.journeys.tune.look(world.robin.id)).on)
    savouring = {one.nudge_id for one in world.app.client.library.languages["en"].nudges if one.theme == "savour"}
    await set_aside(world, themes=tuple(kinds - {"savour"}), nudges=tuple(savouring - {"savour-kind"}))
    assert "The next one comes" in (await world.robin.slash("nudge settings")).text

    assert "Did it" in (await world.to_next_nudge()).labels

    assert "No nudge is left that fits" in (await world.robin.slash("nudge settings")).text


async def test_pausing_what_does_not_come_says_how_things_stand(world: World, nudge: Screen) -> None:
    settings = await world.robin.slash("nudge settings")
    await world.robin.press("Pause", on=settings)
    pause = world.robin.screen
    await world.robin.slash("nudge stop")

    assert "You stopped the nudges" in (await world.robin.slash("nudge pause")).text
    assert "You stopped the nudges" in (await world.robin.press("7 days", on=pause)).text


async def test_every_nudge_that_wants_a_safe_person_says_so_also_in_its_smaller_version(world: World) -> None:
    english = world.app.client.library.languages["en"]
    for nudge in english.nudges:
        card = NudgeCard(nudge, "X")
        for view in (nudge_screen(card, english.words), smaller_screen(card, english.words)):
            said = str(view.to_components())
            assert ("Someone who feels safe to you" in said) == ("needs_safe_person" in nudge.flags), nudge.nudge_id
