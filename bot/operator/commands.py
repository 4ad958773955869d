"""The operator's commands. Each answers `--help` without loading what it needs to work."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.operator.given import Config, opened_with, say
from bot.operator.texts import CONTENT, texts_group


def add_to(door: typer.Typer) -> None:
    """Put them beside the front door's own."""
    for name, command in (
        ("new-key", new_key),
        ("rotate-key", rotate_key),
        ("backup", backup),
        ("restore", restore),
        ("erase-user", erase_user),
    ):
        door.command(name)(command)
    for name, what in (("privacy-policy", "The privacy policy"), ("terms", "The terms")):
        door.add_typer(_paper(name, what), name=name)
    door.add_typer(texts_group(), name=CONTENT)


def new_key(
    file: Annotated[Path, typer.Argument(help="Where it goes; a file that has some gets one version more.")] = Path(
        "porchlight.key"
    ),
) -> None:
    """Make a master key, which everything that members pick is sealed with."""
    from bot.keys.sources import make_file  # noqa: PLC0415

    keys = make_file(file)
    say(
        f"Version {keys.newest} of the master key is in {file}. Keep a copy of it away from this machine, and from "
        "every backup of the databases. Without it, nothing that members picked can be read again."
    )
    if keys.newest > 1:
        say(
            "Restart the bot, so that it knows both. Then `python -m bot rotate-key` wraps every member's key by the "
            "new one. Until that is done, the older line stays in the file."
        )


def rotate_key(config: Config = None) -> None:
    """Wrap every member's key by the newest master key. The bot may go on meanwhile; so may this, after a stop."""
    from rich.progress import Progress  # noqa: PLC0415

    from bot.operator import work  # noqa: PLC0415

    settings, master = opened_with(config)
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("keys", total=None)

        def watch(left: int) -> None:
            total = progress.tasks[task].total or left
            progress.update(task, total=total, completed=total - left)

        anew = asyncio.run(work.rotate_key(settings, master, watch))
    say(f"Keys that were wrapped anew: {anew}. None has an older version any more.")


def backup(config: Config = None) -> None:
    """Copy both databases, sealed, into backups.folder, and remove copies that are too old. The bot may go on."""
    from bot.clock import SystemClock  # noqa: PLC0415
    from bot.operator import work  # noqa: PLC0415

    settings, master = opened_with(config)
    done = asyncio.run(work.back_up_now(settings, master, SystemClock().now()))
    for one in done.made:
        say(f"{one.path} is whole: it was opened again and checked.")
    say(f"Older copies that were removed: {done.expired}.")


def restore(
    file: Annotated[Path, typer.Argument(help="The sealed copy of the database: porchlight-….db.sealed.")],
    config: Config = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look into it and say what would happen.")] = False,
) -> None:
    """Put a backup back, while no bot runs. Whoever has left since does not come back with it."""
    from bot.clock import SystemClock  # noqa: PLC0415
    from bot.operator import work  # noqa: PLC0415

    settings, master = opened_with(config)
    if dry_run:
        found = asyncio.run(work.look_into_backup(settings, master, file))
        say("Nothing was changed. The backup is whole.")
    else:
        found = asyncio.run(work.restore(settings, master, file, SystemClock().now()))
        say("The backup is in place. What it replaced lies beside it, with .replaced- in its name: delete it soon.")
    say(f"Members in it: {found.members}. Those who have left since, and are erased again: {found.gone_since}.")
    if found.keys is not None:
        say(f"The key database comes from {found.keys.name}: whoever left after that was made comes back.")


def erase_user(
    user: Annotated[int, typer.Argument(min=1, help="The Discord id of whoever asked for it.")], config: Config = None
) -> None:
    """Erase everything about one person, as /privacy delete does. The bot may go on meanwhile."""
    from bot.clock import SystemClock  # noqa: PLC0415
    from bot.operator import work  # noqa: PLC0415

    settings, master = opened_with(config)
    try:
        was_held = asyncio.run(work.erase_user(settings, master, user, SystemClock().now()))
    except TimeoutError:
        say(
            "Their key is destroyed, so nothing that was sealed can be read. The running bot has not erased their rows "
            "yet; it does at its next wake-up or start."
        )
        return
    say("Everything about them is erased." if was_held else "Nothing is held about them.")


def _paper(name: str, what: str) -> typer.Typer:
    """A group of commands about one paper that an operator puts up for members to read."""
    group = typer.Typer(help=f"{what} that your members read.", no_args_is_help=True)

    @group.command()
    def render(
        config: Config = None,
        out: Annotated[
            Path | None, typer.Option(help="The file to write, over what it holds. Without one, it is printed.")
        ] = None,
    ) -> None:
        """Write it anew from your settings, in Markdown."""
        from bot.clock import SystemClock  # noqa: PLC0415
        from bot.content.library import load_library  # noqa: PLC0415
        from bot.papers import PAPERS, put_down  # noqa: PLC0415
        from bot.settings import read_settings  # noqa: PLC0415

        settings = read_settings(config, os.environ)
        text = PAPERS[name](settings, load_library(), SystemClock().now().date())
        if out is None:
            typer.echo(text, nl=False)
        else:
            put_down(text, out)

    return group
