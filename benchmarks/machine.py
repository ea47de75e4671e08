"""The machine: where processes run, what they find in their environment, and how to name it all in a report."""

from __future__ import annotations

import os
import platform
import ssl
from pathlib import Path

#: The checkout; every process is started here, so that it finds `minireq` and `benchmarks`.
ROOT = Path(__file__).resolve().parent.parent

#: How many variables the clients find in their environment. Some clients read them all on each request, so the number is fixed.
VARIABLES = 35


def cores() -> tuple[int | None, int | None]:
    """One core for the server and one for the clients; the same if there is only one, None where processes cannot be bound."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def stay_on(core: int | None) -> None:
    """Binds this process, and those it starts from now on, to `core`."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def environment() -> dict[str, str]:
    """No proxies, no .netrc, no Python options: the same for every run, on every machine."""
    result = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    result["HOME"] = str(ROOT / "benchmarks")
    for number in range(VARIABLES - len(result)):
        result[f"BENCHMARK_FILLER_{number}"] = "a variable as any other"
    return result


def description() -> dict[str, str]:
    server, client = cores()
    return {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "TLS": ssl.OPENSSL_VERSION,
        "machine": f"{platform.system()} {platform.release()}, {platform.machine()}, {processor()}, {os.cpu_count()} cores",
        "cores": "not bound" if server is None else f"server on {server}, clients on {client}",
        "environment": f"{VARIABLES} variables",
    }


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
