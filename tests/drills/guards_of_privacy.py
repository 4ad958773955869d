"""The guards that keep people private: only when asked, nobody sees, no words kept, leaves clean."""

from __future__ import annotations

from typing import Final

from tests.drills.guard import Guard

CLIENT: Final = "bot/client.py"
LOGS: Final = "bot/logs.py"
TURN: Final = "cogs/_turn.py"
OF_FORGERY: Final = "tests/attacks/test_forged_presses.py"
OF_MODERATORS: Final = "tests/attacks/test_moderators.py"
OF_RACES: Final = "tests/attacks/test_races.py"
OF_TEXTS: Final = "tests/attacks/test_texts.py"
OF_ALL_SENT: Final = "tests/attacks/test_everything_sent.py"
OF_LOGS: Final = "tests/test_logs.py"
OF_STOLEN_FILES: Final = "tests/attacks/test_stolen_files.py"
OF_LEAVING: Final = "tests/journey/test_review_and_leave.py"

ONLY_WHEN_ASKED: Final = (
    Guard(
        "only when asked: every purpose but nudges is off at first",
        "bot/rules/consent.py",
        "ON_AT_FIRST: Final = frozenset({Purpose.NUDGES})",
        "ON_AT_FIRST: Final = frozenset(Purpose)",
        "tests/cogs/test_opting_in.py::test_all_purposes_are_off_but_nudges",
    ),
    Guard(
        "only when asked: nobody is let in by a switch who has not started",
        "bot/journey/review.py",
        "            if purpose not in await _offered(records, member_id):\n",
        "            if False:\n",
        f"{OF_LEAVING}::test_choices_come_after_a_first_yes",
    ),
    Guard(
        "only when asked: agreeing to nothing keeps nothing",
        "bot/journey/opt_in.py",
        "            if not purposes and await records.members.get(member_id) is None:\n",
        "            if False:\n",
        "tests/journey/test_opt_in.py::test_agreeing_to_nothing_keeps_nothing_of_somebody_new",
    ),
    Guard(
        "only when asked: the first DM is the receipt",
        "bot/journey/opt_in.py",
        "press_id, now) if Purpose.NUDGES in purposes else None\n",
        "press_id, now) if not purposes else None\n",
        "tests/journey/test_opt_in.py::test_the_first_dm_is_the_receipt_and_there_is_one",
    ),
    Guard(
        "only when asked: Stop on every DM",
        "cogs/_ui/nudges.py",
        '    return [button(Flow.NUDGE, Step.STOP, words("button.stop"), data), need_more(words)]\n',
        "    return [need_more(words)]\n",
        f"{OF_ALL_SENT}::test_every_dm_carries_stop_in_one_press_and_a_way_to_a_person",
    ),
    Guard(
        "only when asked: Stop on a cover",
        "cogs/_ui/letters.py",
        '            button(Flow.NUDGE, Step.STOP_COVERED, words("button.stop"), occurrence_id),\n',
        "",
        f"{OF_ALL_SENT}::test_every_dm_carries_stop_in_one_press_and_a_way_to_a_person",
    ),
)

