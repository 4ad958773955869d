"""The guards in what stores: flushes, one owner, units of work, room, and what is refused."""

from __future__ import annotations

from typing import Final

from tests.drills.guard import Guard

DATABASE: Final = "bot/store/database.py"
ENGINES: Final = "bot/store/engines.py"
MIGRATE: Final = "bot/store/migrate.py"
REFUSE: Final = "bot/store/refuse.py"
ALONE: Final = "tests/store/test_alone.py"
UNITS: Final = "bot/store/units.py"
OF_DATABASE: Final = "tests/store/test_database.py"
OF_MIGRATE: Final = "tests/store/test_migrate.py"
OF_REFUSALS: Final = "tests/store/test_refusals.py"
OF_ROOM: Final = "tests/store/test_room.py"
OF_SLOTS: Final = "tests/store/test_slots.py"

OF_STORING: Final = (
    Guard(
        "synchronous FULL",
        ENGINES,
        '        "synchronous": "FULL",',
        '        "synchronous": "NORMAL",',
        "tests/drills/test_power.py::test_whatever_was_acknowledged_before_a_power_cut_is_there_after_it",
    ),
    Guard(
        "secure_delete",
        ENGINES,
        '        "secure_delete": "ON",',
        '        "secure_delete": "OFF",',
        f"{OF_DATABASE}::test_every_connection_is_set_to_survive_a_power_cut_and_to_overwrite_what_is_deleted",
    ),
    Guard(
        "no temporary files",
        ENGINES,
        '        "temp_store": "MEMORY",',
        '        "temp_store": "FILE",',
        f"{OF_DATABASE}::test_every_connection_is_set_to_survive_a_power_cut_and_to_overwrite_what_is_deleted",
    ),
    Guard(
        "transactions that write begin so",
        ENGINES,
        '"BEGIN IMMEDIATE"',
        '"BEGIN"',
        f"{OF_DATABASE}::test_an_upgrade_of_a_write_never_waits_for_nothing",
    ),
    Guard(
        "shielding of units of work",
        UNITS,
        "        return await asyncio.shield(self.begin(unit))",
        "        return await unit",
        f"{OF_DATABASE}::test_a_unit_of_work_runs_to_its_end_when_its_caller_is_cancelled",
    ),
    Guard(
        "lock",
        "bot/store/lock.py",
        "        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        pass\n",
        f"{ALONE}::test_while_one_process_has_the_file_another_is_told_to_stay_away",
    ),
    Guard(
        "owner token",
        UNITS,
        "            if not await owner.is_still(connection, self._token):",
        "            if False:",
        f"{ALONE}::test_one_that_was_superseded_writes_nothing_more_and_says_so",
    ),
    Guard(
        "ballast",
        UNITS,
        "                if not is_full(error) or not await self._aside(self._room.give_away):",
        "                if True:",
        f"{OF_ROOM}::test_on_a_full_disk_a_unit_of_work_runs_once_more_in_the_room_of_the_ballast",
    ),
    Guard(
        "ballast: made before anything else",
        DATABASE,
        "                    await aside(room.keep)\n",
        "",
        f"{OF_ROOM}::test_the_ballast_is_kept_from_the_start_and_goes_with_its_setting",
    ),
    Guard(
        "floor of free space",
        "bot/journey/traffic.py",
        "            Hold.ROOM: not self._has_room,",
        "            Hold.ROOM: False,",
        "tests/journey/test_room.py::test_below_the_floor_nothing_is_sent_and_with_room_again_it_goes_on",
    ),
    Guard(
        "another program's lock is waited for",
        UNITS,
        "                if not is_busy(error) or self._closing or tries >= self._busy_tries:",
        "                if True:",
        "tests/store/test_busy.py::test_a_lock_of_three_seconds_stops_neither_the_loop_nor_any_unit_of_work",
    ),
    Guard(
        "quick_check",
        MIGRATE,
        "                _refuse_damaged(connection, path)\n",
        "                pass\n",
        f"{OF_MIGRATE}::test_a_damaged_file_is_refused",
    ),
    Guard(
        "quick_check of a large file",
        "bot/store/watch.py",
        "    stop_for(DatabaseUnusable(damaged(path, verdict)))\n",
        "",
        f"{OF_REFUSALS}::test_damage_in_a_large_file_stops_the_process_with_a_sentence",
    ),
    Guard(
        "refusal of a newer schema",
        MIGRATE,
        "    if here is not None and here not in known:\n",
        "    if False:\n",
        f"{OF_MIGRATE}::test_a_file_of_a_newer_version_is_refused",
    ),
    Guard(
        "refusal of another program's file",
        MIGRATE,
        "    if here is None and inspect(connection).get_table_names():\n",
        "    if False:\n",
        f"{OF_MIGRATE}::test_a_file_of_another_program_is_refused",
    ),
    Guard(
        "refusal of another bot's file",
        DATABASE,
        "        if belongs_to != str(application_id):\n",
        "        if False:\n",
        f"{ALONE}::test_a_database_stays_with_the_bot_it_was_made_for",
    ),
    Guard(
        "refusal of a network file system",
        REFUSE,
        "    refuse_network(path, disk)\n",
        "",
        f"{OF_REFUSALS}::test_a_network_file_system_is_refused_before_anything_is_written",
    ),
    Guard(
        "refusal of a file that was cut to nothing",
        REFUSE,
        "    _refuse_cut_short(path)\n    try:\n",
        "    try:\n",
        f"{OF_REFUSALS}::test_a_file_cut_to_nothing_is_not_taken_for_a_new_one",
    ),
    Guard(
        "an occurrence is unique",
        "bot/store/occurrences.py",
        "        if any(_id_of(one) != one.occurrence_id for one in new):\n",
        "        if False:\n",
        f"{OF_SLOTS}::test_nothing_gets_a_second_place_in_a_slot_by_going_under_another_id",
    ),
)
