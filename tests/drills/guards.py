"""The guards that keep the promise, and what must fail when one of them is taken away.

A guard is a text that stands exactly once in its file. Its proof is either a test, or a simulated world in which the
judge must find that kind of breach.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.simulate.faults import Faults
from bot.simulate.promises import Promise


@dataclass(frozen=True, slots=True)
class World:
    """A world in which the guard is needed, and what is broken in it without."""

    breaks: Promise
    faults: Faults
    members: int = 20
    days: int = 60
    seeds: tuple[int, ...] = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Guard:
    """`text` in `file` is what guards; with `without` in its place it is gone."""

    name: str
    file: str
    text: str
    without: str
    proof: str | World
    """A test to run (a file, or `file::name`), or a world to live through."""


MANY_LOST = Faults(lost_after=0.25, look_fails=0.02, kill_every=0.2)
MANY_KILLS = Faults(kill_every=0.1, slow=0.3, outage_every=0)
MANY_SLOW = Faults(slow=0.4, lost_before=0.3, refused=0.2, outage_every=2)

GUARDS = (
    Guard(
        "nonce",
        "bot/simulate/model.py",
        "NONCE_MEMORY: Final = 180.0",
        "NONCE_MEMORY: Final = 0.0",
        World(Promise.DUPLICATE, MANY_LOST),
    ),
    Guard(
        "history check",
        "bot/rules/delivery.py",
        "    return tried is not None and now - tried >= NONCE_TRUST",
        "    return False",
        World(Promise.DUPLICATE, MANY_LOST, members=30, days=90),
    ),
    Guard(
        "an answer that was lost is not known",
        "bot/rules/delivery.py",
        "    again = now + LOOK_AGAIN\n",
        "    return Fate(State.DISSOLVED)\n    again = now + LOOK_AGAIN\n",
        World(Promise.LOST, MANY_LOST),
    ),
    Guard(
        "an earlier try of the library's own",
        "bot/rules/delivery.py",
        "            if not (tried_before or posted):",
        "            if not tried_before:",
        "tests/journey/test_found_by_simulation.py::"
        "test_a_refusal_after_a_try_that_may_have_arrived_is_never_written_down_as_dissolved",
    ),
    Guard(
        "lease: the fencing token",
        "bot/store/occurrences.py",
        'claims.get(one.occurrence.occurrence_id, "") == one.occurrence.claim',
        "one.occurrence.occurrence_id in claims",
        "tests/journey/test_worst_moments.py",
    ),
    Guard(
        "window: its end",
        "bot/rules/delivery.py",
        "        Obstacle.OVER: now >= until_at,",
        "        Obstacle.OVER: False,",
        "tests/rules/test_delivery.py",
    ),
    Guard(
        "window: where the member is by now",
        "bot/rules/delivery.py",
        "        Obstacle.OUTSIDE: not plan.schedule.window.holds(local_minute(plan.schedule.zone, now)),",
        "        Obstacle.OUTSIDE: False,",
        World(Promise.OUTSIDE, MANY_SLOW, members=40, days=120),
    ),
    Guard(
        "night",
        "bot/rules/delivery.py",
        "        Obstacle.NIGHT: is_night(plan.schedule.zone, now),",
        "        Obstacle.NIGHT: False,",
        "tests/rules/test_delivery.py",
    ),
    Guard(
        "consent",
        "bot/rules/delivery.py",
        "        Obstacle.NO_CONSENT: Purpose.NUDGES not in standing.purposes,",
        "        Obstacle.NO_CONSENT: False,",
        "tests/rules/test_delivery.py",
    ),
    Guard(
        "stop",
        "bot/rules/delivery.py",
        "        Obstacle.STOPPED: plan.state is not PlanState.ACTIVE,",
        "        Obstacle.STOPPED: False,",
        "tests/rules/test_delivery.py",
    ),
    Guard(
        "pause",
        "bot/rules/delivery.py",
        "        Obstacle.PAUSED: plan.is_paused(now),",
        "        Obstacle.PAUSED: False,",
        World(Promise.UNWANTED, MANY_SLOW, members=40, days=120),
    ),
    Guard(
        "a server that is off",
        "bot/rules/delivery.py",
        "        Obstacle.GUILD_OFF: not standing.guild_on,",
        "        Obstacle.GUILD_OFF: False,",
        "tests/rules/test_delivery.py",
    ),
    Guard(
        "time left for both calls",
        "bot/rules/delivery.py",
        "    return now + calls * call < claimed_until",
        "    return claimed_until > now - call * calls",
        "tests/rules/test_delivery.py",
    ),
    Guard(
        "claims are free after a crash",
        "bot/journey/deliver.py",
        "        await self._claims.release()",
        "        return None",
        "tests/journey/test_deliver.py",
    ),
    Guard(
        "eight hours",
        "bot/rules/due.py",
        "    if any(due - at < LEAST_GAP for at in (*lately.sent, *lately.until)):\n        return False\n",
        "",
        "tests/rules/test_due.py",
    ),
    Guard(
        "no more in a week than were chosen",
        "bot/rules/due.py",
        " and len(of_the_week) < schedule.per_week",
        "",
        "tests/rules/test_due.py",
    ),
    Guard(
        "a date has one nudge",
        "bot/rules/due.py",
        "    if day.isoformat() in lately.taken:\n        return False\n",
        "",
        "tests/rules/test_due.py",
    ),
    Guard(
        "an occurrence is unique",
        "bot/store/schema.py",
        '    UniqueConstraint("member_id", "kind", "slot"),\n',
        "",
        "tests/store/test_migrate.py",
    ),
    Guard(
        "silence ends in a question",
        "bot/rules/silence.py",
        "    return run >= ASK_AFTER",
        "    return run >= 600",
        World(Promise.SILENCE, Faults()),
    ),
    Guard(
        "silence halves the pace",
        "bot/rules/silence.py",
        "    return 1 if run >= HALVE_AFTER else 0",
        "    return 0",
        World(Promise.SILENCE, Faults()),
    ),
    Guard(
        "what was committed survives a power cut",
        "bot/store/engines.py",
        '        "synchronous": "FULL",',
        '        "synchronous": "OFF",',
        "tests/store",
    ),
    Guard(
        "breaker",
        "bot/journey/traffic.py",
        "            Hold.REFUSED: self._refusals.broken,",
        "            Hold.REFUSED: False,",
        "tests/journey/test_traffic.py",
    ),
    Guard(
        "a clock that is doubted",
        "bot/journey/traffic.py",
        "            Hold.CLOCK: self._sense.doubted,",
        "            Hold.CLOCK: False,",
        World(Promise.OUTSIDE, Faults(clock_step_every=1.0), members=40, days=60),
    ),
)
