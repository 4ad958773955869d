"""What a message says, the same when it is carried and when its member opens it later; and asking for a receipt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.content.library import Language
from bot.journey.courier import NudgeNote, Question, Receipt, Says
from bot.rules.delivery import Standing
from bot.rules.occurrence import Kind, Occurrence, State, occurrence_id
from bot.rules.plan import MOST_AFTERWARDS
from bot.rules.schedule import next_dues
from bot.store import Records

TIMES_ON_RECEIPT: Final = 3

# The receipt answers a press; when it cannot go out within this time, it does not come later as a surprise.
RECEIPT_WITHIN: Final = timedelta(minutes=15)

# For so long it is left to the press that asked for it, so that no wake-up takes it away from under that: its member
# would be told that it has not arrived. After that, whoever wakes up takes it over.
RECEIPT_LEFT_TO_ITS_PRESS: Final = timedelta(seconds=15)


def says_of(occurrence: Occurrence, standing: Standing, language: Language, now: datetime) -> Says | None:
    """What stands on that message; None for a nudge that has left the library."""
    match occurrence.kind:
        case Kind.RECEIPT:
            return Receipt(frozenset(standing.purposes), _next_times(standing, now))
        case Kind.NUDGE | Kind.ASKED:
            nudge = language.nudge_by_id.get(occurrence.nudge_id or "")
            return None if nudge is None else NudgeNote(nudge, occurrence.again)
        case Kind.REVIEW_4 | Kind.REVIEW_8:
            per_week = standing.plan.wishes.per_week
            fewer = max(1, per_week - 1) if occurrence.kind is Kind.REVIEW_4 else MOST_AFTERWARDS
            return Question(occurrence.kind, per_week, fewer)
        case _:
            return Question(occurrence.kind)


async def ask_for_receipt(records: Records, member_id: int, press_id: int, now: datetime) -> str:
    """Plan a receipt of what the member just said yes to; its id. The same press asks for one only once."""
    slot = str(press_id)
    receipt = Occurrence(
        occurrence_id=occurrence_id(member_id, Kind.RECEIPT, slot),
        member_id=member_id,
        kind=Kind.RECEIPT,
        slot=slot,
        state=State.WAITING,
        nudge_id=None,
        due_at=now,
        until_at=now + RECEIPT_WITHIN,
        wake_at=now + RECEIPT_LEFT_TO_ITS_PRESS,
    )
    await records.occurrences.add([receipt])
    return receipt.occurrence_id


def _next_times(standing: Standing, now: datetime) -> tuple[datetime, ...]:
    """The times that will really come: the one that is planned, and those behind it; none where nothing comes."""
    plan = standing.plan
    if plan.next_due_at is None or not standing.guild_on:
        return ()
    return (plan.next_due_at, *next_dues(plan.rhythm(now), max(now, plan.next_due_at), TIMES_ON_RECEIPT - 1))
