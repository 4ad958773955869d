"""The guards of the pace: what keeps nudges few, small, varied and gentle, and what is sealed of it."""

from __future__ import annotations

from typing import Final

from bot.simulate.faults import CALM
from bot.simulate.promises import Promise
from tests.drills.guard import Guard, World

PACE: Final = "bot/rules/pace.py"
CHOOSE: Final = "bot/rules/choose.py"
PLAN: Final = "bot/rules/plan.py"
REPLIES: Final = "bot/rules/replies.py"
AHEAD: Final = "bot/journey/ahead.py"
OF_PACE: Final = "tests/rules/test_pace.py"
OF_CHOICE: Final = "tests/rules/test_choose.py"
OF_REPLIES: Final = "tests/rules/test_replies.py"
OF_REVIEWS: Final = "tests/journey/test_reviews.py"
OF_WEEKS: Final = "tests/journey/test_pace_guards.py"
OF_TASTE: Final = "tests/journey/test_taste.py"
OF_THIEVES: Final = "tests/attacks/test_stolen_files.py"

OF_THE_PACE: Final = (
    Guard(
        "pace: what could not be sent is still to be said",
        "bot/journey/carrying.py",
        "    if settlement.fate.state in UNSEEN and occurrence.kind in SAID_ONCE:\n"
        "        await _note_unsaid(records, occurrence)\n",
        "",
        f"{OF_REVIEWS}::test_a_review_that_could_not_be_sent_is_asked_on_the_next_date",
    ),
    Guard(
        "pace: the fewer are left, the fewer come",
        AHEAD,
        ", skips_of_few(found.left, plan.rhythm(now).per_week))",
        ")",
        "tests/foresee/test_personas.py::test_nobody_who_answers_runs_dry_in_half_a_year",
    ),
    Guard(
        "pace: the ceiling of the week",
        PACE,
        "        Held(size=ceiling.size, most_exposure=ceiling.most_exposure, why=Why.WEEK),\n",
        "",
        f"{OF_PACE}::test_each_week_has_its_ceiling",
    ),
    Guard(
        "pace: kinds come in with their week",
        PACE,
        "    themes = ceiling.themes if season is None else ",
        "    themes = ceiling_of(99).themes if season is None else ",
        f"{OF_PACE}::test_each_week_has_its_ceiling",
    ),
    Guard(
        "pace: the size they picked",
        PACE,
        "        Held(size=plan.wishes.size, why=Why.OWN),\n",
        "",
        f"{OF_PACE}::test_the_size_they_picked_is_the_most_that_comes",
    ),
    Guard(
        "pace: small ones after three that were done",
        PACE,
        "    if bearing.full_steps < DONE_BEFORE_SMALL:",
        "    if False:",
        f"{OF_PACE}::test_small_ones_come_after_three_full_steps",
    ),
    Guard(
        "pace: a season holds for what is tried, also after a stop",
        PACE,
        "        themes=themes if season is None else themes & season.themes,\n",
        "        themes=themes,\n",
        f"{OF_TASTE}::test_a_season_holds_wherever_a_nudge_is_shown_also_after_a_stop",
    ),
    Guard(
        "pace: what is left out while it waits does not come",
        "bot/journey/carrying.py",
        "is_question or (is_nudge and occurrence.attempts > 1)",
        "is_question",
        "tests/journey/test_deliver.py::test_what_is_left_out_while_it_waits_does_not_come",
    ),
    Guard(
        "pace: that's plenty",
        PACE,
        "    if is_plenty(bearing, day):",
        "    if False:",
        f"{OF_PACE}::test_three_steps_towards_people_in_a_week_are_plenty",
    ),
    Guard(
        "pace: two people are plenty",
        PACE,
        "    return is_busy(bearing, day) or bearing.people_on(day) >= PEOPLE_IN_TWO_WEEKS",
        "    return is_busy(bearing, day)",
        f"{OF_PACE}::test_two_different_people_in_two_weeks_are_plenty",
    ),
    Guard(
        "pace: gentle after something was not OK",
        PACE,
        "    if bearing.is_gentle(day):",
        "    if False:",
        f"{OF_PACE}::test_after_something_was_not_ok_it_is_tiny_and_nothing_is_shared_or_repaired",
    ),
    Guard(
        "pace: that something was not OK is remembered",
        REPLIES,
        "said_no.not_ok(day))",
        "said_no)",
        f"{OF_REPLIES}::test_not_ok_makes_everything_gentle_also_for_one_that_left_the_library",
    ),
    Guard(
        "pace: brave once a week",
        PACE,
        "        yield Held(size=Size.SMALL, why=Why.BRAVE_LATELY)",
        "        yield Held()",
        f"{OF_PACE}::test_one_brave_nudge_a_week",
    ),
    Guard(
        "pace: 48 hours between two deep ones",
        PACE,
        "        yield Held(most_exposure=DEEP - 1)",
        "        yield Held()",
        f"{OF_PACE}::test_48_hours_between_two_deep_ones",
    ),
    Guard(
        "pace: something is shared once a week",
        PACE,
        "        yield Held(themes=frozenset({SHARE}))",
        "        yield Held()",
        f"{OF_PACE}::test_something_is_shared_once_a_week",
    ),
    Guard(
        "pace: beside somebody, one step towards them a week",
        PACE,
        "        for one in _within(TOWARDS_THEM_EVERY, library, shown, now)",
        "        for one in _within(timedelta(), library, shown, now)",
        f"{OF_PACE}::test_beside_somebody_one_step_towards_them_a_week",
    ),
    Guard(
        "pace: at night nothing leads to anybody",
        PACE,
        "    if is_night(plan.schedule.zone, now):",
        "    if False:",
        f"{OF_PACE}::test_at_night_nothing_leads_to_anybody_also_where_it_is_asked_for",
    ),
    Guard(
        "pace: a season lets only what is quiet through",
        PACE,
        "        holds.append(Held(most_exposure=season.most_exposure, why=Why.SEASON))",
        "        pass",
        f"{OF_PACE}::test_in_a_season_only_its_quiet_kinds_come_whatever_the_week",
    ),
    Guard(
        "pace: a season begins with a pause",
        "bot/journey/tune.py",
        "            plan = found.who.standing.plan.resting(SEASONS[season].pause, now, found.lately)\n",
        "            plan = found.who.standing.plan\n",
        f"{OF_WEEKS}::test_nothing_comes_in_the_pause_that_a_season_begins_with",
    ),
    Guard(
        "pace: in a season half as many",
        AHEAD,
        "    return int(season is not None and season.is_slow)",
        "    return 0",
        f"{OF_WEEKS}::test_in_a_season_that_is_slow_half_as_many_come",
    ),
    Guard(
        "choice: between two people, one done alone",
        CHOOSE,
        "        if exposure >= CONTACT:\n            return False\n",
        "",
        f"{OF_CHOICE}::test_between_two_nudges_that_lead_to_a_person_there_is_one_that_is_done_alone",
    ),
    Guard(
        "choice: a nudge rests for eight weeks",
        CHOOSE,
        " and nudge.nudge_id not in lately]",
        "]",
        f"{OF_CHOICE}::test_a_nudge_rests_for_eight_weeks",
    ),
    Guard(
        "choice: a nudge rests for eight weeks, in a world",
        CHOOSE,
        "if now - one.at < NOT_AGAIN_FOR}",
        "if now - one.at < NOT_AGAIN_FOR / 8}",
        World(Promise.REPEATED, CALM, members=8, days=60),
    ),
    Guard(
        "choice: no kind twice running",
        CHOOSE,
        "        themes = themes - {before[0].theme}\n",
        "        pass\n",
        f"{OF_CHOICE}::test_one_theme_never_comes_twice_running",
    ),
    Guard(
        "taper: two in the first week",
        PLAN,
        "            return MOST_IN_THE_FIRST_WEEK\n",
        "            return MOST\n",
        World(Promise.TOO_MANY, CALM, members=8, days=30),
    ),
    Guard(
        "taper: one a week after the eighth",
        PLAN,
        "        return MOST if week <= LAST_WEEK or self.keeps_pace else MOST_AFTERWARDS",
        "        return MOST",
        World(Promise.TOO_MANY, CALM, members=8, days=110),
    ),
    Guard(
        "said once: that nothing is left",
        AHEAD,
        "if kind is Kind.NUDGE and found.is_all_seen and not plan.all_seen:",
        "if kind is Kind.NUDGE and found.is_all_seen:",
        "tests/foresee/test_any_history.py::test_whoever_sets_everything_aside_is_told_once_and_gets_nothing_more",
    ),
    Guard(
        "asked once: a review",
        PLAN,
        "                return replace(self, reviewed=_weeks_of(kind))",
        "                return self",
        World(Promise.REPEATED, CALM, members=8, days=60),
    ),
    Guard(
        "silence changes no ticket",
        AHEAD,
        "replace(bearing.pruned(day), draw=found.draw)",
        "replace(bearing, draw=found.draw, tickets=bearing.tickets.not_for_me(found.draw.theme, day))",
        f"{OF_WEEKS}::test_silence_changes_no_ticket",
    ),
    Guard(
        "later and a pause change no ticket",
        REPLIES,
        "    return Followed(plan, bearing)\n\n\ndef said_bigger",
        "    return Followed(plan, bearing.did_smaller().not_today())\n\n\ndef said_bigger",
        f"{OF_REPLIES}::test_later_and_a_pause_change_nothing_here",
    ),
    Guard(
        "held no longer than needed: what no choice looks at",
        AHEAD,
        "bearing.pruned(day)",
        "bearing",
        f"{OF_WEEKS}::test_what_no_choice_looks_at_any_more_goes_with_the_next_nudge",
    ),
    Guard(
        "a thief sees no button: each answer is written alike",
        "bot/journey/answer.py",
        "    await records.bearings.put_all(await records.bearings.by_ids([member_id]))\n",
        "    pass\n",
        f"{OF_THIEVES}::test_whichever_button_it_was_how_nudges_are_chosen_is_written_anew",
    ),
    Guard(
        "a thief sees no button: a bearing is as long as any other",
        "bot/store/schema.py",
        'Column("picked", Sealed(BEARING_BYTES), nullable=False)',
        'Column("picked", Sealed, nullable=False)',
        f"{OF_THIEVES}::test_however_nudges_are_chosen_what_is_sealed_is_as_long",
    ),
)
