"""The privacy policy and the terms: rendered from real settings, whole, and true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.content.kindness import lint_text, read_roles, read_rules
from bot.content.library import HERE, Library
from bot.errors import CannotWrite, SettingsWrong
from bot.papers import PAPERS, lines_of_tables, privacy_policy, put_down, terms
from bot.rules.consent import Purpose
from bot.settings import Section, Settings, read_settings
from bot.store.holdings import member_tables
from tests.support.code import ROOT

TODAY = date(2026, 11, 23)
NAMED = MappingProxyType(
    {
        "PORCHLIGHT_OPERATOR__NAME": "Lantern House",
        "PORCHLIGHT_OPERATOR__CONTACT": "privacy@example.org",
    }
)


def settings(**more: str) -> Settings:
    """The example, as an operator would fill it in; `more` goes over it."""
    return read_settings(ROOT / "config.example.toml", NAMED | more)


@pytest.fixture
def policy(library: Library) -> str:
    return privacy_policy(settings(), library, TODAY)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_whole_and_says_who_answers_for_it(paper: str, library: Library) -> None:
    text = PAPERS[paper](settings(), library, TODAY)

    assert not re.search(r"[{}]|\bNone\b|\n\n\n|\bTODO\b|example\.com", text)
    assert "run by Lantern House. As of 2026-11-23." in text
    assert text.count("privacy@example.org") >= 2
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert re.findall(r"^#+ .*\n(?!\n)", text, re.MULTILINE) == [], "a heading stands by itself"


def test_the_policy_says_all_that_it_is_asked_to_say(policy: str) -> None:
    for said in (
        "GDPR, Article 6(1)(a)",
        "data protection authority",
        "13 and older",
        "not an emergency service",
        "not a therapist",
        "https://findahelpline.com",
        "https://discord.com/privacy",
        "not sold, not shared",
        "No model is trained with it",
        "tells you, without delay",
        "You get an answer within one month",
        "When Lantern House stops running Porchlight, all that it stored is deleted.",
    ):
        assert said in policy, said


def test_the_terms_say_what_they_are_for(library: Library) -> None:
    text = terms(settings(), library, TODAY)

    for said in (
        "13 and older",
        "not an emergency service",
        "https://discord.com/terms",
        "without warranty",
        "`/setup`",
    ):
        assert said in text, said
    assert "as the privacy policy says." in text


def test_every_table_that_is_about_members_is_named_and_none_that_is_not(policy: str, library: Library) -> None:
    told = library.languages["en"].words.under("policy.table")

    assert sorted(told) == sorted(table.name for table in member_tables())
    for table in told:
        assert library.languages["en"].words(f"policy.table.{table}") in policy


def test_a_table_that_nobody_has_told_yet_ends_the_rendering(library: Library) -> None:
    names = [table.name for table in member_tables()]

    assert len(list(lines_of_tables(names, library.languages["en"].words))) == len(names)
    with pytest.raises(ValueError, match="secret"):
        list(lines_of_tables([*names, "secret"], library.languages["en"].words))


def test_a_table_with_one_column_more_wants_its_sentence_read_again() -> None:
    """What policy.table says of each table was written with these columns in mind."""
    assert {table.name: len(table.columns) for table in member_tables()} == {
        "member": 8,
        "consent": 6,
        "plan": 18,
        "bearing": 2,
        "occurrence": 18,
        "refusal": 4,
        "check_in": 4,
        "week": 2,
    }


def test_every_purpose_stands_in_it_in_the_words_that_are_asked(policy: str, library: Library) -> None:
    words = library.languages["en"].words
    for purpose in Purpose:
        assert f"**{words(f'consent.{purpose}.title')}.** {words(f'consent.{purpose}.about')}" in policy


class Retention(Section):
    """As such a section could look."""

    inactive_members: int = 400
    answers_days: int = 1
    lanterns: int = 30


class WithRetention(Settings):
    """Settings of a version that lets things go by themselves."""

    retention: Retention = Retention()


def test_how_long_something_is_kept_is_what_the_settings_say(policy: str, library: Library) -> None:
    with_days = WithRetention.model_validate(settings().model_dump() | {"retention": {}})
    text = privacy_policy(with_days, library, TODAY)

    month_more = "; a month more where you set something aside\n"
    assert f"- everything about you, after 365 days with nothing from you or to you{month_more}" in policy
    assert (
        "Of the database, they are kept for 30 days.\nOf the keys, they are kept for 7.\nThe newest copy stays"
        in policy
    )
    assert f"- everything about you, after 400 days with nothing from you or to you{month_more}" in text
    assert "- which button you pressed, and check-ins, after 1 day\n" in text
    assert "- lanterns: after 30 days\n" in text, "also where nobody has written a sentence for it"


def test_where_it_runs_is_said_as_far_as_the_operator_says_it(policy: str, library: Library) -> None:
    told = privacy_policy(settings(PORCHLIGHT_OPERATOR__HOSTING="a server in Finland"), library, TODAY)

    assert "- Where it runs: a machine that Lantern House runs or rents\n" in policy
    assert "- Where it runs: a server in Finland\n" in told


@pytest.mark.parametrize(
    "variable",
    [
        {"PORCHLIGHT_DISCORD__API_URL": "http://127.0.0.1:8080/api/v10"},
        {"PORCHLIGHT_DISCORD__GATEWAY_URL": "ws://127.0.0.1:8080/"},
    ],
)
def test_that_the_way_to_discord_is_encrypted_is_said_where_it_is(
    variable: dict[str, str], policy: str, library: Library
) -> None:
    assert "everything between Discord and the bot travels encrypted" in policy
    assert "travels encrypted" not in privacy_policy(settings(**variable), library, TODAY)


def test_the_terms_lead_to_the_policy_where_it_can_be_read(library: Library) -> None:
    text = terms(settings(PORCHLIGHT_OPERATOR__PRIVACY_POLICY_URL="https://example.org/p"), library, TODAY)

    assert "as the privacy policy says: <https://example.org/p>." in text


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("key", ["name", "contact"])
def test_without_somebody_who_answers_for_it_nothing_is_rendered(paper: str, key: str, library: Library) -> None:
    for empty in ("", "  "):
        with pytest.raises(SettingsWrong, match=rf"operator\.{key} is missing\. .* PORCHLIGHT_OPERATOR__{key.upper()}"):
            PAPERS[paper](settings(**{f"PORCHLIGHT_OPERATOR__{key.upper()}": empty}), library, TODAY)


def test_a_paper_reads_as_kindly_as_everything_else(policy: str) -> None:
    """The sentences were looked at one by one; here, as they stand together."""
    found = [
        one
        for one in lint_text(policy, read_rules(HERE / "en"), read_roles().by_name["paper"])
        if one.kind != "sentence"
    ]

    assert found == []


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"nowhere/PRIVACY\.md cannot be written: No such file"):
        put_down("x", tmp_path / "nowhere" / "PRIVACY.md")


@pytest.mark.parametrize(("paper", "title"), [("privacy-policy", "# Privacy policy"), ("terms", "# Terms")])
def test_the_command_prints_it_or_writes_it_into_a_file(paper: str, title: str, tmp_path: Path) -> None:
    printed = rendered(paper, tmp_path)
    written = rendered(paper, tmp_path, "--out", "paper.md")

    assert (printed.returncode, written.returncode) == (0, 0)
    assert printed.stdout.startswith(f"{title}\n")
    assert written.stdout == ""
    assert (tmp_path / "paper.md").read_text("utf-8") == printed.stdout


def test_the_command_says_what_is_missing_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "paper.md").write_text("the one of before", "utf-8")

    ended = rendered("terms", tmp_path, "--out", "paper.md", PORCHLIGHT_OPERATOR__NAME="")

    assert ended.returncode == 78
    assert ended.stderr.startswith("porchlight: operator.name is missing.")
    assert (tmp_path / "paper.md").read_text("utf-8") == "the one of before"


def rendered(paper: str, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot … render`, as an operator runs it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORCHLIGHT_")}
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", paper, "render", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | NAMED | variables,
        capture_output=True,
        text=True,
        check=False,
    )
