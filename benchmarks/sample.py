"""One sample, in a process of its own: sets up one client, proves that it is right, warms up, measures.

    python -m benchmarks.sample CLIENT SCENARIO ORIGIN BUNDLE OPERATIONS

prints one JSON object: processor time (`cpu`) and `wall` clock in seconds per request, `peak` memory in bytes, Python
`calls` per operation or null, and how many `requests` the server should have seen.
"""

from __future__ import annotations

import json
import sys
import time

from .clients import open_client
from .memory import peak, reset_peak
from .pages import checksum, size
from .scenarios import SCENARIOS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROFILED = 3


def main(client_name: str, scenario_name: str, origin: str, bundle: str, operations: str) -> None:
    scenario, count = SCENARIOS[scenario_name], int(operations)
    client = open_client(client_name, origin, bundle)

    def repeat(times: int, weigh: Any) -> None:
        expected = 200, scenario.page.weight(weigh)
        operation, path = scenario.operation, scenario.path
        for _ in range(times):
            answer = operation(client, path, weigh)
            if answer != expected:
                raise SystemExit(f"{client_name}, {scenario_name}: status and weight are {answer}, not {expected}")

    warm_up = count // 10
    repeat(1, checksum)
    repeat(warm_up, size)

    reset_peak()
    wall, cpu = time.perf_counter(), time.process_time()  # process_time is user plus system, of all threads
    repeat(count, size)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    done = count * scenario.requests
    result = {
        "cpu": cpu / done,
        "wall": wall / done,
        "peak": peak(),
        "calls": None,
        "requests": (1 + warm_up + count) * scenario.requests,
    }

    if scenario.calls:
        result["calls"] = min(count_calls(lambda: repeat(1, size)) for _ in range(PROFILED)) - count_calls(lambda: repeat(0, size))
        result["requests"] += PROFILED
    print(json.dumps(result))


def count_calls(action: Any) -> int:
    """How many functions `action` calls, those written in C included; the same number each time, on one version of Python."""
    calls = 0

    def tally(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call") and argument is not sys.setprofile

    sys.setprofile(tally)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


if __name__ == "__main__":
    main(*sys.argv[1:])
