"""The other clients: which versions, and an environment of our own for them where they are not installed."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from .clients import CLIENTS
from .machine import ROOT
from .scenarios import SCENARIOS

#: What is measured is pinned. What the server needs is not: trustme makes its certificate, certifi is the rest of the CA bundle;
#: nor is flit_core, which builds the wheel.
PINS = {"requests": "2.34.2", "urllib3": "2.8.0", "trustme": None, "certifi": None, "flit_core": None}

#: One for each version of Python, as its programs are.
FOLDER = ROOT / "benchmarks" / ".venv" / f"{sys.version_info[0]}.{sys.version_info[1]}"


def provide(clients: Sequence[str], scenarios: Sequence[str]) -> None:
    """Returns if all that is needed is installed; else starts this program again in an environment where it is."""
    run_with(missing(clients, scenarios), "benchmarks")


def run_with(lacking: Sequence[str], module: str) -> None:
    """Returns if nothing is lacking; else starts the module again in the environment where all is installed."""
    if not lacking:
        return
    if sys.prefix == str(FOLDER):
        raise SystemExit(f"{FOLDER} lacks {', '.join(lacking)}; delete it to have it made again")
    python = str(make())
    os.execv(python, [python, "-m", module, *sys.argv[1:]])


def missing(clients: Sequence[str], scenarios: Sequence[str]) -> list[str]:
    """The distributions that these clients and scenarios need and do not have, or have in another version."""
    needed = {CLIENTS[name].distribution for name in clients} - {None}
    if any(SCENARIOS[name].tls for name in scenarios):
        needed |= {"trustme", "certifi"}
    return sorted(name for name in needed if installed(name) is None or PINS[name] not in (None, installed(name)))


def installed(distribution: str) -> str | None:
    """Its version, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def make() -> Path:
    """Makes or completes the environment; returns its Python."""
    python = FOLDER / "bin" / "python"
    wanted = [f"{name}=={pin}" if pin else name for name, pin in PINS.items()]
    print(f"installing in {FOLDER}: {' '.join(wanted)}", file=sys.stderr)
    try:
        if not python.exists():
            venv.create(FOLDER, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit(
            "The other clients cannot be installed. What needs none: --clients minireq,http.client,floor --only import,get,json"
        ) from error
    return python


def versions(clients: Sequence[str]) -> dict[str, str]:
    """What each client is, for the report."""
    own = {"minireq": "of this checkout", "http.client": "of this Python", "floor": "a bare socket"}
    return {name: own.get(name) or str(installed(name)) for name in clients}
