"""Our own code, as text: its files, what each imports, what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CODE = sorted(
    path for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py")] if "migrations" not in path.parts
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def imports(path: Path) -> Iterator[str]:
    """Every module it imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names if is_module(node.module, alias.name))


def is_module(package: str | None, name: str) -> bool:
    """Whether that name in that package of ours is a file, and no function or class."""
    return (ROOT / (package or "").replace(".", "/") / f"{name}.py").exists()


def calls(path: Path) -> Iterator[str]:
    """Every call as it is written, such as `datetime.now` or `clock.now`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
