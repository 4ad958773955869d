"""The guards in what carries a letter: claim, one more look, pace, the courier, and how the process ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.simulate.faults import CALM, Faults
from bot.simulate.promises import Promise
from tests.drills.guard import Guard, World

CARRYING: Final = "bot/journey/carrying.py"
DELIVERING: Final = "bot/journey/deliver.py"
TRAFFIC: Final = "bot/journey/traffic.py"
COURIER: Final = "cogs/courier.py"
DELIVER: Final = "tests/journey/test_deliver.py"
OF_TRAFFIC: Final = "tests/journey/test_traffic.py"
OF_COURIER: Final = "tests/cogs/test_courier.py"
WORST: Final = "tests/journey/test_worst_moments.py"

OF_SENDING: Final = (
    Guard(
        "nonce",
        COURIER,
        ", nonce=letter.occurrence_id",
        "",
        "tests/drills/test_kills.py::test_a_kill_before_the_answer_leaves_one_message_by_its_nonce",
    ),
    Guard(
        "nonce: what Discord remembers of it",
        "bot/simulate/model.py",
        "NONCE_MEMORY: Final = 180.0",
        "NONCE_MEMORY: Final = 0.0",
        World(Promise.DUPLICATE, Faults(refused_after_all=0.3), members=5, days=20),
    ),
    Guard(
        "consent, pause, window and night are looked at just before the POST",
        CARRYING,
        "        return None if obstacle is None else HeldBack(obstacle)\n",
        "        return None\n",
        f"{DELIVER}::test_what_changes_between_claim_and_send_is_respected",
    ),
    Guard(
        "and once more after the DM was looked at",
        CARRYING,
        "            held_back = await self._look_again(occurrence)\n",
        "            held_back = await self._held_back(occurrence, who)\n",
        f"{DELIVER}::test_what_changes_while_a_letter_is_looked_for_is_respected",
    ),
    Guard(
        "lease: asked before a letter is carried",
        CARRYING,
        "        if not self._has_time(occurrence, CALLS_OF_A_LETTER):\n",
        "        if False:\n",
        f"{DELIVER}::test_a_letter_is_carried_only_while_its_claim_outlasts_the_carrying",
    ),
    Guard(
        "lease: asked again after the DM was looked at",
        CARRYING,
        "            if not self._has_time(occurrence, 1):\n",
        "            if False:\n",
        f"{WORST}::test_a_claim_that_runs_out_while_its_letter_is_looked_for_sends_nothing",
    ),
    Guard(
        "lease: the fencing token",
        "bot/store/occurrences.py",
        'claims.get(one.occurrence.occurrence_id, "") == one.occurrence.claim',
        "one.occurrence.occurrence_id in claims",
        f"{WORST}::test_of_two_that_settle_the_same_at_once_only_who_holds_the_claim_counts",
    ),
    Guard(
        "release at start",
        DELIVERING,
        "        await self._claims.release()\n",
        "        return\n",
        f"{DELIVER}::test_a_crash_after_the_claim_is_made_good_with_the_same_nonce",
    ),
    Guard(
        "release at start: of the process",
        "bot/app.py",
        "        await app.journeys.deliver.begin()\n",
        "",
        "tests/wire/test_process.py::test_a_crash_that_is_long_ago_is_looked_up_before_anything_is_sent",
    ),
    Guard(
        "a date that has its nudge gets no second one",
        "bot/store/occurrences.py",
        "insert(occurrence).on_conflict_do_nothing().returning(",
        "insert(occurrence).returning(",
        f"{DELIVER}::test_a_date_that_has_its_nudge_gets_no_second_one_even_from_a_plan_that_says_so",
    ),
    Guard(
        "closed DMs are not tried again",
        CARRYING,
        "PlanState.UNREACHABLE if isinstance(outcome, Unreachable) else AFTER_QUESTION",
        "AFTER_QUESTION",
        f"{DELIVER}::test_closed_dms_are_tried_once_and_never_again_by_ourselves",
    ),
    Guard(
        "after stop nothing is claimed",
        DELIVERING,
        "                if self._stopping or await self._hold() is not None:\n",
        "                if await self._hold() is not None:\n",
        f"{DELIVER}::test_after_stop_nothing_more_is_claimed",
    ),
    Guard(
        "what is held is asked once more just before the POST",
        CARRYING,
        "        if self._traffic.hold() is not None:\n            return NotNow()\n",
        "",
        f"{OF_TRAFFIC}::test_a_token_that_is_refused_while_a_letter_is_looked_for_keeps_it_back",
    ),
    Guard(
        "what is held is asked before a letter is looked for",
        CARRYING,
        "        if self._traffic.hold() is not None:\n            return NotNow(), tried_before\n",
        "",
        f"{OF_TRAFFIC}::test_after_a_refused_token_nothing_is_looked_for_either",
    ),
    Guard(
        "breaker",
        TRAFFIC,
        "            Hold.REFUSED: self._refusals.broken,",
        "            Hold.REFUSED: False,",
        f"{OF_TRAFFIC}::test_two_thousand_refusals_in_ten_minutes_stop_sending_until_they_are_over",
    ),
    Guard(
        "clock doubt",
        TRAFFIC,
        "            Hold.CLOCK: self._sense.doubted,",
        "            Hold.CLOCK: False,",
        World(Promise.OUTSIDE, replace(CALM, clock_step_every=0.5), members=8, days=25),
    ),
    Guard(
        "clock doubt: nothing is decided by it",
        CARRYING,
        "        if self._traffic.hold() is Hold.CLOCK and ",
        "        if False and ",
        f"{OF_TRAFFIC}::test_a_clock_that_is_set_between_claim_and_send_decides_nothing",
    ),
    Guard(
        "clock doubt: what a wrong clock wrote is mended",
        DELIVERING,
        "        await self._mending.mend()\n",
        "",
        f"{OF_TRAFFIC}::test_what_was_written_by_a_wrong_clock_is_set_right_once_it_is",
    ),
    Guard(
        "clock doubt: Discord's time is heard",
        "bot/listening.py",
        '        time=_time(headers.get("Date")),\n',
        "",
        "tests/test_listening.py::test_an_answer_carries_discords_time",
    ),
    Guard(
        "global wait",
        TRAFFIC,
        "            Hold.SLOWED: self._throttle.quiet_until - steady > IN_HAND.total_seconds(),",
        "            Hold.SLOWED: False,",
        f"{OF_TRAFFIC}::test_a_long_wait_is_waited_out_with_nothing_in_hand",
    ),
    Guard(
        "throttle: fewer in hand after a 429",
        TRAFFIC,
        "            self._throttle = self._throttle.slowed(steady, (answer.wait or UNSAID_WAIT).total_seconds())\n",
        "",
        f"{OF_TRAFFIC}::test_when_discord_objects_fewer_letters_are_in_hand_and_they_wait",
    ),
    Guard(
        "pace: each letter waits for its turn",
        CARRYING,
        "        await self._traffic.turn()\n        try:\n",
        "        try:\n",
        f"{DELIVER}::test_each_letter_waits_for_a_turn_of_its_own",
    ),
    Guard(
        "no more at once than the limit says",
        DELIVERING,
        " else nullcontext(), self._slots:\n",
        " else nullcontext():\n",
        f"{DELIVER}::test_no_more_letters_are_on_their_way_at_once_than_the_limit_says",
    ),
    Guard(
        "letters that hang take no more than half of the calls",
        DELIVERING,
        "max(1, traffic.limits.at_once // 2)",
        "traffic.limits.at_once",
        f"{WORST}::test_letters_that_hang_while_they_are_looked_for_do_not_keep_back_those_that_are_new",
    ),
    Guard(
        "letters that hang take no more than half of the hands",
        DELIVERING,
        "max(0, max(1, most // 2) - self._held_again)",
        "most",
        f"{WORST}::test_letters_that_hang_while_they_are_looked_for_do_not_keep_back_those_that_are_new",
    ),
    Guard(
        "one letter waits for its turn at a time",
        TRAFFIC,
        "        async with self._turns:\n",
        "        if True:\n",
        f"{OF_TRAFFIC}::test_one_letter_waits_for_its_turn_at_a_time",
    ),
    Guard(
        "a call that is left alone tries no more",
        COURIER,
        "            tries.end()\n",
        "            pass\n",
        f"{OF_COURIER}::test_a_call_that_is_left_alone_tries_no_more",
    ),
    Guard(
        "governor of DM opens: so many a minute",
        TRAFFIC,
        "        if wait > PATIENCE.total_seconds():\n            return timedelta(seconds=wait)\n",
        "        wait = 0.0\n",
        f"{OF_TRAFFIC}::test_a_few_dms_may_be_opened_at_once_and_then_they_wait_for_each_other",
    ),
    Guard(
        "governor of DM opens: counted before it is done",
        TRAFFIC,
        '            await records.facts.put(OPENED, f"{after.day} {after.used}")\n',
        "            pass\n",
        f"{OF_TRAFFIC}::test_how_many_were_opened_today_outlives_the_process",
    ),
    Guard(
        "governor of DM opens: too fast",
        TRAFFIC,
        "        self._closed_at = self._clock.monotonic()\n",
        "",
        f"{OF_TRAFFIC}::test_dms_that_are_opened_too_fast_are_not_opened_for_ten_minutes",
    ),
    Guard(
        "and once more after a DM was opened",
        COURIER,
        "        return await last_look() or await self._post(",
        "        return await self._post(",
        f"{OF_COURIER}::test_whoever_stops_while_their_dm_is_opened_gets_nothing",
    ),
    Guard(
        "governor of DM opens: asked by the courier",
        COURIER,
        "            return NotNow(wait)\n",
        "            pass\n",
        f"{OF_COURIER}::test_a_dm_that_may_not_be_opened_yet_waits_without_a_call",
    ),
    Guard(
        "40003 closes all opening",
        COURIER,
        "            self._traffic.opened_too_fast()\n",
        "",
        f"{OF_COURIER}::test_when_dms_are_opened_too_fast_none_is_opened_for_ten_minutes_and_open_ones_are_written_in",
    ),
    Guard(
        "a lost answer may have arrived",
        COURIER,
        "        except LOST:\n            return Unsure()\n",
        "        except LOST:\n            return NotNow()\n",
        f"{OF_COURIER}::test_how_a_send_ends_decides_whether_it_may_have_arrived",
    ),
    Guard(
        "a call is left alone and never cancelled",
        COURIER,
        "            raise TimeoutError\n",
        "            task.cancel()\n            raise TimeoutError\n",
        f"{OF_COURIER}::test_a_call_that_takes_too_long_is_left_alone_and_never_cancelled",
    ),
    Guard(
        "no try after the window, not even one of discord.py",
        "bot/journey/tries.py",
        "self.is_over or (self.until is not None and self.clock.now() >= self.until)",
        "self.is_over",
        "tests/simulate/test_model.py::test_no_try_leaves_after_the_end_of_its_letter_not_even_one_that_was_left_alone",
    ),
    Guard(
        "an earlier try of discord.py may have arrived",
        "bot/journey/tries.py",
        "        return self.made != 1\n",
        "        return False\n",
        World(Promise.DUPLICATE, replace(CALM, refused_after_all=0.8), members=5, days=20),
    ),
    Guard(
        "401 stops everything",
        TRAFFIC,
        "            self.token_refused.set()\n",
        "            pass\n",
        f"{OF_TRAFFIC}::test_a_refused_token_stops_everything_for_good",
    ),
    Guard(
        "401 ends the process",
        "bot/app.py",
        "{connection, stop, refused, trouble}",
        "{connection, stop, trouble}",
        "tests/drills/test_answers.py::test_a_token_that_is_revoked_stops_everything_at_once",
    ),
)
