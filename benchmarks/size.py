"""How much there is to carry: `python3 -m benchmarks.size`.

Printed are the sizes of the wheel and of the single file, and the most memory (peak RSS) that a process held which made one GET by
https: minireq, requests, and, for the floor, a Python that did nothing and one that loaded ssl and the certificates. Each is the
median of fresh processes, in turn.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from . import machine, peers
from .server import Server

PROCESSES = 5  # of each kind
NEEDED = ("requests", "trustme", "certifi", "flit_core")
GET = "import {0}; assert {0}.get('{1}/json', verify='{2}').status_code == 200; "
PEAK = "from benchmarks.memory import peak; print(peak())"


def main() -> None:
    peers.run_with([name for name in NEEDED if peers.installed(name) is None], "benchmarks.size")
    for name, value in {**machine.description(), "requests": str(peers.installed("requests"))}.items():
        print(f"{name:12} {value}")
    with tempfile.TemporaryDirectory() as folder:
        print(f"\nwheel        {wheel(folder) / 1000:7.1f} KB")
        print(f"single file  {single_file(folder)}")
    peaks = memory()
    print("\npeak memory of a process\n")
    for name, peak in peaks.items():
        print(f"{name:12} {peak / 1e6:7.1f} MB")
    print(f"\nminireq holds {1 - peaks['minireq'] / peaks['requests']:.0%} less than requests")


def wheel(folder: str) -> int:
    """The size of the wheel, in bytes."""
    from flit_core import buildapi

    os.chdir(machine.ROOT)  # where it looks for the project
    return Path(folder, buildapi.build_wheel(folder)).stat().st_size


def single_file(folder: str) -> str:
    """The size of the whole package in one file; "not built" where the command does not know how."""
    file = Path(folder, "minireq.py")
    command = [sys.executable, "-m", "minireq", "vendor", "--single-file", str(file)]
    done = subprocess.run(command, cwd=machine.ROOT, capture_output=True)
    return f"{file.stat().st_size / 1000:7.1f} KB" if done.returncode == 0 and file.exists() else "not built"


def memory() -> dict[str, float]:
    """Peaks in bytes."""
    with Server(None, tls=True) as server:
        gets = {name: GET.format(name, server.origins[True], server.bundle) for name in ("minireq", "requests")}
        trust = f"import ssl; ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations({server.bundle!r}); "
        programs = {"Python alone": "", "and ssl": trust, **gets}
        rounds = [{name: _peak(code) for name, code in programs.items()} for _ in range(PROCESSES)]
    return {name: statistics.median(peaks[name] for peaks in rounds) for name in programs}


def _peak(code: str) -> int:
    command = [sys.executable, "-c", code + PEAK]
    return int(subprocess.run(command, cwd=machine.ROOT, env=machine.environment(), capture_output=True, check=True).stdout)


if __name__ == "__main__":
    main()
