"""Starts Porchlight many times, fast: a process that has imported everything, and forks one that lives.

What is forked runs `bot/__main__.py` as `python -m bot …` would, with its own environment, folder and output, from the
moment that all modules are loaded. So it is the shipped process but for its first seconds, in which it does nothing but
read Python files. Tests that need those too start it the long way.

    {"spawn": {"environment": …, "folder": …, "output": …, "command": …}}  ->  {"pid": …}
    {"look": pid}                                                          ->  {"code": null, or how it ended}
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

ROOT: Final = Path(__file__).parent.parent.parent


class Nursery:
    """The other end: what a test holds. Started at the first need of it."""

    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.wire.nursery"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def spawn(self, environment: dict[str, str], folder: Path, output: Path, command: tuple[str, ...]) -> int:
        """Its process id."""
        wanted = {
            "environment": environment,
            "folder": str(folder),
            "output": str(output),
            "command": command,
        }
        return int(self._ask({"spawn": wanted})["pid"])

    def look(self, pid: int) -> int | None:
        """How it ended, the negative number of a signal where that was it; None while it lives."""
        code: int | None = self._ask({"look": pid})["code"]
        return code

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def serve() -> None:
    warm_up()
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        answer = {"pid": spawn(**asked["spawn"])} if "spawn" in asked else {"code": look(asked["look"])}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def warm_up() -> None:
    """Load what a run loads, and do nothing else with it."""
    client = import_module("bot.client")
    ours = ("bot.__main__", "bot.app", "bot.logs", "bot.operator.work", "bot.settings", "cogs.courier", *client.COGS)
    for module in (*ours, "sqlalchemy.dialects.sqlite.aiosqlite"):
        import_module(module)
    gc.collect()
    gc.freeze()


def spawn(environment: dict[str, str], folder: str, output: str, command: list[str]) -> int:
    pid = os.fork()
    if not pid:
        live(environment, folder, output, command)
    return pid


def live(environment: dict[str, str], folder: str, output: str, command: list[str]) -> NoReturn:
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for standard, instead in ((0, nothing), (1, said), (2, said)):
        os.dup2(instead, standard)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["bot", *command]
    sys.modules.pop("bot.__main__", None)
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
    sys.exit(0)


def look(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    serve()