NOBODY_SEES: Final = (
    Guard(
        "nobody sees: answers are private",
        TURN,
        "        await interaction.response.send_message(**what, ephemeral=True)\n",
        "        await interaction.response.send_message(**what)\n",
        f"{OF_ALL_SENT}::test_whatever_is_said_in_a_server_is_said_to_one_person_alone",
    ),
    Guard(
        "nobody sees: second answers are private",
        TURN,
        "        await interaction.followup.send(**what, ephemeral=True)\n",
        "        await interaction.followup.send(**what)\n",
        f"{OF_ALL_SENT}::test_whatever_is_said_in_a_server_is_said_to_one_person_alone",
    ),
    Guard(
        "nobody sees: what went wrong is said in private",
        CLIENT,
        "                await interaction.response.send_message(sentence, ephemeral=True)\n",
        "                await interaction.response.send_message(sentence)\n",
        f"{OF_ALL_SENT}::test_whatever_is_said_in_a_server_is_said_to_one_person_alone",
    ),
    Guard(
        "nobody sees: a button answers its own member",
        "bot/journey/standing.py",
        "    if occurrence is None or occurrence.member_id != member_id:\n",
        "    if occurrence is None:\n",
        f"{OF_FORGERY}::test_a_button_of_another_members_nudge_says_what_one_of_no_nudge_says",
    ),
    Guard(
        "nobody sees: only a moderator moderates",
        "cogs/_guards.py",
        "    if interaction.guild_id is None or not interaction.permissions.manage_guild:\n",
        "    if interaction.guild_id is None:\n",
        f"{OF_MODERATORS}::test_a_member_gets_nothing_from_a_moderators_button",
    ),
    Guard(
        "nobody sees: nobody moderates in a DM",
        "cogs/_guards.py",
        "    if interaction.guild_id is None or not interaction.permissions.manage_guild:\n",
        "    if interaction.guild_id is not None and not interaction.permissions.manage_guild:\n",
        f"{OF_MODERATORS}::test_a_moderator_is_nobody_in_a_dm",
    ),
    Guard(
        "nobody sees: the card goes into a channel of this server",
        "cogs/setup.py",
        "    channel = next((one for one in channels if str(one.id) == picked), None)\n",
        "    channel = interaction.client.get_channel(int(picked))\n",
        f"{OF_MODERATORS}::test_the_card_goes_into_a_channel_of_this_server_and_nowhere_else",
    ),
    Guard(
        "nobody sees: counts are rounded, and none below ten",
        "bot/rules/counts.py",
        "    return people - people % ROUND_TO if people >= FEWEST else None\n",
        "    return people\n",
        "tests/rules/test_counts.py::test_moderators_see_no_number_below_ten_and_rounded_ones_above",
    ),
    Guard(
        "nobody sees: counted once a week",
        "bot/journey/enable.py",
        "            if guild.counted_at is None or now - guild.counted_at >= COUNT_EVERY:\n",
        "            if True:\n",
        "tests/journey/test_enable.py::test_nobody_can_watch_the_number_change_when_somebody_joins_or_leaves",
    ),
    Guard(
        "nobody sees: nothing mentions anybody",
        CLIENT,
        "            allowed_mentions=discord.AllowedMentions.none(),\n",
        "",
        f"{OF_ALL_SENT}::test_nothing_that_is_sent_mentions_anybody",
    ),
    Guard(
        "nobody sees: ids and tokens are taken out of every line",
        LOGS,
        "                redact,\n",
        "",
        f"{OF_LOGS}::test_no_member_and_no_token_is_written_whoever_logs_it",
    ),
    Guard(
        "nobody sees: a line that cannot be written is not printed as it is",
        LOGS,
        "    handler = QuietHandler(stream)\n",
        "    handler = logging.StreamHandler(stream)\n",
        f"{OF_LOGS}::test_a_line_that_cannot_be_written_says_nothing_of_what_it_held",
    ),
    Guard(
        "nobody sees: an error of the database quotes no values",
        "bot/store/engines.py",
        "        hide_parameters=True,\n",
        "",
        "tests/attacks/test_hidden_values.py::test_an_error_of_the_database_never_quotes_what_was_to_be_written",
    ),
)

NO_WORDS_KEPT: Final = (
    Guard(
        "no words kept: a check-in keeps picks of ours alone",
        "cogs/_ui/check_in.py",
        " and fields[question][0] in _answers(question, words)\n",
        "\n",
        f"{OF_TEXTS}::test_a_text_is_neither_run_nor_repeated_nor_kept_wherever_it_comes_in",
    ),
    Guard(
        "no words kept: which button it was only with a yes to that",
        "bot/journey/answer.py",
        "        kept = answer if Purpose.ANSWERS in who.standing.purposes else None\n",
        "        kept = answer\n",
        "tests/journey/test_answer.py::test_which_button_it_was_is_kept_only_where_that_was_agreed_to",
    ),
    Guard(
        "no words kept: a zone is one of the table's",
        "bot/journey/standing.py",
        "    if not is_zone(wishes.zone):\n",
        "    if False:\n",
        "tests/journey/test_opt_in.py::test_a_zone_that_is_none_stores_nothing",
    ),
    Guard(
        "whatever comes, comes to an answer: nonsense in place of an interaction",
        "bot/app.py",
        "    seams.outlive_nonsense(client, client.read_in_vain)\n",
        "",
        "tests/drills/test_gateway.py::test_an_interaction_that_makes_no_sense_ends_nothing",
    ),
    Guard(
        "whatever comes, comes to an answer: buttons of nobody's",
        "cogs/doors.py",
        "            case discord.InteractionType.component if ENTERED not in interaction.extras:\n",
        "            case discord.InteractionType.component if False:\n",
        f"{OF_FORGERY}::test_an_id_that_is_bent_is_answered_kindly_and_does_nothing",
    ),
    Guard(
        "whatever comes, comes to an answer: commands of another form",
        CLIENT,
        "            is_command(interaction.data)\n",
        "            True\n",
        f"{OF_TEXTS}::test_what_is_no_text_at_all_is_answered",
    ),
    Guard(
        "whatever comes, comes to an answer: an id that is none is not looked for",
        "bot/journey/standing.py",
        " if is_occurrence_id(occurrence_id) else None\n",
        "\n",
        f"{OF_FORGERY}::test_an_id_that_is_bent_is_answered_kindly_and_does_nothing",
    ),
    Guard(
        "whatever comes, comes to an answer: a long text keeps nobody waiting",
        "bot/content/spelling.py",
        "LONGEST_TYPED: Final = 100\n",
        "LONGEST_TYPED: Final = 10_000\n",
        f"{OF_TEXTS}::test_of_a_text_as_long_as_discord_lets_through_only_the_beginning_is_looked_up",
    ),
)

