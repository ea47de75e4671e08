"""The rounds: who runs when, and whether what they did was right.

In a round every client runs every scenario once; the clients of one scenario run one right after the other, and another one
begins in each round. So whatever the machine does meanwhile, it does to all of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import machine, peers
from .clients import CLIENTS
from .scenarios import SCENARIOS, THREADS, Scenario
from .server import Server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: scenario → client → one sample for each round
    Results = dict[str, dict[str, list[dict[str, Any]]]]


def measure(scenarios: Sequence[str], clients: Sequence[str], rounds: int, operations: int | None, factor: int) -> Results:
    """All samples; `operations` in each, or as many as the scenario says, times `factor`."""
    results: Results = {scenario: {client: [] for client in clients} for scenario in scenarios}
    server_core, client_core = machine.cores()
    with Server(server_core, tls=any(SCENARIOS[name].tls for name in scenarios)) as server:
        machine.stay_on(client_core)
        for number in range(rounds):
            first = number % len(clients)
            for name in scenarios:
                print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
                count = operations or SCENARIOS[name].operations * factor
                for client in (*clients[first:], *clients[:first]):
                    if name not in CLIENTS[client].lacks:
                        results[name][client].append(sample(client, name, count, server))
    return results


def sample(client: str, name: str, operations: int, server: Server) -> dict[str, Any]:
    """Runs one sample and checks what the server has seen of it."""
    if name == "import":
        return import_sample(client)
    scenario = SCENARIOS[name]
    result = run(client, "-m", "benchmarks.sample", client, name, server.origins[scenario.tls], server.bundle, str(operations))
    seen = server.seen()
    result["server"] = seen.pop("cpu") / result["requests"]
    expected = should_be_seen(scenario, client, result["requests"])
    if scenario.requests > 1:  # a connection for each thread, if they have them all at once
        seen["connections"] = max(1, seen["connections"] - THREADS + 1)
    if seen != expected:
        raise SystemExit(f"{client}, {name}: the server has seen {seen}, not {expected}")
    return result


def should_be_seen(scenario: Scenario, client: str, requests: int) -> dict[str, int]:
    return {
        "connections": requests if scenario.fresh else 1,
        "requests": requests,
        "cookies": requests - 1 if scenario.cookies and CLIENTS[client].keeps_cookies else 0,
    }


def import_sample(client: str) -> dict[str, Any]:
    code = Path(__file__).with_name("cold_import.py").read_text()
    run(client, "-c", code, *CLIENTS[client].imports)  # the first import of all compiles
    return run(client, "-c", code, *CLIENTS[client].imports)


def run(client: str, *arguments: str) -> dict[str, Any]:
    """Runs the Python that has the client, on the core of this process; returns the JSON object that it prints."""
    command = [peers.python_of(client), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=machine.environment(), cwd=machine.ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:4])} ended with exit code {done.returncode}")
    return json.loads(done.stdout)
