"""Settings: one TOML file, and the environment over it, become one frozen object that is handed down.

Every key can also be given as PORCHLIGHT_<SECTION>__<KEY>. A key that does not exist is an error that names the nearest
one, in the file and in the environment alike; so a typing mistake is never silently ignored.
"""

from __future__ import annotations

import stat
import sys
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import structlog
from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    UrlConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.errors import MasterKeyUnusable, SettingsUnreadable, SettingsWrong

log = structlog.stdlib.get_logger(__name__)

PREFIX: Final = "PORCHLIGHT_"
DIVIDER: Final = "__"

# Where pydantic's own words would not help.
REASONS: Final = MappingProxyType(
    {
        "discord.token": "it has to be text, in quotes",
        "storage.url": "it has to begin with sqlite:/// and to name a file",
        **dict.fromkeys(
            ("operator.name", "operator.contact", "operator.hosting"),
            "it has to be text in one line, 200 characters at the most",
        ),
    }
)

HttpUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["http", "https"])]
SocketUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["ws", "wss"])]
SecureUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["https"], max_length=200)]

# What stands in the middle of a sentence.
OneLine = Annotated[str, Field(max_length=200, pattern=r"^[^\r\n]*$")]


class Section(BaseModel):
    """A table of the file. Frozen; what it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class DiscordSettings(Section):
    """How to reach Discord, and as whom."""

    token: SecretStr = SecretStr("")
    """Empty where none was given; `require_token` says so to whoever needs one."""
    api_url: HttpUrl = AnyUrl("https://discord.com/api/v10")
    gateway_url: SocketUrl | None = None


class StorageSettings(Section):
    """Where everything is kept, and how much room is kept for it."""

    url: Annotated[str, Field(pattern=r"^sqlite:///.+")] = "sqlite:///data/porchlight.db"
    ballast_megabytes: Annotated[int, Field(ge=0, le=1_024)] = 16
    free_megabytes_at_least: Annotated[int, Field(ge=0, le=1_048_576)] = 64


class SealingSettings(Section):
    """What everything that members pick is sealed with."""

    master_key_file: Path | None = None
    master_key: SecretStr | None = None
    keys: Path | None = None


class BackupSettings(Section):
    """Where backups go, and for how many days they are kept."""

    folder: Path = Path("backups")
    keep_days: Annotated[int, Field(ge=1, le=365)] = 30
    keep_keys_days: Annotated[int, Field(ge=1, le=30)] = 7


class DeliverySettings(Section):
    """How fast nudges go out."""

    rate_per_second: Annotated[float, Field(gt=0, le=45)] = 40
    at_once: Annotated[int, Field(ge=1, le=200)] = 20
    batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    send_timeout_seconds: Annotated[float, Field(ge=1, le=30)] = 20
    dm_opens_per_minute: Annotated[int, Field(ge=1, le=60)] = 30
    dm_opens_per_day: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    refusals_in_ten_minutes: Annotated[int, Field(ge=10, le=8_000)] = 2_000
    wake_at_most_seconds: Annotated[float, Field(ge=1, le=60)] = 30


class OperatorSettings(Section):
    """Who runs this installation, as its members read it. Without these the bot runs, and says nothing of it."""

    name: OneLine = ""
    contact: OneLine = ""
    hosting: OneLine = ""
    privacy_policy_url: SecureUrl | None = None
    terms_url: SecureUrl | None = None


def _not_before(other: str, days: int, info: ValidationInfo) -> int:
    least: int = info.data.get(other, 0)
    if days < least:
        raise PydanticCustomError(
            "not_before", "it may not be less than retention.{other} ({least})", {"other": other, "least": least}
        )
    return days


class RetentionSettings(Section):
    """For how many days what is held stays. What these have to leave alone: bot/rules/retention.py."""

    inactive_members: Annotated[int, Field(ge=90, le=3_650)] = 365
    delivery_records: Annotated[int, Field(ge=60, le=3_650)] = 120
    answers: Annotated[int, Field(ge=90, le=3_650, validate_default=True)] = 365
    withdrawn_consents: Annotated[int, Field(ge=90, le=3_650, validate_default=True)] = 365

    @field_validator("answers", "withdrawn_consents")
    @classmethod
    def _outlasts_members(cls, days: int, info: ValidationInfo) -> int:
        """What tells that somebody was there stays as long as they do, or they would be taken for gone too early."""
        return _not_before("inactive_members", days, info)

    @field_validator("withdrawn_consents")
    @classmethod
    def _outlasts_records(cls, days: int, info: ValidationInfo) -> int:
        """A message that is held has its yes beside it."""
        return _not_before("delivery_records", days, info)


class LogSettings(Section):
    """What is written to the log, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(Section):
    """All of it. Made by `read_settings`."""

    discord: DiscordSettings = DiscordSettings()
    storage: StorageSettings = StorageSettings()
    sealing: SealingSettings = SealingSettings()
    backups: BackupSettings = BackupSettings()
    delivery: DeliverySettings = DeliverySettings()
    operator: OperatorSettings = OperatorSettings()
    retention: RetentionSettings = RetentionSettings()
    log: LogSettings = LogSettings()


