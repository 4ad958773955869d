"""Settings: one file, the environment over it, and one clear sentence for whatever is wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app import retention_of
from bot.errors import MasterKeyUnusable, SettingsUnreadable, SettingsWrong
from bot.rules.choose import NOT_AGAIN_FOR
from bot.rules.due import LOOK_BACK
from bot.rules.plan import LONGEST_PAUSE
from bot.rules.retention import TIME_TO_COME_BACK, UNLESS_SET_OTHERWISE
from bot.settings import (
    DeliverySettings,
    RetentionSettings,
    Settings,
    keys,
    read_settings,
    require_token,
    variable,
    warn_of_open_token,
)

TOKEN = "not-a-real-token"  # noqa: S105 - so it is
EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def minimal(folder: Path, more: str = "") -> Path:
    return written(folder, f'[discord]\ntoken = "{TOKEN}"\n{more}')


def test_a_token_is_all_it_takes(tmp_path: Path) -> None:
    settings = read_settings(minimal(tmp_path), {})

    assert settings.discord.token.get_secret_value() == TOKEN
    assert str(settings.discord.api_url) == "https://discord.com/api/v10"
    assert settings.discord.gateway_url is None
    assert settings.storage.url == "sqlite:///data/porchlight.db"


def test_everything_can_come_from_the_environment() -> None:
    settings = read_settings(
        None,
        {
            "PORCHLIGHT_DISCORD__TOKEN": TOKEN,
            "PORCHLIGHT_DELIVERY__AT_ONCE": "7",
            "PORCHLIGHT_LOG__FORMAT": "json",
            "HOME": "/root",
        },
    )

    assert (settings.delivery.at_once, settings.log.format) == (7, "json")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = minimal(tmp_path, "[delivery]\nat_once = 5\nbatch = 50")

    settings = read_settings(path, {"PORCHLIGHT_DELIVERY__AT_ONCE": "9"})

    assert (settings.delivery.at_once, settings.delivery.batch) == (9, 50)


def test_the_token_is_never_printed(tmp_path: Path) -> None:
    settings = read_settings(minimal(tmp_path), {})

    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings.discord)


def test_settings_do_not_change_once_they_are_read(tmp_path: Path) -> None:
    settings = read_settings(minimal(tmp_path), {})

    with pytest.raises(ValueError, match="frozen"):
        settings.delivery.at_once = 3  # type: ignore[misc]


def complaint(path: Path | None, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingsWrong) as error:
        read_settings(path, environ or {})
    return str(error.value)


@pytest.mark.parametrize("text", ["", '[discord]\napi_url = "http://127.0.0.1:1"', '[discord]\ntoken = ""'])
def test_an_empty_token_says_in_which_file_it_goes_and_where_it_comes_from(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(SettingsWrong) as error:
        require_token(read_settings(path, {}), path)

    assert str(error.value).startswith(f"discord.token is empty in {path}. Put the bot's token there, in quotes: ")


def test_without_a_token_and_a_file_it_says_how_to_name_one() -> None:
    with pytest.raises(SettingsWrong) as error:
        require_token(read_settings(None, {}), None)

    assert str(error.value) == (
        "There is no discord.token. Name a file that has it, as in --config config.toml, "
        "or set PORCHLIGHT_DISCORD__TOKEN."
    )


def test_a_token_from_anywhere_is_enough(tmp_path: Path) -> None:
    require_token(read_settings(minimal(tmp_path), {}), None)
    require_token(read_settings(None, {"PORCHLIGHT_DISCORD__TOKEN": TOKEN}), None)


def test_a_quote_that_was_not_closed_is_asked_after(tmp_path: Path) -> None:
    assert complaint(written(tmp_path, '[discord]\ntoken = "abc\n')).endswith(" Is a closing quote missing?")
    assert "quote missing" not in complaint(written(tmp_path, "[discord]\ntoken: 3\n"))


def test_all_that_is_wrong_is_told_at_once_and_first_what_does_not_exist(tmp_path: Path) -> None:
    said = complaint(written(tmp_path, '[discord]\ntokne = "x"\n[log]\nlevel = "loud"\n'))

    assert said.startswith("discord.tokne is no setting. Did you mean discord.token? log.level cannot be used: ")


def test_an_unknown_key_names_the_nearest_one(tmp_path: Path) -> None:
    assert complaint(minimal(tmp_path, "[delivery]\nrate_per_sec = 5")) == (
        "delivery.rate_per_sec is no setting. Did you mean delivery.rate_per_second?"
    )
    assert complaint(minimal(tmp_path, "[delivry]\nbatch = 5")).startswith("delivry is no setting. Did you mean deliv")


def test_an_unknown_key_that_resembles_none_names_them_all(tmp_path: Path) -> None:
    assert complaint(minimal(tmp_path, "[zzz]\nqqq = 5")).startswith("zzz is no setting. There are: discord.token, ")


def test_an_unknown_variable_names_the_nearest_key() -> None:
    assert complaint(None, {"PORCHLIGHT_DISCORD__TOKN": "x"}).startswith(
        "discord.tokn (given as PORCHLIGHT_DISCORD__TOKN)"
    )
    assert complaint(None, {"PORCHLIGHT_TOKEN": "x"}) == ("PORCHLIGHT_TOKEN is no setting. Did you mean discord.token?")


@pytest.mark.parametrize(
    ("section", "line", "expected"),
    [
        ("delivery", "rate_per_second = 500", "delivery.rate_per_second cannot be used"),
        ("delivery", 'at_once = "many"', "delivery.at_once cannot be used"),
        ("storage", 'url = "postgres://here"', "storage.url cannot be used"),
        ("operator", 'name = "a\\nb"', "operator.name cannot be used: it has to be text in one line, 200 characters"),
        ("operator", f'contact = "{"x" * 201}"', "operator.contact cannot be used: it has to be text in one line, 200"),
        (
            "operator",
            'privacy_policy_url = "http://a.example"',
            "operator.privacy_policy_url cannot be used: URL scheme",
        ),
        ("operator", 'terms_url = "see the website"', "operator.terms_url cannot be used"),
        ("log", 'level = "loud"', "log.level cannot be used: input should be 'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_key_and_what_could(
    tmp_path: Path, section: str, line: str, expected: str
) -> None:
    assert complaint(minimal(tmp_path, f"[{section}]\n{line}")).startswith(expected)


def test_an_address_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    text = f'[discord]\ntoken = "{TOKEN}"\ngateway_url = "https://example.org"'

    assert complaint(written(tmp_path, text)).startswith("discord.gateway_url cannot be used")


def test_a_wrong_value_never_shows_the_token(tmp_path: Path) -> None:
    assert TOKEN not in complaint(written(tmp_path, f'discord = "{TOKEN}"'))
    assert TOKEN not in complaint(minimal(tmp_path, "[delivery]\nbatch = -1"))


def test_a_key_outside_of_a_section_is_refused(tmp_path: Path) -> None:
    assert "token stands outside of a section" in complaint(written(tmp_path, f'token = "{TOKEN}"'))


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    assert "is not valid TOML" in complaint(written(tmp_path, "[discord\n"))


def test_a_file_that_is_not_there_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(SettingsUnreadable, match=r"There is no file .*nothing\.toml\. Copy config\.example\.toml"):
        read_settings(tmp_path / "nothing.toml", {})


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(SettingsUnreadable, match="cannot be read: .*directory"):
        read_settings(tmp_path, {})
    (tmp_path / "latin.toml").write_bytes(b"[discord]\ntoken = '\xe9'")
    with pytest.raises(SettingsUnreadable, match="cannot be read: .*utf-8"):
        read_settings(tmp_path / "latin.toml", {})


def test_the_example_holds_every_key_and_every_default(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace('token = ""', f'token = "{TOKEN}"')

    assert read_settings(written(tmp_path, text), {}) == read_settings(minimal(tmp_path), {})
    for key in keys():
        name = key.partition(".")[2]
        assert f"\n{name} = " in text or f"\n# {name} = " in text, f"{key} is not in config.example.toml"


def test_the_example_as_it_is_asks_for_the_token() -> None:
    with pytest.raises(SettingsWrong, match=r"discord\.token is empty in .*config\.example\.toml"):
        require_token(read_settings(EXAMPLE, {}), EXAMPLE)


def test_every_key_has_a_variable() -> None:
    assert [variable(key) for key in keys()][:2] == ["PORCHLIGHT_DISCORD__TOKEN", "PORCHLIGHT_DISCORD__API_URL"]
    assert len(list(keys())) == sum(len(field.annotation.model_fields) for field in Settings.model_fields.values())  # type: ignore[union-attr]


def test_the_bounds_in_the_example_are_the_ones_that_hold() -> None:
    text = EXAMPLE.read_text("utf-8")
    for key, field in [*DeliverySettings.model_fields.items(), *RetentionSettings.model_fields.items()]:
        comment = text.partition(f"\n{key} = ")[0].rpartition("\n\n")[2].replace("\n# ", " ")
        limits = {type(limit).__name__: limit for limit in field.metadata}
        least, most = getattr(limits.get("Ge"), "ge", None), limits["Le"].le
        assert f"{most} at the most" in comment if least is None else f"{least} to {most}." in comment, key


# ------------------------------------------------------------------ how long things are held


def shortest(key: str) -> timedelta:
    (least,) = [one.ge for one in RetentionSettings.model_fields[key].metadata if hasattr(one, "ge")]
    return timedelta(days=least)


def test_what_is_held_goes_after_the_days_that_are_set(tmp_path: Path) -> None:
    path = minimal(tmp_path, "[retention]\ninactive_members = 100\nanswers = 101\ndelivery_records = 61")

    retention = retention_of(read_settings(path, {}).retention)

    assert (retention.inactive_members.days, retention.answers.days) == (100, 101)
    assert (retention.delivery_records.days, retention.withdrawn_consents.days) == (61, 365)


def test_unless_set_otherwise_it_is_what_the_rules_say_too() -> None:
    assert retention_of(RetentionSettings()) == UNLESS_SET_OTHERWISE


def test_no_record_can_be_set_to_go_while_a_rule_still_reads_it(tmp_path: Path) -> None:
    """A nudge rests for eight weeks: where the record of it went earlier, it would come again too early."""
    assert shortest("delivery_records") > max(NOT_AGAIN_FOR, LOOK_BACK) + timedelta(days=1)
    assert complaint(minimal(tmp_path, "[retention]\ndelivery_records = 56")) == (
        "retention.delivery_records cannot be used: input should be greater than or equal to 60."
    )


def test_nobody_can_be_set_to_go_while_they_may_be_resting() -> None:
    assert shortest("inactive_members") > LONGEST_PAUSE + TIME_TO_COME_BACK


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "inactive_members = 700",
            "retention.answers cannot be used: it may not be less than retention.inactive_members (700)",
        ),
        ("answers = 100", "retention.answers cannot be used: it may not be less than retention.inactive_members (365)"),
        (
            "withdrawn_consents = 364",
            "retention.withdrawn_consents cannot be used: it may not be less than retention.inactive_members (365)",
        ),
        (
            "delivery_records = 400",
            "retention.withdrawn_consents cannot be used: it may not be less than retention.delivery_records (400)",
        ),
    ],
)
def test_what_tells_of_somebody_cannot_be_set_to_go_before_they_do(tmp_path: Path, lines: str, expected: str) -> None:
    assert complaint(minimal(tmp_path, f"[retention]\n{lines}")).startswith(expected)


# ------------------------------------------------------------------ who may read the file


def test_a_token_that_every_account_may_read_is_warned_about_by_the_name_of_its_file(tmp_path: Path) -> None:
    path = minimal(tmp_path)
    path.chmod(0o644)

    with capture_logs() as said:
        warn_of_open_token(path)

    assert said == [
        {
            "event": "rights.token_open_to_everybody",
            "file": "config.toml",
            "mend": "chmod o-r config.toml",
            "log_level": "warning",
        }
    ]


def test_a_master_key_in_a_file_that_every_account_may_read_is_refused(tmp_path: Path) -> None:
    path = minimal(tmp_path)
    path.write_text(f'{path.read_text("utf-8")}\n[sealing]\nmaster_key = "canary"\n', "utf-8")
    path.chmod(0o644)

    with pytest.raises(MasterKeyUnusable, match="the master key stands in it") as said:
        read_settings(path, {})
    path.chmod(0o640)

    assert "canary" not in str(said.value)
    assert read_settings(path, {}).sealing.master_key is not None


@pytest.mark.parametrize("rights", [0o600, 0o640])
def test_a_token_for_its_account_or_a_group_of_its_own_is_in_order(tmp_path: Path, rights: int) -> None:
    path = minimal(tmp_path)
    path.chmod(rights)

    with capture_logs() as said:
        warn_of_open_token(path)
        warn_of_open_token(None)

    assert said == []


def test_a_file_without_the_token_may_be_read_by_anybody(tmp_path: Path) -> None:
    path = written(tmp_path, "[delivery]\nbatch = 50")
    path.chmod(0o644)

    with capture_logs() as said:
        warn_of_open_token(path)

    assert said == []
