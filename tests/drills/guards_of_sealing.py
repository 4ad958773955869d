"""The guards in what is sealed, and in who is gone for good."""

from __future__ import annotations

from typing import Final

from tests.drills.guard import Guard

BESIDE: Final = "bot/store/beside.py"
DATABASE: Final = "bot/store/database.py"
ERRANDS: Final = "bot/store/errands.py"
KEY_SCHEMA: Final = "bot/store/key_schema.py"
KEYRING: Final = "bot/store/keyring.py"
RESTORE: Final = "bot/store/restore.py"
SOURCES: Final = "bot/keys/sources.py"
OF_BACKUP: Final = "tests/store/test_backup.py"
OF_SEALING: Final = "tests/store/test_sealing.py"
OF_STOLEN_FILES: Final = "tests/attacks/test_stolen_files.py"
OF_BACKUPS: Final = "tests/drills/test_backups.py"
OF_SOURCES: Final = "tests/keys/test_sources.py"
OF_OPERATOR: Final = "tests/wire/test_operator.py"
NOT_THE_RIGHT_ONE: Final = f"{OF_SEALING}::test_a_key_database_that_is_not_the_right_one_is_refused_and_left_alone"

OF_SEALED: Final = (
    Guard(
        "a sealed value is bound to its place",
        "bot/keys/sealing.py",
        "        return BETWEEN.join(parts).encode()",
        '        return b""',
        "tests/keys/test_sealing.py::test_moved_anywhere_else_it_stays_closed",
    ),
    Guard(
        "an answer is sealed",
        "bot/store/occurrences.py",
        "        return None if key is None else sealed(key, occurrence.c.answer, occurrence_id, answer)",
        "        return f'\"{answer}\"'.encode()",
        f"{OF_SEALING}::test_no_file_shows_what_somebody_picked_and_they_read_it_as_it_was",
    ),
    Guard(
        "what an earlier version had in the clear is sealed",
        DATABASE,
        "            await self._seal_what_is_clear()\n",
        "",
        f"{OF_SEALING}::test_what_an_earlier_version_had_in_the_clear_is_sealed_at_the_first_start",
    ),
    Guard(
        "who leaves takes their key along",
        "bot/store/holdings.py",
        "        await self._seals.bury(member_id, now)\n",
        "",
        f"{OF_SEALING}::test_who_leaves_takes_their_key_along_so_no_copy_of_the_database_opens",
    ),
    Guard(
        "the log of the key database is overwritten",
        KEYRING,
        "        await self.scrub()\n",
        "",
        f"{OF_SEALING}::test_a_destroyed_key_is_nowhere_in_the_key_database",
    ),
    Guard(
        "a restored copy is rid of who left since",
        DATABASE,
        "        return await records.errands.erase_again()",
        "        return 0",
        f"{OF_SEALING}::test_a_restored_copy_is_rid_of_who_left_since_at_its_first_opening",
    ),
    Guard(
        "an older key database is refused",
        ERRANDS,
        "        if last < heard_of:",
        "        if False:",
        f"{OF_SEALING}::test_a_key_database_from_before_somebody_left_is_refused",
    ),
    Guard(
        "another database's keys are refused",
        KEYRING,
        "            if expected not in (None, opened.name):",
        "            if False:",
        NOT_THE_RIGHT_ONE,
    ),
    Guard(
        "a missing key database is not replaced by an empty one",
        DATABASE,
        "connect, await aside(named_in, path)) as ring:",
        "connect, None) as ring:",
        NOT_THE_RIGHT_ONE,
    ),
    Guard(
        "a newer key database is refused",
        KEY_SCHEMA,
        "    if version > VERSION:",
        "    if False:",
        NOT_THE_RIGHT_ONE,
    ),
    Guard(
        "errands are finished at each wake-up",
        "bot/journey/deliver.py",
        "        await self._database.finish_errands()\n",
        "",
        f"{OF_OPERATOR}::test_erasing_somebody_leaves_nothing_and_sends_nothing",
    ),
    Guard(
        "a key in use is not taken for one that nobody has",
        ERRANDS,
        "        unused = set(made) - set(await self._members(made))",
        "        unused = set(made)",
        f"{OF_SEALING}::test_a_key_that_nobody_came_to_have_goes_again_and_one_in_use_stays",
    ),
    Guard(
        "a key file that others may read is refused",
        SOURCES,
        '    if os.name == "posix" and stat.S_IMODE(mode) & OTHERS:',
        "    if False:",
        f"{OF_SOURCES}::test_a_file_that_others_may_read_is_refused",
    ),
    Guard(
        "a new key file is its owner's alone",
        SOURCES,
        "new_private(fresh, OWNER_READS)",
        "new_private(fresh, 0o644)",
        f"{OF_SOURCES}::test_a_new_file_is_its_owners_alone_from_the_beginning",
    ),
    Guard(
        "keys are wrapped anew only by what the running bot can unwrap",
        BESIDE,
        "        if is_running(path) and not await ring.is_told_of_newest():",
        "        if False:",
        f"{OF_OPERATOR}::test_the_master_key_is_changed_while_the_bot_runs",
    ),
    Guard(
        "what a backup has not sealed yet lies beside the database",
        "bot/store/backup.py",
        "source.with_name(source.name + NOT_SEALED)",
        "target.with_name(target.name + NOT_SEALED)",
        f"{OF_BACKUPS}::test_at_no_moment_of_a_backup_is_anything_readable_in_its_folder",
    ),
    Guard(
        "what a killed restore had laid out goes",
        DATABASE,
        "            await aside(remove_left_behind, path, keys or beside(path))\n",
        "",
        f"{OF_BACKUP}::test_what_a_restore_that_was_killed_had_laid_out_is_gone_at_the_next_start",
    ),
    Guard(
        "a database that a killed restore had moved aside is not begun anew",
        "bot/store/refuse.py",
        "    if not path.exists() and path.with_name(path.name + RESTORING).exists():\n",
        "    if False:\n",
        f"{OF_BACKUP}::test_a_restore_that_was_killed_at_its_worst_moment_is_not_taken_for_a_new_beginning",
    ),
    Guard(
        "what an older master key wrapped is overwritten",
        BESIDE,
        "        await _overwrite(ring)\n",
        "",
        f"{OF_SEALING}::test_after_a_leak_the_old_master_key_opens_nothing_that_is_left_in_the_files",
    ),
    Guard(
        "the length of what is sealed tells nothing",
        "bot/keys/sealing.py",
        '    return ended.ljust(room, b"\\0")\n',
        "    return ended\n",
        f"{OF_STOLEN_FILES}::test_however_somebody_answered_what_is_sealed_is_as_long",
    ),
    Guard(
        "of what is set aside only the month is known",
        "bot/store/refusals.py",
        "refused_at=_month_of(now))",
        "refused_at=now)",
        f"{OF_STOLEN_FILES}::test_which_nudge_was_set_aside_cannot_be_told_by_its_time",
    ),
    Guard(
        "a check-in does not tell the moment of its press",
        "bot/store/check_ins.py",
        "        check_in_id = mark(key, press_id)\n",
        "        check_in_id = str(press_id)\n",
        f"{OF_STOLEN_FILES}::test_when_on_its_day_a_check_in_was_kept_cannot_be_told",
    ),
    Guard(
        "a backup of a newer version is refused",
        RESTORE,
        "        refuse_newer(database)\n",
        "",
        f"{OF_BACKUP}::test_a_backup_of_a_newer_version_is_refused",
    ),
    Guard(
        "looking into a backup leaves a restore alone",
        RESTORE,
        "backup, master, LOOKED_INTO) as laid:",
        "backup, master, RESTORING) as laid:",
        f"{OF_BACKUP}::test_looking_into_a_backup_does_not_disturb_a_restore_that_is_under_way",
    ),
    Guard(
        "one backup at a time",
        "bot/store/backup.py",
        "    with alone_in(folder):\n",
        "    if folder:\n",
        f"{OF_BACKUP}::test_two_backups_are_not_made_at_once",
    ),
    Guard(
        "nothing is put back under a running bot",
        RESTORE,
        "    with alone_with(path), _laid_out(",
        "    with _laid_out(",
        f"{OF_BACKUP}::test_nothing_is_put_back_under_a_running_bot",
    ),
    Guard(
        "the last piece of a backup is known for the last",
        "bot/keys/stream.py",
        "    return place.to_bytes(11) + bytes([is_last])",
        "    return place.to_bytes(12)",
        "tests/keys/test_stream.py::test_cut_short_it_is_refused_also_where_a_piece_ends",
    ),
    Guard(
        "a backup is sealed with the members' master key or not made",
        "bot/operator/work.py",
        "    await refuse_wrong_key(path, _keys(settings, path), master)\n",
        "",
        "tests/drills/test_operator.py::test_a_master_key_that_is_wrong_is_one_line_and_nothing_is_sent_or_changed",
    ),
    Guard(
        "both copies of a backup, or neither",
        "bot/store/backup.py",
        "        of_database.unlink()\n",
        "",
        f"{OF_BACKUP}::test_a_damaged_file_is_not_backed_up_and_neither_is_the_other_one",
    ),
    Guard(
        "the keys are copied after the database",
        "bot/store/backup.py",
        "    of_database = _sealed_copy(path, stem.with_name(stem.name + OF_DATABASE), master)\n    try:\n"
        "        of_keys = _sealed_copy(keys, stem.with_name(stem.name + OF_KEYS), master)\n",
        "    of_keys = _sealed_copy(keys, stem.with_name(stem.name + OF_KEYS), master)\n    try:\n"
        "        of_database = _sealed_copy(path, stem.with_name(stem.name + OF_DATABASE), master)\n",
        f"{OF_BACKUPS}::test_whoever_leaves_at_any_moment_of_a_backup_does_not_come_back_with_it",
    ),
    Guard(
        "what a reader kept in the logs is overwritten later",
        DATABASE,
        "            await self._overwrite(tries=1)\n",
        "            pass\n",
        f"{OF_SEALING}::test_what_a_reader_kept_in_the_logs_is_overwritten_at_the_next_wake_up",
    ),
    Guard(
        "who was erased beside the running bot is overwritten in its logs",
        DATABASE,
        "        self._deletions += Errand.ERASE in errands.values()\n",
        "",
        f"{OF_SEALING}::test_whose_key_was_buried_is_erased_as_soon_as_it_is_heard_of",
    ),
)
