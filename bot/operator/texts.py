"""`python -m bot content lint`: what is unkind in the catalogue, or in texts of somebody's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from bot.errors import TextsToChange, TextsUnreadable
from bot.operator.reviewing import review

if TYPE_CHECKING:
    from bot.content.kindness import Finding

CONTENT: Final = "content"


def texts_group() -> typer.Typer:
    """The commands about what is said."""
    group = typer.Typer(help="What Porchlight says, and what a server would like it to say.", no_args_is_help=True)
    group.command("lint")(lint)
    group.command("review")(review)
    return group


def lint(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Nudges or sentences (.toml), or paragraphs (any other text). Without any, the whole catalogue."
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Whose never-words, for files outside of the catalogue.")] = "en",
) -> None:
    """Say what is unkind in a text, why, and what to say instead. Exit code 65: something is to change."""
    found = [finding for one in (_in_files(files, language) if files else _in_catalogue()) for finding in one]
    console = Console(highlight=False, soft_wrap=True)
    for finding in found:
        console.print(str(finding), markup=False)
    if found:
        raise TextsToChange(f"{len(found)} to change, each on a line of its own above.")
    console.print("Nothing to change.", markup=False)


def _in_catalogue() -> Iterator[list[Finding]]:
    from bot.content.kindness import languages, lint_folder, read_rules  # noqa: PLC0415 - as every command here

    for folder in languages():
        yield lint_folder(folder, read_rules(folder))


def _in_files(files: list[Path], language: str) -> Iterator[list[Finding]]:
    from bot.content.kindness import languages, lint_file, read_rules  # noqa: PLC0415

    folders = {folder.name: folder for folder in languages()}
    if language not in folders:
        raise TextsUnreadable(f"There are no never-words for {language}. There are some for: {', '.join(folders)}.")
    for file in files:
        own = next((folder for folder in folders.values() if folder in file.resolve().parents), folders[language])
        try:
            yield lint_file(file, read_rules(own))
        except (OSError, ValueError, TypeError) as error:
            raise TextsUnreadable(f"{file} cannot be read: {error}") from error
