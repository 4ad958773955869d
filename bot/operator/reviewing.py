"""`python -m bot content review`: the texts that two members found not OK, and putting one back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.operator.given import Config, opened_with, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.content.library import Library


def review(
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", help="Put the text with this id back. It takes two members anew to withdraw it."),
    ] = None,
    config: Config = None,
) -> None:
    """List the nudges that are out of circulation. The bot may go on, but for --keep it has to be stopped."""
    from bot.content.library import load_library  # noqa: PLC0415
    from bot.operator import work  # noqa: PLC0415

    settings, master = opened_with(config)
    out = work.out_of_circulation(settings)
    if unknown := set(keep or ()) - out:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))} is in circulation.", param_hint="--keep")
    if keep:
        out = asyncio.run(work.keep(settings, master, keep))
        say(f"Back in circulation: {', '.join(keep)}.")
    if not out:
        say("No text is out of circulation.")
    for line in _listed(out, load_library()):
        say(line)


def _listed(nudge_ids: frozenset[str], library: Library) -> Iterator[str]:
    """Each with its file and its text, in every language; or that it has left the library."""
    for nudge_id in sorted(nudge_ids):
        if all(nudge_id not in language.nudge_by_id for language in library.languages.values()):
            yield f"{nudge_id} · no longer in the library"
        for code, language in library.languages.items():
            if nudge := language.nudge_by_id.get(nudge_id):
                yield f"{nudge_id} · bot/content/{code}/nudges/{nudge.theme}.toml · {nudge.text}"
