"""How much the linter catches, and how often it stops what is fine. docs/words.md has both shares.

Every text of the `tuned` part is held. The `held_out` part is only counted: it tells how the linter does with texts
that nobody wrote a rule for. Run with -s to see the shares, and what got past.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.content.kindness import Rules, lint_text, read_roles, read_rules
from bot.content.library import HERE
from tests.support.code import ROOT

CORPUS = Path(__file__).parent / "corpus"
BAD = tomllib.loads((CORPUS / "bad.toml").read_text("utf-8"))
GOOD = tomllib.loads((CORPUS / "good.toml").read_text("utf-8"))
# What a good text is, by the name of its list.
ROLES = {"nudge": "nudge", "line": "line", "copy": "borrowed"}
RULES = read_rules(HERE / "en")


def found(text: str, role: str = "nudge", rules: Rules = RULES) -> set[str]:
    return {finding.kind for finding in lint_text(text, rules, read_roles().by_name[role])}


def bad(part: str) -> list[tuple[str, str]]:
    return [(kind, text) for kind, texts in BAD[part].items() for text in texts]


def good(part: str) -> list[tuple[str, str]]:
    return [(ROLES[role], text) for role, texts in GOOD[part].items() for text in texts]


def test_there_are_enough_of_each_and_none_is_there_twice() -> None:
    every = [text for part in ("tuned", "held_out") for _, text in bad(part) + good(part)]

    assert len(every) == len(set(every))
    assert len(bad("tuned") + bad("held_out")) >= 250
    assert len(good("tuned") + good("held_out")) >= 200
    assert min(len(bad("held_out")), len(good("held_out"))) >= 60


def test_every_kind_of_finding_has_texts_that_it_has_to_stop() -> None:
    elsewhere = {"room", "missing"}  # where a text stands, and whether there is one

    assert BAD["tuned"].keys() == RULES.kinds - elsewhere
    assert BAD["held_out"].keys() <= BAD["tuned"].keys()


@pytest.mark.parametrize(("kind", "text"), bad("tuned"))
def test_what_hurts_is_stopped_for_the_right_reason(kind: str, text: str) -> None:
    assert kind in found(text)


@pytest.mark.parametrize(("role", "text"), good("tuned"))
def test_what_is_fine_is_left_alone(role: str, text: str) -> None:
    assert found(text, role) == set()


def test_of_what_nobody_wrote_a_rule_for_about_a_quarter_is_caught() -> None:
    """Texts that avoid the obvious words. A list of words cannot read what is meant, and this says how far it gets."""
    missed = [(kind, text) for kind, text in bad("held_out") if kind not in found(text)]
    stopped = [text for _, text in bad("held_out") if found(text)]
    total = len(bad("held_out"))
    print(f"\ncaught for the right reason: {total - len(missed)} of {total}; for any: {len(stopped)}")  # noqa: T201
    print("\n".join(f"  past it: {kind}: {text}" for kind, text in missed))  # noqa: T201

    assert (total - len(missed)) / total >= CAUGHT
    assert len(stopped) / total >= STOPPED


def test_of_what_is_fine_and_nobody_looked_at_few_are_stopped() -> None:
    alarms = [(text, kinds) for role, text in good("held_out") if (kinds := found(text, role))]
    print(f"\nfalse alarms: {len(alarms)} of {len(good('held_out'))}")  # noqa: T201
    print("\n".join(f"  stopped: {text} {sorted(kinds)}" for text, kinds in alarms))  # noqa: T201

    assert len(alarms) / len(good("held_out")) <= ALARMS


def test_the_page_says_what_is_measured() -> None:
    page = " ".join((ROOT / "docs/words.md").read_text("utf-8").split())
    held_out, fine = bad("held_out"), good("held_out")
    right = share(sum(kind in found(text) for kind, text in held_out), held_out)
    stopped = share(sum(bool(found(text)) for _, text in held_out), held_out)
    alarms = share(sum(bool(found(text, role)) for role, text in fine), fine)

    assert f"All {len(bad('tuned'))} bad ones that the rules were tuned to" in page
    assert f"none of the {len(good('tuned'))} good ones" in page
    assert f"| the second, written to be slyer | {right} | {stopped} | {alarms} |" in page


def share(count: int, of: list[tuple[str, str]]) -> str:
    return f"{count} of {len(of)} ({count / len(of):.0%})".replace("%", " %")


# A little below and above what was measured last.
CAUGHT = 0.24
STOPPED = 0.30
ALARMS = 0.10
