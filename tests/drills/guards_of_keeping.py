"""The guards in what lets things go."""

from __future__ import annotations

from typing import Final

from tests.drills.guard import Guard

RETENTION: Final = "bot/rules/retention.py"
HOUSEKEEP: Final = "bot/journey/housekeep.py"
TRAFFIC: Final = "bot/journey/traffic.py"
UPKEEP: Final = "bot/store/upkeep.py"
SETTINGS: Final = "bot/settings.py"
OF_RETENTION: Final = "tests/rules/test_retention.py"
OF_HOUSE: Final = "tests/journey/test_housekeep.py"
OF_SETTINGS: Final = "tests/test_settings.py"

OF_KEEPING: Final = (
    Guard(
        "house: the time is sure",
        HOUSEKEEP,
        "            if self._traffic.is_sure_of_time():",
        "            if True:",
        f"{OF_HOUSE}::test_without_a_word_of_discord_about_the_time_nothing_goes",
    ),
    Guard(
        "house: Discord said the time just now",
        TRAFFIC,
        " and self._clock.monotonic() - self._agreed_at < FRESH.total_seconds()",
        "",
        f"{OF_HOUSE}::test_what_discord_said_an_hour_ago_is_not_enough",
    ),
    Guard(
        "house: Discord's time has to agree",
        TRAFFIC,
        "        if sense.doubted:\n            self._agreed_at = None\n",
        "",
        f"{OF_HOUSE}::test_a_clock_that_stands_a_year_ahead_from_the_start_deletes_nobody_and_nothing",
    ),
    Guard(
        "house: nobody set the clock since",
        TRAFFIC,
        "        self._note(self._sense.looked(self._clock.set_by()))\n        return self._agreed_at",
        "        return self._agreed_at",
        f"{OF_HOUSE}::test_a_clock_that_is_set_right_after_discord_was_asked_deletes_nobody",
    ),
    Guard(
        "house: nothing while nothing may be sent",
        HOUSEKEEP,
        "        held = self._traffic.hold()\n",
        "        held = None\n",
        f"{OF_HOUSE}::test_while_nothing_may_be_sent_discord_is_not_asked_and_it_is_said_once",
    ),
    Guard(
        "house: a long break is noticed",
        RETENTION,
        "    if before is None or not timedelta() <= now - before.last <= LONGEST_BREAK:",
        "    if before is None:",
        f"{OF_RETENTION}::test_after_a_jump_of_the_clock_or_a_long_absence_everybody_has_a_month",
    ),
    Guard(
        "house: the first night lets nothing go",
        RETENTION,
        "        return self.since < self.last\n",
        "        return True\n",
        f"{OF_HOUSE}::test_a_clock_a_year_ahead_that_even_discord_agrees_with_deletes_no_member_for_a_month",
    ),
    Guard(
        "house: a month to come back",
        RETENTION,
        "        return self.last - self.since >= TIME_TO_COME_BACK",
        "        return True",
        f"{OF_HOUSE}::test_a_bot_that_was_away_for_a_year_gives_everybody_a_month_to_come_back",
    ),
    Guard(
        "house: who came while the clock stood behind",
        HOUSEKEEP,
        "        if self._traffic.stood_behind():",
        "        if False:",
        f"{OF_HOUSE}::test_who_comes_while_the_clock_stands_a_year_behind_is_not_taken_for_gone",
    ),
    Guard(
        "house: once a night",
        HOUSEKEEP,
        "        if before is not None and not before.is_due(self._clock.now()):",
        "        if False:",
        f"{OF_HOUSE}::test_it_runs_once_a_night_however_often_it_is_asked",
    ),
    Guard(
        "house: looked at once more where it is deleted",
        HOUSEKEEP,
        " for member_id, theirs in signs.items() if is_gone(theirs, cuts)]",
        " for member_id in signs]",
        f"{OF_HOUSE}::test_what_a_member_presses_while_the_night_looks_at_them_keeps_them",
    ),
    Guard(
        "house: an answer that comes meanwhile",
        UPKEEP,
        "    or_(occurrence.c.answered_at.is_(None), _is_before(occurrence.c.answered_at)),\n",
        "",
        f"{OF_HOUSE}::test_an_answer_that_comes_between_finding_and_deleting_keeps_its_message",
    ),
    Guard(
        "house: the log is overwritten too",
        HOUSEKEEP,
        "            await overwrite(self._database)\n",
        "            pass\n",
        f"{OF_HOUSE}::test_whoever_was_away_for_a_year_is_deleted_whole_and_not_written_to",
    ),
    Guard(
        "house: in pieces",
        HOUSEKEEP,
        "    for messages in _pieces(found.messages, ROWS_AT_A_TIME):",
        "    for messages in _pieces(found.messages, 1_000_000):",
        f"{OF_HOUSE}::test_many_rows_go_in_pieces_and_everybody_else_has_their_turn_in_between",
    ),
    Guard(
        "retention: the nudges by which silence is heard",
        RETENTION,
        "        if one.kind is Kind.NUDGE and (nudges_from is None or one.due_at >= nudges_from)\n",
        "        if False\n",
        f"{OF_RETENTION}::test_what_other_rules_read_is_the_same_whatever_went",
    ),
    Guard(
        "retention: the same over the real statements",
        UPKEEP,
        "        .offset(ASK_AFTER - 1)\n",
        "        .offset(ASK_AFTER - 3)\n",
        f"{OF_HOUSE}::test_after_a_night_every_rule_reads_the_same_past",
    ),
    Guard(
        "retention: what tells last that they were there",
        RETENTION,
        "    if not anchor.something_since:\n",
        "    if False:\n",
        f"{OF_RETENTION}::test_what_tells_last_that_somebody_was_there_stays",
    ),
    Guard(
        "retention: a kept answer keeps its message",
        RETENTION,
        " and not one.keeps_answer and",
        " and",
        f"{OF_HOUSE}::test_a_message_with_a_kept_answer_stays_with_it_beyond_other_messages",
    ),
    Guard(
        "retention: what is not over stays",
        RETENTION,
        "        if self.settled_at is None:\n            return False\n",
        "",
        f"{OF_RETENTION}::test_nothing_goes_that_is_not_over_or_not_old_or_has_an_answer_with_it",
        ("max(self.due_at, self.settled_at, ", "max(self.due_at, self.settled_at or self.due_at, "),
    ),
    Guard(
        "retention: no record goes while a rule reads it",
        SETTINGS,
        "    delivery_records: Annotated[int, Field(ge=60, ",
        "    delivery_records: Annotated[int, Field(ge=56, ",
        f"{OF_SETTINGS}::test_no_record_can_be_set_to_go_while_a_rule_still_reads_it",
    ),
    Guard(
        "retention: signs do not go before their member",
        SETTINGS,
        "    if days < least:\n",
        "    if False:\n",
        f"{OF_SETTINGS}::test_what_tells_of_somebody_cannot_be_set_to_go_before_they_do",
    ),
)
