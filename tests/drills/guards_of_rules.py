"""The guards in what decides: bot/rules, and the steps of the journey that ask them."""

from __future__ import annotations

from typing import Final

from bot.simulate.faults import CALM, Faults
from bot.simulate.promises import Promise
from tests.drills.guard import Guard, World

DELIVERY: Final = "bot/rules/delivery.py"
DUE: Final = "bot/rules/due.py"
SILENCE: Final = "bot/rules/silence.py"
OF_DELIVERY: Final = "tests/rules/test_delivery.py"
OF_DUE: Final = "tests/rules/test_due.py"
OF_SILENCE: Final = "tests/rules/test_silence.py"
DELIVER: Final = "tests/journey/test_deliver.py"

OF_RULES: Final = (
    Guard(
        "history check",
        DELIVERY,
        "    return tried is not None and now - tried >= NONCE_TRUST",
        "    return False",
        f"{DELIVER}::test_a_lost_answer_is_looked_up_and_not_sent_again",
    ),
    Guard(
        "an answer that was lost",
        DELIVERY,
        "    again = now + LOOK_AGAIN\n",
        "    return Fate(State.DISSOLVED)\n    again = now + LOOK_AGAIN\n",
        World(Promise.LOST, Faults(lost_after=0.25), members=5, days=20),
    ),
    Guard(
        "an earlier try of the library's own",
        DELIVERY,
        "is_sure=not (tried_before or posted))",
        "is_sure=not tried_before)",
        "tests/journey/test_found_by_simulation.py::"
        "test_a_refusal_after_a_try_that_may_have_arrived_is_never_written_down_as_dissolved",
    ),
    Guard(
        "a refusal undoes no earlier try",
        DELIVERY,
        "        case Unreachable(posted) if not (tried_before or posted):",
        "        case Unreachable():",
        f"{OF_DELIVERY}::test_a_refusal_does_not_undo_an_earlier_try_that_may_have_arrived",
    ),
    Guard(
        "no retry after the window",
        DELIVERY,
        "    if again < occurrence.until_at:",
        "    if True:",
        f"{DELIVER}::test_retries_end_with_the_window",
    ),
    Guard(
        "lease: its time left",
        DELIVERY,
        "    return now + calls * call + WAITS_OF_A_LETTER < claimed_until",
        "    return now < claimed_until",
        f"{OF_DELIVERY}::test_a_claim_outlasts_all_calls_and_waits_of_a_letter",
    ),
    Guard(
        "window: its end",
        DELIVERY,
        "        Obstacle.OVER: now >= until_at,",
        "        Obstacle.OVER: False,",
        f"{OF_DELIVERY}::test_the_end_of_the_window_is_a_hard_stop",
    ),
    Guard(
        "window: where the member is by now",
        DELIVERY,
        "        Obstacle.OUTSIDE: not plan.schedule.window.holds(local_minute(plan.schedule.zone, now)),",
        "        Obstacle.OUTSIDE: False,",
        f"{DELIVER}::test_a_retry_keeps_to_the_window_that_holds_by_then",
    ),
    Guard(
        "window: on its own date, where the member is by now",
        DELIVERY,
        "    return occurrence.kind not in OF_A_DATE or occurrence.slot == local_date(zone, now).isoformat()",
        "    return True",
        "tests/journey/test_worst_moments.py"
        "::test_whoever_moves_a_day_back_while_a_letter_waits_gets_no_second_one_on_one_date",
    ),
    Guard(
        "night",
        DELIVERY,
        "        Obstacle.NIGHT: is_night(plan.schedule.zone, now),",
        "        Obstacle.NIGHT: False,",
        f"{OF_DELIVERY}::test_nothing_goes_out_at_night_but_the_receipt_of_a_press_made_at_night",
    ),
    Guard(
        "consent",
        DELIVERY,
        "        Obstacle.NO_CONSENT: Purpose.NUDGES not in standing.purposes,",
        "        Obstacle.NO_CONSENT: False,",
        f"{OF_DELIVERY}::test_without_consent_nothing_is_sent_not_even_a_receipt",
    ),
    Guard(
        "stop",
        DELIVERY,
        "        Obstacle.STOPPED: plan.state is not PlanState.ACTIVE,",
        "        Obstacle.STOPPED: False,",
        f"{OF_DELIVERY}::test_a_plan_that_is_not_active_holds_everything_back",
    ),
    Guard(
        "pause",
        DELIVERY,
        "        Obstacle.PAUSED: plan.is_paused(now),",
        "        Obstacle.PAUSED: False,",
        f"{OF_DELIVERY}::test_a_pause_holds_nudges_back_until_it_ends",
    ),
    Guard(
        "pause: what is due moves behind it",
        "bot/rules/plan.py",
        "        return replace(self, paused_until=until, next_due_at=due_after(self.rhythm(until), until, lately))",
        "        return replace(self, paused_until=until)",
        f"{DELIVER}::test_a_pause_moves_the_next_nudge_behind_it_and_keeps_one_to_be_shown_again",
    ),
    Guard(
        "a server that is off",
        DELIVERY,
        "        Obstacle.GUILD_OFF: not standing.guild_on,",
        "        Obstacle.GUILD_OFF: False,",
        f"{OF_DELIVERY}::test_a_server_that_is_off_gets_one_question_and_no_nudge",
    ),
    Guard(
        "eight hours",
        DUE,
        "    if any(due - at < LEAST_GAP for at in (*lately.sent, *lately.until)):\n        return False\n",
        "",
        f"{OF_DUE}::test_a_night_that_a_clock_change_makes_short_still_keeps_eight_hours",
    ),
    Guard(
        "eight hours: from when one may have come",
        DUE,
        "(*lately.sent, *lately.until)",
        "lately.sent",
        "tests/journey/test_found_by_simulation.py::"
        "test_eight_hours_lie_between_two_nudges_also_when_the_first_one_came_late",
    ),
    Guard(
        "weekly cap",
        DUE,
        " and len(of_the_week) < schedule.per_week",
        "",
        f"{OF_DUE}::test_after_more_than_were_chosen_by_asking_again_the_next_one_waits_until_the_week_has_room",
    ),
    Guard(
        "one per date",
        DUE,
        "    if day.isoformat() in lately.taken:\n        return False\n",
        "",
        f"{OF_DUE}::test_a_date_that_had_its_nudge_is_not_promised_again_though_nobody_saw_it",
    ),
    Guard(
        "Later replaces and never adds",
        "bot/journey/ahead.py",
        "        after = max(after, stood_in_for(schedule, lately, now))\n",
        "        pass\n",
        "tests/journey/test_answer.py::test_later_takes_the_place_of_the_next_one_and_adds_none",
    ),
    Guard(
        "silence halves the pace",
        SILENCE,
        "    return 1 if run >= HALVE_AFTER else 0",
        "    return 0",
        f"{OF_SILENCE}::test_silence_halves_the_pace_then_asks_once",
    ),
    Guard(
        "silence ends in a question",
        SILENCE,
        "    return run >= ASK_AFTER",
        "    return False",
        World(Promise.SILENCE, CALM, members=6, days=75),
    ),
    Guard(
        "a question is asked once",
        "bot/journey/ahead.py",
        "    if kind in AFTER_QUESTION and past.was_asked(who.standing.plan, kind):",
        "    if False:",
        f"{DELIVER}::test_a_question_that_may_have_arrived_is_not_asked_again",
    ),
    Guard(
        "what is settled stays settled",
        "bot/rules/occurrence.py",
        "        State.SENT: frozenset[State](),",
        "        State.SENT: frozenset({State.CLAIMED}),",
        "tests/rules/test_occurrence.py::test_what_is_settled_stays_settled",
    ),
    Guard(
        "clock doubt: our own step",
        "bot/rules/clocks.py",
        "        return ClockSense(set_by, self.doubted or stepped)",
        "        return ClockSense(set_by, self.doubted)",
        "tests/rules/test_clocks.py::test_a_step_is_doubted_until_discord_agrees",
    ),
    Guard(
        "clock doubt: what Discord says",
        "bot/rules/clocks.py",
        "doubted=abs(theirs - ours) > TOLERATED)",
        "doubted=False)",
        "tests/rules/test_clocks.py::test_a_difference_to_discord_is_doubted_without_any_step",
    ),
    Guard(
        "breaker: its bound",
        "bot/rules/breaker.py",
        "self.broken or sum(counts.values()) >= self.most",
        "self.broken",
        "tests/rules/test_breaker.py::test_the_circuit_breaks_at_the_bound",
    ),
    Guard(
        "throttle: after a 429",
        "bot/rules/throttle.py",
        "before.rate / 2",
        "before.rate",
        "tests/rules/test_throttle.py::test_an_objection_halves_the_rate_and_is_waited_out",
    ),
    Guard(
        "throttle: the wait that was asked for",
        "bot/rules/throttle.py",
        "        start = max(now, self.quiet_until)",
        "        start = now",
        "tests/rules/test_throttle.py::test_an_objection_halves_the_rate_and_is_waited_out",
    ),
    Guard(
        "governor of DM opens: so many a day",
        "bot/rules/opens.py",
        "        if here.used >= per_day:",
        "        if False:",
        "tests/rules/test_opens.py::test_a_day_has_so_many_and_the_next_day_again",
    ),
)