def read_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings from that file, with the environment over it.

    Raises SettingsUnreadable when the file cannot be read, SettingsWrong when a key is unknown or unusable,
    and MasterKeyUnusable where the file holds the master key for everybody to read.
    """
    tables = _from_file(path) if path is not None else {}
    if path is not None and tables.get("sealing", {}).get("master_key") and _is_open_to_everybody(path):
        raise MasterKeyUnusable(
            f"Everybody on this machine may read {path}, and the master key stands in it. Take that away: "
            f"chmod o-r {path}"
        )
    for section, entries in _from_environment(environ).items():
        tables.setdefault(section, {}).update(entries)
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        # A key that does not exist is named first: it may be why another one looks wrong.
        wrong = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise SettingsWrong(" ".join(_sentence(one, environ) for one in wrong)) from None


def require_token(settings: Settings, path: Path | None) -> None:
    """Raise SettingsWrong, which says where it goes, where there is no token to reach Discord with."""
    if settings.discord.token.get_secret_value():
        return
    if path is None:
        raise SettingsWrong(
            "There is no discord.token. Name a file that has it, as in --config config.toml, or set "
            f"{variable('discord.token')}."
        )
    raise SettingsWrong(
        f"discord.token is empty in {path}. Put the bot's token there, in quotes: the Developer Portal shows it under "
        f"Bot, Reset Token. Or set {variable('discord.token')}."
    )


def warn_of_open_token(path: Path | None) -> None:
    """Say so, once the log is set up, where that file holds the token and every account of this machine may read it."""
    if path is not None and _is_open_to_everybody(path) and _from_file(path).get("discord", {}).get("token"):
        log.warning("rights.token_open_to_everybody", file=path.name, mend=f"chmod o-r {path.name}")


def _is_open_to_everybody(path: Path) -> bool:
    return sys.platform != "win32" and bool(path.stat().st_mode & stat.S_IROTH)


def keys() -> Iterator[str]:
    """Every key there is, as `section.key`."""
    for section, field in Settings.model_fields.items():
        table = field.annotation
        assert isinstance(table, type)
        assert issubclass(table, Section)
        yield from (f"{section}.{key}" for key in table.model_fields)


def variable(key: str) -> str:
    """The environment variable that sets `section.key`."""
    return PREFIX + key.replace(".", DIVIDER).upper()


def _from_file(path: Path) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsUnreadable(
            f"There is no file {path}. Copy config.example.toml to it and fill in discord.token."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsUnreadable(f"The file {path} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        hint = " Is a closing quote missing?" if r"'\n'" in str(error) else ""
        raise SettingsWrong(f"The file {path} is not valid TOML: {error}.{hint}") from None
    for section, entries in tables.items():
        if not isinstance(entries, dict):
            raise SettingsWrong(f"{section} stands outside of a section in {path}. {_nearest(section)}")
    return tables


def _from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for name, value in environ.items():
        if name.startswith(PREFIX):
            section, divider, key = name.removeprefix(PREFIX).lower().partition(DIVIDER)
            if not divider:
                raise SettingsWrong(f"{name} is no setting. {_nearest(section)}")
            tables.setdefault(section, {})[key] = value
    return tables


def _sentence(error: ErrorDetails, environ: Mapping[str, str]) -> str:
    """One problem, in one sentence that names the key and where it was given."""
    key = ".".join(str(part) for part in error["loc"][:2])
    given = f" (given as {variable(key)})" if variable(key) in environ else ""
    if error["type"] == "extra_forbidden":
        return f"{key}{given} is no setting. {_nearest(key)}"
    said = error["msg"]
    reason = REASONS.get(key) or (said if said[1:2].isupper() else f"{said[:1].lower()}{said[1:]}")
    return f"{key}{given} cannot be used: {reason}."


def _nearest(key: str) -> str:
    known = list(keys())
    close = get_close_matches(key, known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
