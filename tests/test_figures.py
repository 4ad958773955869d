"""Every figure that a document gives is the one in the code.

A line of FIGURES is a piece of a sentence with its figures left open, and what the code says stands there. It fails
when either of the two changes: then the document has to be read again, and not only its figure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pytest
from pydantic import BaseModel

from bot import errors, ticker
from bot.content import kindness
from bot.journey import claims, deliver, together, traffic
from bot.rules import (
    bearing,
    breaker,
    choose,
    clocks,
    delivery,
    doubts,
    due,
    opens,
    pace,
    plan,
    retention,
    schedule,
    silence,
    streak,
    throttle,
    tickets,
)
from bot.settings import DeliverySettings, RetentionSettings, StorageSettings
from bot.simulate import faults, habits, model, world
from bot.store import disk, engines, migrate, units
from tests.support.code import ROOT

WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, slots=True)
class Figure:
    """`{}` in `said` stands for each of `code` in turn, written as a numeral or as a word."""

    document: str
    said: str
    code: tuple[float, ...]


def most(section: type[BaseModel], key: str) -> float:
    """The largest value that this setting can have."""
    limits = [one.le for one in section.model_fields[key].metadata if hasattr(one, "le")]
    return float(limits[0])


# What the settings are when nobody set them.
SENDING: Final = DeliverySettings()
STORAGE: Final = StorageSettings()
HELD: Final = RetentionSettings()


def seconds(length: timedelta) -> float:
    return length.total_seconds()


def minutes(length: timedelta) -> float:
    return length.total_seconds() / 60


def hours(length: timedelta) -> float:
    return length.total_seconds() / 3600


# One try to begin a unit of work: SQLite waits for the lock, and then we do.
TRY_SECONDS: Final = units.BUSY_PAUSE_SECONDS + engines.WRITER_BUSY_MS / 1000

DELIVERY: Final = "docs/delivery.md"
RUNNING: Final = "docs/running.md"
PACE: Final = "docs/pace.md"
WORDING: Final = "docs/words.md"
PRIVACY: Final = "docs/privacy.md"

FIGURES: Final = (
    Figure(DELIVERY, "{} hours between two nudges", (hours(due.LEAST_GAP),)),
    Figure(DELIVERY, "a lease of {} seconds", (seconds(delivery.LEASE),)),
    Figure(DELIVERY, "within {} minutes: sends with the same nonce", (minutes(delivery.NONCE_TRUST),)),
    Figure(DELIVERY, "off by {} hour,", (hours(claims.PUT_OFF),)),
    Figure(DELIVERY, "claims up to {}, another settles up to {}", (claims.AT_ONCE, together.MOST)),
    Figure(DELIVERY, "looking and sending ({} seconds each, unless set otherwise)", (SENDING.send_timeout_seconds,)),
    Figure(
        DELIVERY,
        "{} seconds later at first, twice as long each time, {} minutes at the most",
        (seconds(delivery.RETRY_FIRST), minutes(delivery.RETRY_MOST)),
    ),
    Figure(DELIVERY, "is looked for first once it is {} minutes old", (minutes(delivery.NONCE_TRUST),)),
    Figure(DELIVERY, "the same as with 429, after {} minutes", (minutes(opens.CLOSED_FOR),)),
    Figure(DELIVERY, "looked for in the DM after {} minutes", (minutes(delivery.LOOK_AGAIN),)),
    Figure(DELIVERY, "Discord allows a bot {} requests a second", (throttle.DISCORD_PER_SECOND,)),
    Figure(
        DELIVERY,
        "Nudges take {} unless set otherwise, {} at most",
        (SENDING.rate_per_second, most(DeliverySettings, "rate_per_second")),
    ),
    Figure(DELIVERY, "{} in a hundred of the rate is won back each second", (throttle.WON_BACK_PER_SECOND * 100,)),
    Figure(
        DELIVERY, "{} a minute, {} a day unless set otherwise", (SENDING.dm_opens_per_minute, SENDING.dm_opens_per_day)
    ),
    Figure(DELIVERY, "no DM is opened for {} minutes", (minutes(opens.CLOSED_FOR),)),
    Figure(
        DELIVERY,
        "{} times 401, 403 or 429 in {} minutes",
        (SENDING.refusals_in_ten_minutes, breaker.WINDOW_SECONDS / 60),
    ),
    Figure(DELIVERY, "a wait of more than {} seconds", (seconds(traffic.IN_HAND),)),
    Figure(DELIVERY, "less than {} MB are free", (STORAGE.free_megabytes_at_least,)),
    Figure(DELIVERY, "are more than {} minutes apart", (minutes(clocks.TOLERATED),)),
    Figure(DELIVERY, "asked for the time every {} seconds", (seconds(deliver.LOOK_WHILE_HELD),)),
    Figure(
        DELIVERY,
        "every {} ms, for {} minutes, off the event loop",
        (TRY_SECONDS * 1000, TRY_SECONDS * units.BUSY_TRIES / 60),
    ),
    Figure(DELIVERY, "At the start it is {} seconds", (TRY_SECONDS * units.BUSY_TRIES_AT_START,)),
    Figure(DELIVERY, "a file above {} MB", (migrate.CHECKED_FIRST_BYTES / disk.MEGABYTE,)),
    Figure(DELIVERY, "is {} seconds away at the most", (SENDING.wake_at_most_seconds,)),
    Figure(DELIVERY, "remembers a nonce for {} minutes, shows", (model.NONCE_MEMORY / 60,)),
    Figure(
        DELIVERY,
        "for anything between {} minute and {} day",
        (faults.OUTAGES[0][0] / 2 / faults.MINUTE, faults.OUTAGES[-1][0] / faults.DAY),
    ),
    Figure(
        DELIVERY,
        "another process begins {} seconds to {} hour later",
        (faults.DOWNTIMES[0][0], faults.DOWNTIMES[-1][0] / faults.HOUR),
    ),
    Figure(DELIVERY, "{} in ten of those times", (habits.AT_A_BAD_MOMENT * 10,)),
    Figure(
        DELIVERY,
        "by {} minutes to {} year",
        (faults.STEPS[0][0] / faults.MINUTE, faults.STEPS[-1][0] / faults.DAY / 365),
    ),
    Figure(DELIVERY, "{} hours after all has come to rest", (world.PEACE / faults.HOUR,)),
    Figure(DELIVERY, "less than {} hours between two nudges, as they arrived", (hours(due.LEAST_GAP),)),
    Figure(DELIVERY, "a nudge after {} unanswered", (silence.ASK_AFTER,)),
    Figure(DELIVERY, "the old pace after more than {}", (silence.HALVE_AFTER,)),
    Figure(RUNNING, "first of all up to {} MB", (migrate.CHECKED_FIRST_BYTES / disk.MEGABYTE,)),
    Figure(RUNNING, "It is asked again every {} minutes", (ticker.HOUSE_EVERY_SECONDS / 60,)),
    Figure(
        RUNNING,
        "one after more than {} days: it lets nothing go, and no member is deleted in the {} days after it",
        (retention.LONGEST_BREAK.days, retention.TIME_TO_COME_BACK.days),
    ),
    Figure(RUNNING, "soon after 0{}:{} UTC", (retention.EVERY_NIGHT_AT.hour, retention.EVERY_NIGHT_AT.minute)),
    Figure(PRIVACY, "whether it was answered | so that it is sent once | after {} days", (HELD.delivery_records,)),
    Figure(PRIVACY, "button. Sealed | only with a yes to that | taking that yes back; after {} days", (HELD.answers,)),
    Figure(PRIVACY, "are sealed | only with a yes to that | taking that yes back; after {} days", (HELD.answers,)),
    Figure(PRIVACY, "without a yes | {} days after it was taken back", (HELD.withdrawn_consents,)),
    Figure(PRIVACY, "to whom nothing went for {} year", (HELD.inactive_members / 365,)),
    Figure(PRIVACY, "A member's last {} nudges that arrived stay", (silence.ASK_AFTER,)),
    Figure(PRIVACY, "within the {} weeks in which a nudge rests", (choose.NOT_AGAIN_FOR / timedelta(weeks=1),)),
    Figure(
        PRIVACY,
        "when it was not for more than {} days",
        (retention.LONGEST_BREAK.days,),
    ),
    Figure(PRIVACY, "for {} days no member is deleted", (retention.TIME_TO_COME_BACK.days,)),
    Figure(PRIVACY, "stood behind by more than {} day", (traffic.FAR_BEHIND.days,)),
    Figure("CHANGELOG.md", "messages {} days", (HELD.delivery_records,)),
    Figure("config.example.toml", "A member's last {} nudges that arrived stay", (silence.ASK_AFTER,)),
    Figure(PACE, "none again within {} weeks", (choose.NOT_AGAIN_FOR / timedelta(weeks=1),)),
    Figure(PACE, "{} to {} a week", (min(schedule.DAYS_APART), max(schedule.DAYS_APART))),
    Figure(PACE, "never two a day, {} hours apart", (hours(due.LEAST_GAP),)),
    Figure(PACE, "never between {}:00 and 0{}:00", (schedule.AWAKE.end / 60, schedule.AWAKE.start / 60)),
    Figure(
        PACE,
        "{} unanswered: after one more, half as often. {}: one question",
        (silence.HALVE_AFTER, silence.ASK_AFTER),
    ),
    Figure(PACE, "{} running that were said no to", (silence.ASK_AFTER,)),
    Figure(PACE, "At most {} in the first week", (plan.MOST_IN_THE_FIRST_WEEK,)),
    Figure(PACE, "After week {}, {} a week, unless", (plan.LAST_WEEK, plan.MOST_AFTERWARDS)),
    Figure(PACE, "Reviews after week {} and week {}", tuple(plan.REVIEWS)),
    Figure(PACE, "in {}, {} or {} days", due.LATER_DAYS),
    Figure(
        PACE,
        "Fewer than {} nudges left that fit: for each one fewer, one more time passes without one, for {} weeks",
        (choose.FEW, choose.LONGEST_OF_FEW),
    ),
    Figure(PACE, "A week is one with nudges in it: {} days", (plan.A_WEEK.days,)),
    Figure(PACE, "Small ones after {} full steps", (pace.DONE_BEFORE_SMALL,)),
    Figure(
        PACE,
        "One brave nudge in {} days, one that shares something in {} days, {} hours between two from exposure {} on",
        (pace.BRAVE_EVERY.days, pace.SHARE_EVERY.days, hours(pace.DEEP_EVERY), pace.DEEP),
    ),
    Figure(PACE, "one step towards them in {} days", (pace.TOWARDS_THEM_EVERY.days,)),
    Figure(
        PACE,
        "After {} steps towards people in {} days, or steps with {} different people in {},",
        (pace.PLENTY_IN_A_WEEK, pace.A_WEEK.days, pace.PEOPLE_IN_TWO_WEEKS, bearing.LOOK_BACK.days),
    ),
    Figure(
        PACE,
        "after {} full steps a bit bigger is offered, where it could come, and again {} steps later",
        (bearing.FIRST_OFFER_AFTER, bearing.NEXT_OFFER_AFTER),
    ),
    Figure(PACE, "{} running make the size one smaller", (bearing.NOT_TODAYS_TO_EASE,)),
    Figure(PACE, "one no of the {} that lead", (silence.ASK_AFTER,)),
    Figure(PACE, "for {} days nothing that shares or repairs", (bearing.GENTLE_FOR.days,)),
    Figure(PACE, "counts towards {} and {}", (silence.HALVE_AFTER, silence.ASK_AFTER)),
    Figure(PACE, "A text that {} different members", (doubts.ENOUGH,)),
    Figure(PACE, "At most {} are out at a time", (doubts.AT_ONCE,)),
    Figure(RUNNING, "At most {} are out at a time", (doubts.AT_ONCE,)),
    Figure(PACE, "more than {} of the last {}, unless", (choose.MOST_OF_THE_LAST, choose.OF_THE_LAST)),
    Figure(PACE, "Every kind begins with {} tickets", (tickets.START,)),
    Figure(PACE, "never fewer than {} or more than {};", (tickets.FEWEST, tickets.MOST)),
    Figure(PACE, "what is not {} is undone", (tickets.START,)),
    Figure(RUNNING, "found not OK by {} different members", (doubts.ENOUGH,)),
    Figure(PACE, "Aloud only at {}, {}, {} and {} weeks", tuple(sorted(streak.MILESTONES))),
    Figure(PACE, "rests for {} weeks", (choose.NOT_AGAIN_FOR / timedelta(weeks=1),)),
    Figure(
        WORDING,
        "Sentences of at most {} words, nudges of at most {}.",
        (kindness.MOST_WORDS_A_SENTENCE, kindness.read_roles().by_name["nudge"].words or 0),
    ),
    Figure("CONTRIBUTING.md", "sentences of at most {} words", (kindness.MOST_WORDS_A_SENTENCE,)),
)


def written(figure: float) -> set[str]:
    """How a figure may be written: 2000, 2,000, two."""
    assert figure == round(figure, 6), figure
    whole = round(figure)
    assert abs(whole - figure) < 1e-9, f"{figure} is no whole number"
    word = (
        {WORDS[whole], WORDS[whole].capitalize(), *({"an", "a"} if whole == 1 else ())} if whole < len(WORDS) else set()
    )
    return {str(whole), f"{whole:,}", *word}


def places(figure: Figure) -> list[tuple[str, ...]]:
    """What stands in the document where `said` leaves it open, wherever it says that."""
    pattern = r"([\w,]+)".join(re.escape(part) for part in figure.said.split("{}"))
    document = " ".join((ROOT / figure.document).read_text("utf-8").split())
    return [match.groups() for match in re.finditer(rf"(?<!\w){pattern}", document)]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.document}: {figure.said}")
def test_a_figure_in_a_document_is_the_one_in_the_code(figure: Figure) -> None:
    found = places(figure)

    assert found, f"{figure.document} has to say: {figure.said}"
    for figures in found:
        for one, of_the_code in zip(figures, figure.code, strict=True):
            assert one in written(of_the_code), f"{figure.document}: {figure.said}: {one} is {of_the_code} in the code"


def test_a_figure_that_is_wrong_or_gone_is_noticed() -> None:
    wrong = Figure(WORDING, "Sentences of at most {} words", (kindness.MOST_WORDS_A_SENTENCE + 1,))
    gone = Figure(WORDING, "Sentences of at least {} words", (kindness.MOST_WORDS_A_SENTENCE,))

    for figure, why in ((wrong, "in the code"), (gone, "has to say")):
        with pytest.raises(AssertionError, match=why):
            test_a_figure_in_a_document_is_the_one_in_the_code(figure)


# What mends itself, so that another start may help; and what only other commands than `run` end with.
PASSES_BY_ITSELF: Final = {errors.DiscordUnreachable, errors.GatewayRefused, errors.AlreadyRunning}
OF_OTHER_COMMANDS: Final = {
    errors.NoFreePort,
    errors.PromiseBroken,
    errors.CannotWrite,
    errors.TextsToChange,
    errors.TextsUnreadable,
}


def test_a_supervisor_starts_again_only_what_another_start_can_help() -> None:
    line = re.search(r"^ *RestartPreventExitStatus=([\d ]+)$", (ROOT / RUNNING).read_text("utf-8"), re.MULTILINE)
    assert line is not None
    kept_down = {int(code) for code in line.group(1).split()}

    ours = set(errors.ForOperator.__subclasses__()) - PASSES_BY_ITSELF - OF_OTHER_COMMANDS
    assert kept_down == {one.exit_code for one in ours} | {2}, "2 is typer's own"