LEAVES_CLEAN: Final = (
    Guard(
        "leaves clean: one walk over every table",
        "bot/store/holdings.py",
        "    for table in reversed(member_tables()):\n",
        "    for table in reversed(member_tables()[1:]):\n",
        "tests/test_privacy.py::test_after_delete_no_table_holds_a_row_of_the_member",
    ),
    Guard(
        "leaves clean: what is shown is every row of every table",
        "bot/store/holdings.py",
        "        for table in member_tables():\n",
        "        for table in member_tables()[:-1]:\n",
        "tests/test_privacy.py::test_all_that_is_held_is_shown_row_by_row",
    ),
    Guard(
        "leaves clean: what is handed over is every row of every table",
        "bot/store/holdings.py",
        "        for table in member_tables():\n",
        "        for table in member_tables()[:-1]:\n",
        "tests/cogs/test_export.py::test_an_export_is_as_the_published_schema_says",
    ),
    Guard(
        "leaves clean: what is deleted is overwritten in the log as well",
        "bot/journey/erasing.py",
        "    if not await database.scrub():\n",
        "    if False:\n",
        f"{OF_LEAVING}::test_what_is_left_of_somebody_without_a_key_is_overwritten_as_well",
    ),
    Guard(
        "leaves clean: no Start from before or beside a deletion",
        "bot/journey/opt_in.py",
        "            self._farewells.refuse_older(member_id, press_id)\n",
        "",
        f"{OF_RACES}::test_a_press_that_comes_while_a_deletion_is_under_way_brings_nobody_back",
    ),
    Guard(
        "leaves clean: no check-in from before or beside a deletion",
        "bot/journey/check_in.py",
        "            self._farewells.refuse_older(member_id, press_id)\n",
        "",
        f"{OF_RACES}::test_a_press_that_comes_while_a_deletion_is_under_way_brings_nobody_back",
    ),
    Guard(
        "leaves clean: a press that is heard late is still an older one",
        "bot/journey/farewell.py",
        " or press_id < self._press_of(member_id)",
        "",
        f"{OF_RACES}::test_a_start_that_was_pressed_before_a_deletion_is_void_however_late_it_is_heard",
    ),
    Guard(
        "leaves clean: an answer goes with the yes to keeping it",
        "bot/journey/ledger.py",
        "        await records.occurrences.forget_answers(member_id)\n",
        "        pass\n",
        f"{OF_LEAVING}::test_taking_answers_back_forgets_which_buttons_were_pressed_but_not_that_one_was",
    ),
    Guard(
        "leaves clean: what a yes allowed is overwritten when it is taken back",
        "bot/journey/review.py",
        "        await overwrite(self._database)\n",
        "",
        f"{OF_STOLEN_FILES}::test_what_a_yes_allowed_to_be_kept_is_overwritten_when_it_is_taken_back",
    ),
    Guard(
        "leaves clean: what a yes allowed is overwritten when a new start ends it",
        "bot/journey/opt_in.py",
        "            await overwrite(self._database)\n",
        "            pass\n",
        f"{OF_STOLEN_FILES}::test_what_a_yes_allowed_to_be_kept_is_overwritten_when_it_is_taken_back",
    ),
    Guard(
        "leaves clean: a check-in goes with the yes to keeping it",
        "bot/journey/ledger.py",
        "        await records.check_ins.forget(member_id)\n",
        "        pass\n",
        f"{OF_LEAVING}::test_taking_a_purpose_back_removes_what_it_allowed_and_nothing_else",
    ),
)

OF_PRIVACY: Final = (*ONLY_WHEN_ASKED, *NOBODY_SEES, *NO_WORDS_KEPT, *LEAVES_CLEAN)
