"""The other clients: which versions, and an environment of our own for them where they are not installed."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from .clients import CLIENTS
from .machine import ROOT
from .scenarios import SCENARIOS

#: What is measured is pinned. What the server needs is not: trustme makes its certificate, certifi is the rest of the CA bundle;
#: nor is flit_core, which builds the wheel.
PINS = {
    "requests": "2.34.2",
    "httpx": "0.28.1",
    "aiohttp": "3.14.5",
    "urllib3": "2.8.0",
    "pycurl": "7.49.0",
    "trustme": None,
    "certifi": None,
    "flit_core": None,
}
#: Those that bring their own version of what another one needs, each in an environment of its own: niquests' replaces urllib3.
APART = {"niquests": "3.21.2"}

#: One for each version of Python, as its programs are.
FOLDER = ROOT / "benchmarks" / ".venv" / f"{sys.version_info[0]}.{sys.version_info[1]}"


def provide(clients: Sequence[str], scenarios: Sequence[str]) -> None:
    """Returns if all that is needed is installed; else starts this program again in an environment where it is."""
    lacking = missing(clients, scenarios)
    for client in [name for name in lacking if name in APART]:
        make(_folder(client), {client: APART[client]})
        lacking.remove(client)
    run_with(lacking, "benchmarks")


def run_with(lacking: Sequence[str], module: str) -> None:
    """Returns if nothing is lacking; else starts the module again in the environment where all is installed."""
    if not lacking:
        return
    if sys.prefix == str(FOLDER):
        raise SystemExit(f"{FOLDER} lacks {', '.join(lacking)}; delete it to have it made again")
    python = str(make(FOLDER, PINS))
    os.execv(python, [python, "-m", module, *sys.argv[1:]])


def missing(clients: Sequence[str], scenarios: Sequence[str]) -> list[str]:
    """The distributions that these clients and scenarios need and do not have, or have in another version."""
    needed = {CLIENTS[name].distribution for name in clients} - {None}
    if any(SCENARIOS[name].tls for name in scenarios):
        needed |= {"trustme", "certifi"}
    return sorted(name for name in needed if not _fits(name))


def _fits(name: str) -> bool:
    if name in APART:
        return version_apart(name) == APART[name]
    return installed(name) is not None and PINS[name] in (None, installed(name))


def python_of(client: str) -> str:
    """The Python that has a client."""
    return str(_python(_folder(client))) if client in APART else sys.executable


def version_apart(client: str) -> str | None:
    """The version of a client that lives apart, or None."""
    code = f"from importlib import metadata; print(metadata.version({client!r}))"
    python = _python(_folder(client))
    done = python.exists() and subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None if done else None


def _folder(client: str) -> Path:
    return FOLDER.with_name(f"{FOLDER.name}-{client}")


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def installed(distribution: str) -> str | None:
    """Its version, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def make(folder: Path, pins: Mapping[str, str | None]) -> Path:
    """Makes or completes an environment; returns its Python."""
    python = _python(folder)
    wanted = [f"{name}=={pin}" if pin else name for name, pin in pins.items()]
    print(f"installing in {folder}: {' '.join(wanted)}", file=sys.stderr)
    try:
        if not python.exists():
            venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit(
            "The other clients cannot be installed. What needs none: --clients minireq,http.client,floor --only import,get,json"
        ) from error
    return python


def versions(clients: Sequence[str]) -> dict[str, str]:
    """What each client is, for the report."""
    own = {"minireq": "of this checkout", "http.client": "of this Python", "floor": "a bare socket"}
    return {name: own.get(name) or str(version_apart(name) if name in APART else installed(name)) for name in clients}
