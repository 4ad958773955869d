"""The guards in who may read what is kept, and look into the folders of it."""

from __future__ import annotations

from typing import Final

from tests.drills.guard import Guard

RIGHTS: Final = "bot/store/rights.py"
FOLDERS: Final = "bot/store/folders.py"
REFUSE: Final = "bot/store/refuse.py"
BACKUP: Final = "bot/store/backup.py"
SETTINGS: Final = "bot/settings.py"
OF_RIGHTS: Final = "tests/store/test_rights.py"
OF_FOLDERS: Final = "tests/store/test_folders.py"
OF_SETTINGS: Final = "tests/test_settings.py"

OF_RIGHTS_AND_FOLDERS: Final = (
    Guard(
        "rights: files are made private",
        RIGHTS,
        "os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE)",
        "os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)",
        f"{OF_RIGHTS}::test_all_that_is_made_is_private_from_the_beginning",
    ),
    Guard(
        "rights: the lock is made private",
        "bot/store/lock.py",
        "os.O_CREAT | os.O_RDWR, PRIVATE)",
        "os.O_CREAT | os.O_RDWR, 0o666)",
        f"{OF_RIGHTS}::test_all_that_is_made_is_private_from_the_beginning",
    ),
    Guard(
        "rights: a copy is made private",
        "bot/store/migrate.py",
        "        make_private(begun)\n",
        "",
        f"{OF_RIGHTS}::test_a_copy_can_be_read_by_nobody_while_it_is_being_made",
    ),
    Guard(
        "rights: repaired at the start",
        "bot/store/database.py",
        "        await aside(keep_all_private, path)\n",
        "",
        f"{OF_RIGHTS}::test_rights_that_are_too_open_are_repaired_at_the_start_and_said_by_name_only",
    ),
    Guard(
        "rights: no file of somebody else",
        RIGHTS,
        "    if owners != {",
        "    if False and owners != {",
        f"{OF_RIGHTS}::test_a_file_of_another_account_is_refused_and_the_command_named",
    ),
    Guard(
        "rights: a repair that changed nothing is noticed",
        RIGHTS,
        "    if path.stat().st_mode & OF_OTHERS:\n",
        "    if False:\n",
        f"{OF_RIGHTS}::test_a_disk_that_knows_no_rights_is_noticed",
    ),
    Guard(
        "rights: a folder is made for one account",
        FOLDERS,
        "        folder.mkdir(mode=OWNERS)\n",
        "        folder.mkdir()\n",
        f"{OF_FOLDERS}::test_folders_that_are_missing_are_made_for_this_account_alone",
        ("    keep_folder_private(folder, held)\n\n\ndef keep", "\n\ndef keep"),
    ),
    Guard(
        "rights: the folder for backups is made for one account",
        BACKUP,
        "        folder.mkdir(mode=OWNERS, ",
        "        folder.mkdir(mode=0o777, ",
        f"{OF_FOLDERS}::test_folders_that_are_missing_are_made_for_this_account_alone",
        ("    keep_folder_private(folder.resolve(), of_backups())\n", ""),
    ),
    Guard(
        "rights: a folder that is open",
        REFUSE,
        "    keep_folder_private(path.parent, of_database(path, keys))\n",
        "",
        f"{OF_FOLDERS}::test_every_command_that_opens_a_folder_closes_or_refuses_it",
    ),
    Guard(
        "rights: nor one of the keys",
        REFUSE,
        "        keep_folder_private(keys.parent, of_keys(path, keys))\n",
        "        pass\n",
        f"{OF_FOLDERS}::test_every_command_that_opens_a_folder_closes_or_refuses_it",
    ),
    Guard(
        "rights: nor one of the backups",
        BACKUP,
        "    keep_folder_private(folder.resolve(), of_backups())\n",
        "",
        f"{OF_FOLDERS}::test_a_backup_goes_into_no_folder_that_others_look_into",
    ),
    Guard(
        "rights: a backup that lies open",
        BACKUP,
        "            keep_private(one.path)\n",
        "            pass\n",
        f"{OF_FOLDERS}::test_backups_that_lie_open_are_closed_with_their_folder",
    ),
    Guard(
        "rights: backups are looked at when the bot starts",
        "bot/app.py",
        "    await asyncio.to_thread(keep_all_backups_private, settings.backups.folder)\n",
        "",
        "tests/wire/test_rights.py::test_backups_that_lie_open_are_closed_at_a_start",
    ),
    Guard(
        "rights: nothing that may be somebody else's is shut away",
        FOLDERS,
        "    return all(_is_ours(one, held) for one in folder.iterdir())",
        "    return True",
        f"{OF_FOLDERS}::test_an_open_folder_with_anything_else_in_it_is_refused_and_never_shut_away",
    ),
    Guard(
        "rights: nor what the whole machine needs",
        FOLDERS,
        "    if folder.parent == top and not folder.is_mount():",
        "    if False:",
        f"{OF_FOLDERS}::test_a_folder_of_the_whole_machine_is_not_closed_however_empty_it_is",
    ),
    Guard(
        "rights: no folder that everybody may write to",
        FOLDERS,
        "    if rights & stat.S_IWOTH or not ",
        "    if not ",
        f"{OF_FOLDERS}::test_a_folder_that_everybody_may_write_to_is_refused_before_anything_is_written",
    ),
    Guard(
        "rights: a folder that could not be closed is noticed",
        FOLDERS,
        "    if folder.stat().st_mode & OF_OTHERS:",
        "    if False:",
        f"{OF_FOLDERS}::test_a_folder_that_cannot_be_closed_is_refused_and_what_mends_it_is_named",
    ),
    Guard(
        "rights: a database that was left a folder higher",
        REFUSE,
        "    refuse_left_above(path)\n",
        "",
        f"{OF_FOLDERS}::test_a_database_that_was_left_a_folder_higher_is_found_and_no_new_one_is_begun",
    ),
    Guard(
        "rights: a master key file is closed",
        "bot/__main__.py",
        "    close_file(settings.sealing.master_key_file, os.environ)\n",
        "",
        "tests/wire/test_rights.py::test_a_master_key_that_its_owner_may_change_is_closed_at_a_start",
    ),
    Guard(
        "rights: a master key that lies open is refused",
        SETTINGS,
        ' and tables.get("sealing", {}).get("master_key") and _is_open_to_everybody(path):',
        " and False:",
        f"{OF_SETTINGS}::test_a_master_key_in_a_file_that_every_account_may_read_is_refused",
    ),
    Guard(
        "rights: a token that lies open is said",
        SETTINGS,
        "    if path is not None and _is_open_to_everybody(path) and ",
        "    if path is None and ",
        f"{OF_SETTINGS}::test_a_token_that_every_account_may_read_is_warned_about_by_the_name_of_its_file",
    ),
)
