"""The front door: `python -m bot run`, and the rest of what `python -m bot --help` names."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Mapping
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from bot.errors import ForOperator
from bot.operator import commands
from bot.operator.given import Config, opened_with

# Said here as well, so that `--help` answers without loading them.
PERSONAS: Final = (
    "steady, picky, tired, silent, always-no, tap-everything, changing, one-theme, tiny-forever, pausing, beside, "
    "mover, all-flags-off, brave"
)
# How often a run that takes minutes says how far it is, where no bar can be drawn.
A_MONTH: Final = 30

# As Python's own, where nothing of ours has a better one.
CRASHED: Final = 1

door = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@door.callback()
def porchlight() -> None:
    """A small, private nudge now and then. Only if they ask for it."""


@door.command()
def run(config: Config = None) -> None:
    """Run the bot on Discord."""
    from bot.app import run as run_bot  # noqa: PLC0415 - `--help` answers without loading everything
    from bot.keys.sources import close_file  # noqa: PLC0415
    from bot.logs import set_up_logs, tell_crash  # noqa: PLC0415
    from bot.settings import require_token, warn_of_open_token  # noqa: PLC0415

    settings, master = opened_with(config)
    require_token(settings, config)
    set_up_logs(settings.log)
    warn_of_open_token(config)
    close_file(settings.sealing.master_key_file, os.environ)
    try:
        _live(run_bot(settings, master))
    except ForOperator:
        raise
    except Exception:  # noqa: BLE001 - it is told, and ends the process
        # Left to Python it would be printed as it is, with whatever ids stand in it.
        tell_crash()
        sys.exit(CRASHED)


@door.command("try")
def try_out(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port of the page; the next free one when it is taken.")
    ] = 8765,
) -> None:
    """Open the whole bot in a browser page, with no token and no account."""
    from bot.tryout import open_page  # noqa: PLC0415

    _live(open_page(port))


@door.command()
def simulate(
    members: Annotated[
        int | None, typer.Option(min=1, max=10_000, show_default="200", help="How many members live in it.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3_650, show_default="365", help="For how many days.")] = None,
    seed: Annotated[int, typer.Option(help="What everything is drawn from: one seed is one run, every time.")] = 7,
    persona: Annotated[
        str | None, typer.Option(help=f"Show the weeks of one who is made up instead: {PERSONAS}; or of all.")
    ] = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, max=52, show_default="8", help="For how many weeks; with --persona.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(show_default="Europe/Berlin", help="In which time zone; with --persona.")
    ] = None,
) -> None:
    """Let months pass in a world that goes wrong, and see whether every promise holds. Exit code 70: one does not.

    With --persona: everything that one person would see over some weeks, to be read from first to last.
    """
    if persona is not None:
        _refuse_mixed({"--members": members, "--days": days}, "--persona shows one person, and takes --weeks")
        _tell(persona, weeks or 8, zone, seed)
    else:
        _refuse_mixed({"--weeks": weeks, "--zone": zone}, "That belongs to --persona")
        _live_through(members or 200, days or 365, seed)


# Below what is used every day, in the order in which `--help` names them.
commands.add_to(door)


def _refuse_mixed(given: Mapping[str, object], why: str) -> None:
    """Raise for the first option that was given and belongs to another way of simulating."""
    for option, value in given.items():
        if value is not None:
            raise typer.BadParameter(f"{why}.", param_hint=option)


def _tell(persona: str, weeks: int, zone: str | None, seed: int) -> None:
    from bot.clock import use_pinned_zones  # noqa: PLC0415
    from bot.content.library import load_library  # noqa: PLC0415
    from bot.rules.schedule import is_zone  # noqa: PLC0415
    from bot.simulate.personas import WAYS, ZONE  # noqa: PLC0415
    from bot.simulate.story import told  # noqa: PLC0415

    use_pinned_zones()
    if persona not in {*WAYS, "all"}:
        raise typer.BadParameter(f"There are: {', '.join(WAYS)}; and all.", param_hint="--persona")
    if zone is not None and not is_zone(zone):
        raise typer.BadParameter(f"{zone} is no time zone, such as {ZONE}.", param_hint="--zone")
    library = load_library()
    for name in WAYS if persona == "all" else (persona,):
        for block in told(name, weeks, zone or ZONE, seed, library):
            typer.echo(f"{block}\n")


def _live_through(members: int, days: int, seed: int) -> None:
    from rich.progress import Progress  # noqa: PLC0415

    from bot.errors import PromiseBroken  # noqa: PLC0415
    from bot.simulate import simulate as live_through  # noqa: PLC0415
    from bot.simulate.report import show  # noqa: PLC0415

    # Left to itself the signal would leave a world behind in the folder for temporary files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("days", total=days)

        def watch(day: int) -> None:
            progress.advance(task)
            if not screen.is_terminal and (day + 1) % A_MONTH == 0:
                screen.print(f"{day + 1} of {days} days")

        told = live_through(members, days, seed, watch=watch)
    show(told, f"python -m bot simulate --members {members} --days {days} --seed {seed}", Console(highlight=False))
    if told.first is not None:
        raise PromiseBroken(told.sentence)


def _live(life: Coroutine[Any, Any, None]) -> None:
    asyncio.run(life)


def main() -> None:
    """Translate what an operator can mend into one line and an exit code of its own."""
    try:
        door()
    except ForOperator as error:
        Console(stderr=True, soft_wrap=True).print(f"porchlight: {error}", markup=False, highlight=False)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
