"""A nudge here and now."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.nudges import Nudge
from bot.errors import NothingFits, Unsealable
from bot.journey.journeys import Journeys
from bot.journey.taste import Gone, Offer
from bot.rules.choose import ALONE, CONTACT, Audience
from bot.rules.delivery import NotNow
from bot.rules.occurrence import Answer, Kind
from bot.rules.pace import DEEP_THEMES
from bot.rules.plan import Size
from bot.rules.schedule import local_date
from bot.rules.seasons import SEASONS, Season
from tests.support.house import ALEX, EVENING, ROBIN, House, open_house
from tests.support.sql import lose_key


async def test_a_taste_is_tiny_leads_to_nobody_and_stores_nothing(house: House) -> None:
    for seed in range(50):
        offer = await house.journeys.taste.one(ROBIN, "en", seed)
        assert offer.occurrence_id is None
        assert offer.nudge.size is Size.TINY
        assert not offer.nudge.leads_to_a_person

    assert (await house.journeys.review.holding(ROBIN)).rows == {}


async def test_different_presses_show_different_nudges(house: House) -> None:
    assert len({(await house.journeys.taste.one(ROBIN, "en", seed)).nudge.nudge_id for seed in range(50)}) > 5


async def test_the_three_samples_are_as_they_could_come_one_after_the_other(house: House) -> None:
    for size in Size:
        for seed in range(20):
            samples = await house.journeys.taste.samples(seed, "en", size)
            themes = [nudge.theme for nudge in samples]
            assert len({nudge.nudge_id for nudge in samples}) == 3
            assert themes[0] != themes[1] != themes[2]
            assert all(nudge.size <= size for nudge in samples)


async def test_somebody_who_never_said_yes_gets_a_nudge_and_leaves_no_row(house: House) -> None:
    offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)

    assert offer.occurrence_id is None
    assert (await house.journeys.review.holding(ROBIN)).rows == {}


async def test_a_member_gets_the_same_nudge_all_day(house: House) -> None:
    await house.start()

    first = await house.journeys.taste.of_today(ROBIN, "en", seed=1)
    house.clock.move(hours=5)
    again = await house.journeys.taste.of_today(ROBIN, "en", seed=2)

    assert first.occurrence_id is not None
    assert first == again


async def test_the_next_day_brings_another_one(house: House) -> None:
    await house.start()
    first = await house.journeys.taste.of_today(ROBIN, "en", seed=1)
    house.clock.move(days=1)

    assert (await house.journeys.taste.of_today(ROBIN, "en", seed=1)).nudge != first.nudge


async def test_a_day_whose_nudge_came_by_dm_shows_that_one_and_its_answer(house: House) -> None:
    await house.start()
    sent = await house.to_next_nudge()
    assert sent.kind is Kind.NUDGE

    offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)
    assert (offer.occurrence_id, offer.nudge.nudge_id, offer.is_answered) == (sent.occurrence_id, sent.nudge_id, False)

    await house.journeys.answer.press(ROBIN, sent.occurrence_id, Answer.DID_IT, "en")
    assert (await house.journeys.taste.of_today(ROBIN, "en", seed=1)).is_answered


async def test_what_they_skip_and_whom_it_is_for_holds_wherever_a_nudge_is_shown(house: House) -> None:
    await house.start()
    skips = frozenset({"needs_safe_person", "family", "romantic", "voice"})
    await house.bear(audiences=frozenset({Audience.BESIDE}), skips=skips)
    shown = [await house.journeys.taste.of_today(ROBIN, "en", seed=1)]
    await house.journeys.leave.stop(ROBIN)
    shown += [await house.journeys.taste.one(ROBIN, "en", seed) for seed in range(30)]

    nudges = [one.nudge for one in shown] + await house.journeys.taste.samples(ROBIN, "en", Size.TINY)

    assert {one.audience for one in nudges} == {Audience.BESIDE}
    assert not any(one.flags & skips for one in nudges)


async def test_without_their_key_nobody_knows_what_must_not_be_shown(house: House, tmp_path: Path) -> None:
    await house.start()
    lose_key(tmp_path, ROBIN)

    for shown in (
        house.journeys.taste.one(ROBIN, "en", 1),
        house.journeys.taste.samples(ROBIN, "en", Size.TINY),
        house.journeys.taste.of_today(ROBIN, "en", 1),
    ):
        with pytest.raises(Unsealable):
            await shown


async def test_at_night_it_leads_to_nobody(house: House) -> None:
    await house.start()
    await house.steps_have_grown()
    for _ in range(12):
        house.clock.move_to(house.clock.now().replace(hour=22) + timedelta(days=1))
        offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)
        assert offer.nudge.exposure < CONTACT


async def test_after_a_stop_it_is_a_taste_again(house: House) -> None:
    await house.start()
    await house.journeys.leave.stop(ROBIN)

    assert (await house.journeys.taste.of_today(ROBIN, "en", seed=1)).occurrence_id is None


async def test_when_nothing_fits_it_says_so(house: House) -> None:
    await house.start()
    for theme in {nudge.theme for nudge in house.library.language("en").nudges}:
        await house.database.write(
            lambda records, theme=theme: records.refusals.refuse_theme(ROBIN, theme, house.clock.now())
        )

    with pytest.raises(NothingFits):
        await house.journeys.taste.of_today(ROBIN, "en", seed=1)


async def test_where_fewer_than_three_are_left_those_are_the_samples_and_any_of_them_can_be_tried(
    small_house: House,
) -> None:
    two = {one.nudge_id for one in small_house.library.language("en").nudges}

    samples = await small_house.journeys.taste.samples(ROBIN, "en", Size.TINY)
    tried = {(await small_house.journeys.taste.one(ROBIN, "en", seed)).nudge.nudge_id for seed in range(20)}

    assert {one.nudge_id for one in samples} == tried == two


async def test_where_none_is_left_there_is_no_sample_and_what_is_tried_says_so(house: House) -> None:
    await house.start()
    for theme in (await house.journeys.tune.look(ROBIN)).on:
        await house.journeys.tune.leave_out(ROBIN, theme)
    await house.journeys.leave.stop(ROBIN)

    assert await house.journeys.taste.samples(ROBIN, "en", Size.BRAVE) == []
    for tried in (house.journeys.taste.one(ROBIN, "en", 1), house.journeys.taste.of_today(ROBIN, "en", 1)):
        with pytest.raises(NothingFits):
            await tried


async def everything_shown(house: House) -> set[Nudge]:
    """All that this member could be shown without asking for their own nudge."""
    ones = {(await house.journeys.taste.one(ROBIN, "en", seed)).nudge for seed in range(200)}
    return ones | {nudge for size in Size for nudge in await house.journeys.taste.samples(ROBIN, "en", size)}


@pytest.mark.parametrize("season", Season)
async def test_a_season_holds_wherever_a_nudge_is_shown_also_after_a_stop(house: House, season: Season) -> None:
    await house.start()
    await house.journeys.tune.begin_season(ROBIN, season)
    await house.journeys.leave.stop(ROBIN)

    shown = await everything_shown(house)
    shown |= {(await house.journeys.taste.of_today(ROBIN, "en", seed)).nudge for seed in range(30)}

    rule = SEASONS[season]
    assert {one.theme for one in shown} <= rule.themes
    assert max(one.exposure for one in shown) <= rule.most_exposure
    assert not any(one.flags & rule.skips for one in shown)


async def test_after_something_was_not_ok_what_is_shown_to_try_is_tiny_too(house: House) -> None:
    await house.start()
    await house.bear(not_ok_on=local_date(EVENING.zone, house.clock.now()))

    shown = await everything_shown(house)

    assert {one.size for one in shown} == {Size.TINY}
    assert not {one.theme for one in shown} & DEEP_THEMES


async def test_samples_of_tiny_steps_are_of_kinds_that_come_to_who_picked_those(house: House) -> None:
    for seed in range(200):
        samples = await house.journeys.taste.samples(seed, "en", Size.TINY)
        assert not {one.theme for one in samples} & DEEP_THEMES


async def test_what_they_skip_by_now_is_not_shown_once_more_and_what_they_do_not_is(house: House) -> None:
    await house.start()
    sent = await house.sent_earlier(house.one(theme="kind", flags=frozenset({"grief"})).nudge_id, days=0)
    assert isinstance(await house.journeys.taste.of_today(ROBIN, "en", seed=1), Offer)

    await house.journeys.tune.skip(ROBIN, {"grief"})

    assert await house.journeys.taste.of_today(ROBIN, "en", seed=1) == Gone(sent.occurrence_id, is_answered=False)


async def test_what_came_today_within_larger_bounds_is_shown_all_day(house: House) -> None:
    await house.start()
    await house.sent_earlier(house.one(size=Size.BRAVE, audience=Audience.SELF).nudge_id, days=0)

    assert isinstance(await house.journeys.taste.of_today(ROBIN, "en", seed=1), Offer)


async def test_what_was_refused_is_not_shown_again_anywhere_not_even_after_a_stop(house: House) -> None:
    await house.start()
    offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)
    assert offer.occurrence_id is not None
    await house.journeys.answer.press(ROBIN, offer.occurrence_id, Answer.NOT_OK, "en")
    await house.journeys.leave.stop(ROBIN)

    for seed in range(60):
        shown = [
            await house.journeys.taste.one(ROBIN, "en", seed),
            await house.journeys.taste.of_today(ROBIN, "en", seed),
        ]
        assert offer.nudge.theme not in {one.nudge.theme for one in shown}
    samples = await house.journeys.taste.samples(ROBIN, "en", Size.BRAVE)
    assert offer.nudge.theme not in {nudge.theme for nudge in samples}


async def test_what_is_tried_is_of_the_kinds_that_come_first_while_one_of_them_is_left(house: House) -> None:
    shown = {(await house.journeys.taste.one(ALEX, "en", seed)).nudge.theme for seed in range(60)}
    first = {"notice", "kind", "savour"}
    assert shown == first

    await house.start()
    for theme in first:
        await house.journeys.tune.leave_out(ROBIN, theme)
    assert (await house.journeys.taste.one(ROBIN, "en", seed=1)).nudge.theme not in first


# ------------------------------------------------------------------ the one of today, once more


async def test_whoever_asks_twice_at_once_is_shown_one_nudge_which_is_the_one_that_is_kept(house: House) -> None:
    await house.start()

    one, other = await asyncio.gather(*(house.journeys.taste.of_today(ROBIN, "en", seed=seed) for seed in (1, 2)))

    assert one == other
    (kept,) = [one for one in await house.occurrences() if one.kind is Kind.ASKED]
    draw = (await house.bearing()).draw
    assert draw is not None
    assert one.nudge.nudge_id == kept.nudge_id == draw.nudge_id


@pytest.mark.parametrize("answer", [Answer.NOT_OK, Answer.NOT_FOR_ME])
async def test_what_was_refused_today_is_not_shown_again_today(house: House, answer: Answer) -> None:
    await house.start()
    offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)
    await house.journeys.answer.press(ROBIN, offer.occurrence_id, answer, "en")

    assert await house.journeys.taste.of_today(ROBIN, "en", seed=1) == Gone(offer.occurrence_id, is_answered=True)


async def test_one_whose_kind_was_left_out_since_it_came_is_not_shown_again(house: House) -> None:
    await house.start()
    came = await house.to_next_nudge()
    await house.journeys.tune.leave_out(ROBIN, house.nudge(came.nudge_id).theme)

    assert await house.journeys.taste.of_today(ROBIN, "en", seed=1) == Gone(came.occurrence_id, is_answered=False)


async def test_one_that_left_the_library_today_is_not_shown_as_another_one(house: House) -> None:
    """Else what is said about that other one would be taken down about the one that left."""
    await house.start()
    offer = await house.journeys.taste.of_today(ROBIN, "en", seed=1)
    english = house.library.languages["en"]
    left = replace(english, nudges=tuple(one for one in english.nudges if one is not offer.nudge))
    smaller = replace(house.library, languages={"en": left})
    again = Journeys.over(house.database, house.clock, smaller, house.courier, house.traffic)

    assert await again.taste.of_today(ROBIN, "en", seed=1) == Gone(offer.occurrence_id, is_answered=False)


async def test_one_that_has_not_come_yet_is_no_rest_between_two_that_lead_to_a_person(
    tmp_path: Path, library: Library
) -> None:
    """Discord takes none at the moment: they would see the two, and nothing in between."""
    english = library.languages["en"]
    tiny = [one for one in english.nudges if one.size is Size.TINY and one.theme in ("reply", "kind")]
    first, second = [one for one in tiny if one.exposure == CONTACT][:2]
    alone = next(one for one in tiny if one.exposure == ALONE)
    few = replace(library, languages={"en": replace(english, nudges=(first, second, alone))})
    async with open_house(tmp_path, few) as house:
        await house.start()
        await house.steps_have_grown()
        await house.sent_earlier(first.nudge_id)
        house.courier.answers.append(NotNow())
        assert (await house.to_next_nudge()).nudge_id == alone.nudge_id

        with pytest.raises(NothingFits):
            await house.journeys.taste.of_today(ROBIN, "en", seed=1)


async def test_a_nudge_is_shown_also_where_there_are_no_three_of_them(small_house: House) -> None:
    await small_house.start()
    await small_house.journeys.leave.stop(ROBIN)

    assert (await small_house.journeys.taste.one(ROBIN, "en", seed=1)).nudge
    assert (await small_house.journeys.taste.of_today(ROBIN, "en", seed=1)).nudge
