"""One message to one member, from the moment it is planned to what became of it.

Law: everything that a message can go through stands in TRANSITIONS, and nothing moves but along it. An occurrence is
unique per member, kind and slot; its id says the same thing hashed, so that a message can be recognised again even by
a process that has lost everything else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

ID_LENGTH: Final = 24
ID: Final = re.compile(rf"[A-Z2-7]{{{ID_LENGTH}}}")


class Kind(StrEnum):
    """What a message is for."""

    NUDGE = "nudge"
    """The nudge of one local date, by DM."""
    ASKED = "asked"
    """The nudge that the member asked for with /nudge now; never sent, only shown."""
    RECEIPT = "receipt"
    """What the member said yes to, sent once after each yes."""
    STILL_WANTED = "still_wanted"
    """The one question after six unanswered nudges."""
    GUILD_OFF = "guild_off"
    """The one choice after the server was switched off."""
    REVIEW_4 = "review_4"
    """After four weeks with nudges: how is this pace?"""
    REVIEW_8 = "review_8"
    """After eight: keep it, fewer, pause, or finish. No answer means fewer."""
    ALL_SEEN = "all_seen"
    """Said once, when no nudge is left that fits."""


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    """To be sent at `wake_at`."""
    CLAIMED = "claimed"
    """In somebody's hands until `wake_at`; after that, the claim has died with its process."""
    SENT = "sent"
    SHOWN = "shown"
    """Shown when the member asked for it, and never sent."""
    UNREACHABLE = "unreachable"
    """Discord would not let it through."""
    DISSOLVED = "dissolved"
    """Its time passed, or the member's choices changed. Nothing is said about it."""
    UNKNOWN = "unknown"
    """It may have arrived. Looked for at `wake_at`; never sent again on a guess."""


# How an occurrence can begin.
BEGINNINGS: Final = frozenset({State.WAITING, State.CLAIMED, State.DISSOLVED, State.SHOWN})

TRANSITIONS: Final = MappingProxyType(
    {
        State.WAITING: frozenset({State.CLAIMED, State.DISSOLVED}),
        State.CLAIMED: frozenset(
            {State.CLAIMED, State.SENT, State.UNREACHABLE, State.WAITING, State.DISSOLVED, State.UNKNOWN}
        ),
        State.UNKNOWN: frozenset({State.CLAIMED}),
        State.SENT: frozenset[State](),
        State.SHOWN: frozenset[State](),
        State.UNREACHABLE: frozenset[State](),
        State.DISSOLVED: frozenset[State](),
    }
)

# What a due date can lead to. Its slot is that date, which has no second one.
OF_A_DATE: Final = frozenset(Kind) - {Kind.ASKED, Kind.RECEIPT}

# What is said once, and again only if nobody has seen it.
SAID_ONCE: Final = frozenset({Kind.REVIEW_4, Kind.REVIEW_8, Kind.ALL_SEEN})

# What comes where a nudge would have, and counts among those of its week.
IN_PLACE_OF_A_NUDGE: Final = frozenset({Kind.NUDGE}) | SAID_ONCE

# Their member surely had these.
HAD: Final = frozenset({State.SENT, State.SHOWN})

# Nobody has seen these. Whatever is in any other state may have been seen.
UNSEEN: Final = frozenset({State.UNREACHABLE, State.DISSOLVED})


class Answer(StrEnum):
    """What a member can answer. All of them are welcome."""

    DID_IT = "did_it"
    LATER = "later"
    NOT_TODAY = "not_today"
    NOT_FOR_ME = "not_for_me"
    NOT_OK = "not_ok"
    PAUSE = "pause"
    """A pause chosen on a nudge."""


# What is taken at its word even after another answer: it only ever makes things gentler.
ALWAYS_HEARD: Final = frozenset({Answer.NOT_FOR_ME, Answer.NOT_OK})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """All instants in UTC. `until_at` is a hard stop: from then on it is not sent any more."""

    occurrence_id: str
    member_id: int
    kind: Kind
    slot: str
    """The local date it belongs to; for a receipt, the press that asked for it."""
    state: State
    nudge_id: str | None
    due_at: datetime
    until_at: datetime
    wake_at: datetime | None = None
    """When it next needs attention, if it does: its retry, the end of its claim, or the next look for it."""
    again: bool = False
    """Whether the member had this nudge before, and asked for it again."""
    claim: str | None = None
    """The fencing token of whoever holds it."""
    attempts: int = 0
    first_tried_at: datetime | None = None
    """The first try that may have reached Discord."""
    settled_at: datetime | None = None
    """When it came to an end; None as long as something may still become of it."""
    channel_id: int | None = None
    message_id: int | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of a message that its member may have seen: enough to choose the next one."""

    kind: Kind
    state: State
    nudge_id: str | None
    due_at: datetime
    until_at: datetime
    answered_at: datetime | None


def occurrence_id(member_id: int, kind: Kind, slot: str) -> str:
    """24 characters of A-Z and 2-7 that name one occurrence and tell nothing about it. Fits a nonce and a custom_id."""
    digest = hashlib.sha256(f"{member_id}:{kind}:{slot}".encode()).digest()
    return base64.b32encode(digest).decode()[:ID_LENGTH]


def is_occurrence_id(text: str) -> bool:
    """Whether it could be one. Nothing else is looked for."""
    return ID.fullmatch(text) is not None
