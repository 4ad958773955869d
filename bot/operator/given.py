"""What the operator's commands share: the settings file they are given, and how they speak."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bot.keys import MasterKeys
    from bot.settings import Settings

Config = Annotated[
    Path | None, typer.Option(help="The settings file. Without one, everything comes from the environment.")
]


def opened_with(config: Path | None) -> tuple[Settings, MasterKeys]:
    """The settings, and the master keys that they name."""
    from bot.keys.sources import master_keys  # noqa: PLC0415
    from bot.settings import read_settings  # noqa: PLC0415

    settings = read_settings(config, os.environ)
    sealing = settings.sealing
    return settings, master_keys(sealing.master_key_file, sealing.master_key, os.environ)


def say(sentence: str) -> None:
    """One sentence, as it is, however wide the screen."""
    Console(highlight=False, soft_wrap=True).print(sentence, markup=False)
