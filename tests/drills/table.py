"""The 38 drills: what is done to Porchlight, and the tests that hold what has to follow.

Law, held by tests/drills/test_table.py: every test that is named exists, every test of this folder is named, and a
drill without any says why. `python -m tests.drills.table` prints the tests, for `make drills` to run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Drill:
    """What is done; the tests as pytest names them; what of it is not held here, and why."""

    what: str
    tests: tuple[str, ...] = ()
    not_here: str = ""


def _in(file: str, *tests: str) -> tuple[str, ...]:
    return tuple(f"tests/{file}.py::{test}" for test in tests)


NO_OTHER_DATABASE: Final = "SQLite is the one database there is"

DRILLS: Final[Mapping[int, Drill]] = MappingProxyType(
    {
        1: Drill(
            "killed after Discord took a message, before the answer",
            _in("drills/test_kills", "test_a_kill_before_the_answer_leaves_one_message_by_its_nonce")
            + _in(
                "wire/test_process",
                "test_from_log_in_to_an_answer_through_two_kills_without_a_second_message",
            ),
        ),
        2: Drill(
            "the same, started again after ten minutes",
            _in("drills/test_kills", "test_a_kill_ten_minutes_ago_is_looked_up_and_not_sent_again"),
        ),
        3: Drill(
            "the same, and the DM cannot be read",
            _in("drills/test_kills", "test_while_the_dm_cannot_be_read_nothing_is_sent_and_the_fate_stays_unknown"),
        ),
        4: Drill(
            "500, 502, 503, 504, 524 and 408, then fine",
            _in(
                "drills/test_answers",
                "test_errors_of_discord_delay_a_nudge_and_neither_lose_nor_double_it",
                "test_no_try_is_made_after_the_end_of_the_window_not_even_one_of_discord_py",
                "test_what_discord_calls_malformed_is_let_go_and_not_tried_again",
            )
            + _in(
                "test_listening",
                "test_from_the_end_of_its_time_on_no_try_of_a_letter_leaves_and_everything_else_does",
            ),
        ),
        5: Drill(
            "taken, and answered with an error",
            _in("drills/test_answers", "test_a_message_that_was_taken_and_answered_with_an_error_stays_one"),
        ),
        6: Drill(
            "reset, silence, half-closed, cut short, web pages",
            _in(
                "drills/test_answers",
                "test_a_lost_or_senseless_answer_ends_nothing_and_doubles_nothing",
                "test_a_senseless_answer_is_an_outcome_and_no_fault_of_ours",
            )
            + _in("cogs/test_courier", "test_an_answer_that_makes_no_sense_is_no_answer"),
        ),
        7: Drill(
            "429 in every shape",
            _in(
                "drills/test_answers",
                "test_every_shape_of_429_delays_and_loses_nobody",
                "test_a_429_that_asks_for_minutes_holds_everything_and_loses_nobody",
                "test_a_global_429_holds_everything_back_for_as_long_as_it_says",
                "test_what_a_global_429_held_back_does_not_come_all_at_once",
            ),
        ),
        8: Drill(
            "closed DMs, one and thousands",
            _in(
                "drills/test_answers",
                "test_closed_dms_cost_one_request_and_the_member_is_told_at_their_next_command",
                "test_thousands_of_closed_dms_trip_a_breaker_before_discord_bans_the_address",
                "test_a_member_whose_access_is_missing_for_a_while_is_tried_again",
            ),
        ),
        9: Drill(
            "opening DMs too fast",
            _in(
                "drills/test_answers",
                "test_opening_dms_too_fast_pauses_all_opening_and_known_channels_go_on",
            ),
        ),
        10: Drill(
            "the token is revoked while letters go out",
            _in("drills/test_answers", "test_a_token_that_is_revoked_stops_everything_at_once"),
        ),
        11: Drill(
            "a message deleted before its answer, a channel that is gone",
            _in(
                "drills/test_answers",
                "test_a_message_that_was_deleted_before_its_answer_counts_as_sent",
                "test_a_dm_channel_that_is_gone_is_opened_anew_once",
            ),
        ),
        12: Drill(
            "connections that break, stay dead, or are refused",
            _in(
                "drills/test_gateway",
                "test_every_way_to_lose_a_connection_ends_in_a_resumed_one_and_loses_no_press",
                "test_a_session_that_cannot_be_resumed_is_begun_anew",
                "test_a_connection_that_is_dead_and_does_not_say_so_is_left_for_a_new_one",
                "test_without_a_gateway_nudges_go_on",
                "test_when_all_of_discord_is_gone_for_a_while_everything_is_caught_up_once",
                "test_a_connection_that_discord_refuses_for_good_ends_the_process_and_loses_nothing",
            )
            + _in(
                "wire/test_process",
                "test_a_lost_connection_is_resumed_where_the_settings_say_not_where_discord_does",
            ),
        ),
        13: Drill(
            "events that are unknown, huge or malformed",
            _in(
                "drills/test_gateway",
                "test_events_that_nobody_knows_do_no_harm",
                "test_a_malformed_event_may_end_the_process_and_the_next_one_goes_on_where_it_was",
                "test_an_interaction_that_makes_no_sense_ends_nothing",
            )
            + _in(
                "attacks/test_fuzz",
                "test_nonsense_ends_nothing_leaks_nothing_and_is_answered",
                "test_the_laws_see_what_is_broken",
                "test_every_command_and_every_flow_is_among_the_nonsense",
                "test_a_leak_and_a_silence_would_be_seen",
            ),
        ),
        14: Drill(
            "answers that come too late or twice",
            _in(
                "drills/test_gateway",
                "test_an_answer_that_discord_does_not_take_is_saved_once_and_can_be_pressed_again",
                "test_the_same_press_that_discord_tells_twice_is_one_answer",
            ),
        ),
        15: Drill(
            "one button, twenty presses",
            _in(
                "drills/test_gateway",
                "test_twenty_presses_at_once_are_one_answer_and_every_one_of_them_is_answered",
            )
            + _in("journey/test_check_in_and_streak", "test_the_same_form_sent_twice_is_kept_once"),
        ),
        16: Drill(
            "kill -9 at random moments under load",
            _in("drills/test_kills", "test_kills_at_random_moments_under_load_lose_and_double_nothing"),
        ),
        17: Drill(
            "power cuts",
            _in(
                "drills/test_power",
                "test_whatever_was_acknowledged_before_a_power_cut_is_there_after_it",
                "test_with_less_than_full_syncing_acknowledged_work_is_lost",
            ),
        ),
        18: Drill(
            "SIGTERM with many on their way",
            _in(
                "drills/test_kills",
                "test_sigterm_with_many_on_their_way_ends_in_time_and_loses_none",
                "test_sigterm_that_cuts_a_wake_up_short_says_so_without_a_traceback",
            )
            + _in(
                "wire/test_process",
                "test_sigterm_lets_a_letter_that_is_on_its_way_arrive_and_be_written_down",
                "test_sigterm_ends_within_ten_seconds_whatever_discord_does",
            ),
        ),
        19: Drill(
            "stopped past the lease, and waking up",
            _in(
                "drills/test_kills",
                "test_a_process_that_slept_past_its_claim_cannot_write_over_another",
                "test_a_process_that_slept_ten_minutes_goes_on_with_what_is_still_its_own",
            )
            + _in(
                "journey/test_deliver",
                "test_a_worker_that_slept_past_its_claim_cannot_overwrite_what_was_found_since",
            ),
            not_here="running out of memory ends in SIGKILL, which is drill 16",
        ),
        20: Drill(
            "a full disk",
            _in(
                "drills/test_disk",
                "test_on_a_full_disk_what_was_sent_is_written_down_and_nothing_else_is_begun",
            )
            + _in(
                "journey/test_room",
                "test_below_the_floor_nothing_is_sent_and_with_room_again_it_goes_on",
                "test_a_receipt_waits_for_room_as_well",
                "test_what_was_sent_while_the_disk_filled_up_is_written_down",
            )
            + _in(
                "store/test_room",
                "test_below_the_floor_there_is_no_room_and_no_ballast_is_made",
                "test_on_a_full_disk_a_unit_of_work_runs_once_more_in_the_room_of_the_ballast",
                "test_taking_the_file_over_finds_room_as_well",
                "test_when_the_ballast_is_gone_too_a_full_disk_is_an_error_and_changes_nothing",
                "test_without_a_ballast_a_full_disk_is_an_error_and_changes_nothing",
                "test_on_a_small_disk_that_is_full_everything_that_was_acknowledged_is_there",
                "test_a_start_on_a_full_disk_gives_the_ballast_away",
                "test_a_first_start_on_a_full_disk_says_so",
            )
            + _in("wire/test_two_copies", "test_the_process_keeps_the_ballast_that_its_settings_say")
            + _in(
                "drills/test_backups",
                "test_however_little_room_there_is_a_backup_is_whole_or_not_there",
                "test_a_backup_on_a_full_disk_says_so_and_the_bot_goes_on",
            ),
        ),
        21: Drill(
            "a disk that errs, no more files",
            _in(
                "drills/test_disk",
                "test_a_process_that_may_open_no_more_files_lives_on_and_loses_nothing",
            )
            + _in(
                "store/test_room",
                "test_a_disk_that_fails_is_a_clear_error_and_nothing_is_half_done",
                "test_a_disk_that_turns_read_only_is_a_clear_error_and_nothing_is_half_done",
            )
            + _in("store/test_refusals", "test_a_file_that_this_account_may_not_write_is_refused"),
        ),
        22: Drill(
            "another program locks the file",
            _in("drills/test_load", "test_a_file_that_another_program_locks_stops_nothing_for_good")
            + _in(
                "store/test_busy",
                "test_a_lock_of_three_seconds_stops_neither_the_loop_nor_any_unit_of_work",
                "test_who_closes_the_database_does_not_wait_for_a_lock_of_somebody_else",
                "test_a_lock_that_is_there_at_the_start_is_said_and_can_be_tried_again",
            ),
        ),
        23: Drill(
            "a file that is damaged, foreign or newer",
            _in(
                "store/test_migrate",
                "test_a_damaged_file_is_refused",
                "test_something_that_is_no_database_is_refused",
                "test_a_file_of_another_program_is_refused",
                "test_a_file_of_a_newer_version_is_refused",
            )
            + _in(
                "store/test_refusals",
                "test_a_damaged_file_is_refused",
                "test_who_has_a_damaged_file_is_told_the_newest_copy_that_lies_beside_it",
                "test_a_file_cut_to_nothing_is_not_taken_for_a_new_one",
                "test_a_log_without_its_file_is_not_deleted",
                "test_without_its_log_the_file_is_as_it_was_when_the_log_began",
                "test_a_damaged_index_of_the_log_is_made_anew",
                "test_what_is_no_file_is_refused_and_gets_nothing_beside_it",
                "test_a_large_file_is_looked_through_beside_the_work",
                "test_damage_in_a_large_file_stops_the_process_with_a_sentence",
            )
            + _in(
                "drills/test_backups",
                "test_a_damaged_database_is_put_back_from_the_newest_backup_with_two_commands",
            )
            + _in(
                "store/test_backup",
                "test_a_damaged_file_is_not_backed_up_and_neither_is_the_other_one",
                "test_a_backup_of_a_newer_version_is_refused",
                "test_a_backup_that_was_changed_or_is_not_there_says_so",
                "test_who_left_after_the_backup_was_made_does_not_come_back_with_it",
            ),
        ),
        24: Drill(
            "a clock that is wrong",
            _in(
                "drills/test_clock",
                "test_while_discord_and_we_disagree_about_the_time_nothing_is_sent",
                "test_a_difference_that_any_two_clocks_have_holds_nothing_up",
            )
            + _in("test_ticker", "test_the_watch_looks_by_itself_whatever_the_scheduler_waits_for")
            + _in(
                "journey/test_traffic",
                "test_a_clock_that_was_set_holds_everything_until_discord_agrees",
                "test_a_machine_that_slept_asks_discord_and_goes_on",
                "test_a_clock_that_is_set_between_claim_and_send_decides_nothing",
                "test_what_was_written_by_a_wrong_clock_is_set_right_once_it_is",
            ),
        ),
        25: Drill(
            "every zone through every clock change",
            _in(
                "drills/test_zones",
                "test_every_zone_through_every_change_is_due_once_per_local_date_inside_the_window",
                "test_no_window_on_offer_is_ever_skipped",
                "test_no_name_of_tzdata_is_left_out",
                "test_what_is_expected_is_what_clocks_show",
            )
            + _in("rules/test_schedule", "test_every_zone_has_one_due_instant_per_local_date_inside_the_window"),
        ),
        26: Drill(
            "another tzdata between claim and send",
            _in("drills/test_changes", "test_a_nudge_that_no_longer_fits_its_members_clock_dissolves")
            + _in("journey/test_deliver", "test_a_zone_that_is_gone_from_tzdata_keeps_nobody_else_back"),
        ),
        27: Drill(
            "a member moves, pauses, leaves, comes back between claim and send",
            _in(
                "drills/test_changes",
                "test_a_nudge_that_no_longer_fits_its_members_clock_dissolves",
                "test_stop_is_heard_while_a_nudge_waits_to_be_tried_again",
                "test_leaving_and_coming_back_between_claim_and_send_brings_no_second_nudge_of_that_date",
            )
            + _in(
                "journey/test_deliver",
                "test_what_changes_between_claim_and_send_is_respected",
                "test_nobody_gets_two_nudges_of_one_local_date_or_within_eight_hours_however_they_travel",
            )
            + _in(
                "rules/test_due",
                "test_however_a_member_moves_and_asks_again_no_two_come_close_or_on_one_date",
            ),
        ),
        28: Drill(
            "two copies on one file",
            _in(
                "wire/test_two_copies",
                "test_a_second_copy_ends_at_once_and_the_first_goes_on",
                "test_the_lock_goes_with_the_process_that_was_killed",
                "test_the_first_copy_stops_where_the_lock_did_not_keep_a_second_one_out",
            )
            + _in(
                "store/test_alone",
                "test_while_one_process_has_the_file_another_is_told_to_stay_away",
                "test_a_process_that_was_stopped_for_a_while_still_holds_the_file",
                "test_another_way_to_the_same_file_meets_the_same_lock",
                "test_a_file_with_two_names_is_refused",
                "test_one_that_was_superseded_writes_nothing_more_and_says_so",
                "test_without_a_lock_the_token_alone_keeps_two_apart",
            )
            + _in("store/test_refusals", "test_a_network_file_system_is_refused_before_anything_is_written"),
        ),
        29: Drill("several workers on PostgreSQL", not_here=NO_OTHER_DATABASE),
        30: Drill(
            "the database of another bot",
            _in("drills/test_operator", "test_the_database_of_another_bot_is_refused_and_nothing_is_sent")
            + _in("wire/test_two_copies", "test_a_file_of_another_bot_is_refused")
            + _in("store/test_alone", "test_a_database_stays_with_the_bot_it_was_made_for"),
        ),
        31: Drill(
            "settings that are wrong",
            _in(
                "drills/test_operator",
                "test_settings_that_are_wrong_are_one_line_and_nothing_is_sent",
                "test_a_master_key_that_is_wrong_is_one_line_and_nothing_is_sent_or_changed",
            )
            + _in(
                "wire/test_process",
                "test_what_an_operator_can_mend_is_one_sentence_and_an_exit_code_of_its_own",
            )
            + _in("keys/test_sources", "test_a_file_that_others_may_read_is_refused")
            + _in(
                "store/test_sealing",
                "test_a_key_database_that_is_not_the_right_one_is_refused_and_left_alone",
            ),
        ),
        32: Drill(
            "nobody and no secret in logs, log files, backups",
            _in(
                "drills/test_operator",
                "test_neither_a_person_nor_a_secret_is_ever_written_to_the_log_whatever_goes_wrong",
                "test_the_token_is_never_written_to_the_database_or_its_log",
            )
            + _in("drills/test_backups", "test_at_no_moment_of_a_backup_is_anything_readable_in_its_folder")
            + _in("test_logs", "test_no_member_and_no_token_is_written_whoever_logs_it"),
        ),
        33: Drill(
            "ten thousand due in one second",
            _in(
                "drills/test_load",
                "test_many_due_in_one_second_go_out_without_a_single_429",
                "test_dms_are_opened_slowly_and_those_that_are_open_do_not_wait_for_them",
            )
            + _in("journey/test_deliver", "test_a_long_outage_leaves_one_dissolved_nudge_and_no_backlog"),
        ),
        34: Drill(
            "deleting oneself at every moment of a nudge, and of a backup",
            _in("drills/test_changes", "test_deleting_oneself_is_final_at_whatever_moment_of_a_nudge")
            + _in(
                "journey/test_deliver",
                "test_a_member_who_is_deleted_while_a_letter_is_on_its_way_stays_deleted",
            )
            + _in(
                "drills/test_backups",
                "test_whoever_leaves_at_any_moment_of_a_backup_does_not_come_back_with_it",
                "test_deleting_oneself_beside_a_backup_that_was_stopped_is_final",
            )
            + _in(
                "store/test_sealing",
                "test_a_restored_copy_is_rid_of_who_left_since_at_its_first_opening",
                "test_what_a_reader_kept_in_the_logs_is_overwritten_at_the_next_wake_up",
            ),
            not_here="where both databases are lost, whoever left after the keys were copied comes back",
        ),
        35: Drill(
            "a server sends the bot away between claim and send",
            _in(
                "drills/test_changes",
                "test_a_server_that_sends_the_bot_away_stops_what_was_claimed_and_not_yet_sent",
            )
            + _in(
                "journey/test_enable",
                "test_a_server_that_is_switched_off_sends_no_more_nudges_and_asks_each_member_once",
            ),
        ),
        36: Drill(
            "a consent is taken back",
            _in(
                "journey/test_review_and_leave",
                "test_taking_a_purpose_back_removes_what_it_allowed_and_nothing_else",
            ),
        ),
        37: Drill(
            "a migration that fails half way",
            _in(
                "store/test_migrate",
                "test_an_upgrade_that_fails_half_way_changes_nothing",
                "test_an_upgrade_that_would_orphan_rows_is_undone",
            ),
        ),
        38: Drill(
            "months with all faults at once, any history of answers, and each guard taken away",
            _in("drills/test_simulated_years", "test_nothing_is_broken_in_twenty_years")
            + _in("simulate/test_runs", "test_nothing_is_broken_in_six_weeks")
            + _in("foresee/test_any_history", "test_no_promise_about_pace_and_choice_is_ever_broken")
            + _in("foresee/test_personas", "test_the_lottery_is_fair_to_everybody_beside_chance_alone")
            + _in(
                "drills/test_guards",
                "test_each_guard_has_a_name_of_its_own",
                "test_the_table_is_about_the_code_as_it_is",
                "test_without_a_guard_something_fails",
                "test_with_all_guards_in_place_the_same_worlds_break_nothing",
            ),
        ),
    }
)


def tests() -> list[str]:
    """Every test that a drill names, once."""
    return list(dict.fromkeys(test for drill in DRILLS.values() for test in drill.tests))


if __name__ == "__main__":
    sys.stdout.write("\n".join(tests()) + "\n")
