"""The guards that let two members withdraw a text, and no one member."""

from __future__ import annotations

from typing import Final

from tests.drills.guard import Guard

RULE: Final = "bot/rules/doubts.py"
COUNT: Final = "bot/journey/doubts.py"
HOUSEKEEP: Final = "bot/journey/housekeep.py"
STORED: Final = "bot/store/refusals.py"
OF_RULE: Final = "tests/rules/test_doubts.py"
OF_COUNT: Final = "tests/journey/test_doubts.py"

OF_DOUBTS: Final = (
    Guard(
        "doubts: it takes two",
        RULE,
        " if how_many >= ENOUGH)",
        ")",
        f"{OF_RULE}::test_one_member_takes_nothing_away_however_much_they_object_to",
    ),
    Guard(
        "doubts: nobody empties the library",
        RULE,
        "doubted[:AT_ONCE]",
        "doubted",
        f"{OF_RULE}::test_however_many_are_objected_to_so_many_are_out_at_a_time_those_that_most_object_to",
    ),
    Guard(
        "doubts: whoever objects twice counts once",
        STORED,
        "        return [refused.not_ok for refused in (await self.by_ids(member_ids)).values() if refused.not_ok]\n",
        "        found = (await self.by_ids(member_ids)).values()\n"
        "        return [{one} for refused in found for one in [*refused.not_ok, *refused.not_ok]]\n",
        f"{OF_COUNT}::test_one_member_who_objects_to_everything_and_to_one_twice_empties_nothing",
    ),
    Guard(
        "doubts: not for me is no objection",
        STORED,
        "        return [refused.not_ok for refused in (await self.by_ids(member_ids)).values() if refused.not_ok]\n",
        "        return [refused.nudges for refused in (await self.by_ids(member_ids)).values()]\n",
        f"{OF_COUNT}::test_who_found_it_not_for_them_does_not_count",
    ),
    Guard(
        "doubts: everybody is asked, some at a time",
        COUNT,
        "        while ids := await self._database.read(partial(_page, after)):\n"
        "            after = ids[-1]\n"
        "            objections +=",
        "        if ids := await self._database.read(partial(_page, after)):\n            objections +=",
        f"{OF_COUNT}::test_many_members_are_counted_some_at_a_time",
    ),
    Guard(
        "doubts: nothing is added up from one count to the next",
        COUNT,
        "        now = withdrawn_by(objections)\n",
        "        now = withdrawn_by(objections) | before\n",
        f"{OF_COUNT}::test_a_nudge_comes_again_once_it_is_no_longer_two_who_object",
    ),
    Guard(
        "doubts: every night counts anew",
        HOUSEKEEP,
        "        await self._doubts.count()\n",
        "        pass\n",
        f"{OF_COUNT}::test_every_night_counts_anew_though_nobody_objected",
    ),
    Guard(
        "doubts: what is withdrawn is not chosen",
        "bot/rules/choose.py",
        "            and nudge.nudge_id not in self.withdrawn\n",
        "",
        f"{OF_COUNT}::test_what_is_withdrawn_comes_to_nobody_whoever_asks",
    ),
    Guard(
        "doubts: a wake-up knows of it",
        "bot/journey/past.py",
        "await records.bearings.by_ids(member_ids), await withdrawn(records)",
        "await records.bearings.by_ids(member_ids), frozenset[str]()",
        f"{OF_COUNT}::test_a_nudge_that_was_asked_for_again_does_not_come_once_it_is_withdrawn",
    ),
    Guard(
        "doubts: a sample knows of it",
        "bot/journey/taste.py",
        "size, day, await withdrawn(records))",
        "size, day)",
        f"{OF_COUNT}::test_no_sample_is_of_what_is_withdrawn",
    ),
    Guard(
        "doubts: what was looked at is counted anew",
        COUNT,
        "            await self._database.write(partial(_settle, ids, nudge_id))\n",
        "            pass\n",
        f"{OF_COUNT}::test_after_that_it_takes_two_members_anew",
    ),
    Guard(
        "doubts: one that was looked at, and no other",
        STORED,
        '    refusal.c.refusal_id.in_(bindparam("marks", expanding=True)),\n',
        "",
        f"{OF_COUNT}::test_looking_at_one_leaves_what_is_said_about_another",
    ),
)
