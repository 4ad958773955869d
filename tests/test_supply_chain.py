"""What Porchlight is built from: pinned to the byte, all of it and nothing more, and free to be carried along.

Known weaknesses of these versions are not looked for here: that takes a list of today, from the network
(`make audit`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, distributions, metadata, requires
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.code import CODE, ROOT, calls, imports, name

# Licences that ask for no more than that they are carried along.
ALLOWED: Final = frozenset({"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT-0", "PSF-2.0"})

# How packages without an SPDX expression say the same.
SAID_OTHERWISE: Final = MappingProxyType(
    {
        "MIT License": "MIT",
        "Apache Software License": "Apache-2.0",
        "BSD License": "BSD-3-Clause",
        "ISC License (ISCL)": "ISC",
        "Python Software Foundation License": "PSF-2.0",
    }
)

# Installed on other systems only; looked up by hand.
ELSEWHERE: Final = MappingProxyType({"audioop-lts": "PSF-2.0", "colorama": "BSD-3-Clause"})

# Where one may be used: to tell its errors apart, to hear answers, and for the page of the try-out.
NETWORK: Final = frozenset(
    {"aiohttp", "socket", "ssl", "http.client", "urllib.request", "requests", "httpx", "smtplib", "ftplib", "xmlrpc"}
)
MAY_USE_IT: Final = frozenset(
    {"bot/app.py", "bot/client.py", "bot/listening.py", "cogs/courier.py", "bot/tryout/page.py"}
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package in a lock file."""

    version: str
    marker: str
    hashes: frozenset[str]
    is_direct: bool
    """Whether pyproject.toml asks for it."""

    @property
    def is_for_here(self) -> bool:
        return not self.marker or Marker(self.marker).evaluate()


ENTRY: Final = re.compile(
    r"(?P<name>[a-z0-9-]+)(?:\[[a-z,]+\])?==(?P<version>[\w.]+)(?: ; (?P<marker>[^\\\n]+?))? \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"(?P<via>(?:    #.*\n)+)"
)


def pins(text: str) -> dict[str, Pin]:
    """Every package of a lock file. Fails on a line that is none of them."""
    rest = ENTRY.sub("", text)
    assert not rest.strip(), f"neither pinned nor hashed: {rest.strip()[:200]}"
    return {
        one["name"]: Pin(
            one["version"],
            one["marker"] or "",
            frozenset(re.findall(r"sha256:(\w+)", one["hashes"])),
            "(pyproject.toml" in one["via"],
        )
        for one in ENTRY.finditer(text)
    }


def lock(file: str) -> dict[str, Pin]:
    return pins((ROOT / file).read_text("utf-8"))


RUNNING: Final = MappingProxyType(lock("requirements.txt"))
TESTING: Final = MappingProxyType(lock("requirements-dev.txt"))


def asked_for(group: str) -> dict[str, str]:
    """What pyproject.toml asks for, to run or to test, with its version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = project["project"]["dependencies"] if group == "run" else project["dependency-groups"]["dev"]
    wanted = [Requirement(line) for line in lines]
    assert all(re.fullmatch(r"==[\w.]+", str(one.specifier)) for one in wanted), "each is pinned to one version"
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in wanted}


@pytest.mark.parametrize(
    "line",
    [
        "left-pad==1.0\n",
        "left-pad>=1.0 \\\n    --hash=sha256:" + "a" * 64 + "\n    # via x\n",
        "-e git+ssh://somewhere\n",
        "left-pad==1.0 \\\n    --hash=md5:" + "a" * 32 + "\n    # via x\n",
    ],
)
def test_a_line_without_a_version_or_a_hash_is_noticed(line: str) -> None:
    with pytest.raises(AssertionError, match="neither pinned nor hashed"):
        pins(line)


def test_both_locks_hold_what_pyproject_asks_for_and_say_the_same() -> None:
    run, test = asked_for("run"), asked_for("test")

    assert {one: pin.version for one, pin in RUNNING.items() if pin.is_direct} == run
    assert {one: pin.version for one, pin in TESTING.items() if pin.is_direct} == run | test
    for one, pin in RUNNING.items():
        assert (TESTING[one].version, TESTING[one].hashes) == (pin.version, pin.hashes), one


def test_what_runs_is_what_is_needed_and_nothing_more() -> None:
    """Followed from package to package, by what each of them says it needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed: set[str] = set()
    waiting = [Requirement(line) for line in project["project"]["dependencies"]]
    while waiting:
        one = waiting.pop()
        needed.add(canonicalize_name(one.name))
        waiting += [found for found in needs(one) if canonicalize_name(found.name) not in needed or found.extras]

    assert needed == {one for one, pin in RUNNING.items() if pin.is_for_here}


def needs(one: Requirement) -> Iterator[Requirement]:
    """What that package needs here, with the extras that it is asked for."""
    for line in requires(one.name) or ():
        found = Requirement(line)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)):
            yield found


def test_what_is_installed_is_what_is_pinned() -> None:
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in distributions()}

    assert {one: installed.get(one) for one, pin in TESTING.items() if pin.is_for_here} == {
        one: pin.version for one, pin in TESTING.items() if pin.is_for_here
    }


@pytest.mark.parametrize("file", ["Makefile", "README.md", "docs/running.md"])
def test_installing_takes_the_lock_and_asks_for_nothing_besides(file: str) -> None:
    """What a package asks for would be looked up anew, and end everything once there is a newer version of it."""
    installs = re.findall(r"pip install.*-r requirements.*", (ROOT / file).read_text("utf-8"))

    assert installs
    assert all("--require-hashes --no-deps" in line for line in installs)


def licence_of(said: PackageMetadata | Mapping[str, str]) -> str:
    """What a package says about its licence, as an SPDX expression; empty where it does not say it clearly."""
    if said.get("License-Expression"):
        return str(said.get("License-Expression"))
    classifiers = said.get_all("Classifier") if hasattr(said, "get_all") else []
    named = {one.rpartition(" :: ")[2] for one in classifiers or [] if one.startswith("License :: ")}
    if named:
        return " AND ".join(sorted(SAID_OTHERWISE.get(one, one) for one in named))
    return str(said.get("License") or "")


def is_allowed(expression: str) -> bool:
    """Whether all of it may be carried along, of alternatives any one. Brackets are for a person to read."""
    return all(any(choice in ALLOWED for choice in part.strip().split(" OR ")) for part in expression.split(" AND "))


@pytest.mark.parametrize("package", RUNNING)
def test_every_package_that_runs_may_be_carried_along_by_an_mit_licence(package: str) -> None:
    expression = licence_of(metadata(package)) if RUNNING[package].is_for_here else ELSEWHERE[package]

    assert is_allowed(expression), f"{package}: {expression!r}. Read its licence, and think before adding to ALLOWED"


@pytest.mark.parametrize(
    "expression", ["", "GPL-3.0-only", "MIT AND AGPL-3.0-only", "LGPL-2.1 OR GPL-2.0", "Proprietary", "MIT-ish"]
)
def test_a_licence_that_asks_for_more_is_noticed(expression: str) -> None:
    assert not is_allowed(expression)
    assert not is_allowed(licence_of({"License": expression}))


def test_a_choice_of_licences_is_ours() -> None:
    assert is_allowed("GPL-2.0-only OR MIT")
    assert is_allowed("Apache-2.0 AND MIT")


def network_in(path: Path) -> set[str]:
    """What a file imports to talk over a network, and how it could without importing more."""
    found = {module for module in imports(path) if module in NETWORK or module.partition(".")[0] in NETWORK}
    opening = (".open_connection", ".create_connection", ".create_server", "ClientSession")
    return found | {call for call in calls(path) if call.endswith(opening)}


@pytest.mark.parametrize("path", CODE, ids=name)
def test_our_own_code_opens_no_connection_but_through_discord_py(path: Path) -> None:
    """What really is connected to is heard in tests/wire/test_network.py."""
    found = network_in(path)

    if name(path) not in MAY_USE_IT:
        assert found == set()
    elif name(path) != "bot/tryout/page.py":
        assert found == {"aiohttp"}


def test_a_connection_of_our_own_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "chatty.py"
    path.write_text("import asyncio, urllib.request\nasyncio.open_connection('example.org', 80)\n", "utf-8")

    assert network_in(path) == {"urllib.request", "asyncio.open_connection"}


def test_the_audit_is_strict_looks_at_both_locks_and_is_no_part_of_the_tests() -> None:
    """A package that it knows nothing about would otherwise count as clean."""
    targets = dict(re.findall(r"^([a-z]+):(.*(?:\n\t.*)*)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    for option in ("--strict", "--require-hashes", "-r requirements.txt", "-r requirements-dev.txt"):
        assert option in targets["audit"]
    assert "audit" not in targets["test"] + targets["check"]


@pytest.mark.parametrize(("ends", "told"), [(0, ""), (1, "Not clean, or not finished: it says above which.")])
def test_an_audit_that_could_not_ask_is_told_from_a_clean_one(tmp_path: Path, ends: int, told: str) -> None:
    """Without the network, pip-audit ends at the first package as if that one did not exist."""
    auditor = tmp_path / ".cache" / "audit" / "bin" / "pip-audit"
    auditor.parent.mkdir(parents=True)
    auditor.write_text(f"#!/bin/sh\nexit {ends}\n", "utf-8")
    auditor.chmod(0o700)

    run = subprocess.run(  # noqa: S603 - our own Makefile
        [shutil.which("make") or "make", "--no-print-directory", "-f", ROOT / "Makefile", "audit"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode != 0) is (ends != 0)
    assert run.stdout.startswith(told)
    assert bool(run.stdout) is bool(told)
